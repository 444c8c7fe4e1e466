/**
 * Compressed contents, kept by what they were made from: the key holds the
 * file's validator, which each request takes from the disk anew, so an entry
 * can be unused but never stale. Makes each content once, whoever waits for it
 * and whoever leaves. Bounded in bytes; what was not used for longest goes.
 */

/** Content that is being made: grows until it is whole, or fails. */
export class GrowingContent {
  readonly #chunks: Buffer[] = []
  #whole: Buffer | null = null
  #failure: unknown = null
  #waiting: (() => void)[] = []

  /** All of it, once it is made. */
  get whole(): Buffer | null {
    return this.#whole
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#wake()
  }

  end(): void {
    this.#whole = Buffer.concat(this.#chunks)
    this.#wake()
  }

  fail(error: unknown): void {
    this.#failure = error ?? new Error('failed')
    this.#wake()
  }

  /** The n-th chunk (from 0) as soon as it is there, null after the last. Rejects when the making fails. */
  async chunk(n: number): Promise<Buffer | null> {
    for (;;) {
      const chunk = this.#chunks[n]
      if (chunk !== undefined) return chunk
      if (this.#failure !== null) throw this.#failure
      if (this.#whole !== null) return null
      await this.#more()
    }
  }

  /** Resolves with all of it. */
  async finished(): Promise<Buffer> {
    while (this.#whole === null) {
      if (this.#failure !== null) throw this.#failure
      await this.#more()
    }
    return this.#whole
  }

  #more(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

/** Two at a time: the thread pool that compresses also reads files, for everybody. */
const PARALLEL = 2
/** With more than this waiting, sending the content as it is serves everybody better. */
const MAX_WAITING = 32

export class ContentCache {
  readonly #limit: number
  #size = 0
  /** In the order of last use. */
  readonly #kept = new Map<string, Buffer>()
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
    const content = this.#kept.get(key)
    if (content === undefined) return this.#making.get(key)
    this.#kept.delete(key)
    this.#kept.set(key, content)
    return content
  }

  /** Starts it as soon as it is its turn. `fill` adds the chunks; when it rejects, the content fails and is not kept. */
  make(key: string, fill: (content: GrowingContent) => Promise<void>): GrowingContent {
    const content = new GrowingContent()
    this.#making.set(key, content)
    void this.#run(key, content, fill)
    return content
  }

  async #run(key: string, content: GrowingContent, fill: (content: GrowingContent) => Promise<void>) {
    if (this.#running >= PARALLEL) await new Promise<void>(resolve => this.#queue.push(resolve))
    else this.#running++
    try {
      await fill(content)
      content.end()
      this.#keep(key, content)
    } catch (error) {
      content.fail(error)
    } finally {
      this.#making.delete(key)
      // The next one takes over this turn.
      const next = this.#queue.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  #keep(key: string, { whole }: GrowingContent): void {
    if (whole === null || whole.length > this.#limit) return
    this.#kept.set(key, whole)
    this.#size += whole.length
    for (const [oldest, content] of this.#kept) {
      if (this.#size <= this.#limit) break
      this.#kept.delete(oldest)
      this.#size -= content.length
    }
  }
}
