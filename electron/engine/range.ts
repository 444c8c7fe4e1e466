/**
 * Range -> which bytes to send (RFC 9110 §14). Promises ranges inside the
 * representation, ascending and apart, whatever the numbers. What is malformed,
 * in an unknown unit, or asks for an attacker's work is ignored, as §14.2 asks
 * and allows. If-Range is decided before, in conditional.ts.
 */

/** First and last byte, both inside the representation. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

export type RangeDecision =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  /** At least two; ascending, with a gap between each and the next. */
  | { readonly kind: 'parts'; readonly ranges: readonly ByteRange[] }
  /** `asked` is the first byte that was asked for, when it is a number worth showing. */
  | { readonly kind: 'unsatisfiable'; readonly asked: number | null }

const WHOLE: RangeDecision = { kind: 'whole' }
const RANGE_SPEC = /^(\d*)-(\d*)$/
/** More ranges than this are answered with the whole: a reader of documents or archives asks for fewer. */
export const MAX_RANGES = 64

export function decideRange(field: string | undefined, size: number): RangeDecision {
  if (field === undefined) return WHOLE
  const equals = field.indexOf('=')
  if (equals < 0 || field.slice(0, equals).toLowerCase() !== 'bytes') return WHOLE
  const specs: { first: number | null; last: number | null }[] = []
  for (const element of field.slice(equals + 1).split(',')) {
    const spec = element.replace(/^[ \t]+|[ \t]+$/g, '')
    // Empty list elements are allowed and mean nothing (RFC 9110 §5.6.1.2).
    if (spec === '') continue
    const match = RANGE_SPEC.exec(spec)
    if (!match || spec === '-') return WHOLE
    const first = position(match[1] ?? '')
    const last = position(match[2] ?? '')
    if (first !== null && last !== null && isBelow(match[2] ?? '', match[1] ?? '')) return WHOLE
    if (specs.push({ first, last }) > MAX_RANGES) return WHOLE
  }
  const satisfiable: ByteRange[] = []
  for (const { first, last } of specs) {
    if (first === null) {
      // A suffix of an empty representation is all of it, and Content-Range cannot say "no bytes".
      if (last !== 0 && size === 0) return WHOLE
      if (last !== 0) satisfiable.push({ first: Math.max(0, size - (last ?? 0)), last: size - 1 })
    } else if (first < size) {
      satisfiable.push({ first, last: Math.min(last ?? Number.POSITIVE_INFINITY, size - 1) })
    }
  }
  if (specs.length === 0) return WHOLE
  if (satisfiable.length === 0) {
    const asked = specs[0]?.first ?? null
    return { kind: 'unsatisfiable', asked: asked !== null && Number.isSafeInteger(asked) ? asked : null }
  }
  // §17.15: whoever asks for everything many times over gets it once.
  const total = satisfiable.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  if (total > 2 * size) return WHOLE
  const [range, ...more] = merge(satisfiable)
  if (range === undefined) return WHOLE
  return more.length === 0 ? { kind: 'part', range } : { kind: 'parts', ranges: [range, ...more] }
}

/** Ascending; what overlaps or touches becomes one (§15.3.7.2). */
function merge(ranges: readonly ByteRange[]): ByteRange[] {
  const merged: ByteRange[] = []
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1)
    if (before === undefined || range.first > before.last + 1) merged.push(range)
    else if (range.last > before.last) merged[merged.length - 1] = { first: before.first, last: range.last }
  }
  return merged
}

/** Digits -> number; beyond 2^53 it is infinite, which every comparison here treats rightly. */
function position(digits: string): number | null {
  if (digits === '') return null
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY
}

/** Compares numbers of any length, digit by digit: a BigInt of 30,000 digits is work that an attacker could ask for. */
function isBelow(a: string, b: string): boolean {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return left.length === right.length ? left < right : left.length < right.length
}

export function contentRange(range: ByteRange | null, size: number): string {
  return range === null ? `bytes */${size}` : `bytes ${range.first}-${range.last}/${size}`
}
