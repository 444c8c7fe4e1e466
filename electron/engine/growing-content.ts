/**
 * Content that is being made: grows until it is whole, or fails. Read by as
 * many as like, from its beginning, each at the pace of its own client; once
 * all have left it is abandoned, and takes no more of the processor's time.
 */
import { Headroom } from './headroom.ts'

/** Somebody for whom it is made. Leaving twice is harmless. */
export interface Reader {
  close(): void
}

export class GrowingContent {
  readonly #chunks: Buffer[] = []
  #room: Headroom | null = null
  #failure: unknown = null
  #waiting: (() => void)[] = []
  #readers = 0
  #abandoned = false
  readonly #onAbandoned: (() => void)[] = []

  /** All of it, once it is made. */
  get whole(): Buffer | null {
    return this.#room?.content ?? null
  }

  /** The same, with room for a head. */
  get room(): Headroom | null {
    return this.#room
  }

  /** Nobody waits for it; nobody else may begin to. */
  get isAbandoned(): boolean {
    return this.#abandoned
  }

  onAbandoned(action: () => void): void {
    this.#onAbandoned.push(action)
  }

  reader(): Reader {
    this.#readers++
    let reads = true
    return {
      close: () => {
        if (reads && --this.#readers === 0 && this.#room === null && this.#failure === null) this.#abandon()
        reads = false
      },
    }
  }

  #abandon(): void {
    this.#abandoned = true
    for (const action of this.#onAbandoned) action()
    this.#wake()
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#wake()
  }

  end(): void {
    this.#room = Headroom.of(this.#chunks)
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
      if (this.#room !== null || this.#abandoned) return null
      await this.#more()
    }
  }

  /** Resolves with all of it. */
  async finished(): Promise<Buffer> {
    const reader = this.reader()
    try {
      while (this.#room === null) {
        if (this.#failure !== null) throw this.#failure
        await this.#more()
      }
      return this.#room.content
    } finally {
      reader.close()
    }
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
