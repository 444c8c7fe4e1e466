import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentRange, decideRange } from '../../electron/engine/range.ts'

const part = (first: number, last: number) => ({ kind: 'part', range: { first, last } })
const whole = { kind: 'whole' }
const none = (asked: number | null) => ({ kind: 'unsatisfiable', asked })

describe('decideRange, 100 bytes', () => {
  it.each([
    ['bytes=0-9', part(0, 9)],
    ['bytes=0-0', part(0, 0)],
    ['bytes=90-', part(90, 99)],
    ['bytes=99-99', part(99, 99)],
    ['bytes=-10', part(90, 99)],
    ['bytes=-100', part(0, 99)],
    ['bytes=-1000', part(0, 99)],
    ['bytes=50-1000', part(50, 99)],
    ['BYTES=0-9', part(0, 9)],
    ['bytes= 0-9 ', part(0, 9)],
    ['bytes=,0-9,', part(0, 9)],
    ['bytes=0-99999999999999999999999', part(0, 99)],
    ['bytes=-99999999999999999999999', part(0, 99)],
    ['bytes=00000000000000000000005-6', part(5, 6)],
    ['bytes=100-', none(100)],
    ['bytes=100-200', none(100)],
    ['bytes=9007199254740993-9007199254740994', none(null)],
    ['bytes=9007199254740994-9007199254740993', whole],
    ['bytes=-0', none(null)],
    ['bytes=-0,-0', none(null)],
    ['bytes=200-,300-', none(200)],
    // Malformed or unknown: as if it were not there (§14.2).
    ['bytes=9-0', whole],
    ['bytes=-', whole],
    ['bytes=', whole],
    ['bytes=,', whole],
    ['bytes', whole],
    ['bytes=a-b', whole],
    ['bytes=0-9x', whole],
    ['bytes=0 - 9', whole],
    ['bytes =0-9', whole],
    ['bytes=0--9', whole],
    ['bytes=+0-9', whole],
    ['bytes=0x0-9', whole],
    ['bytes=1.0-9', whole],
    ['lines=0-9', whole],
    ['', whole],
    ['bytes=0-9,bad', whole],
    // Several ranges are answered with the whole.
    ['bytes=0-9,20-29', whole],
    ['bytes=0-9,200-', whole],
  ])('%s', (field, expected) => {
    expect(decideRange(field, 100)).toEqual(expected)
  })

  it('is the whole without a field', () => {
    expect(decideRange(undefined, 100)).toEqual(whole)
  })
})

describe('decideRange, edges of size', () => {
  it('has no byte of an empty file to give', () => {
    expect(decideRange('bytes=0-', 0)).toEqual(none(0))
    expect(decideRange('bytes=0-0', 0)).toEqual(none(0))
    expect(decideRange('bytes=-5', 0)).toEqual(whole)
    expect(decideRange('bytes=-0', 0)).toEqual(none(null))
  })

  it('goes beyond 2^31 and up to 2^53', () => {
    const size = 2 ** 53 - 1
    expect(decideRange(`bytes=${2 ** 31}-${2 ** 31 + 1}`, size)).toEqual(part(2 ** 31, 2 ** 31 + 1))
    expect(decideRange('bytes=-1', size)).toEqual(part(size - 1, size - 1))
    expect(decideRange(`bytes=${size}-`, size)).toEqual(none(size))
  })

  it('always lies inside the file', () => {
    const number = fc.oneof(
      fc.nat(200).map(String),
      fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
      fc.constant(''),
    )
    fc.assert(
      fc.property(number, number, fc.nat(200), (first, last, size) => {
        const decision = decideRange(`bytes=${first}-${last}`, size)
        if (decision.kind !== 'part') return
        expect(decision.range.first).toBeGreaterThanOrEqual(0)
        expect(decision.range.last).toBeLessThan(size)
        expect(decision.range.last).toBeGreaterThanOrEqual(decision.range.first)
      }),
    )
  })
})

it('writes Content-Range', () => {
  expect(contentRange({ first: 0, last: 9 }, 100)).toBe('bytes 0-9/100')
  expect(contentRange(null, 0)).toBe('bytes */0')
})
