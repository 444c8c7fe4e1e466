import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LIFETIME } from '../../../electron/engine/writes/half-uploads.ts'
import { ask, begin, patch, put } from '../../support/put.ts'
import { get, RawConnection, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'
import { type Files, tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

const open = (files: Files | string = {}, options = {}): Promise<Served> =>
  serve(files, { uploads: {}, ...options })
const own = (root: string): string => join(root, '.servebar/uploads')
const isTidy = (root: string): boolean => !existsSync(own(root)) || readdirSync(own(root)).length === 0

const noise = (length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  for (let i = 0, state = 7; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = state >>> 16
  }
  return bytes
}

async function offsetOf(port: number, address: string): Promise<number> {
  const { status, fields } = await ask(port, address, { method: 'HEAD' })
  expect(status).toBe(204)
  return Number(fields['upload-offset'])
}

/** Sends some of it, and cuts the connection as soon as the server has it. */
async function sendAndCut(
  served: Served,
  address: string,
  content: Buffer,
  from: number,
  to: number,
): Promise<void> {
  const connection = new RawConnection(served.port)
  const fields = {
    'Content-Type': 'application/partial-upload',
    'Upload-Offset': String(from),
    'Upload-Complete': '?1',
  }
  connection.send(get(address, { ...fields, 'Content-Length': String(content.length - from) }, 'PATCH'))
  connection.send(content.subarray(from, to))
  const part = join(own(served.root), `${address.split('/').at(-1)}.part`)
  await until(() => statSync(part).size === to, `${to} bytes on disk`)
  connection.reset()
}

describe('an upload whose connection is cut', () => {
  it('twice goes on where it was, and is whole byte by byte', async () => {
    const served = await open()
    const { port, root } = served
    const content = noise(3_000_000)
    const address = await begin(port, '/new/film.mp4', content.length, {
      'Last-Modified': 'Tue, 04 Mar 2025 10:58:02 GMT',
    })
    expect(address).toMatch(/^\/\.servebar\/uploads\/[\w-]{22}$/)
    await sendAndCut(served, address, content, 0, 1_000_000)
    expect(await offsetOf(port, address)).toBe(1_000_000)
    expect((await rawRequest(port, get('/new/film.mp4'))).status).toBe(404)
    await sendAndCut(served, address, content, 1_000_000, 2_345_678)
    expect(await offsetOf(port, address)).toBe(2_345_678)
    const { status, fields, json } = await patch(port, address, 2_345_678, content.subarray(2_345_678))
    expect([status, fields['upload-complete'], fields.location]).toEqual([201, '?1', '/new/film.mp4'])
    expect(json()).toEqual({ path: '/new/film.mp4', size: content.length })
    expect(readFileSync(join(root, 'new/film.mp4')).equals(content)).toBe(true)
    expect(statSync(join(root, 'new/film.mp4')).mtimeMs).toBe(Date.UTC(2025, 2, 4, 10, 58, 2))
    expect(isTidy(root)).toBe(true)
  })

  it('goes on at another server of the same folder, later', async () => {
    const root = tempFolder({ 'a.txt': 'a' })
    const content = noise(500_000)
    const first = await open(root)
    const address = await begin(first.port, '/b.bin', content.length)
    await sendAndCut(first, address, content, 0, 123_456)
    await first.close(0)
    const second = await open(root)
    expect(await offsetOf(second.port, address)).toBe(123_456)
    expect((await patch(second.port, address, 123_456, content.subarray(123_456))).status).toBe(201)
    expect(readFileSync(join(root, 'b.bin')).equals(content)).toBe(true)
  })

  it('goes on although the server has not noticed', async () => {
    const { port, root, exchanges } = await open()
    const content = noise(100_000)
    const address = await begin(port, '/a.bin', content.length)
    const lost = new RawConnection(port)
    const fields = {
      'Content-Type': 'application/partial-upload',
      'Upload-Offset': '0',
      'Upload-Complete': '?1',
    }
    lost.send(get(address, { ...fields, 'Content-Length': String(content.length) }, 'PATCH'))
    lost.send(content.subarray(0, 60_000))
    const part = join(own(root), `${address.split('/').at(-1)}.part`)
    await until(() => statSync(part).size === 60_000, '60,000 bytes on disk')
    expect(await offsetOf(port, address)).toBe(60_000)
    await lost.closed()
    expect((await patch(port, address, 60_000, content.subarray(60_000))).status).toBe(201)
    expect(readFileSync(join(root, 'a.bin')).equals(content)).toBe(true)
    expect(exchanges.filter(({ status }) => status === 409)).toHaveLength(1)
  })

  it('is gone on with by one connection at a time, and by none when it has its name', async () => {
    const { port, root } = await open()
    for (let round = 0; round < 10; round++) {
      const address = await begin(port, `/${round}.txt`, 100)
      const more = { 'Content-Type': 'application/partial-upload', 'Content-Length': '100' }
      const at = { 'Upload-Offset': '0', 'Upload-Complete': '?1' }
      const head = get(address, { ...more, ...at }, 'PATCH')
      const [slow, quick] = [new RawConnection(port), new RawConnection(port)]
      // Both ask before either has written anything.
      slow.send(head)
      quick.send(head + 'A'.repeat(100))
      const { status } = await quick.response()
      slow.send('B'.repeat(50))
      await slow.response().catch(() => {}) // it may be cut without a word
      const file = join(root, `${round}.txt`)
      if (status === 201) expect(readFileSync(file, 'utf8')).toBe('A'.repeat(100))
      else expect([status, existsSync(file)]).toEqual([409, false])
      slow.destroy()
      quick.destroy()
    }
  })

  it('is known to be whole for who did not hear of it', async () => {
    const { port } = await open()
    const address = await begin(port, '/a.bin', 3)
    await patch(port, address, 0, 'abc')
    const { status, fields } = await ask(port, address, { method: 'HEAD' })
    expect([status, fields['upload-complete'], fields['upload-offset'], fields['content-location']]).toEqual([
      204,
      '?1',
      '3',
      '/a.bin',
    ])
    const again = await patch(port, address, 3, '')
    expect([again.status, again.json().type]).toEqual([
      410,
      'https://iana.org/assignments/http-problem-types#completed-upload',
    ])
  })

  it('can come in parts, of a length that is told at the end', async () => {
    const { port, root } = await open()
    const created = await put(port, '/a.txt', 'abc', { 'Upload-Complete': '?0' })
    const address = String(created.fields.location)
    const head = await ask(port, address, { method: 'HEAD' })
    expect(head.fields).toMatchObject({
      'upload-offset': '3',
      'upload-complete': '?0',
      'cache-control': 'no-store',
      'upload-limit': 'max-age=86400',
    })
    expect(head.fields['upload-length']).toBeUndefined()
    const more = await patch(port, address, 3, 'def', false)
    expect([more.status, more.fields['upload-complete']]).toEqual([204, '?0'])
    expect((await patch(port, address, 6, 'g')).status).toBe(201)
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('abcdefg')
  })

  it('may be whole in its first request', async () => {
    const { port, root } = await open()
    expect((await put(port, '/a.txt', 'abc', { 'Upload-Complete': '?1', 'Upload-Length': '3' })).status).toBe(
      201,
    )
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('abc')
    expect((await put(port, '/b.txt', 'abc', { 'Upload-Complete': '?1', 'Upload-Length': '4' })).status).toBe(
      400,
    )
  })

  it('can be given up', async () => {
    const { port, root } = await open()
    const address = await begin(port, '/a.bin', 3)
    await patch(port, address, 0, 'a', false)
    expect((await ask(port, address, { method: 'DELETE' })).status).toBe(204)
    expect((await ask(port, address, { method: 'HEAD' })).status).toBe(404)
    expect((await patch(port, address, 1, 'bc')).status).toBe(404)
    expect(isTidy(root)).toBe(true)
  })
})

describe('is refused', () => {
  it('at another place than where it is', async () => {
    const { port } = await open()
    const address = await begin(port, '/a.bin', 10)
    await patch(port, address, 0, 'abc', false)
    const { status, fields, json } = await patch(port, address, 2, 'cd', false)
    expect([status, fields['upload-offset'], json()]).toMatchObject([
      409,
      '3',
      {
        type: 'https://iana.org/assignments/http-problem-types#mismatching-upload-offset',
        'expected-offset': 3,
        'provided-offset': 2,
      },
    ])
  })

  it('with more or less than it said', async () => {
    const { port, root } = await open()
    const address = await begin(port, '/a.bin', 5)
    const type = 'https://iana.org/assignments/http-problem-types#inconsistent-upload-length'
    expect((await patch(port, address, 0, 'abcdef')).json()).toMatchObject({ status: 400, type })
    expect((await patch(port, address, 0, 'abcd')).json()).toMatchObject({ status: 400, type })
    expect((await patch(port, address, 0, 'abcdef', false)).status).toBe(400)
    expect(existsSync(join(root, 'a.bin'))).toBe(false)
    expect((await patch(port, address, await offsetOf(port, address), 'abcde')).status).toBe(201)
  })

  it('as something else than a part', async () => {
    const { port } = await open()
    const address = await begin(port, '/a.bin', 5)
    const refused = await ask(port, address, {
      method: 'PATCH',
      content: 'a',
      fields: { 'Upload-Offset': '0', 'Upload-Complete': '?1' },
    })
    expect([refused.status, refused.fields['accept-patch']]).toEqual([415, 'application/partial-upload'])
    for (const fields of [
      {},
      { 'Upload-Offset': '0' },
      { 'Upload-Offset': '-1', 'Upload-Complete': '?1' },
      { 'Upload-Offset': '0', 'Upload-Complete': '1' },
    ]) {
      const headers = { 'Content-Type': 'application/partial-upload', ...(fields as Record<string, string>) }
      expect((await ask(port, address, { method: 'PATCH', content: 'a', fields: headers })).status).toBe(400)
    }
    expect((await ask(port, address, { method: 'PUT', content: 'a' })).status).toBe(405)
  })

  it('beyond the limit, also when that comes later', async () => {
    const { port, server } = await open({}, { uploads: { maxSize: 1_000 } })
    expect((await put(port, '/a', '', { 'Upload-Complete': '?0', 'Upload-Length': '1001' })).status).toBe(413)
    const address = await begin(port, '/a', 1_000)
    const head = await ask(port, address, { method: 'HEAD' })
    expect(head.fields['upload-limit']).toBe('max-size=1000, max-age=86400')
    server.configure({ name: 'site', listing: true, dotfiles: false, uploads: { maxSize: 10 } })
    expect((await patch(port, address, 0, 'x'.repeat(1_000))).status).toBe(413)
    server.configure({ name: 'site', listing: true, dotfiles: false })
    expect((await ask(port, address, { method: 'HEAD' })).status).toBe(403)
  })

  it('under a name that is taken in the meantime, and kept for another try', async () => {
    const { port, root } = await open()
    const address = await begin(port, '/a.txt', 3)
    writeFileSync(join(root, 'a.txt'), 'other')
    const { status, fields, json } = await patch(port, address, 0, 'abc')
    expect([status, fields['upload-complete'], json()]).toMatchObject([409, '?1', { code: 'exists' }])
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('other')
    rmSync(join(root, 'a.txt'))
    expect((await patch(port, address, 3, '')).status).toBe(201)
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('abc')
  })

  it('where nobody knows of it', async () => {
    const { port } = await open({ '.servebar/uploads/x.json': '{}' })
    for (const address of [
      '/.servebar/uploads/AAAAAAAAAAAAAAAAAAAAAA',
      '/no/such/.servebar/uploads/AAAAAAAAAAAAAAAAAAAAAA',
      '/.servebar/uploads/x',
      '/.servebar/uploads/..%2f..%2fa.txt',
    ]) {
      expect((await ask(port, address, { method: 'HEAD' })).status).toBeGreaterThanOrEqual(403)
    }
  })
})

describe('what lies beside', () => {
  it.each(['confined', 'follow'] as const)('is believed as little as a request, %s', async symlinks => {
    const outside = tempFolder({ 'root/x': null })
    const { port, root } = await open(join(outside, 'root'), { symlinks })
    rmSync(join(root, 'x'), { recursive: true })
    const notes: readonly unknown[] = [
      { target: ['..', 'out.txt'], length: 1, modified: null, replace: false },
      { target: ['new', '..', '..', 'out.txt'], length: 1, modified: null, replace: false },
      { target: ['../new', 'out.txt'], length: 1, modified: null, replace: false },
      { target: ['.env'], length: 1, modified: null, replace: false },
      { target: ['con'], length: 1, modified: null, replace: false },
      { target: [join(outside, 'a')], length: 1, modified: null, replace: false },
      { target: [], length: 1, modified: null, replace: false },
      { target: 'a', length: 1 },
      null,
    ]
    for (const note of notes) {
      const address = await begin(port, '/a.txt', 1)
      const id = address.split('/').at(-1)
      writeFileSync(join(own(root), `${id}.json`), JSON.stringify(note))
      expect((await patch(port, address, 0, 'x')).status).toBeGreaterThanOrEqual(400)
    }
    expect(readdirSync(root)).toEqual(['.servebar'])
    expect(readdirSync(outside)).toEqual(['root'])
  })

  it('is no upload any more when it is served under its name already', async () => {
    const { port, root } = await open()
    const address = await begin(port, '/a.txt', 3)
    const part = join(own(root), `${address.split('/').at(-1)}.part`)
    linkSync(part, join(root, 'a.txt'))
    expect((await ask(port, address, { method: 'HEAD' })).status).toBe(404)
    expect((await patch(port, address, 0, 'abc')).status).toBe(404)
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('')
  })

  it('goes after a day, and not before', async () => {
    const root = tempFolder({})
    const first = await open(root)
    const [old, young] = [await begin(first.port, '/old.bin', 9), await begin(first.port, '/young.bin', 9)]
    await patch(first.port, old, 0, 'abc', false)
    await first.close(0)
    const [oldId, youngId] = [old, young].map(address => address.split('/').at(-1))
    const age = (name: string, ms: number): void => {
      const time = (Date.now() - ms) / 1000
      utimesSync(join(own(root), name), time, time)
    }
    for (const end of ['part', 'json']) {
      age(`${oldId}.${end}`, LIFETIME + 60_000)
      age(`${youngId}.${end}`, LIFETIME - 60_000)
    }
    const second = await open(root)
    await until(() => !existsSync(join(own(root), `${oldId}.part`)), 'the old one to be removed')
    await until(() => !existsSync(join(own(root), `${oldId}.json`)), 'the old one to be removed')
    expect(await offsetOf(second.port, young)).toBe(0)
    expect((await ask(second.port, old, { method: 'HEAD' })).status).toBe(404)
  })

  it('is closed to other users of this computer', async () => {
    const { port, root } = await open()
    await begin(port, '/a.bin', 9)
    expect(statSync(join(root, '.servebar')).mode & 0o777).toBe(0o700)
  })
})
