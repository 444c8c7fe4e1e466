import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentRange, decideRange, MAX_RANGES } from '../../electron/engine/range.ts'

const part = (first: number, last: number) => ({ kind: 'part', range: { first, last } })
const parts = (...ranges: [number, number][]) => ({
  kind: 'parts',
  ranges: ranges.map(([first, last]) => ({ first, last })),
})
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
    // Several: ascending, merged where they overlap or touch; what is past the end is left out.
    ['bytes=0-9,20-29', parts([0, 9], [20, 29])],
    ['bytes=20-29, 0-9', parts([0, 9], [20, 29])],
    ['bytes=-1,0-0', parts([0, 0], [99, 99])],
    ['bytes=0-9,,\t20-29,', parts([0, 9], [20, 29])],
    ['bytes=0-9,200-', part(0, 9)],
    ['bytes=200-,0-9,300-400', part(0, 9)],
    ['bytes=0-9,10-19', part(0, 19)],
    ['bytes=0-9,11-19', parts([0, 9], [11, 19])],
    ['bytes=0-59,20-79,40-99', part(0, 99)],
    ['bytes=10-50,20-30', part(10, 50)],
    ['bytes=0-,0-', part(0, 99)],
    ['bytes=-10,50-1000', part(50, 99)],
    ['bytes=0-9,-0', part(0, 9)],
    // One malformed spec spoils the field (§14.2).
    ['bytes=0-9,20-10', whole],
    ['bytes=0-9;20-29', whole],
    // What asks for more than twice the file, or for too many parts, gets the file.
    ['bytes=0-,0-,0-', whole],
    [`bytes=${Array.from({ length: MAX_RANGES }, () => '0-0').join()}`, part(0, 0)],
    [`bytes=${Array.from({ length: MAX_RANGES + 1 }, () => '0-0').join()}`, whole],
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

describe('several ranges', () => {
  it('hold each byte that was asked for once, ascending and apart', () => {
    const size = 60
    const spec = fc.oneof(
      fc.tuple(fc.nat(80), fc.nat(80)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
      fc.nat(80).map(first => [first, null] as const),
      fc.nat(80).map(length => [null, length] as const),
    )
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 6 }), specs => {
        const asked = new Set<number>()
        for (const [first, last] of specs) {
          const from = first ?? Math.max(0, size - (last ?? 0))
          const to = first === null || last === null ? size - 1 : last
          for (let at = from; at <= to && at < size; at++) asked.add(at)
        }
        const field = `bytes=${specs.map(([first, last]) => `${first ?? ''}-${last ?? ''}`).join()}`
        const decision = decideRange(field, size)
        // Told apart by the tables above; here it is the bytes that count.
        if (decision.kind === 'whole') return
        const ranges = decision.kind === 'parts' ? decision.ranges : []
        const sent = decision.kind === 'part' ? [decision.range] : ranges
        const bytes = sent.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, n) => first + n),
        )
        expect(bytes).toEqual([...asked].sort((a, b) => a - b))
        for (let n = 1; n < sent.length; n++) {
          expect(sent[n]?.first).toBeGreaterThan((sent[n - 1]?.last ?? 0) + 1)
        }
      }),
    )
  })

  it('of 30,000 digits are numbers like others', () => {
    const digits = '9'.repeat(30_000)
    expect(decideRange(`bytes=${digits}-${digits}`, 100).kind).toBe('unsatisfiable')
    expect(decideRange(`bytes=1-${digits}`, 100)).toEqual({ kind: 'part', range: { first: 1, last: 99 } })
  })
})

it('writes Content-Range', () => {
  expect(contentRange({ first: 0, last: 9 }, 100)).toBe('bytes 0-9/100')
  expect(contentRange(null, 0)).toBe('bytes */0')
})
