/**
 * One client connection: which of its requests are under way, whether it may
 * carry another, and the count that bounds what a client may send and we drop.
 * Needed because a response queued behind another (pipelining) hears nothing
 * from node:http when the connection closes.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorName } from './error-page.ts'
import { isLoopbackAddress } from './host-names.ts'
import { Incoming } from './incoming.ts'
import { Client } from './reply.ts'
import { carrierOf } from './secure.ts'
import { currentTurn, sharePeriod } from './sight.ts'
import type { Soon } from './soon.ts'

/** Content of a request is of no use here: read and dropped, so that the next request is found, up to this. */
export const MAX_DROPPED = 1024 * 1024
/** How long a refused client may go on sending, so that it reads why before the connection resets. */
const LINGER = 1_000

/** So many requests may wait for their turn before no more is read; what has come in with them is kept, too. */
const MAX_PIPELINED = 16

export class Connection {
  readonly socket: Socket
  /** It has got, or will get, an answer that refuses it. Nothing on it is read as a request any more. */
  refused = false
  /** A request said that it is the last (RFC 9112 §9.6). */
  last = false
  /** It speaks another protocol now. */
  handedOn = false
  /** In the order of arrival. */
  #underway: Client[] = []
  #turns = new Map<Client, () => void>()
  #receiving: { readonly request: IncomingMessage; fail(failure: ErrorName): void } | null = null
  #whenIdle: (() => void)[] = []
  #idleSince = performance.now()
  #readWhenIdle = 0
  #answered = false
  /** As `quietFor` found them last. */
  #bytes = -1
  #quietSince = 0
  #peer: Peer | null = null
  #onHangUp: (() => void) | null = null
  #answeredIn = -1

  constructor(socket: Socket) {
    this.socket = socket
    socket.once('close', () => {
      for (const client of this.#underway) client.leave()
    })
  }

  /** Asked for at the first request: a closed socket has no addresses. */
  get peer(): Peer {
    this.#peer ??= peerOf(this.socket)
    return this.#peer
  }

  get idle(): boolean {
    return this.#underway.length === 0
  }

  /** For how long it has been idle, in ms; 0 when a request has begun to arrive. */
  get idleFor(): number {
    const waiting = this.idle && !this.handedOn && this.socket.bytesRead === this.#readWhenIdle
    return waiting ? performance.now() - this.#idleSince : 0
  }

  /** It has had an answer, and no other request is under way; so it is kept for the next one, if that comes soon. */
  get isBetweenRequests(): boolean {
    return this.#answered && this.idle && !this.handedOn && !this.refused
  }

  /** For how long no byte has come or gone, in ms, as far as earlier calls have seen. */
  quietFor(now: number): number {
    const bytes = this.socket.bytesRead + this.socket.bytesWritten
    if (bytes !== this.#bytes || this.handedOn) {
      this.#bytes = bytes
      this.#quietSince = now
    }
    return now - this.#quietSince
  }

  begin(): Client {
    const client = new Client()
    client.gone = this.socket.destroyed
    this.#underway.push(client)
    if (this.#underway.length === MAX_PIPELINED) this.socket.pause()
    return client
  }

  /**
   * Resolves when the answers before this one are sent. They leave in order anyway (RFC 9112 §9.3.2); begun before
   * its turn, each would hold an open file and its first content for as long as the client likes not to read.
   */
  turn(client: Client): Soon<void> {
    if (this.#underway[0] === client) return
    return new Promise(resolve => this.#turns.set(client, resolve))
  }

  /** `now`: of performance.now(). */
  end(client: Client, now = performance.now()): void {
    this.#answered = true
    this.#answeredIn = currentTurn()
    // In nearly every case, the only one.
    if (this.#underway[0] === client) this.#underway.shift()
    else this.#underway = this.#underway.filter(each => each !== client)
    if (this.#turns.size > 0) {
      const [next] = this.#underway
      if (next !== undefined) {
        this.#turns.get(next)?.()
        this.#turns.delete(next)
      }
    }
    if (this.#underway.length === MAX_PIPELINED - 1 && this.socket.isPaused()) this.socket.resume()
    if (!this.idle) return
    this.#idleSince = now
    this.#readWhenIdle = this.socket.bytesRead
    for (const action of this.#whenIdle.splice(0)) action()
  }

  /** For one more request, which may then share what the disk has shown to others in this turn of the event loop. */
  shareLooks(): void {
    sharePeriod(this.#answeredIn)
  }

  /** Reads the content of a request and drops it. Null when it has arrived, or its sender has gone; else why it is refused. */
  dropContent(request: IncomingMessage): Promise<ErrorName | null> {
    // Which no client sends by mistake, and no server should wait for.
    if (isTooLarge(request)) {
      request.resume()
      return Promise.resolve('content-too-large')
    }
    return new Promise(resolve => {
      let dropped = 0
      const done = (failure: ErrorName | null): void => {
        if (this.#receiving?.fail === done) this.#receiving = null
        if (failure !== null) this.last = true
        resolve(failure)
      }
      this.#receiving = { request, fail: done }
      request.on('data', (chunk: Buffer) => {
        dropped += chunk.length
        if (dropped > MAX_DROPPED) done('content-too-large')
      })
      request.once('close', () => done(null))
      request.once('end', () => done(null))
    })
  }

  /** The content of a request that somebody wants. The time it takes as a whole is not bounded, as its silence is. */
  receiveContent(request: IncomingMessage, patience: number, invite: (() => void) | null): Incoming {
    const incoming = new Incoming(request, patience, invite)
    const fail = (failure: ErrorName): void => {
      if (failure !== 'timeout') incoming.fail(failure)
    }
    this.#receiving = { request, fail }
    request.once('close', () => {
      if (this.#receiving?.fail === fail) this.#receiving = null
    })
    return incoming
  }

  /** What comes in belongs to the content of a request, and that went wrong. False when it does not. */
  failContent(failure: ErrorName): boolean {
    // Its end is told a turn later than its arrival.
    if (this.#receiving === null || this.#receiving.request.complete) return false
    this.#receiving.fail(failure)
    return true
  }

  /** Whether nothing has come in, or will, behind the header section of this request; false when in doubt. */
  hasReadOnly(request: IncomingMessage): boolean {
    const { method = '', url = '', rawHeaders } = request
    let length = `${method} ${url} HTTP/1.1\r\n\r\n`.length
    for (const part of rawHeaders) length += part.length + 2
    return this.idle && !hasContent(request) && this.socket.bytesRead - this.#readWhenIdle === length
  }

  /** Refuses everything after the requests that are under way, and gives this answer behind theirs. */
  refuse(answer: () => void): void {
    if (this.refused) return
    this.refused = true
    this.whenIdle(answer)
  }

  whenIdle(action: () => void): void {
    if (this.idle) action()
    else this.#whenIdle.push(action)
  }

  /** How it ends, where another protocol has its own way. */
  onHangUp(end: () => void): void {
    this.#onHangUp = end
  }

  /** Sends what is written, then ends, without waiting for the other side. */
  hangUp(): void {
    if (this.#onHangUp !== null) {
      this.#onHangUp()
      return
    }
    this.socket.end(() => this.socket.destroy())
  }

  /** The last answer has been written: ends, and gives the client time to read it, as a reset would discard it. */
  linger(): void {
    this.socket.end()
    const timer = setTimeout(() => this.socket.destroy(), LINGER)
    timer.unref()
    this.socket.once('close', () => clearTimeout(timer))
  }
}

/** Who is at the other end. */
export interface Peer {
  readonly address: string
  /** It is this computer: from one of its own addresses, a computer connects from that same address. */
  readonly isLocal: boolean
}

type Ends = Pick<Socket, 'remoteAddress' | 'localAddress'>

export function peerOf(socket: Ends): Peer {
  // TLS over a slow network does not know its ends; what it goes over does.
  const { remoteAddress, localAddress } = socket.remoteAddress
    ? socket
    : ((carrierOf(socket) as Ends | null) ?? socket)
  const address = plainAddress(remoteAddress)
  const isLocal = isLoopbackAddress(address) || (address !== '' && address === plainAddress(localAddress))
  return { address, isLocal }
}

/** A dual-stack socket writes IPv4 as `::ffff:192.168.1.7`. */
function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}

/** RFC 9112 §6.3 */
export function hasContent({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * RFC 9110 §7.8. Nobody here speaks another protocol, so it is a request like any other; but the parser stops behind
 * it and loses what else came in the same packet, so a connection goes on only where there was nothing.
 */
export function asksUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade !== undefined && /\bupgrade\b/i.test(headers.connection ?? '')
}

/** It says that its content is longer than what is dropped. */
export function isTooLarge({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > MAX_DROPPED
}
