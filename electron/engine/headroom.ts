/**
 * Content that is sent again and again, with room in front of it where the head
 * of its answer is written: both then leave as one piece of memory, which takes
 * half the time of two pieces. Promises that no byte changes which the system
 * has yet to take.
 */

/** Bytes for a head; a longer one is sent apart from its content. */
const ROOM = 1024
const NOTHING = Buffer.alloc(0)

export class Headroom {
  /** Never changes. */
  readonly content: Buffer
  readonly #bytes: Buffer
  /** The head that stands there now, and what it was made for. */
  #answer: object | null = null
  #envelope: object | null = null
  #whole: Buffer = NOTHING
  #lent = 0

  private constructor(bytes: Buffer, room: number) {
    this.#bytes = bytes
    this.content = bytes.subarray(room)
  }

  /** A copy of `chunks`, one after the other. */
  static of(chunks: readonly Buffer[], room = ROOM): Headroom {
    let length = room
    for (const chunk of chunks) length += chunk.length
    // Memory of its own: a part of a pool would keep all of that alive.
    const bytes = Buffer.allocUnsafeSlow(length)
    let at = room
    for (const chunk of chunks) at += chunk.copy(bytes, at)
    return new Headroom(bytes, room)
  }

  /** Bytes of memory. */
  get size(): number {
    return this.#bytes.length
  }

  /** Head and content, where the head that stands there is that of this answer in this envelope. */
  whole(answer: object, envelope: object): Buffer | null {
    return this.#answer === answer && this.#envelope === envelope ? this.#whole : null
  }

  /** Writes the head, of characters below 256, and gives all of it; null where there is no room for it now. */
  put(answer: object, envelope: object, head: string): Buffer | null {
    if (this.#lent > 0) return null
    const start = this.#bytes.length - this.content.length - head.length
    if (start < 0) return null
    this.#bytes.write(head, start, 'latin1')
    this.#answer = answer
    this.#envelope = envelope
    this.#whole = this.#bytes.subarray(start)
    return this.#whole
  }

  /** A slow reader has not taken all of it: the head stays as it is until `giveBack`. */
  lend(): void {
    this.#lent++
  }

  giveBack(): void {
    this.#lent--
  }
}
