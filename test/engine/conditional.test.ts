import type { BigIntStats } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  evaluatePreconditions,
  ifMatch,
  ifNoneMatch,
  ifRange,
  validatorFields,
  validatorsOf,
} from '../../electron/engine/conditional.ts'

const OLD = 'Sat, 05 Nov 1994 08:49:37 GMT'
const SAME = 'Sun, 06 Nov 1994 08:49:37 GMT'
const NEW = 'Mon, 07 Nov 1994 08:49:37 GMT'
const BAD = '06/11/1994'
const V = { etag: '"a"', lastModified: Date.UTC(1994, 10, 6, 8, 49, 37) }
const NONE = { etag: null, lastModified: null }

describe('If-Match compares strongly', () => {
  it.each([
    ['"a"', true],
    ['*', true],
    ['"b", "a"', true],
    ['"b" ,"a"', true],
    [',,"a",', true],
    ['"x,y", "a"', true],
    ['W/"a"', false],
    ['"b"', false],
    ['a', false],
    ['"a', false],
    ['', false],
    ['"A"', false],
    ['"b" "a"', false],
  ])('%s', (field, expected) => {
    expect(ifMatch(field, V)).toBe(expected)
  })

  it('matches nothing but * without an ETag', () => {
    expect(ifMatch('"a"', NONE)).toBe(false)
    expect(ifMatch('*', NONE)).toBe(true)
  })
})

describe('If-None-Match compares weakly', () => {
  it.each([
    ['"a"', false],
    ['W/"a"', false],
    ['"b", W/"a"', false],
    ['*', false],
    ['"b"', true],
    ['w/"a"', true],
    ['a', true],
    ['"b", "c"', true],
  ])('%s', (field, expected) => {
    expect(ifNoneMatch(field, V)).toBe(expected)
  })
})

describe('If-Range', () => {
  it.each([
    ['"a"', true],
    ['W/"a"', false],
    ['"b"', false],
    [SAME, true],
    [NEW, false],
    [OLD, false],
    [BAD, false],
  ])('%s', (field, expected) => {
    expect(ifRange(field, V)).toBe(expected)
  })

  it('takes no date that is too young to be a strong validator', () => {
    const lastModified = Math.floor(Date.now() / 1000) * 1000
    expect(ifRange(new Date(lastModified).toUTCString(), { etag: null, lastModified })).toBe(false)
  })
})

describe('the order of RFC 9110 §13.2.2', () => {
  it.each([
    [{}, 'proceed'],
    [{ 'if-match': '"b"' }, 'failed'],
    [{ 'if-match': '"a"', 'if-unmodified-since': OLD }, 'proceed'],
    [{ 'if-unmodified-since': OLD }, 'failed'],
    [{ 'if-unmodified-since': SAME }, 'proceed'],
    [{ 'if-unmodified-since': BAD }, 'proceed'],
    [{ 'if-none-match': '"a"' }, 'not-modified'],
    [{ 'if-none-match': '"b"', 'if-modified-since': NEW }, 'proceed'],
    [{ 'if-modified-since': SAME }, 'not-modified'],
    [{ 'if-modified-since': NEW }, 'not-modified'],
    [{ 'if-modified-since': OLD }, 'proceed'],
    [{ 'if-modified-since': BAD }, 'proceed'],
    [{ 'if-match': '"b"', 'if-none-match': '"a"' }, 'failed'],
    [{ 'if-match': '*', 'if-none-match': '"a"' }, 'not-modified'],
    [{ 'if-unmodified-since': NEW, 'if-modified-since': NEW }, 'not-modified'],
  ] as const)('%j -> %s', (fields, expected) => {
    expect(evaluatePreconditions(fields, V)).toBe(expected)
  })
})

describe('validatorsOf', () => {
  const stats = (change: Partial<BigIntStats>): BigIntStats =>
    ({ ino: 1n, size: 2n, mtimeNs: 1_000_000_000_000n, ctimeNs: 4n, ...change }) as BigIntStats
  const etag = (change: Partial<BigIntStats>) => validatorsOf(stats(change), true).etag

  it('changes with inode, size and either time, to the nanosecond', () => {
    const tags = [{}, { ino: 9n }, { size: 9n }, { mtimeNs: 1_000_000_000_001n }, { ctimeNs: 5n }].map(etag)
    expect(new Set(tags).size).toBe(tags.length)
    expect(tags[0]).toMatch(/^"[\x21\x23-\x7e]+"$/)
  })

  it('promises nothing of a file that is being written', () => {
    expect(validatorsOf(stats({}), false)).toEqual({ etag: null, lastModified: 1_000_000 })
  })

  it('has no Last-Modified in the future, before 1970 or after 9999', () => {
    const future = BigInt(Date.now() + 86_400_000) * 1_000_000n
    expect(validatorsOf(stats({ mtimeNs: future }), true).lastModified).toBeLessThanOrEqual(Date.now())
    expect(validatorsOf(stats({ mtimeNs: -5_000_000_000n }), true).lastModified).toBeNull()
    expect(validatorsOf(stats({ mtimeNs: 300_000_000_000_000_000_000n }), true).lastModified).toBeNull()
  })

  it('writes only the fields there are', () => {
    expect(validatorFields(V)).toEqual(['ETag', '"a"', 'Last-Modified', SAME])
    expect(validatorFields(NONE)).toEqual([])
  })
})
