import { describe, expect, it } from 'vitest'
import { createMultipart, partOf } from '../../electron/engine/multipart.ts'

const ranges = [
  { first: 0, last: 4 },
  { first: 10, last: 10 },
]

describe('createMultipart', () => {
  it('frames each part with its type and place (RFC 9110 §14.6)', () => {
    const { segments, length, contentType } = createMultipart(ranges, 26, 'text/plain; charset=utf-8')
    const boundary = /^multipart\/byteranges; boundary=([0-9a-f]{24})$/.exec(contentType)?.[1]
    expect(boundary).toBeDefined()
    const text = segments
      .map(part => (Buffer.isBuffer(part) ? part : `<${part.first}+${part.length}>`))
      .join('')
    expect(text).toBe(
      `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-4/26\r\n\r\n<0+5>\r\n` +
        `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 10-10/26\r\n\r\n<10+1>\r\n` +
        `--${boundary}--\r\n`,
    )
    expect(length).toBe(text.length - '<0+5>'.length - '<10+1>'.length + 6)
  })

  it('has a boundary of its own each time', () => {
    const types = Array.from({ length: 100 }, () => createMultipart(ranges, 26, 'text/plain').contentType)
    expect(new Set(types).size).toBe(100)
  })

  it('counts beyond 2^32', () => {
    const far = [
      { first: 0, last: 2 ** 40 - 1 },
      { first: 2 ** 41, last: 2 ** 41 },
    ]
    const { length } = createMultipart(far, 2 ** 42, 'a/b')
    expect(length).toBeGreaterThan(2 ** 40)
    expect(Number.isSafeInteger(length)).toBe(true)
  })
})

it('partOf counts both ends', () => {
  expect(partOf({ first: 3, last: 3 })).toEqual({ first: 3, length: 1 })
})
