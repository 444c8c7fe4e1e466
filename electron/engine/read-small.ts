/**
 * Parts of a file that are short enough to be read before their answer begins.
 * Promises that content and validators are of one state: a file that changed
 * between its stat and the end of the read gives nothing.
 */
import { chunks, Lease } from './chunks.ts'
import type { FilePart, Multipart } from './multipart.ts'
import { type OpenFile, readParts } from './open-file.ts'
import { paceOf } from './read-pace.ts'
import type { Soon } from './soon.ts'

export interface Small {
  readonly content: Buffer
  /** The memory that it is lent; null where it is its own. */
  readonly lease: Lease | null
}

/** Null when the file is not what its validators name. Closes it. */
export function readSmall(file: OpenFile, part: FilePart | Multipart): Soon<Small | null> {
  let small: Small | null | undefined
  try {
    small = file.onRead === null && !('segments' in part) ? readNow(file, part) : undefined
  } catch (error) {
    file.close()
    throw error
  }
  if (small === undefined) return readInPool(file, part)
  file.close()
  return small
}

/** In the event loop, which saves three ways through the thread pool; undefined where that is not the place to read. */
function readNow(file: OpenFile, { first, length }: FilePart): Small | null | undefined {
  const buffer = chunks.take(length)
  const lease = new Lease(buffer, chunks)
  let small: Small | null = null
  try {
    if (buffer.length < length) return undefined
    const count = paceOf(file.stats.dev).readNow(file.fd, buffer, length, first)
    if (count === null) return undefined
    // What was written between stat and read would go out under the validators of what was there before.
    if (count === length && file.isUnchangedNow()) small = { content: buffer.subarray(0, length), lease }
    return small
  } finally {
    if (small === null) lease.close()
  }
}

async function readInPool(file: OpenFile, part: FilePart | Multipart): Promise<Small | null> {
  try {
    const start = performance.now()
    const content = await readParts(file, part)
    const now = performance.now()
    paceOf(file.stats.dev).tookInPool(now - start, now)
    if (content === null || !(await file.isUnchanged())) return null
    if (!('segments' in part) && part.length === file.size) file.onRead?.(content)
    return { content, lease: null }
  } finally {
    file.close()
  }
}
