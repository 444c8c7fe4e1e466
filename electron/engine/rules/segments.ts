/**
 * Sources with routing segments as `serve` reads them, which is with
 * path-to-regexp 3: `/blog/:id`, `/:path*`, `/:n(\d+)`, `/(.*)`. Letter case and
 * a slash at the end make no difference. Of regular expressions in parentheses
 * what path-to-regexp lets in and a pattern of linear time can say: characters,
 * classes, `|`, `*`, `+` and `?`; anything else is reported.
 */
import { parseSet } from './globs.ts'
import {
  type CharSet,
  capture,
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

export interface Segments {
  readonly pattern: Pattern
  readonly names: ReadonlySet<string>
}

const TOKEN = /\\(.)|(?::(\w+)(?:\(((?:\\.|[^\\()])+)\))?|\(((?:\\.|[^\\()])+)\))([+*?])?/gs

/** Throws a RuleError. `source` begins with a slash. */
export function parseSegments(source: string): Segments {
  const parts: Part[] = []
  const names = new Set<string>()
  let unnamed = 0
  let literal = ''
  let escaped = false
  let end = 0
  for (const match of source.matchAll(TOKEN)) {
    const [whole, plain, named, ofNamed, ofUnnamed, modifier = ''] = match
    literal += source.slice(end, match.index)
    end = match.index + whole.length
    if (plain !== undefined) {
      literal += plain
      escaped = true
      continue
    }
    // The character before it is its prefix: it is there when the segment is, and parts its repetitions.
    const prefix = escaped ? '' : literal.slice(-1)
    parts.push(text(literal.slice(0, literal.length - prefix.length)))
    literal = ''
    escaped = false
    const name = named ?? String(unnamed++)
    if (names.has(name)) throw new RuleError(`${quote(source)} has :${name} twice`)
    names.add(name)
    const expression = ofNamed ?? ofUnnamed
    const one = expression === undefined ? nameUpTo(prefix) : parseExpression(expression, source)
    const repeated = /[+*]/.test(modifier) ? sequence(one, many(sequence(text(prefix || '/'), one))) : one
    const part = sequence(text(prefix), capture(name, repeated))
    parts.push(/[?*]/.test(modifier) ? optional(part) : part)
  }
  const whole = sequence(...parts, text(literal + source.slice(end)), optional(text('/')))
  const pattern = compile(whole, { fold: true })
  if (pattern === null) throw new RuleError(`the source ${quote(source)} stands for too much`)
  return { pattern, names }
}

function nameUpTo(prefix: string): Part {
  if (prefix === '' || prefix === '/') return many(char(inSegment), 1, { lazy: true })
  const delimiter = prefix.toLowerCase().charCodeAt(0)
  return many(
    char(code => inSegment(code) && code !== delimiter),
    1,
    { lazy: true },
  )
}

const isDigit: CharSet = code => code >= 0x30 && code <= 0x39
const isLetter: CharSet = code => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)
const isWord: CharSet = code => isDigit(code) || isLetter(code) || code === 0x5f
const isSpace: CharSet = code => /\s/.test(String.fromCharCode(code))
const not =
  (of: CharSet): CharSet =>
  code =>
    !of(code)
const escapes = new Map<string, CharSet>([
  ['d', isDigit],
  ['D', not(isDigit)],
  ['w', isWord],
  ['W', not(isWord)],
  ['s', isSpace],
  ['S', not(isSpace)],
])

const ATOM = /^(?:\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|([^\\[\]|*+?{}^]))([*+?]?)\??/s

/** Throws a RuleError. There are no groups in it: parentheses end it. */
function parseExpression(expression: string, source: string): Part {
  const alternatives: Part[][] = [[]]
  for (let rest = expression; rest !== ''; ) {
    if (rest.startsWith('|')) {
      alternatives.push([])
      rest = rest.slice(1)
      continue
    }
    const [whole, escaped, caret, inner, plain, quantifier] = ATOM.exec(rest) ?? []
    const atom = atomOf(escaped, caret === '^', inner, plain)
    if (whole === undefined || atom === null) {
      throw new RuleError(
        `the expression ${quote(`(${expression})`)} in ${quote(source)} is not applied here`,
        'note',
      )
    }
    const part = quantifier === '*' ? many(atom) : quantifier === '+' ? many(atom, 1) : atom
    alternatives.at(-1)?.push(quantifier === '?' ? optional(atom) : part)
    rest = rest.slice(whole.length)
  }
  return choice(...alternatives.map(parts => sequence(...parts)))
}

function atomOf(
  escaped: string | undefined,
  negated: boolean,
  inner: string | undefined,
  plain: string | undefined,
): Part | null {
  if (inner !== undefined) {
    const of = parseSet(inner, escapes)
    if (of === null) return null
    // The path is compared in lower case; a class may be written in capitals.
    const folded: CharSet = code => of(code) || of(String.fromCharCode(code).toUpperCase().charCodeAt(0))
    return char(negated ? not(folded) : folded)
  }
  if (plain !== undefined) return plain === '.' ? char(() => true) : text(plain)
  const of = escapes.get(escaped ?? '')
  if (of !== undefined) return char(of)
  // `\b`, `\1` and the like are no characters.
  return escaped === undefined || /\w/.test(escaped) ? null : text(escaped)
}
