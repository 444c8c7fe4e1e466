/**
 * An open file and what is read of it: size, validators and bytes are those of
 * one handle, and so belong together whatever happens to the name meanwhile.
 */
import * as fs from 'node:fs'
import { type Validators, validatorsOf } from './conditional.ts'
import { descriptors } from './descriptors.ts'
import { contentTypeOf } from './media-types.ts'
import type { FilePart, Multipart } from './multipart.ts'

/** Bytes where it is not UTF-8. */
export type DiskPath = string | Buffer

/** What is known of an open file. */
interface Known {
  readonly size: number
  readonly validators: Validators
  /** Relative to the root, `/` between segments. */
  readonly name: string
  readonly path: DiskPath
  readonly contentType: string
  /** When it was changed last, in ns since the epoch. */
  readonly modified: bigint
  /** The state that size and validators name. */
  readonly stats: fs.BigIntStats
}

/** An open regular file; whoever holds it closes it, once. Closing twice is harmless. */
export class OpenFile implements Known {
  readonly fd: number
  readonly size: number
  readonly validators: Validators
  readonly name: string
  readonly path: DiskPath
  readonly contentType: string
  readonly modified: bigint
  readonly stats: fs.BigIntStats
  /** Who would keep the whole content, when it has been read in that state. */
  onRead: ((content: Buffer) => void) | null = null
  /** How many hold the handle. */
  readonly #handle: { holders: number }
  #closed = false

  constructor(fd: number, known: Known, handle: { holders: number } = { holders: 0 }) {
    this.fd = fd
    this.size = known.size
    this.validators = known.validators
    this.name = known.name
    this.path = known.path
    this.contentType = known.contentType
    this.modified = known.modified
    this.stats = known.stats
    this.#handle = handle
    handle.holders++
  }

  /** Of a handle that was just opened. `settled`: see `validatorsOf`. */
  static of(fd: number, stats: fs.BigIntStats, settled: boolean, name: string, path: DiskPath): OpenFile {
    return new OpenFile(fd, {
      size: Number(stats.size),
      validators: validatorsOf(stats, settled),
      name,
      path,
      contentType: contentTypeOf(name),
      modified: stats.mtimeNs,
      stats,
    })
  }

  /** For one more who holds it, and closes it; the handle is closed with the last of them. */
  share(): OpenFile {
    return new OpenFile(this.fd, this, this.#handle)
  }

  /** Whether what was read since it was opened is the state that its validators name. */
  async isUnchanged(): Promise<boolean> {
    return this.#isState(await statOf(this.fd))
  }

  /** The same without a way through the thread pool: for what is known to be in memory. */
  isUnchangedNow(): boolean {
    return this.#isState(fs.fstatSync(this.fd, { bigint: true }))
  }

  #isState(stats: fs.BigIntStats): boolean {
    // The loss of its last name changes its ctime; then nobody can set its mtime back by name, so that one tells.
    if (stats.nlink === 0n) return Number(stats.size) === this.size && stats.mtimeNs === this.modified
    if (this.validators.etag === null) return true
    // What the tag names.
    const { size, mtimeNs, ctimeNs, ino } = this.stats
    return stats.ctimeNs === ctimeNs && stats.mtimeNs === mtimeNs && stats.size === size && stats.ino === ino
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (--this.#handle.holders === 0) descriptors().close(this.fd)
  }
}

export function statOf(fd: number): Promise<fs.BigIntStats> {
  return new Promise((resolve, reject) => {
    fs.fstat(fd, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(stats)))
  })
}

/** Reads `length` bytes from `position`; fewer only when the file has fewer. */
export function readInto(fd: number, buffer: Buffer, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, buffer, 0, length, position, (error, count) => (error ? reject(error) : resolve(count)))
  })
}

/** The whole of a content that is small; null when the file has shrunk. */
export async function readParts(file: OpenFile, content: FilePart | Multipart): Promise<Buffer | null> {
  if (!('segments' in content)) return await readWhole(file, content)
  const pieces: Buffer[] = []
  for (const segment of content.segments) {
    const piece = Buffer.isBuffer(segment) ? segment : await readWhole(file, segment)
    if (piece === null) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** The same of what is in memory. */
export function partsOf(content: Buffer, wanted: FilePart | Multipart): Buffer {
  if (!('segments' in wanted)) {
    const { first, length } = wanted
    return length === content.length ? content : content.subarray(first, first + length)
  }
  const { segments } = wanted
  return Buffer.concat(segments.map(each => (Buffer.isBuffer(each) ? each : partsOf(content, each))))
}

async function readWhole(file: OpenFile, { first, length }: FilePart): Promise<Buffer | null> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const count = await readInto(file.fd, buffer.subarray(filled), length - filled, first + filled)
    if (count === 0) return null
    filled += count
  }
  return buffer
}
