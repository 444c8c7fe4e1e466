/**
 * The content of a request, read when it is wanted and no faster than it is
 * used. Bounds the time that the client may be silent, and not the time that it
 * takes: an upload may last for hours, but must go on. Tells every way in which
 * it can end before its end.
 */
import type { IncomingMessage } from 'node:http'
import type { ErrorName } from './error-page.ts'

/** `gone`: the client, or the connection. Else what the client should hear. */
export type IncomingFailure = 'gone' | ErrorName

export class IncomingError extends Error {
  readonly failure: IncomingFailure

  constructor(failure: IncomingFailure) {
    super(`Content ends early: ${failure}`)
    this.failure = failure
  }
}

/** Content in frames (RFC 9113 §8.1). */
export interface Framed {
  /** It has ended with the header section. */
  readonly isEmpty: boolean
  /** Its sender has said that this was all; a stream that is reset seems to end, too. */
  isWhole(): boolean
}

/** How long the rest of what nobody wants may let us wait, in ms. */
const HURRY = 500

export class Incoming {
  /** As the request says it; null when only its end will tell. */
  readonly length: number | null
  readonly #message: IncomingMessage
  #patience: number
  #invite: (() => void) | null
  #received = 0
  #ended = false
  #failure: IncomingError | null = null
  #wake: (() => void) | null = null
  readonly #look = (): void => this.#wake?.()

  /**
   * `patience`: ms without a byte after which it fails. `invite`: asks for the content, where the client waits to be asked.
   * `framed`: by which it ends, where that is no field.
   */
  constructor(message: IncomingMessage, patience: number, invite: (() => void) | null, framed?: Framed) {
    const { 'transfer-encoding': coding, 'content-length': length } = message.headers
    const isOpen = framed === undefined ? coding !== undefined : length === undefined && !framed.isEmpty
    this.length = isOpen ? null : Number(length ?? 0)
    const isWhole = (): boolean => (framed === undefined ? message.complete : framed.isWhole())
    this.#message = message
    this.#patience = patience
    this.#invite = invite
    message.on('readable', this.#look)
    const end = (): void => {
      if (!isWhole()) this.fail('gone')
      else {
        this.#ended = true
        this.#look()
      }
    }
    // The end of a stream is told in the middle of its last frame.
    message.once('end', framed === undefined ? end : () => setImmediate(end))
    const leave = (): void => {
      if (!isWhole()) this.fail('gone')
    }
    message.once('close', leave)
    message.once('error', leave)
    if (message.destroyed) leave()
  }

  get isWhole(): boolean {
    return this.#ended
  }

  /** What comes next, or null when that was all. Rejects with an IncomingError. One at a time. */
  async read(): Promise<Buffer | null> {
    this.#invite?.()
    this.#invite = null
    for (;;) {
      if (this.#failure !== null) throw this.#failure
      const chunk: Buffer | null = this.#message.read()
      if (chunk !== null) {
        this.#received += chunk.length
        return chunk
      }
      if (this.#ended) return null
      await this.#something()
    }
  }

  /** Whoever reads it hears this; nobody does, when it has come whole. */
  fail(failure: IncomingFailure): void {
    if (this.#ended) return
    this.#failure ??= new IncomingError(failure)
    this.#wake?.()
  }

  /**
   * Drops what nobody wanted, so that the next request is found behind it. False when that is not worth it: it is
   * more than `limit`, or the client still waits to be asked, or has gone. What comes then is dropped as well, since
   * a client that cannot get rid of it does not read why.
   */
  async drop(limit: number): Promise<boolean> {
    if (await this.#dropWithin(limit)) return true
    this.#message.off('readable', this.#look)
    // The stream notices a turn later that nobody listens.
    setImmediate(() => this.#message.resume())
    return false
  }

  async #dropWithin(limit: number): Promise<boolean> {
    if (this.#ended) return true
    // Whoever waits may send it, or not: where the next request begins cannot be told.
    if (this.#invite !== null && this.length !== 0) return false
    if (this.length !== null && this.length - this.#received > limit) return false
    // Its sender waits for the answer, perhaps, and sends no more.
    this.#patience = Math.min(this.#patience, HURRY)
    try {
      for (let dropped = 0; dropped <= limit; ) {
        const chunk = await this.read()
        if (chunk === null) return true
        dropped += chunk.length
      }
    } catch {
      // It is not whole, and will not be.
    }
    return false
  }

  #something(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(() => this.fail('timeout'), this.#patience)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = null
        resolve()
      }
    })
  }
}
