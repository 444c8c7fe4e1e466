/**
 * Everything that is no ordinary file, and ordinary files at their extremes:
 * answered at once, listed only when it can be had, and never with a path of
 * this computer.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { respondWithListing } from '../../../electron/engine/listing.ts'
import { parseTarget } from '../../../electron/engine/target.ts'
import { get, rawRequest } from '../../support/raw-request.ts'
import { serve } from '../../support/serve.ts'
import { siteOf } from '../../support/site.ts'
import { tempFolder } from '../../support/temp.ts'

/** Node has no call for it. */
const MAKE_FIFO = 'mkfifo'

const namesAt = async (port: number, target = '/'): Promise<string[]> => {
  const { text } = await rawRequest(port, get(`${target}?json`))
  return (JSON.parse(text) as { entries: { name: string }[] }).entries.map(({ name }) => name)
}

describe('what is no file', () => {
  it.each(['GET', 'HEAD'])(
    '%s of a FIFO or a socket is refused at once, and neither is listed',
    async method => {
      const root = tempFolder({ 'a.txt': '' })
      execFileSync(MAKE_FIFO, [join(root, 'fifo')])
      symlinkSync('fifo', join(root, 'to-fifo'))
      const server = createServer().listen(join(root, 'socket'))
      onTestFinished(() => void server.close())
      await new Promise(resolve => server.once('listening', resolve))
      const { port } = await serve(root)
      for (const name of ['fifo', 'to-fifo', 'socket', 'fifo/', 'socket/', 'fifo/x']) {
        const options = { head: method === 'HEAD', deadline: 1_000 }
        const response = await rawRequest(port, get(`/${name}`, {}, method), options)
        expect([name, response.status]).toEqual([name, name.includes('/') ? 404 : 403])
        expect(response.text).not.toContain(root)
      }
      expect(await namesAt(port)).toEqual(['a.txt'])
    },
  )

  it('devices are not listed', async () => {
    // The only folder of devices there is.
    const target = parseTarget('/?json', 'linux')
    if (target.kind !== 'path') throw new Error('no path')
    const request = {
      ...{
        method: 'GET',
        target: '/?json',
        fields: {},
        hosts: [],
        httpVersion: '1.1',
        clientIsLocal: true,
        client: '127.0.0.1',
      },
    }
    const response = await respondWithListing('/dev', target, siteOf('/dev'), request)
    expect(response.status).toBe(200)
    const { entries } = JSON.parse(String(response.content)) as { entries: { name: string; kind: string }[] }
    const names = entries.map(({ name }) => name)
    for (const device of ['null', 'zero', 'full', 'random']) expect(names).not.toContain(device)
  })

  it('loops of links are nothing, and a loop of folders ends', async () => {
    const root = tempFolder({ 'a.txt': 'a' })
    symlinkSync('loop-b', join(root, 'loop-a'))
    symlinkSync('loop-a', join(root, 'loop-b'))
    symlinkSync('.', join(root, 'self'))
    const { port } = await serve(root)
    expect((await rawRequest(port, get('/loop-a'))).status).toBe(404)
    expect((await rawRequest(port, get('/loop-a/'))).status).toBe(404)
    expect((await rawRequest(port, get(`/${'self/'.repeat(30)}a.txt`))).text).toBe('a')
    // More than the system follows.
    expect((await rawRequest(port, get(`/${'self/'.repeat(60)}a.txt`))).status).toBe(404)
    expect(await namesAt(port)).toEqual(['self', 'a.txt'])
  })

  it.each<['confined' | 'follow' | 'refuse', string[]]>([
    ['confined', ['in-folder', 'in']],
    ['follow', ['in-folder', 'out-folder', 'in', 'out']],
    ['refuse', []],
  ])('links that are %s are listed as they are served', async (symlinks, expected) => {
    const top = tempFolder({ 'site/real/x': '', 'site/real.txt': 'x', 'secret.txt': 's', 'secrets/y': '' })
    const root = join(top, 'site')
    const links = { in: 'real.txt', out: '../secret.txt', 'in-folder': 'real', 'out-folder': '../secrets' }
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name))
    const { port } = await serve(root, { symlinks })
    const names = await namesAt(port)
    expect(names.filter(name => name in links)).toEqual(expected)
    for (const name of Object.keys(links)) {
      const { status } = await rawRequest(port, get(`/${name}`))
      expect([name, status]).toEqual([name, expected.includes(name) ? expect.toBeOneOf([200, 301]) : 403])
    }
  })
})

describe('what may not be read', () => {
  it('a folder that lets nobody in, one that cannot be listed, and one that shows names only', async () => {
    const root = tempFolder({ 'shut/x': '', 'blind/x': '', 'names-only/x': '' })
    chmodSync(root, 0o755)
    const modes = { shut: 0, blind: 0o311, 'names-only': 0o444 }
    for (const [name, mode] of Object.entries(modes)) chmodSync(join(root, name), mode)
    const { port } = await serve(root)
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    try {
      for (const target of ['/shut/', '/shut/x', '/blind/', '/names-only/x', '/names-only/']) {
        for (const query of ['', '?json']) {
          const response = await rawRequest(port, get(target + query))
          expect(response.text).not.toContain(root)
          expect([target, response.status]).toEqual([target, 403])
        }
      }
      expect(await namesAt(port)).toEqual(['blind', 'names-only', 'shut'])
    } finally {
      if (isRoot) process.seteuid?.(0)
      for (const name of Object.keys(modes)) chmodSync(join(root, name), 0o755)
    }
  })
})

describe('files at their extremes', () => {
  it('an empty file', async () => {
    const { port } = await serve({ 'empty.bin': '' })
    const response = await rawRequest(port, get('/empty.bin'))
    expect([response.status, response.fields['content-length'], response.body.length]).toEqual([200, '0', 0])
    expect((await rawRequest(port, get('/empty.bin', { Range: 'bytes=0-' }))).status).toBe(416)
  })

  it('a sparse file of 5 GiB: its length, and bytes far beyond 2^32', async () => {
    const root = tempFolder({ 'sparse.bin': '' })
    const size = 5 * 2 ** 30
    truncateSync(join(root, 'sparse.bin'), size)
    writeFileSync(join(root, 'sparse.bin'), 'end', { flag: 'a' })
    const { port } = await serve(root)
    const head = await rawRequest(port, get('/sparse.bin', {}, 'HEAD'), { head: true })
    expect(head.fields['content-length']).toBe(String(size + 3))
    const range = await rawRequest(port, get('/sparse.bin', { Range: `bytes=${size - 2}-` }))
    expect(range.fields['content-range']).toBe(`bytes ${size - 2}-${size + 2}/${size + 3}`)
    expect(range.body).toEqual(Buffer.from('\0\0end'))
    const { text } = await rawRequest(port, get('/'))
    expect(text).toContain('5.4 GB')
  })

  it('case variants are different files where the disk says so', async () => {
    const root = tempFolder({ README: '1', ReadMe: '2', readme: '3' })
    const { port } = await serve(root)
    const names = await namesAt(port)
    const bodies = await Promise.all(names.map(async name => (await rawRequest(port, get(`/${name}`))).text))
    expect(new Set(bodies).size).toBe(names.length)
    if (names.length === 3) expect((await rawRequest(port, get('/README.'))).status).toBe(404)
  })

  it('an index.html that is a folder is one, listed and entered', async () => {
    const { port } = await serve({ 'index.html/a.txt': 'a', 'other/index.html/index.html': 'deep' })
    expect(await namesAt(port)).toEqual(['index.html', 'other'])
    expect((await rawRequest(port, get('/index.html'))).fields.location).toBe('/index.html/')
    expect((await rawRequest(port, get('/other/index.html/'))).text).toBe('deep')
  })

  it('a folder of folders, deep down, up to the length of a target', async () => {
    const root = tempFolder()
    const names = Array.from({ length: 14 }, () => 'd'.repeat(250))
    mkdirSync(join(root, ...names), { recursive: true })
    writeFileSync(join(root, ...names, 'x'), 'deep')
    const { port } = await serve(root)
    expect((await rawRequest(port, get(`/${names.join('/')}/x`))).text).toBe('deep')
    expect(await namesAt(port, `/${names.join('/')}/`)).toEqual(['x'])
  })
})
