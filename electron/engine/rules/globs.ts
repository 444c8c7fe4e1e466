/**
 * Globs as `serve` reads them, with the rules of minimatch 3: `*` and `?` within
 * a segment, `**` for any segments, `[a-z]`, `{a,b}`, `{1..3}`, `@(a|b)` and its
 * like; no wildcard finds a name that starts with a dot. `!(...)` is left out: no
 * pattern of linear time says it, and it is reported.
 */
import {
  ahead,
  type CharSet,
  char,
  choice,
  compile,
  inSegment,
  many,
  optional,
  type Part,
  type Pattern,
  sequence,
  text,
} from './pattern.ts'
import { quote, RuleError } from './problems.ts'

/** What is nested calls the parser for each level. */
const MAX_SOURCE = 1_000

export interface Glob {
  /** As that of a pattern. */
  readonly segment: string | null
  matches(path: string): boolean
}

/** Throws a RuleError. A glob is of the whole path from the root, with or without a slash in front. */
export function parseGlob(source: string): Glob {
  if (source.length > MAX_SOURCE)
    throw new RuleError(`${quote(source)} is longer than ${MAX_SOURCE} characters`)
  // What serve puts in front comes after the mark: `!/private` is everything else.
  const marks = /^!*/.exec(source)?.[0].length ?? 0
  const alternatives = expandBraces(normalize(source.slice(marks)), source)
  const pattern: Pattern | null = compile(either(alternatives.map(parseAlternative)))
  if (pattern === null) throw new RuleError(`the glob ${quote(source)} stands for too much`)
  const negated = marks % 2 === 1
  return {
    segment: negated ? null : pattern.segment,
    matches: path => (pattern.match(path) !== null) !== negated,
  }
}

const either = (parts: readonly Part[]): Part => (parts.length === 1 ? (parts[0] as Part) : choice(...parts))

/** With a slash in front, and without empty or dot segments. */
export function normalize(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`
}

const MAX_ALTERNATIVES = 64

/** `a{b,c}` -> `ab`, `ac`. What is no list stays as it is. */
function expandBraces(glob: string, source: string): string[] {
  const done: string[] = []
  const open = [glob]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (done.length + open.length > MAX_ALTERNATIVES) {
      throw new RuleError(`the glob ${quote(source)} stands for too much`)
    }
    const list = findList(next)
    if (list === null) done.push(next)
    else for (const item of list.items.reverse()) open.push(list.before + item + list.after)
  }
  return done
}

interface List {
  readonly before: string
  readonly items: string[]
  readonly after: string
}

/** The first list in braces. */
function findList(glob: string): List | null {
  for (let start = 0; start < glob.length; start++) {
    if (glob[start] === '\\') start++
    else if (glob[start] === '{' && glob[start - 1] !== '$') {
      const commas: number[] = []
      let depth = 0
      for (let i = start; i < glob.length; i++) {
        if (glob[i] === '\\') i++
        else if (glob[i] === '{') depth++
        else if (glob[i] === ',' && depth === 1) commas.push(i)
        else if (glob[i] === '}' && --depth === 0) {
          const inner = glob.slice(start + 1, i)
          const items =
            commas.length > 0
              ? [start, ...commas].map((from, n) => glob.slice(from + 1, commas[n] ?? i))
              : rangeOf(inner)
          if (items !== null) return { before: glob.slice(0, start), items, after: glob.slice(i + 1) }
          break
        }
      }
    }
  }
  return null
}

/** `1..3` and `a..c`. */
function rangeOf(inner: string): string[] | null {
  const match = /^(?:(-?\d{1,5})\.\.(-?\d{1,5})|([a-z])\.\.([a-z]))$/i.exec(inner)
  if (match === null) return null
  const letters = match[3] !== undefined
  const [from, to] = letters
    ? [String(match[3]).charCodeAt(0), String(match[4]).charCodeAt(0)]
    : [Number(match[1]), Number(match[2])]
  const count = Math.min(Math.abs(to - from), MAX_ALTERNATIVES + 1) + 1
  const step = to < from ? -1 : 1
  return Array.from({ length: count }, (_, n) => {
    const value = from + n * step
    return letters ? String.fromCharCode(value) : String(value)
  })
}

const DOT = 0x2e
const SLASH = 0x2f
/** A segment that a wildcard may begin: neither empty nor hidden. */
const visible = ahead(code => code !== DOT && code !== SLASH)
const anySegment = sequence(text('/'), visible, many(char(inSegment)))

function parseAlternative(glob: string): Part {
  const segments = glob.split('/').slice(1)
  return sequence(
    ...segments.map((segment, i): Part => {
      if (segment !== '**') return sequence(text('/'), parseSegment(segment))
      // At the end at least one segment, and the root's empty one counts; elsewhere none will do.
      return i < segments.length - 1 ? many(anySegment) : choice(many(anySegment, 1), text('/'))
    }),
  )
}

function parseSegment(segment: string): Part {
  const parser = new SegmentParser(segment)
  const part = parser.parse()
  return parser.startsWild ? sequence(visible, part) : part
}

const LIST = /^[?*+@!]\(/

class SegmentParser {
  readonly #glob: string
  #at = 0
  /** A wildcard comes before any text. */
  startsWild = false

  constructor(glob: string) {
    this.#glob = glob
  }

  /** Throws a RuleError. Up to what ends a list, where it is in one. */
  parse(inList = false): Part {
    const parts: Part[] = []
    while (this.#at < this.#glob.length) {
      const here = this.#glob[this.#at] ?? ''
      if (inList && (here === '|' || here === ')')) break
      const wild = this.#parseWildcard(here)
      if (wild !== null && this.#at > 0 && parts.length === 0 && !inList) this.startsWild = true
      if (wild === null && here === '\\') this.#at++
      if (wild === null) parts.push(text(this.#glob[this.#at++] ?? ''))
      else parts.push(wild)
    }
    return sequence(...parts)
  }

  /** What is at this place, and then what is behind it; null, and no step further, for text. */
  #parseWildcard(here: string): Part | null {
    while (here === '*' && this.#glob[this.#at + 1] === '*') this.#at++
    if (this.#isList()) return this.#parseList(here)
    if (here === '*') {
      this.#at++
      return many(char(inSegment))
    }
    if (here === '?') {
      this.#at++
      return char(inSegment)
    }
    return here === '[' ? this.#parseClass() : null
  }

  #isList(): boolean {
    return LIST.test(this.#glob.slice(this.#at, this.#at + 2)) && this.#glob.includes(')', this.#at)
  }

  #parseList(mark: string): Part {
    if (mark === '!')
      throw new RuleError(`${quote(this.#glob)} has a !(...), which is not applied here`, 'note')
    this.#at += 2
    const items = [this.parse(true)]
    while (this.#glob[this.#at] === '|') {
      this.#at++
      items.push(this.parse(true))
    }
    this.#at++
    const list = choice(...items)
    if (mark === '@') return list
    if (mark === '?') return optional(list)
    return many(list, mark === '+' ? 1 : 0)
  }

  /** `[a-z]`, `[!a-z]`; null for a bracket that no other ends. */
  #parseClass(): Part | null {
    const [whole, mark = '', inner = ''] =
      /^\[([!^]?)((?:\\.|\]|[^\]\\])(?:\\.|[^\]\\])*)\]/s.exec(this.#glob.slice(this.#at)) ?? []
    const of = whole === undefined ? null : parseSet(inner)
    if (whole === undefined || of === null) return null
    this.#at += whole.length
    return char(code => inSegment(code) && of(code) === (mark === ''))
  }
}

/** The inside of a class in brackets: `a-z_`. Null when a range runs backwards. `escapes`: of more than themselves. */
export function parseSet(inner: string, escapes?: ReadonlyMap<string, CharSet>): CharSet | null {
  const sets: CharSet[] = []
  const items = [...inner.matchAll(/\\(.)|(.)/gs)].map(([, escaped, plain = '']) => ({
    code: (escaped ?? plain).charCodeAt(0),
    dash: plain === '-',
    set: escaped === undefined ? undefined : escapes?.get(escaped),
  }))
  for (let i = 0; i < items.length; i++) {
    const { code: from = 0, set } = items[i] ?? {}
    const last = items[i + 2]
    const isRange = set === undefined && items[i + 1]?.dash === true && last !== undefined
    const to = isRange ? last.code : from
    if (to < from) return null
    sets.push(set ?? (code => code >= from && code <= to))
    if (isRange) i += 2
  }
  return code => sets.some(of => of(code))
}
