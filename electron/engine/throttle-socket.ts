/**
 * A connection over a slow link, in the place of the socket that it goes over.
 * Promises that an end or a reset takes effect at once, that at most a link's
 * worth of bytes is held, and that whoever reads slowly slows only himself.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Flow, Lane } from './throttle-lane.ts'

/** Bytes that were received and have not come through the link. */
const MAX_UNREAD = 256 * 1024
/** First byte of a TLS handshake (RFC 8446 §5.1): the beginning of a connection, not of a request. */
const HANDSHAKE = 0x16

/** What all connections of a site go over. */
export interface Link {
  readonly down: Lane
  readonly up: Lane
  /** Whether an answer that begins now is cut; how far it gets, as a share of what was to be sent first. */
  cut(): number | null
}

export class ThrottledSocket extends Duplex {
  readonly #socket: Socket
  readonly #link: Link
  readonly #down: Flow
  readonly #up: Flow
  #unread = 0
  /** Something was asked since the last answer began. */
  #asked = false
  bytesRead = 0
  bytesWritten = 0

  constructor(socket: Socket, link: Link) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#link = link
    this.#down = link.down.open(bytes => {
      if (!socket.write(bytes)) this.#down.pause()
    })
    this.#up = link.up.open(bytes => {
      this.#unread -= bytes.length
      this.bytesRead += bytes.length
      if (!this.push(bytes)) this.#up.pause()
      if (this.#unread < MAX_UNREAD) socket.resume()
    })
    socket.on('drain', () => this.#down.resume())
    socket.on('data', bytes => this.#receive(bytes))
    socket.on('end', () => this.#up.whenDone(() => this.push(null)))
    socket.on('timeout', () => this.emit('timeout'))
    socket.on('error', error => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  #receive(bytes: Buffer): void {
    if (bytes[0] !== HANDSHAKE) this.#asked = true
    this.#unread += bytes.length
    if (this.#unread >= MAX_UNREAD) this.#socket.pause()
    this.#up.send(bytes, () => {})
  }

  override _read(): void {
    this.#up.resume()
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    // node:http writes nothing at the end of an answer, to hear when it is done: that is when it has arrived.
    if (bytes.length === 0) {
      this.#down.whenDone(done)
      return
    }
    const cut = this.#asked ? this.#link.cut() : null
    this.#asked = false
    this.bytesWritten += bytes.length
    if (cut === null) {
      this.#down.send(bytes, done)
      return
    }
    // The network is gone in the middle of it. Nobody says goodbye.
    const some = bytes.subarray(0, Math.floor(cut * bytes.length))
    if (some.length > 0) this.#down.send(some, () => {})
    this.#down.whenDone(() => {
      this.#socket.resetAndDestroy()
    })
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#down.whenDone(() => this.#socket.end(done))
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#down.close()
    this.#up.close()
    this.#socket.destroy()
    done(error)
  }

  // What node:http, TLS and the engine ask of a socket besides.

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress
  }
  get remotePort(): number | undefined {
    return this.#socket.remotePort
  }
  get remoteFamily(): string | undefined {
    return this.#socket.remoteFamily
  }
  get localAddress(): string | undefined {
    return this.#socket.localAddress
  }
  get localPort(): number | undefined {
    return this.#socket.localPort
  }
  setTimeout(time: number, action?: () => void): this {
    if (action !== undefined) this.once('timeout', action)
    this.#socket.setTimeout(time)
    return this
  }
  setNoDelay(on?: boolean): this {
    this.#socket.setNoDelay(on)
    return this
  }
  setKeepAlive(on?: boolean, delay?: number): this {
    this.#socket.setKeepAlive(on, delay)
    return this
  }
  ref(): this {
    this.#socket.ref()
    return this
  }
  unref(): this {
    this.#socket.unref()
    return this
  }
  destroySoon(): void {
    if (this.writableFinished) this.destroy()
    else this.end(() => this.destroy())
  }
  resetAndDestroy(): this {
    this.#socket.resetAndDestroy()
    return this
  }
}
