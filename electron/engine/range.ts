/**
 * Range -> which bytes to send (RFC 9110 §14). Promises ranges inside the
 * representation, whatever the numbers. What is malformed or in an unknown unit
 * is ignored, as §14.2 asks. If-Range is decided before, in conditional.ts.
 */

/** First and last byte, both inside the representation. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

export type RangeDecision =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  /** `asked` is the first byte that was asked for, when it is a number worth showing. */
  | { readonly kind: 'unsatisfiable'; readonly asked: number | null }

const WHOLE: RangeDecision = { kind: 'whole' }
const RANGE_SPEC = /^(\d*)-(\d*)$/

/** Several ranges are answered with the whole, which §14.2 allows. */
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
    specs.push({ first, last })
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
  const [range] = satisfiable
  if (range === undefined) {
    const asked = specs[0]?.first ?? null
    return { kind: 'unsatisfiable', asked: asked !== null && Number.isSafeInteger(asked) ? asked : null }
  }
  return satisfiable.length === 1 && specs.length === 1 ? { kind: 'part', range } : WHOLE
}

/** Digits -> number; beyond 2^53 it is infinite, which every comparison here treats rightly. */
function position(digits: string): number | null {
  if (digits === '') return null
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY
}

/** Compares numbers of any length. */
function isBelow(a: string, b: string): boolean {
  return BigInt(a) < BigInt(b)
}

export function contentRange(range: ByteRange | null, size: number): string {
  return range === null ? `bytes */${size}` : `bytes ${range.first}-${range.last}/${size}`
}
