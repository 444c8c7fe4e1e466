/** Uploads over HTTP/2, frame by frame: an end and a break look alike there. */
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { authority, identity } from '../../support/identity.ts'
import { serve } from '../../support/serve.ts'
import { until } from '../../support/until.ts'

/** RFC 9113 §6 */
const [DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY] = [0, 1, 3, 4, 7]
const [END_STREAM, END_HEADERS] = [1, 4]

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A literal field that is not indexed (RFC 7541 §6.2.2), of less than 127 bytes. */
const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)])

/** Begins a PUT of /a.txt and sends `hello` of it. */
async function beginPut(port: number, more: Record<string, string> = {}): Promise<TLSSocket> {
  const socket = connectTls({ port, host: 'localhost', ca: authority, ALPNProtocols: ['h2'] })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {}).resume()
  await once(socket, 'secureConnect')
  const fields = {
    ':method': 'PUT',
    ':scheme': 'https',
    ':path': '/a.txt',
    ':authority': 'localhost',
    ...more,
  }
  const block = Buffer.concat(Object.entries(fields).map(([name, value]) => field(name, value)))
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  socket.write(frame(SETTINGS, 0, 0))
  socket.write(frame(HEADERS, END_HEADERS, 1, block))
  socket.write(frame(DATA, 0, 1, Buffer.from('hello')))
  return socket
}

describe('an upload over HTTP/2', () => {
  it.each([
    ['with its last bytes', Buffer.from('!'), 'hello!'],
    ['behind them', Buffer.alloc(0), 'hello'],
  ])('of a length that nobody tells is whole when it says so, %s', async (_when, last, content) => {
    const served = await serve({}, { tls: identity, uploads: {} })
    const socket = await beginPut(served.port)
    socket.write(frame(DATA, END_STREAM, 1, last))
    expect(await served.exchange(1)).toMatchObject({ status: 201, file: 'a.txt' })
    expect(readFileSync(join(served.root, 'a.txt'), 'utf8')).toBe(content)
  })

  it.each<[string, Record<string, string>, (socket: TLSSocket) => void]>([
    ['its stream is reset', {}, socket => socket.write(frame(RST_STREAM, 0, 1, Buffer.of(0, 0, 0, 8)))],
    [
      'its stream is reset without an error',
      {},
      socket => socket.write(frame(RST_STREAM, 0, 1, Buffer.alloc(4))),
    ],
    ['its connection ends', {}, socket => socket.end()],
    ['its connection ends, with a farewell', {}, socket => socket.end(frame(GOAWAY, 0, 0, Buffer.alloc(8)))],
    ['its connection is gone', {}, socket => socket.destroy()],
    ['its connection ends before its length', { 'content-length': '9' }, socket => socket.end()],
    [
      'it is shorter than its length',
      { 'content-length': '9' },
      socket => socket.write(frame(DATA, END_STREAM, 1)),
    ],
  ])('is nothing when %s, and that is noticed at once', async (_how, more, cut) => {
    const served = await serve({}, { tls: identity, uploads: {} })
    const socket = await beginPut(served.port, more)
    const own = join(served.root, '.servebar/uploads')
    await until(() => existsSync(own) && readdirSync(own).length === 1, 'its beginning')
    cut(socket)
    expect((await served.exchange(1)).status).toBe(499)
    expect(existsSync(join(served.root, 'a.txt'))).toBe(false)
  })

  it('that is silent, or too large, is told so, and not waited for', async () => {
    const timeouts = { requestTimeout: 300, headersTimeout: 300 }
    const served = await serve({}, { tls: identity, uploads: { maxSize: 100 }, ...timeouts })
    await beginPut(served.port)
    expect((await served.exchange(1)).status).toBe(408)
    const session = connectHttp2(`https://localhost:${served.port}`, { ca: authority })
    onTestFinished(() => session.destroy())
    const stream = session.request({ ':method': 'PUT', ':path': '/b.txt' })
    stream.on('error', () => {})
    stream.write(Buffer.alloc(50_000))
    const [head] = await once(stream, 'response')
    expect(head[':status']).toBe(413)
    expect(await served.exchange(2)).toMatchObject({ status: 413, aborted: false })
  })
})
