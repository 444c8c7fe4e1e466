/**
 * Joins the changes of a burst into one batch, numbers the batches, and keeps
 * the last of them for who comes late. A save is several events, and a build or
 * a checkout thousands: a page is told once, when it has been quiet for a moment,
 * or at the latest after half a second.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'

export interface Batch {
  /** Rises from batch to batch; a time in ms since the epoch, so that it means something to another process, too. */
  readonly id: number
  /** Files that are there. */
  readonly changed: readonly string[]
  /** Files and folders that are not there any more, or never were for long. */
  readonly gone: readonly string[]
  /** More than can be told: anything may have changed. */
  readonly all: boolean
}

/** ms. Editors write, rename and touch within a few. */
const QUIET = 60
const LONGEST = 500
/** A page that is told of more paths is better told of all. */
export const MOST_PATHS = 200
const REMEMBERED = 100

export class Changes {
  readonly #root: string
  readonly #nextId: () => number
  readonly #verify: () => Promise<boolean>
  readonly #onBatch: (batch: Batch) => void
  readonly #history: Batch[] = []
  /** Up to this id batches have been forgotten. */
  #forgotten = 0
  #paths = new Set<string>()
  #began = 0
  #timer: NodeJS.Timeout | null = null
  #closed = false
  #flushed: Promise<void> = Promise.resolve()

  /** `verify`: whether the root is there; what happens while it is not is of no interest. */
  constructor(
    root: string,
    nextId: () => number,
    verify: () => Promise<boolean>,
    onBatch: (batch: Batch) => void,
  ) {
    this.#root = root
    this.#nextId = nextId
    this.#verify = verify
    this.#onBatch = onBatch
  }

  /** `''`: anything. */
  add(path: string): void {
    if (this.#closed) return
    if (this.#paths.size <= MOST_PATHS) this.#paths.add(path)
    if (this.#timer === null) {
      this.#began = performance.now()
      this.#timer = setTimeout(() => this.#flush(), QUIET)
    } else if (performance.now() - this.#began < LONGEST - QUIET) this.#timer.refresh()
  }

  /** The batches after `id`, oldest first. */
  since(id: number): readonly Batch[] {
    if (id >= this.#forgotten) return this.#history.filter(batch => batch.id > id)
    return [{ id: this.#history.at(-1)?.id ?? this.#forgotten, changed: [], gone: [], all: true }]
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #flush(): void {
    const paths = this.#paths
    this.#paths = new Set()
    this.#timer = null
    this.#flushed = this.#flushed.then(async () => {
      const there = await this.#verify()
      const found = there && (await this.#describe(paths))
      if (!found || this.#closed) return
      const { changed, gone, all } = found
      if (!all && changed.length === 0 && gone.length === 0) return
      const batch = { id: this.#nextId(), changed, gone, all }
      this.#history.push(batch)
      if (this.#history.length > REMEMBERED) this.#forgotten = this.#history.shift()?.id ?? 0
      this.#onBatch(batch)
    })
  }

  async #describe(paths: ReadonlySet<string>): Promise<Omit<Batch, 'id'>> {
    if (paths.has('') || paths.size > MOST_PATHS) return { changed: [], gone: [], all: true }
    const changed: string[] = []
    const gone: string[] = []
    const look = async (path: string): Promise<void> => {
      try {
        // A folder is not shown; what is in it has its own path.
        if (!(await fs.promises.stat(join(this.#root, path))).isDirectory()) changed.push(path)
      } catch {
        gone.push(path)
      }
    }
    await Promise.all([...paths].map(look))
    return { changed: changed.sort(), gone: gone.sort(), all: false }
  }
}
