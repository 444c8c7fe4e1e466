/**
 * One client connection: which of its requests are under way, whether it may
 * carry another, and the count that bounds what a client may send and we drop.
 * Needed because a response queued behind another (pipelining) hears nothing
 * from node:http when the connection closes.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Client } from './response.ts'

/** Content of a request is of no use here: read and dropped, so that the next request is found, up to this. */
const MAX_DROPPED = 1024 * 1024
/** How long a refused client may go on sending, so that it reads why before the connection resets. */
const LINGER = 1_000

export class Connection {
  readonly socket: Socket
  /** Nothing on it is read as a request any more. */
  refused = false
  /** The answers under way are the last it will carry. */
  last = false
  #underway = new Set<Client>()
  #lastRequest: IncomingMessage | null = null
  #whenIdle: (() => void) | null = null

  constructor(socket: Socket) {
    this.socket = socket
    socket.once('close', () => {
      for (const client of this.#underway) client.leave()
    })
  }

  get idle(): boolean {
    return this.#underway.size === 0
  }

  /** The request being received has not ended: what comes in belongs to it. */
  get receiving(): boolean {
    return this.#lastRequest !== null && !this.#lastRequest.complete
  }

  begin(request: IncomingMessage): Client {
    const client = new Client()
    client.gone = this.socket.destroyed
    this.#underway.add(client)
    this.#lastRequest = request
    const { headers } = request
    if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0) {
      this.#dropContent(request)
    }
    return client
  }

  end(client: Client): void {
    this.#underway.delete(client)
    if (this.idle) this.#whenIdle?.()
  }

  /** Refuses everything after the requests that are under way, and gives this answer behind theirs. */
  refuse(answer: () => void): void {
    if (this.refused) return
    this.refused = true
    this.whenIdle(answer)
  }

  /** Lets the requests that are under way end, and nothing more. */
  cut(): void {
    this.last = true
    this.refuse(() => this.socket.destroy())
  }

  whenIdle(action: () => void): void {
    if (this.idle) action()
    else this.#whenIdle = action
  }

  /** Sends what is written, then ends, without waiting for the other side. */
  hangUp(): void {
    this.socket.end(() => this.socket.destroy())
  }

  /** The last answer has been written: gives the client time to read it, as a reset would discard it. */
  linger(): void {
    const timer = setTimeout(() => this.socket.destroy(), LINGER)
    timer.unref()
    this.socket.once('close', () => clearTimeout(timer))
  }

  #dropContent(request: IncomingMessage): void {
    let dropped = 0
    request.on('data', (chunk: Buffer) => {
      dropped += chunk.length
      if (dropped <= MAX_DROPPED) return
      request.pause()
      this.cut()
    })
  }
}
