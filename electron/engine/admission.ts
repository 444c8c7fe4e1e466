/**
 * Which connections have a place: as many as the descriptors of the process and
 * the `maxConnections` option allow. When all are taken, connections that lie
 * idle are closed; a few more are let in to hear 503 in answer to their
 * request; what comes beyond those hears it at once. Nobody is reset unheard.
 */
import type { Connection } from './connection.ts'
import type { DescriptorPool } from './descriptors.ts'

/** Connections without a place that may still send their request. */
const MAX_WAITING = 8
/** A connection that is idle for less may have a request on its way, in ms. */
const IDLE = 1_000
const SWEEP_INTERVAL = 250

export class Admission {
  readonly #pool: DescriptorPool
  readonly #max: number
  #admitted = new Set<Connection>()
  #waiting = new Set<Connection>()
  #lastSweep = Number.NEGATIVE_INFINITY

  constructor(pool: DescriptorPool, max: number) {
    this.#pool = pool
    this.#max = max
  }

  /** False: there is not even room to wait. */
  enter(connection: Connection): boolean {
    if (this.admit(connection)) return true
    this.#closeIdle()
    if (this.#waiting.size >= MAX_WAITING) return false
    this.#waiting.add(connection)
    connection.socket.once('close', () => this.#waiting.delete(connection))
    return true
  }

  /** Whether it has a place, or gets one now. */
  admit(connection: Connection): boolean {
    if (this.#admitted.has(connection)) return true
    if (this.#admitted.size >= this.#max || !this.#pool.admit()) return false
    this.#waiting.delete(connection)
    this.#admitted.add(connection)
    connection.socket.once('close', () => {
      this.#admitted.delete(connection)
      this.#pool.leave()
    })
    return true
  }

  #closeIdle(): void {
    const now = performance.now()
    if (now - this.#lastSweep < SWEEP_INTERVAL) return
    this.#lastSweep = now
    for (const connection of [...this.#admitted, ...this.#waiting]) {
      if (connection.idleFor >= IDLE) connection.hangUp()
    }
  }
}
