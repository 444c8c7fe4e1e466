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

/** An open regular file; whoever holds it closes it, once. Closing twice is harmless. */
export class OpenFile {
  readonly fd: number
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
  /** Who would keep the whole content, when it has been read in that state. */
  onRead: ((content: Buffer) => void) | null = null
  #closed = false

  constructor(fd: number, stats: fs.BigIntStats, settled: boolean, name: string, path: DiskPath) {
    this.fd = fd
    this.size = Number(stats.size)
    this.validators = validatorsOf(stats, settled)
    this.name = name
    this.path = path
    this.contentType = contentTypeOf(name)
    this.modified = stats.mtimeNs
    this.stats = stats
  }

  /** Whether what was read since it was opened is the state that its validators name. */
  async isUnchanged(): Promise<boolean> {
    const stats = await statOf(this.fd)
    // The loss of its last name changes its ctime; then nobody can set its mtime back by name, so that one tells.
    if (stats.nlink === 0n) return Number(stats.size) === this.size && stats.mtimeNs === this.modified
    const { etag } = this.validators
    return etag === null || etag === validatorsOf(stats, true).etag
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    descriptors().close(this.fd)
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
