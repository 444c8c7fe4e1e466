/**
 * A folder as one download: its tree in a ZIP archive that is made while it is
 * sent. Holds a file and some hundred kilobytes at a time, whatever the folder
 * holds; stops when the client leaves. A file that changes meanwhile is in it as
 * far as it was long at first, and one that could not be read is named in a text
 * beside the rest, as an archive that only looks whole would be a lie.
 */
import { createDeflateRaw, deflateRaw } from 'node:zlib'
import { inTurn } from '../bulk.ts'
import { contentTypeOf, isCompressible } from '../media-types.ts'
import { type OpenFile, readInto } from '../open-file.ts'
import { missingFor } from '../representation.ts'
import type { Request, Site } from '../request.ts'
import { createErrorResponse, createResponse, type Response } from '../response.ts'
import type { Target } from '../target.ts'
import { attachment } from './content-disposition.ts'
import { crc32 } from './crc32.ts'
import { type Sums, type ZipEntry, ZipRecords } from './zip-format.ts'
import { checkReadable, readTree, type TreeItem } from './zip-tree.ts'

/** Whether the request wants the folder as an archive. */
export function asksForZip({ query }: Target, site: Site): boolean {
  return site.live.zip && new URLSearchParams(query).has('zip')
}

export async function respondWithZip(target: Target, request: Request, site: Site): Promise<Response> {
  const top = target.bytes ?? target.path
  try {
    // Found out before anything is sent: behind the header section there is no way to say so.
    await checkReadable(top, site)
  } catch (error) {
    const { reason, cause } = missingFor(error)
    return createErrorResponse(reason, { hint: request.clientIsLocal }, [], cause)
  }
  const name = plainName(target.path === '' ? site.live.name : (target.path.split('/').at(-1) ?? ''))
  const fields = [
    ...['Content-Type', 'application/zip', 'Transfer-Encoding', 'chunked'],
    ...['Content-Disposition', attachment(`${name}.zip`)],
    // Made anew for each request, and large.
    ...['Cache-Control', 'no-store', 'Accept-Ranges', 'none', 'X-Content-Type-Options', 'nosniff'],
  ]
  return createResponse(200, fields, { chunks: () => zipOf(readTree(top, site), name) })
}

/** The owner may call a site what he likes; in an archive `..` leads out of the folder that it is unpacked in. */
function plainName(text: string): string {
  const name = text.replace(/[/\\\p{Cc}]/gu, '_')
  return /^\.{0,2}$/.test(name) ? 'files' : name
}

/** Chunks of about this size are worth a write. */
const CHUNK = 256 * 1024
/** A file up to here is compressed in one piece: its sums can then stand before it, where every reader finds them. */
const WHOLE = 512 * 1024
/** Text gets nearly as small as at 6, in half the time. */
const LEVEL = 4

/** `folder`: what everything lies in. */
export async function* zipOf(items: AsyncIterable<TreeItem>, folder: string): AsyncGenerator<Buffer> {
  const records = new ZipRecords()
  const missing: string[] = []
  const batch = new Batch()
  for await (const item of items) {
    if (item.kind === 'missing') {
      missing.push(item.name)
      continue
    }
    const name = `${folder}/${item.name}`
    if (item.kind === 'folder') {
      batch.add(records.whole({ name, modified: item.modified, method: 'stored' }, NOTHING))
    } else {
      const { file } = item
      const modified = Number(file.modified / 1_000_000n)
      const method = isCompressible(contentTypeOf(file.name)) ? 'deflated' : 'stored'
      try {
        const pieces = file.size <= WHOLE ? readSmall : readLarge
        for await (const piece of pieces(file, { name, modified, method }, records)) {
          batch.add(piece)
          if (batch.isFull) yield batch.take()
        }
      } finally {
        file.close()
      }
    }
    if (batch.isFull) yield batch.take()
  }
  if (missing.length > 0) {
    const text = Buffer.from(
      `These could not be read, and are not in this archive:\r\n\r\n${missing.join('\r\n')}\r\n`,
    )
    const entry: ZipEntry = { name: `${folder}/NOT INCLUDED.txt`, modified: Date.now(), method: 'stored' }
    batch.add(records.whole(entry, { crc: crc32(text, 0), size: text.length, compressed: text.length }))
    batch.add(text)
    records.wrote(text.length)
  }
  for (const record of records.end()) {
    batch.add(record)
    if (batch.isFull) yield batch.take()
  }
  yield batch.take()
}

const NOTHING: Sums = { crc: 0, size: 0, compressed: 0 }

/** In one piece. */
async function* readSmall(file: OpenFile, entry: ZipEntry, records: ZipRecords): AsyncGenerator<Buffer> {
  const { content, packed } = await inTurn(async () => {
    const content = await readUpTo(file, 0, file.size)
    return {
      content,
      packed: entry.method === 'deflated' && content.length > 0 ? await deflate(content) : null,
    }
  })
  // What does not get smaller is kept as it is.
  const isSmaller = packed !== null && packed.length < content.length
  const kept = isSmaller ? packed : content
  const sums = { crc: crc32(content, 0), size: content.length, compressed: kept.length }
  yield records.whole({ ...entry, method: isSmaller ? 'deflated' : 'stored' }, sums)
  records.wrote(kept.length)
  yield kept
}

/** While it is sent. */
async function* readLarge(file: OpenFile, entry: ZipEntry, records: ZipRecords): AsyncGenerator<Buffer> {
  const { header, end } = records.begin(entry, file.size)
  yield header
  const packer = entry.method === 'deflated' ? new Packer() : null
  let [crc, size, compressed] = [0, 0, 0]
  try {
    for (let done = false; !done; ) {
      // One turn for reading and packing: the threads that pack also read files, for everybody.
      const pieces = await inTurn(async () => {
        const content = await readUpTo(file, size, Math.min(CHUNK, file.size - size))
        crc = crc32(content, crc)
        size += content.length
        done = content.length === 0 || size >= file.size
        if (packer === null) return [content]
        return await packer.pack(content, done)
      })
      for (const piece of pieces) {
        compressed += piece.length
        records.wrote(piece.length)
        yield piece
      }
    }
  } finally {
    packer?.close()
  }
  yield end({ crc, size, compressed })
}

/** Fewer only when the file has become shorter. */
async function readUpTo(file: OpenFile, position: number, wanted: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(wanted)
  let filled = 0
  while (filled < wanted) {
    const count = await readInto(file.fd, buffer.subarray(filled), wanted - filled, position + filled)
    if (count === 0) break
    filled += count
  }
  return filled < wanted ? buffer.subarray(0, filled) : buffer
}

function deflate(content: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    deflateRaw(content, { level: LEVEL }, (error, packed) => (error ? reject(error) : resolve(packed)))
  })
}

/** Deflates piece by piece, so that the next is only read when the one before has been sent. */
class Packer {
  readonly #stream = createDeflateRaw({ level: LEVEL })
  #pieces: Buffer[] = []

  constructor() {
    this.#stream.on('data', (piece: Buffer) => this.#pieces.push(piece))
  }

  pack(content: Buffer, last: boolean): Promise<Buffer[]> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#stream.off('error', reject)
        resolve(this.#pieces.splice(0))
      }
      this.#stream.once('error', reject)
      if (last) this.#stream.once('end', done).end(content)
      else this.#stream.write(content, done)
    })
  }

  close(): void {
    this.#stream.close()
  }
}

/** Joins what is small: a write for each record would take longer than the record. */
class Batch {
  #pieces: Buffer[] = []
  #length = 0

  get isFull(): boolean {
    return this.#length >= CHUNK
  }

  add(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#length += piece.length
  }

  take(): Buffer {
    const [only] = this.#pieces
    const whole = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#length = 0
    return whole
  }
}
