/**
 * All files on their way: a few at a time, in the order they were chosen. Tells
 * when something has changed, at most once for each picture that is drawn.
 */
import type { Picked } from './picked.ts'
import { Transfer } from './transfer.ts'

/** A browser opens six connections to a server; the page needs some itself. */
const PARALLEL = 3

export class Queue {
  readonly #folder: string
  readonly #changed: () => void
  readonly #ended: () => void
  #transfers: Transfer[] = []
  /** Index of the first that may be waiting: of thousands, most are done. */
  #next = 0
  #running = 0
  #scheduled = false

  /** `folder`: as it stands in a URL. `ended`: a file has come to its place. */
  constructor(folder: string, changed: () => void, ended: () => void) {
    this.#folder = folder
    this.#changed = changed
    this.#ended = ended
  }

  get transfers(): readonly Transfer[] {
    return this.#transfers
  }

  /** Something is, or will be, on its way. */
  get isBusy(): boolean {
    return this.#running > 0 || this.#transfers.some(({ phase }) => phase === 'waiting')
  }

  add(picked: readonly Picked[]): void {
    // What came to its end before is no news any more.
    if (!this.isBusy) this.#keep(transfer => !transfer.isOver)
    for (const { file, name } of picked) {
      this.#transfers.push(new Transfer(file, name, this.#folder, () => this.#tell()))
    }
    this.#start()
  }

  /** What was halted waits for its turn again. */
  resume(transfers: readonly Transfer[]): void {
    for (const transfer of transfers) transfer.again()
    this.#next = 0
    this.#start()
  }

  /** Forgets what has come to its end, well or not. */
  clear(): void {
    this.#keep(({ isOver, phase }) => !isOver && phase !== 'failed')
    this.#tell()
  }

  #keep(wanted: (transfer: Transfer) => boolean): void {
    this.#transfers = this.#transfers.filter(wanted)
    this.#next = 0
  }

  #start(): void {
    while (this.#running < PARALLEL) {
      const transfer = this.#takeNext()
      if (transfer === null) break
      this.#running++
      void transfer.run().then(() => {
        this.#running--
        if (transfer.phase === 'done') this.#ended()
        this.#start()
      })
    }
    this.#tell()
  }

  #takeNext(): Transfer | null {
    for (; this.#next < this.#transfers.length; this.#next++) {
      const transfer = this.#transfers[this.#next]
      if (transfer?.phase === 'waiting') {
        this.#next++
        return transfer
      }
    }
    return null
  }

  #tell(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    requestAnimationFrame(() => {
      this.#scheduled = false
      this.#changed()
    })
  }
}
