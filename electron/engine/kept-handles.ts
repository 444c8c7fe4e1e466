/**
 * Open handles of large files that were asked for a moment ago: to open one,
 * look where it is and close it again takes five times as long as a part of it
 * takes to read. Who borrows one has seen that the path still shows the state
 * that it was kept in. Few, for a second or two without use, and the first to
 * go when descriptors are short, since a handle holds the space of a file that
 * was deleted meanwhile.
 */
import { descriptors } from './descriptors.ts'
import type { OpenFile } from './open-file.ts'

const MOST = 16
/** ms. What was not borrowed for as long is closed with the next round. */
const ROUND = 1_000
/** Windows lets nobody delete a folder while a file of it is open. */
const IS_ALLOWED = process.platform !== 'win32'

interface Held {
  readonly file: OpenFile
  used: boolean
}

export class KeptHandles<Key extends object = object> {
  readonly #held = new Map<Key, Held>()
  #timer: NodeJS.Timeout | null = null

  get size(): number {
    return this.#held.size
  }

  /** Keeps the handle of `file`, besides whoever else holds it. */
  keep(key: Key, file: OpenFile): void {
    if (!IS_ALLOWED || this.#held.has(key)) return
    const [oldest] = this.#held.keys()
    if (this.#held.size >= MOST && oldest !== undefined) this.drop(oldest)
    if (this.#held.size === 0) descriptors().spare.add(this.clear)
    this.#held.set(key, { file: file.share(), used: true })
    this.#timer ??= setTimeout(this.#round, ROUND).unref()
  }

  /** Whoever gets it closes it. */
  borrow(key: Key): OpenFile | null {
    const held = this.#held.get(key)
    if (held === undefined) return null
    held.used = true
    return held.file.share()
  }

  drop(key: Key): void {
    const held = this.#held.get(key)
    if (held === undefined) return
    this.#held.delete(key)
    held.file.close()
    if (this.#held.size === 0) descriptors().spare.delete(this.clear)
  }

  /** Gives all back that are kept. */
  readonly clear = (): void => {
    for (const key of [...this.#held.keys()]) this.drop(key)
  }

  readonly #round = (): void => {
    this.#timer = null
    for (const [key, held] of [...this.#held]) {
      if (held.used) held.used = false
      else this.drop(key)
    }
    if (this.#held.size > 0) this.#timer = setTimeout(this.#round, ROUND).unref()
  }
}
