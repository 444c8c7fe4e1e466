/**
 * The WebSocket end of the bridge. Asks who speaks (Host and Origin are ours,
 * the token in the first frame is right) and hands on what is asked to
 * app.invoke, the trust boundary. Promises bounded memory and work per page.
 * The frames are PageFrame and PanelFrame of the contract; the other end is
 * renderer/bridge.ts.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { App } from '../app/app.ts'
import { BRIDGE_PATH, CLOSE_REFUSED } from '../contract.ts'
import { createOutbox, frameText } from './outbox.ts'

export interface SocketEnd {
  /** Takes over an upgrade request, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Says goodbye to every page, and cuts those that do not answer. */
  close(): Promise<void>
}

export interface SocketEndOptions {
  readonly app: Pick<App, 'invoke' | 'subscribe'>
  readonly token: string
  /** The port that this page is served on. */
  readonly port: () => number
  /** For tests: intervals in ms, and how many calls of a page may wait. */
  readonly helloLimit?: number
  readonly pingInterval?: number
  readonly maxWaiting?: number
}

/** Close codes of our own (RFC 6455 §7.4.2) and registered ones. */
const CLOSE = {
  goingAway: 1001,
  badFrame: 1008,
  isFull: 1013,
  refused: CLOSE_REFUSED,
  noHello: 4408,
} as const
/** Pages that have shown the token, and at most as many that have not yet. */
const MAX_PAGES = 32
const MAX_FRAME = 256 * 1024
/** Calls of one page under way at a time; more wait in its socket. */
const MAX_CALLS = 64
/** Calls that may wait here, because they were read already: a page of ours never comes near. */
const MAX_WAITING = 2000
const FAREWELL = 500

export function createSocketEnd(options: SocketEndOptions): SocketEnd {
  const { helloLimit = 5000, pingInterval = 30_000 } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: false })
  const answering = new Set<WebSocket>()
  const strangers = new Set<WebSocket>()
  const isFull = () => sockets.clients.size - strangers.size >= MAX_PAGES

  /** A page that is gone without a word (a sleeping laptop) answers no ping. */
  const liveness = setInterval(() => {
    for (const page of sockets.clients) {
      if (answering.delete(page)) page.ping()
      else page.terminate()
    }
  }, pingInterval)
  liveness.unref()

  sockets.on('connection', page => {
    answering.add(page)
    page.on('pong', () => answering.add(page))
    page.on('close', () => answering.delete(page))
    page.on('close', () => strangers.delete(page))
    page.on('error', () => {}) // `close` follows
    // The oldest has had its chance.
    if (strangers.size >= MAX_PAGES) for (const oldest of [...strangers].slice(0, 1)) dismiss(oldest)
    strangers.add(page)
    greet(page, options.token, helloLimit, () => {
      if (isFull()) return page.close(CLOSE.isFull)
      strangers.delete(page)
      page.send(frameText({ type: 'welcome' }))
      serve(page, options)
    })
  })

  function dismiss(page: WebSocket): void {
    strangers.delete(page)
    page.terminate()
  }

  return {
    upgrade(request, socket, head) {
      const status = refusalOf(request, options.port()) ?? (isFull() ? '503 Service Unavailable' : null)
      if (status !== null) {
        socket.on('error', () => {})
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
        return
      }
      sockets.handleUpgrade(request, socket, head, page => sockets.emit('connection', page, request))
    },
    async close() {
      clearInterval(liveness)
      const pages = [...sockets.clients]
      const closed = pages.map(page => new Promise(resolve => page.once('close', resolve)))
      for (const page of pages) page.close(CLOSE.goingAway)
      const cut = setTimeout(() => {
        for (const page of pages) page.terminate()
      }, FAREWELL)
      await Promise.all(closed)
      clearTimeout(cut)
    },
  }
}

/** A page of another origin, or one that reached us under another name (DNS rebinding), is not ours. */
function refusalOf({ url, headers }: IncomingMessage, port: number): string | null {
  if (url !== BRIDGE_PATH) return '404 Not Found'
  const { host, origin } = headers
  const isOurs = host === `127.0.0.1:${port}` || host === `localhost:${port}`
  return isOurs && origin === `http://${host}` ? null : '403 Forbidden'
}

/** Comparing digests takes the same time whatever the guess is. */
function isToken(guess: unknown, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return typeof guess === 'string' && timingSafeEqual(digest(guess), digest(token))
}

/** What should be a PageFrame. */
type UnknownFrame = Readonly<Record<string, unknown>>

function parseFrame(data: RawData, isBinary: boolean): UnknownFrame | null {
  if (isBinary) return null
  try {
    const frame: unknown = JSON.parse(String(data))
    return typeof frame === 'object' && frame !== null && !Array.isArray(frame)
      ? (frame as UnknownFrame)
      : null
  } catch {
    return null
  }
}

function greet(page: WebSocket, token: string, helloLimit: number, welcome: () => void): void {
  const limit = setTimeout(() => page.close(CLOSE.noHello), helloLimit)
  page.once('close', () => clearTimeout(limit))
  page.once('message', (data, isBinary) => {
    clearTimeout(limit)
    const frame = parseFrame(data, isBinary)
    if (frame?.type !== 'hello' || !isToken(frame.token, token)) {
      page.close(CLOSE.refused)
    } else {
      welcome()
    }
  })
}

function serve(page: WebSocket, { app, maxWaiting = MAX_WAITING }: SocketEndOptions): void {
  const outbox = createOutbox(page)
  let unsubscribe = () => {}
  let calls = 0
  let waiting: (() => void)[] = []

  async function call(id: number, command: string, input: unknown): Promise<void> {
    calls += 1
    const result = await app.invoke(command, input)
    outbox.answer(id, result, () => {
      calls -= 1
      waiting.shift()?.()
      if (calls < MAX_CALLS && page.isPaused) page.resume()
    })
  }

  /** A pause reaches the socket: what was read from it before is still handed on. */
  function callInTurn(id: number, command: string, input: unknown): void {
    if (calls < MAX_CALLS) void call(id, command, input)
    else waiting.push(() => void call(id, command, input))
    if (calls >= MAX_CALLS) page.pause()
    if (waiting.length > maxWaiting) page.terminate()
  }

  page.once('close', () => {
    waiting = []
    unsubscribe()
  })
  page.on('message', (data, isBinary) => {
    const frame = parseFrame(data, isBinary)
    const { id, command, input, type, stream } = frame ?? {}
    if (typeof id === 'number' && typeof command === 'string') {
      callInTurn(id, command, input)
    } else if (type === 'subscribe' && typeof stream === 'number') {
      unsubscribe()
      outbox.restart(stream)
      unsubscribe = app.subscribe(outbox.push)
    } else if (type === 'unsubscribe') {
      unsubscribe()
      unsubscribe = () => {}
    } else {
      page.close(CLOSE.badFrame)
    }
  })
}
