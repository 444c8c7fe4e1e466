/**
 * Compressed contents, kept by what they were made from: the key holds the
 * file's validator, which each request takes from the disk anew, so an entry
 * can be unused but never stale. Makes each content once, for all who wait for
 * it, and not for nobody. Bounded in bytes; what was not used for longest goes.
 */
import { GrowingContent } from './growing-content.ts'
import type { Headroom } from './headroom.ts'
import type { Response } from './response.ts'

/** Empty once it had to make room for others, so that who points at it keeps nothing in memory. */
export class KeptContent {
  room: Headroom | null
  /** What was answered with it, and under which options. */
  answer: { readonly live: object; readonly response: Response } | null = null
  /** Since the last time that room was needed. */
  used = false

  constructor(room: Headroom) {
    this.room = room
  }
}

/** Two at a time: the thread pool that compresses also reads files, for everybody. */
const PARALLEL = 2
/** With more than this waiting, sending the content as it is serves everybody better. */
const MAX_WAITING = 32

export class ContentCache {
  readonly #limit: number
  #size = 0
  /** In the order of coming, but for those that were given another round. */
  readonly #kept = new Map<string, KeptContent>()
  readonly #making = new Map<string, GrowingContent>()
  #running = 0
  readonly #queue: (() => void)[] = []

  constructor(limit = 32 * 1024 * 1024) {
    this.#limit = limit
  }

  /** Bytes that are kept. */
  get size(): number {
    return this.#size
  }

  get isBusy(): boolean {
    return this.#queue.length >= MAX_WAITING
  }

  get(key: string): Buffer | GrowingContent | undefined {
    return this.kept(key)?.room?.content ?? this.#making.get(key)
  }

  kept(key: string): KeptContent | undefined {
    const content = this.#kept.get(key)
    if (content !== undefined) content.used = true
    return content
  }

  /** Starts it as soon as it is its turn. `fill` adds the chunks; when it rejects, the content fails and is not kept. */
  make(key: string, fill: (content: GrowingContent) => Promise<void>): GrowingContent {
    const content = new GrowingContent()
    this.#making.set(key, content)
    content.onAbandoned(() => this.#forget(key, content))
    void this.#run(key, content, fill)
    return content
  }

  async #run(key: string, content: GrowingContent, fill: (content: GrowingContent) => Promise<void>) {
    if (this.#running >= PARALLEL) await new Promise<void>(resolve => this.#queue.push(resolve))
    else this.#running++
    try {
      if (!content.isAbandoned) await fill(content)
      if (!content.isAbandoned) {
        content.end()
        this.#keep(key, content)
      }
    } catch (error) {
      content.fail(error)
    } finally {
      this.#forget(key, content)
      // The next one takes over this turn.
      const next = this.#queue.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  /** By now another one may be made under that key. */
  #forget(key: string, content: GrowingContent): void {
    if (this.#making.get(key) === content) this.#making.delete(key)
  }

  #keep(key: string, { room }: GrowingContent): void {
    if (room === null || room.content.length > this.#limit) return
    this.#kept.set(key, new KeptContent(room))
    this.#size += room.content.length
    for (const [oldest, content] of this.#kept) {
      if (this.#size <= this.#limit) break
      this.#kept.delete(oldest)
      if (content.used || oldest === key) {
        content.used = false
        this.#kept.set(oldest, content)
      } else {
        this.#size -= content.room?.content.length ?? 0
        content.room = null
        content.answer = null
      }
    }
  }
}
