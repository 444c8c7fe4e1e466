/**
 * What a client would rather have: Accept-Encoding and Accept, with their
 * qualities (RFC 9110 §12.4, §12.5). A member of a list that is malformed says
 * nothing, as if it were not there. Knows what is asked for, not what there is.
 */

/** In the order of preference where the client has none: smallest first. */
export const CODINGS = ['br', 'zstd', 'gzip'] as const
export type Coding = (typeof CODINGS)[number]

export interface CodingWish {
  /** What is preferred to identity, best first; codings of one quality stand together, in our order. */
  readonly groups: readonly (readonly Coding[])[]
  /** Whether the content may be sent as it is. */
  readonly identity: boolean
}

const NO_WISH: CodingWish = { groups: [], identity: true }
// Browsers send the same few values again and again.
const known = new Map<string, CodingWish>()

/** §12.5.3. Without the field everything is acceptable; then identity, which everybody can read. */
export function parseAcceptEncoding(field: string | undefined): CodingWish {
  if (field === undefined) return NO_WISH
  let wish = known.get(field)
  if (wish === undefined) {
    wish = decideCodings(field)
    if (known.size < 100 && field.length < 200) known.set(field, wish)
  }
  return wish
}

function decideCodings(field: string): CodingWish {
  const qualities = new Map<string, number>()
  for (const { value, quality } of parseList(field)) {
    // §8.4.1.3: x-gzip is gzip.
    qualities.set(value === 'x-gzip' ? 'gzip' : value, quality)
  }
  const others = qualities.get('*')
  // Not mentioned, it is acceptable and the last choice.
  const identity = qualities.get('identity') ?? others ?? null
  const groups = new Map<number, Coding[]>()
  for (const coding of CODINGS) {
    const quality = qualities.get(coding) ?? others ?? 0
    if (quality === 0 || (identity !== null && quality < identity)) continue
    groups.set(quality, [...(groups.get(quality) ?? []), coding])
  }
  const sorted = [...groups].sort(([a], [b]) => b - a)
  return { groups: sorted.map(([, codings]) => codings), identity: identity !== 0 }
}

/** §12.5.1: the quality of a media type, from 0 to 1; `explicit`: wildcards do not count. */
export function mediaQuality(accept: string | undefined, type: string, explicit = false): number {
  if (accept === undefined) return explicit ? 0 : 1
  const [main] = type.split('/')
  const ranges = explicit ? [type] : [type, `${main}/*`, '*/*']
  let best = ranges.length
  let found = 0
  for (const { value, quality } of parseList(accept)) {
    const precision = ranges.indexOf(value)
    if (precision < 0 || precision > best || (precision === best && quality < found)) continue
    best = precision
    found = quality
  }
  return found
}

interface Member {
  /** In lower case, without its parameters. */
  readonly value: string
  readonly quality: number
}

// A quoted string may hold commas and semicolons; one that does not end takes the rest with it.
const MEMBER = /(?:[^",]|"(?:[^"\\]|\\.)*(?:"|$))+/g
const VALUE = /^[ \t]*([!#$%&'*+.^_`|~0-9a-z/-]+)[ \t]*(?:;|$)/
const WEIGHT = /;[ \t]*q[ \t]*=/
// §12.4.2
const QUALITY = /;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*(?:;|$)/
const LONGEST_LIST = 1_000

function parseList(field: string): Member[] {
  const members: Member[] = []
  if (field.length > LONGEST_LIST) return members
  for (const [text] of field.toLowerCase().matchAll(MEMBER)) {
    const value = VALUE.exec(text)?.[1]
    if (value === undefined) continue
    const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""')
    const weight = QUALITY.exec(bare)?.[1]
    if (weight === undefined && WEIGHT.test(bare)) continue
    members.push({ value, quality: weight === undefined ? 1 : Number(weight) })
  }
  return members
}
