/**
 * Buffers for what is read of large files, used again and again: a new one is
 * memory that the system has to map and clear page by page, which takes as long
 * as filling it from the page cache, and one that was just used is still in the
 * processor's cache. A slow reader holds a buffer for as long as it likes, so
 * the more there are, the smaller are the buffers that each gets.
 */

/** Beyond, the processor's cache is left; what a chunk costs besides its bytes is a small part by then. */
const LARGEST = 512 * 1024
const SMALLEST = 16 * 1024
/** What all readers hold together, as far as the smallest buffers allow. */
const BUDGET = 16 * 1024 * 1024
/** Before each, for the head of an answer that is sent with it. */
const ROOM = 1024
/** What is kept for the next reader while nobody holds it. */
const KEPT = 2 * 1024 * 1024

export class Chunks {
  #readers = 0
  /** Bytes that are held. */
  #held = 0
  /** That nobody holds; the one that was used last is last. */
  readonly #kept: Buffer[] = []
  #keptBytes = 0

  /** One more takes buffers, one after the other; `leave` when it is done. */
  join(): void {
    this.#readers++
  }

  leave(): void {
    this.#readers--
  }

  /** So much is held that who needs all of a content in memory should rather send it in parts. */
  get isScarce(): boolean {
    return this.#held > BUDGET / 2
  }

  get held(): number {
    return this.#held
  }

  /** Bytes of the buffer that is for so many. */
  share(wanted: number): number {
    const most = Math.max(SMALLEST, Math.min(LARGEST, BUDGET / Math.max(1, this.#readers)))
    // Powers of two, so that few sizes serve all.
    const exponent = wanted >= most ? Math.floor(Math.log2(most)) : Math.ceil(Math.log2(wanted))
    return Math.max(SMALLEST, 2 ** exponent)
  }

  /** A buffer for so many bytes, or for as many as may be had; `give` it back when nobody reads from it any more. */
  take(wanted: number): Buffer {
    const size = this.share(wanted)
    this.#held += size
    // The one that was used last is the most likely to be in the processor's cache.
    for (let i = this.#kept.length - 1; i >= 0; i--) {
      if (this.#kept[i]?.length !== size) continue
      const [kept] = this.#kept.splice(i, 1)
      this.#keptBytes -= size
      if (kept !== undefined) return kept
    }
    return Buffer.allocUnsafeSlow(ROOM + size).subarray(ROOM)
  }

  give(buffer: Buffer): void {
    this.#held -= buffer.length
    this.#kept.push(buffer)
    this.#keptBytes += buffer.length
    while (this.#keptBytes > KEPT) this.#keptBytes -= this.#kept.shift()?.length ?? 0
  }
}

/** A buffer for one content that is sent whole, until it is sent. */
export class Lease {
  #buffer: Buffer | null
  readonly #from: Chunks

  constructor(buffer: Buffer, from: Chunks) {
    this.#buffer = buffer
    this.#from = from
  }

  /**
   * The content, which begins where the buffer does, with this head (of characters below 256) right before it, as one
   * piece takes less to send than two; null where there is no room for it.
   */
  withHead(head: string, content: Buffer): Buffer | null {
    const buffer = this.#buffer
    if (buffer === null || head.length > ROOM || content.byteOffset !== buffer.byteOffset) return null
    if (content.buffer !== buffer.buffer) return null
    const whole = Buffer.from(buffer.buffer, buffer.byteOffset - head.length, head.length + content.length)
    whole.write(head, 'latin1')
    return whole
  }

  /** Twice is harmless. */
  close(): void {
    if (this.#buffer !== null) this.#from.give(this.#buffer)
    this.#buffer = null
  }
}

/** Those of the process: its memory is one, whatever the number of sites. */
export const chunks = new Chunks()
