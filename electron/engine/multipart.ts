/**
 * Several ranges of one file as the content of one answer: the media type
 * multipart/byteranges (RFC 9110 §14.6). Promises its exact length before a
 * byte of the file is read.
 */
import { crypto } from './built-ins.ts'
import { type ByteRange, contentRange } from './range.ts'

/** Part of an open file: `length` bytes from `first`. */
export interface FilePart {
  readonly first: number
  readonly length: number
}

/** What is sent one after the other. */
export interface Multipart {
  readonly segments: readonly (Buffer | FilePart)[]
  readonly length: number
  /** Its own Content-Type; the file's stands in each part. */
  readonly contentType: string
}

export function createMultipart(ranges: readonly ByteRange[], size: number, contentType: string): Multipart {
  // By chance, 24 random digits stand in no file (RFC 2046 §5.1.1).
  const boundary = crypto().randomBytes(12).toString('hex')
  const segments: (Buffer | FilePart)[] = []
  let before = ''
  for (const range of ranges) {
    const head = `${before}--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`
    segments.push(Buffer.from(head), partOf(range))
    before = '\r\n'
  }
  segments.push(Buffer.from(`\r\n--${boundary}--\r\n`))
  const length = segments.reduce((sum, segment) => sum + segment.length, 0)
  return { segments, length, contentType: `multipart/byteranges; boundary=${boundary}` }
}

export function partOf({ first, last }: ByteRange): FilePart {
  return { first, length: last - first + 1 }
}
