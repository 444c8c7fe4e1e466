/**
 * One stream of server-sent events (WHATWG HTML §9.2) as something to be read
 * chunk by chunk until it ends; knows nothing of sockets. Whoever writes it to
 * one closes it when the client has gone; else that is found out at the next beat.
 */

/** Not read for so many messages, a stream is given up; the client comes back and asks what it missed. */
const MOST_WAITING = 500

export class EventStream {
  readonly id: string
  /** How many pages listen to it; none where only frames do. */
  pages: number
  readonly #onClose: () => void
  #waiting: Buffer[] = []
  #wake: (() => void) | null = null
  #closed = false

  constructor(id: string, onClose: () => void, pages = 1) {
    this.id = id
    this.pages = pages
    this.#onClose = onClose
  }

  get closed(): boolean {
    return this.#closed
  }

  /** `data` on one line. */
  send(id: number, data: string): void {
    this.#write(`id: ${id}\ndata: ${data}\n\n`)
  }

  /** How long the client waits before it comes back, in ms. */
  sendRetry(time: number): void {
    this.#write(`retry: ${time}\n\n`)
  }

  /** Says nothing; a connection that is dead is found out by it. */
  beat(): void {
    this.#write(':\n\n')
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#waiting = []
    this.#wake?.()
    this.#onClose()
  }

  /** For one reader. */
  async *chunks(): AsyncGenerator<Buffer> {
    try {
      while (!this.#closed) {
        const chunk = this.#waiting.shift()
        if (chunk !== undefined) yield chunk
        else {
          await new Promise<void>(resolve => {
            this.#wake = resolve
          })
        }
      }
    } finally {
      this.close()
    }
  }

  #write(text: string): void {
    if (this.#closed) return
    if (this.#waiting.length >= MOST_WAITING) {
      this.close()
      return
    }
    this.#waiting.push(Buffer.from(text))
    this.#wake?.()
  }
}
