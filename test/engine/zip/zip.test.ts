import {
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { zipOf } from '../../../electron/engine/zip/zip.ts'
import { readTree, type TreeItem } from '../../../electron/engine/zip/zip-tree.ts'
import { get, overHttp2, rawRequest } from '../../support/raw-request.ts'
import { serve } from '../../support/serve.ts'
import { siteOf } from '../../support/site.ts'
import { type Files, tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'
import { type Unzipped, unzip } from '../../support/unzip.ts'

const noise = (length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = state >>> 16
  }
  return bytes
}

async function download(files: Files | string, target = '/?zip', options = {}): Promise<Unzipped[]> {
  const { port } = await serve(files, { zip: true, ...options })
  const { status, body } = await rawRequest(port, get(target), { deadline: 20_000 })
  expect(status).toBe(200)
  return unzip(body)
}

const names = (entries: readonly Unzipped[]): string[] => entries.map(({ name }) => name)

describe('a folder as an archive', () => {
  it('holds what the folder holds, with its names and times', async () => {
    const root = tempFolder({
      'a.txt': 'alpha',
      'empty.txt': '',
      'sub/naïve café 日本.md': '# md',
      'sub/deep/x.js': 'x()',
      'sub/nothing': null,
    })
    utimesSync(join(root, 'a.txt'), 1_700_000_000, 1_700_000_001)
    const entries = await download(root)
    expect(names(entries)).toEqual([
      'site/a.txt',
      'site/empty.txt',
      'site/sub/',
      'site/sub/naïve café 日本.md',
      'site/sub/deep/',
      'site/sub/deep/x.js',
      'site/sub/nothing/',
    ])
    expect(entries[0]?.modified).toBe(1_700_000_001)
    expect(entries[0]?.content.toString()).toBe('alpha')
    expect(entries[0]?.mode).toBe(0o100644)
    expect(entries[2]?.mode).toBe(0o40755)
  })

  it('compresses what gets smaller, and keeps the rest as it is', async () => {
    const text = 'word '.repeat(1_000)
    const large = 'line of text\n'.repeat(100_000)
    const picture = noise(700_000)
    const entries = await download({
      'text.txt': text,
      'large.txt': large,
      'tiny.txt': 'a',
      'picture.jpg': picture,
      'small.png': text,
    })
    const methods = Object.fromEntries(entries.map(({ name, method }) => [name.slice(5), method]))
    expect(methods).toEqual({
      'text.txt': 'deflated',
      'large.txt': 'deflated',
      'tiny.txt': 'stored',
      'picture.jpg': 'stored',
      'small.png': 'stored',
    })
    const content = (name: string) => entries.find(entry => entry.name === `site/${name}`)?.content
    expect(content('large.txt')?.toString()).toBe(large)
    expect(content('picture.jpg')?.equals(picture)).toBe(true)
  })

  it('leaves out private names, and what links lead to outside of the root', async () => {
    const outside = tempFolder({ 'secret.txt': 'secret', 'more/deep.txt': 'deep' })
    const files: Files = {
      'a.txt': 'a',
      '.env': 'KEY=1',
      '.git/config': '[core]',
      '.well-known/ok.txt': 'ok',
      'out.txt': { link: join(outside, 'secret.txt') },
      out: { link: outside },
      'in.txt': { link: 'a.txt' },
      dangling: { link: 'nowhere' },
    }
    expect(names(await download(files))).toEqual([
      'site/a.txt',
      'site/in.txt',
      'site/.well-known/',
      'site/.well-known/ok.txt',
    ])
    expect(names(await download(files, '/?zip', { dotfiles: true }))).toContain('site/.env')
    expect(names(await download(files, '/?zip', { symlinks: 'refuse' }))).not.toContain('site/in.txt')
  })

  it('ends where links lead in circles, and does not multiply what they lead to', async () => {
    const entries = await download({
      'a/self': { link: '.' },
      'a/up': { link: '..' },
      'a/file.txt': 'a',
      current: { link: 'a' },
      'l1/x': { link: '../l2' },
      'l1/y': { link: '../l2' },
      'l2/x': { link: '../l3' },
      'l2/y': { link: '../l3' },
      'l3/file.txt': '3',
    })
    expect(names(entries)).toContain('site/a/file.txt')
    expect(names(entries)).toContain('site/l3/file.txt')
    expect(entries.length).toBeLessThan(40)
  })

  it('is of the folder that is asked for, by its name', async () => {
    const { port } = await serve({ 'media/ein druck/a.txt': 'a', 'b.txt': 'b' }, { zip: true })
    const { fields, body } = await rawRequest(port, get('/media/ein%20druck/?zip'))
    expect(names(unzip(body))).toEqual(['ein druck/a.txt'])
    expect(fields['content-disposition']).toBe('attachment; filename="ein druck.zip"')
    expect(fields['content-type']).toBe('application/zip')
    expect(fields['content-length']).toBeUndefined()
    expect(fields['transfer-encoding']).toBe(overHttp2 ? undefined : 'chunked')
    expect(fields['cache-control']).toBe('no-store')
    expect(fields['content-encoding']).toBeUndefined()
  })

  it('never gets a name that leads out of where it is unpacked', async () => {
    for (const name of ['..', '.', '', '../x', 'a\\..\\b']) {
      for (const entry of await download({ 'a.txt': 'a' }, '/?zip', { name })) {
        expect(entry.name).toMatch(/^[^/\\]+\/a\.txt$/)
        expect(entry.name).not.toMatch(/^\.{1,2}\//)
      }
    }
  })

  it('says the same to HEAD, without content', async () => {
    const { port, exchange } = await serve({ 'a.txt': 'a' }, { zip: true })
    const { status, fields, body } = await rawRequest(port, get('/?zip', {}, 'HEAD'), { head: true })
    expect([status, fields['content-type'], body.length]).toEqual([200, 'application/zip', 0])
    expect((await exchange(1)).cause).toBeNull()
  })

  it('is there only where it is allowed, and folders are listed', async () => {
    const { port, server } = await serve({ 'a.txt': 'a' })
    expect((await rawRequest(port, get('/?zip'))).fields['content-type']).toContain('text/html')
    server.configure({ name: 'site', listing: false, dotfiles: false, zip: true })
    expect((await rawRequest(port, get('/?zip'))).status).toBe(404)
  })

  it('names what could not be read', async () => {
    const items = async function* (): AsyncGenerator<TreeItem> {
      yield { kind: 'missing', name: 'closed.txt', why: 'unreadable' }
      yield { kind: 'folder', name: 'open/', modified: 0 }
      yield { kind: 'missing', name: 'shut', why: 'unreadable' }
    }
    const chunks: Buffer[] = []
    for await (const chunk of zipOf(items(), 'site')) chunks.push(chunk)
    const [, note] = unzip(Buffer.concat(chunks))
    expect(note?.name).toBe('site/NOT INCLUDED.txt')
    expect(note?.content.toString()).toContain('closed.txt\r\nshut\r\n')
  })
})

describe('while it changes', () => {
  it('holds what is left of a file that shrinks, and no more of one that grows', async () => {
    const root = tempFolder({ 'grow.txt': 'x'.repeat(1_000), 'shrink.bin': noise(2_000_000) })
    const site = siteOf(root)
    const chunks: Buffer[] = []
    const items = async function* () {
      for await (const item of readTree('', site)) {
        if (item.name === 'grow.txt') writeFileSync(join(root, 'grow.txt'), 'y'.repeat(5_000))
        if (item.name === 'shrink.bin') truncateSync(join(root, 'shrink.bin'), 1_000_000)
        yield item
      }
    }
    for await (const chunk of zipOf(items(), 'site')) chunks.push(chunk)
    const entries = unzip(Buffer.concat(chunks))
    expect(entries.map(({ content }) => content.length)).toEqual([1_000, 1_000_000])
  })

  it('goes on without what vanishes', async () => {
    const root = tempFolder({ 'a.txt': 'a', 'b/c.txt': 'c', 'd/e.txt': 'e' })
    const site = siteOf(root)
    const seen: string[] = []
    for await (const item of readTree('', site)) {
      if (item.kind === 'file') item.file.close()
      seen.push(item.name)
      if (item.name === 'a.txt') {
        rmSync(join(root, 'b'), { recursive: true })
      }
    }
    expect(seen).toEqual(['a.txt', 'd/', 'd/e.txt'])
  })

  it('stops when the client leaves, and closes what is open', async () => {
    const root = tempFolder({})
    mkdirSync(join(root, 'many'))
    writeFileSync(join(root, 'large.bin'), '')
    truncateSync(join(root, 'large.bin'), 2 ** 31)
    const { port, exchange } = await serve(root, { zip: true })
    const asked = request({ port, host: '127.0.0.1', path: '/?zip' })
    asked.on('error', () => {})
    asked.end()
    await new Promise<void>(resolve => {
      asked.once('response', response => {
        response.once('data', () => {
          asked.destroy()
          resolve()
        })
      })
    })
    const record = await exchange(1)
    expect(record.aborted).toBe(true)
    expect(record.bytesSent).toBeLessThan(2 ** 31)
    if (process.platform !== 'linux') return
    await until(
      () =>
        readdirSync('/proc/self/fd').every(fd => {
          try {
            return !readlinkSync(`/proc/self/fd/${fd}`).startsWith(root)
          } catch {
            return true
          }
        }),
      'all files of the site closed',
    )
  })
})
