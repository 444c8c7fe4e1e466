import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Message, Result } from '../../electron/contract.ts'
import { createSocketEnd, type SocketEnd, type SocketEndOptions } from '../../electron/panel/socket.ts'

const token = 'right-token'
const http = createServer()
let port: number
let end: SocketEnd
let listeners: Set<(message: Message) => void>
let calls: unknown[][]
let answers: (() => void)[]
const pages: WebSocket[] = []

function start(options: Partial<SocketEndOptions> = {}): void {
  end = createSocketEnd({
    token,
    port: () => port,
    app: {
      invoke(command, input): Promise<Result<unknown>> {
        calls.push([command, input])
        if (command !== 'wait' && command !== 'w') return Promise.resolve({ ok: true, value: input })
        return new Promise(resolve => answers.push(() => resolve({ ok: true, value: null })))
      },
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    ...options,
  })
  http.removeAllListeners('upgrade').on('upgrade', end.upgrade)
}

beforeEach(async () => {
  listeners = new Set()
  calls = []
  answers = []
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  port = (http.address() as AddressInfo).port
  start()
})
afterEach(async () => {
  for (const page of pages.splice(0)) page.terminate()
  await end.close()
  http.close()
  await once(http, 'close')
})

function open(options: { path?: string; origin?: string; host?: string } = {}): WebSocket {
  const { path = '/bridge', origin = `http://127.0.0.1:${port}`, host = `127.0.0.1:${port}` } = options
  const page = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host, origin } })
  page.on('error', () => {})
  pages.push(page)
  return page
}

/** What the page gets, frame by frame. */
function reader(page: WebSocket): () => Promise<unknown> {
  const frames: unknown[] = []
  page.on('message', data => frames.push(JSON.parse(String(data))))
  return async () => {
    while (frames.length === 0) await once(page, 'message')
    return frames.shift()
  }
}

async function greeted(): Promise<{ page: WebSocket; next: () => Promise<unknown> }> {
  const page = open()
  const next = reader(page)
  await once(page, 'open')
  send(page, { type: 'hello', token })
  expect(await next()).toEqual({ type: 'welcome' })
  return { page, next }
}

const send = (page: WebSocket, frame: unknown) => page.send(JSON.stringify(frame))
const closeCode = async (page: WebSocket) => (await once(page, 'close'))[0]

describe('who may open it', () => {
  it('our own page, by either name', async () => {
    await greeted()
    const other = open({ host: `localhost:${port}`, origin: `http://localhost:${port}` })
    await once(other, 'open')
  })

  it.each([
    ['another path', { path: '/' }, 404],
    ['a path with a query', { path: '/bridge?x' }, 404],
    ['another origin', { origin: 'http://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['our origin as a prefix', { origin: 'http://127.0.0.1:PORT.evil.example' }, 403],
    ['our origin with https', { origin: 'https://127.0.0.1:PORT' }, 403],
    ['our own name, but the other one', { origin: 'http://localhost:PORT' }, 403],
    [
      'a name of another site (DNS rebinding)',
      { host: 'evil.example:PORT', origin: 'http://evil.example:PORT' },
      403,
    ],
    ['another port', { host: '127.0.0.1:1', origin: 'http://127.0.0.1:1' }, 403],
    ['no port', { host: '127.0.0.1', origin: 'http://127.0.0.1' }, 403],
  ])('not %s', async (_, headers, status) => {
    const at = (text?: string) => text?.replace('PORT', String(port))
    const asked = Object.entries(headers).map(([name, value]) => [name, at(value)])
    const [, response] = (await once(open(Object.fromEntries(asked)), 'unexpected-response')) as [
      unknown,
      IncomingMessage,
    ]
    expect(response.statusCode).toBe(status)
  })

  it('not without Origin, and not without Host', async () => {
    for (const fields of [`Host: 127.0.0.1:${port}\r\n`, `Origin: http://127.0.0.1:${port}\r\n`]) {
      const socket = connect(port, '127.0.0.1')
      socket.write(
        `GET /bridge HTTP/1.0\r\n${fields}Connection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      )
      const [answer] = await once(socket, 'data')
      expect(String(answer)).toMatch(/^HTTP\/1.1 403 /)
      socket.destroy()
    }
  })

  it.each([
    { type: 'hello', token: 'wrong-token' },
    { type: 'hello', token: '' },
    { type: 'hello', token: [token] },
    { type: 'hello' },
    { id: 1, command: 'site.stopAll', input: {} },
    null,
    [],
  ])('not with the first frame %j', async frame => {
    const page = open()
    await once(page, 'open')
    send(page, frame)
    send(page, { id: 1, command: 'site.stopAll', input: {} })
    expect(await closeCode(page)).toBe(4401)
    expect(calls).toEqual([])
  })

  it('not without a first frame in time', async () => {
    start({ helloLimit: 20 })
    expect(await closeCode(open())).toBe(4408)
  })

  it('no more pages than it can serve', async () => {
    await Promise.all(Array.from({ length: 32 }, greeted))
    const [, response] = await once(open(), 'unexpected-response')
    expect(response.statusCode).toBe(503)
  })
})

it('pages without a token keep nobody out: the one that came first goes', async () => {
  const first = open()
  await once(first, 'open')
  const gone = closeCode(first)
  for (let count = 1; count < 32; count++) await once(open(), 'open')
  await greeted()
  expect(await gone).toBe(1006)
})

describe('what it carries', () => {
  it('calls and their answers', async () => {
    const { page, next } = await greeted()
    send(page, { id: 5, command: 'echo', input: { a: [1, null, 'é'] } })
    expect(await next()).toEqual({ id: 5, result: { ok: true, value: { a: [1, null, 'é'] } } })
    send(page, { id: 6, command: 'echo' })
    expect(await next()).toEqual({ id: 6, result: { ok: true } })
    expect(calls).toEqual([
      ['echo', { a: [1, null, 'é'] }],
      ['echo', undefined],
    ])
  })

  it('messages of the newest subscription, until it ends', async () => {
    const { page, next } = await greeted()
    const message: Message = { type: 'show', view: { name: 'list' } }
    send(page, { type: 'subscribe', stream: 1 })
    send(page, { type: 'subscribe', stream: 2 })
    send(page, { id: 1, command: 'echo' })
    await next()
    expect(listeners.size).toBe(1)
    for (const listener of listeners) listener(message)
    expect(await next()).toEqual({ stream: 2, message })
    send(page, { type: 'unsubscribe' })
    send(page, { id: 2, command: 'echo' })
    await next()
    expect(listeners.size).toBe(0)
  })

  it('ends the subscription when the page goes', async () => {
    const { page } = await greeted()
    send(page, { type: 'subscribe', stream: 1 })
    await expect.poll(() => listeners.size).toBe(1)
    page.terminate()
    await expect.poll(() => listeners.size).toBe(0)
  })

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['a command without a number', '{"command":"echo"}'],
    ['a number without a command', '{"id":1}'],
    ['an unknown type', '{"type":"other"}'],
    ['a subscription without a number', '{"type":"subscribe"}'],
    ['binary data', Buffer.from('{"id":1,"command":"echo"}')],
  ])('closes on %s', async (_, frame) => {
    const { page } = await greeted()
    page.send(frame)
    expect(await closeCode(page)).toBe(1008)
    expect(calls).toEqual([])
  })

  it('closes on a frame beyond the limit', async () => {
    const { page } = await greeted()
    page.send('x'.repeat(300_000))
    expect(await closeCode(page)).toBe(1009)
  })

  it.each([0, 16_000])('works on 64 calls at a time, also of those that come at once (%i)', async length => {
    const { page } = await greeted()
    let answered = 0
    page.on('message', () => {
      answered += 1
    })
    const input = 'x'.repeat(length)
    for (let id = 0; id < 500; id++) send(page, { id, command: 'wait', input })
    await expect.poll(() => calls.length).toBe(64)
    while (answered < 500) {
      expect(answers.length).toBeLessThanOrEqual(64)
      for (const answer of answers.splice(0)) answer()
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(calls).toHaveLength(500)
  })

  it('cuts a page that asks without waiting for answers', async () => {
    start({ maxWaiting: 10 })
    const { page } = await greeted()
    const cut = closeCode(page)
    const call = '{"id":1,"command":"w"}'
    // A frame as a client sends it (RFC 6455 §5.2), with a mask that changes nothing. All in one write: what comes in
    // with the 64th call must be taken, whatever the packets are.
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | call.length, 0, 0, 0, 0]), Buffer.from(call)])
    // Its socket is not in the types; the public way would write each frame by itself.
    const { _socket: socket } = page as unknown as { _socket: Socket }
    socket.write(Buffer.concat(Array.from({ length: 5_000 }, () => frame)))
    expect(await cut).toBe(1006)
    expect(calls).toHaveLength(64)
    for (const answer of answers.splice(0)) answer()
    await greeted()
    expect(calls).toHaveLength(64)
  })
})

describe('how it ends', () => {
  it('a page that answers no ping is cut, one that does stays', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    start({ pingInterval: 1000 })
    const silent = new WebSocket(`ws://127.0.0.1:${port}/bridge`, {
      origin: `http://127.0.0.1:${port}`,
      autoPong: false,
    })
    pages.push(silent)
    await once(silent, 'open')
    const { page, next } = await greeted()
    const cut = closeCode(silent)
    for (let round = 0; round < 3; round++) {
      const pinged = once(page, 'ping')
      vi.advanceTimersByTime(1000)
      await pinged
      // The pong came before the call that is answered here.
      send(page, { id: round, command: 'echo' })
      await next()
    }
    expect(await cut).toBe(1006)
    expect(page.readyState).toBe(WebSocket.OPEN)
  })

  it('close() says goodbye to every page, and cuts those that do not answer', async () => {
    const { page } = await greeted()
    const stuck = (await greeted()).page
    stuck.pause()
    const code = closeCode(page)
    await end.close()
    expect(await code).toBe(1001)
  })
})
