/**
 * Sends parts of an open file to a socket: read into a buffer that is used
 * again, written, and the next one read when the system has taken it. Promises
 * that a slow reader costs one buffer and a fast one no more than its turn;
 * does not close the file, and neither begins nor ends the answer around it.
 */
import type { Socket } from 'node:net'
import { inTurn, soon } from './bulk.ts'
import { chunks } from './chunks.ts'
import type { FilePart, Multipart } from './multipart.ts'
import { type OpenFile, readInto } from './open-file.ts'
import { paceOf } from './read-pace.ts'

/**
 * Resolves with how many bytes the system has taken: all, unless the client has gone. Rejects when the file cannot be
 * read, or has become shorter than its parts.
 */
export function transfer(
  socket: Pick<Socket, 'write' | 'destroyed'>,
  file: OpenFile,
  content: FilePart | Multipart,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const segments = 'segments' in content ? content.segments : [content]
    chunks.join()
    new Transfer(socket, file, segments, (sent, error) => {
      chunks.leave()
      if (error) reject(error)
      else resolve(sent)
    }).goOn()
  })
}

/** Callbacks rather than promises: two for each chunk are most of what it costs besides its bytes. */
class Transfer {
  readonly #socket: Pick<Socket, 'write' | 'destroyed'>
  readonly #file: OpenFile
  readonly #segments: readonly (Buffer | FilePart)[]
  readonly #end: (sent: number, error: unknown) => void
  readonly #pace
  /** Where the next chunk comes from. */
  #segment = 0
  #offset = 0
  #sent = 0

  constructor(
    socket: Pick<Socket, 'write' | 'destroyed'>,
    file: OpenFile,
    segments: readonly (Buffer | FilePart)[],
    end: (sent: number, error: unknown) => void,
  ) {
    this.#socket = socket
    this.#file = file
    this.#segments = segments
    this.#end = end
    this.#pace = paceOf(file.stats.dev)
  }

  goOn(): void {
    soon(this.#step)
  }

  readonly #step = (): void => {
    const segment = this.#segments[this.#segment]
    if (segment === undefined || this.#socket.destroyed) this.#end(this.#sent, null)
    else if (Buffer.isBuffer(segment)) {
      this.#segment++
      this.#write(segment, segment.length, false)
    } else {
      const wanted = segment.length - this.#offset
      const buffer = chunks.take(wanted)
      this.#read(buffer, Math.min(wanted, buffer.length), segment.first + this.#offset)
    }
  }

  #read(buffer: Buffer, length: number, position: number): void {
    try {
      const count = this.#pace.readNow(this.#file.fd, buffer, length, position)
      if (count === null) void this.#readInPool(buffer, length, position)
      else this.#got(buffer, count)
    } catch (error) {
      this.#fail(buffer, error)
    }
  }

  async #readInPool(buffer: Buffer, length: number, position: number): Promise<void> {
    try {
      const count = await inTurn(async () => {
        const start = performance.now()
        const count = await readInto(this.#file.fd, buffer, length, position)
        const now = performance.now()
        this.#pace.tookInPool(now - start, now)
        return count
      })
      this.#got(buffer, count)
    } catch (error) {
      this.#fail(buffer, error)
    }
  }

  #got(buffer: Buffer, count: number): void {
    if (count === 0) throw Object.assign(new Error('shorter than its length'), { code: 'TRUNCATED' })
    this.#offset += count
    const segment = this.#segments[this.#segment]
    if (this.#offset === segment?.length) {
      this.#segment++
      this.#offset = 0
    }
    this.#write(buffer, count, true)
  }

  #write(buffer: Buffer, count: number, isOurs: boolean): void {
    const chunk = count < buffer.length ? buffer.subarray(0, count) : buffer
    this.#socket.write(chunk, error => {
      // Nobody reads from it any more, whether it was sent or not.
      if (isOurs) chunks.give(buffer)
      if (error) return this.#end(this.#sent, null)
      this.#sent += count
      this.goOn()
    })
  }

  #fail(buffer: Buffer, error: unknown): void {
    chunks.give(buffer)
    this.#end(this.#sent, error)
  }
}
