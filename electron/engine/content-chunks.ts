/**
 * The content of a Response in parts, one after the other, for who writes it to
 * a stream; each is made or read when the one before has been taken.
 */
import { inTurn } from './bulk.ts'
import { chunks } from './chunks.ts'
import { GrowingContent } from './growing-content.ts'
import { OpenFile, readInto } from './open-file.ts'
import type { Response } from './response.ts'

/** `file`: the open one, for parts of it. */
export async function* chunksOf(content: Exclude<Response['content'], Buffer>, file: Response['file']) {
  if (content instanceof GrowingContent) {
    for (let n = 0, chunk = await content.chunk(n); chunk !== null; chunk = await content.chunk(++n))
      yield chunk
    return
  }
  if (content !== null && 'chunks' in content) {
    yield* content.chunks()
    return
  }
  const segments = content === null ? [] : 'segments' in content ? content.segments : [content]
  chunks.join()
  try {
    for (const segment of segments) {
      if (Buffer.isBuffer(segment)) {
        yield segment
        continue
      }
      for (let done = 0; done < segment.length; ) {
        const chunk = await readChunk(file, segment.first + done, segment.length - done)
        done += chunk.length
        yield chunk
      }
    }
  } finally {
    chunks.leave()
  }
}

/** As much as one read gives, at least a byte. A stream may stall with what it holds, so the more there are, the less each reads. */
async function readChunk(file: Response['file'], position: number, wanted: number): Promise<Buffer> {
  const chunk = await inTurn(async () => {
    const buffer = Buffer.allocUnsafeSlow(Math.min(chunks.share(wanted), wanted))
    const count = file instanceof OpenFile ? await readInto(file.fd, buffer, buffer.length, position) : 0
    return count < buffer.length ? buffer.subarray(0, count) : buffer
  })
  if (chunk.length === 0) throw Object.assign(new Error('shorter than its length'), { code: 'TRUNCATED' })
  return chunk
}
