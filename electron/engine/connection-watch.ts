/**
 * Ends connections on which nothing happens any more: between requests after
 * the keep-alive time (RFC 9112 §9.5), and during an answer when its reader has
 * stopped. One look at all of them every so often: timers of node:http, set
 * anew with each request, would take a tenth of the time of a small answer.
 */
import type { Connection } from './connection.ts'

/** No byte in either direction during an answer, in ms: the client has stopped reading. */
const STALLED = 120_000
/** ms */
const MOST_OFTEN = 20
const LEAST_OFTEN = 5_000

export class ConnectionWatch {
  readonly #connections: ReadonlyMap<unknown, Connection>
  readonly #keepAlive: number
  #timer: NodeJS.Timeout | null = null

  /** `keepAlive` in ms; a connection is ended later than that by an eighth at most. */
  constructor(connections: ReadonlyMap<unknown, Connection>, keepAlive: number) {
    this.#connections = connections
    this.#keepAlive = keepAlive
  }

  /** A connection has come. While there is none, nothing wakes. */
  start(): void {
    if (this.#timer !== null) return
    const interval = Math.min(LEAST_OFTEN, Math.max(MOST_OFTEN, this.#keepAlive / 8))
    // Whether the process goes on is not for this to say.
    this.#timer = setInterval(() => this.#look(), interval).unref()
  }

  #look(): void {
    if (this.#connections.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer)
      this.#timer = null
    }
    const now = performance.now()
    for (const connection of this.#connections.values()) {
      const limit = connection.isBetweenRequests ? this.#keepAlive : STALLED
      if (connection.quietFor(now) >= limit) connection.socket.destroy()
    }
  }
}
