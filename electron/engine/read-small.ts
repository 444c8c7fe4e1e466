/**
 * Parts of a file that are short enough to be read before their answer begins.
 * Promises that content and validators are of one state: a file that changed
 * between its stat and the end of the read gives nothing.
 */
import * as fs from 'node:fs'
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
  const mayKeep = file.onRead !== null
  const isOne = !('segments' in part)
  if (isOne && !mayKeep && part.length > 0 && paceOf(file.stats.dev).isQuick(performance.now())) {
    const buffer = chunks.take(part.length)
    if (buffer.length >= part.length) return readNow(file, part, buffer)
    chunks.give(buffer)
  }
  return readInPool(file, part)
}

/** In the event loop: a way through the thread pool takes longer than the read, and this one needs three. */
function readNow(file: OpenFile, { first, length }: FilePart, buffer: Buffer): Small | null {
  const lease = new Lease(buffer, chunks)
  let isWhole = false
  try {
    const start = performance.now()
    isWhole = fs.readSync(file.fd, buffer, 0, length, first) === length
    const now = performance.now()
    paceOf(file.stats.dev).tookInLoop(now - start, now)
    // What was written between stat and read would go out under the validators of what was there before.
    isWhole &&= file.isUnchangedNow()
    return isWhole ? { content: buffer.subarray(0, length), lease } : null
  } finally {
    file.close()
    if (!isWhole) lease.close()
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
