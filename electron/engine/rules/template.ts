/**
 * Where a rule leads: `/posts/:splat?page=:n#top`, or a URL. What is filled in
 * comes from the request, so it is encoded again and can neither end a field,
 * nor name another host, nor begin another part of the URL than it stands in.
 */
import { encodePath, encodeQuery } from '../target.ts'
import type { Captures } from './pattern.ts'
import { quote, RuleError } from './problems.ts'

/** Already encoded, or the name of what is filled in. */
type Piece = string | { readonly name: string }

export interface Template {
  /** `https://other.example`, or empty for this site. */
  readonly origin: string
  readonly path: readonly Piece[]
  /** With its `?`; empty when it has none of its own. */
  readonly query: readonly Piece[]
  /** With its `#`. */
  readonly fragment: readonly Piece[]
}

const PARTS = /^(?:(https?):\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/is

/** Throws a RuleError. `names`: those that may be referred to; others stand for themselves. */
export function parseTemplate(raw: string, names: ReadonlySet<string>): Template {
  const [, scheme, host, path = '', query = '', fragment = ''] = PARTS.exec(raw) ?? []
  if (scheme === undefined && !path.startsWith('/')) {
    throw new RuleError(`the target ${quote(raw)} begins neither with a slash nor with https://`)
  }
  // A browser takes what follows for a host.
  if (scheme === undefined && /^\/[/\\]/.test(path)) {
    throw new RuleError(`the target ${quote(raw)} begins with two slashes; write https:// before a host`)
  }
  const piecesOf = (text: string): Piece[] => parsePieces(text, names)
  return {
    origin: scheme === undefined ? '' : originOf(raw, `${scheme}://${host}`, names),
    path: piecesOf(scheme !== undefined && path === '' ? '/' : path),
    query: query === '?' ? [] : piecesOf(query),
    fragment: piecesOf(fragment),
  }
}

/** Throws a RuleError. Only the owner says which host a redirect leads to. */
function originOf(raw: string, text: string, names: ReadonlySet<string>): string {
  if (parsePieces(text.replace(/^https?:/i, ''), names).some(piece => typeof piece !== 'string')) {
    throw new RuleError(`the host of ${quote(raw)} may not be taken from the address that is asked for`)
  }
  try {
    const { origin, username, password } = new URL(text)
    if (username === '' && password === '') return origin
  } catch {
    // Told below.
  }
  throw new RuleError(`${quote(raw)} is not a URL`)
}

function parsePieces(text: string, names: ReadonlySet<string>): Piece[] {
  const pieces: Piece[] = []
  let literal = ''
  for (const [i, part] of text.split(/(:\w+)/).entries()) {
    // `:yearly` is `:year` and `ly` where there is nothing else that it could be.
    const name = i % 2 === 0 ? null : longestName(part.slice(1), names)
    if (name === null) literal += part
    else {
      pieces.push(encodeLiteral(literal), { name })
      literal = part.slice(1 + name.length)
    }
  }
  return [...pieces, encodeLiteral(literal)].filter(piece => piece !== '')
}

function longestName(text: string, names: Pick<ReadonlySet<string>, 'has'>): string | null {
  for (let length = text.length; length > 0; length--) {
    if (names.has(text.slice(0, length))) return text.slice(0, length)
  }
  return null
}

/** Escapes stay as they are; what no URI may hold is escaped (RFC 3986 §2). */
function encodeLiteral(text: string): string {
  return text.replace(/[^\x21-\x7e]+|["<>\\^`{|}]/g, found => encodePath(found))
}

function fill(pieces: readonly Piece[], captures: Captures): string {
  let filled = ''
  for (const piece of pieces) {
    filled += typeof piece === 'string' ? piece : encodePath(captures.get(piece.name) ?? '')
  }
  return filled
}

/** The path on this site, encoded. It starts with exactly one slash, so it cannot be taken for a host. */
export function fillPath({ path }: Template, captures: Captures): string {
  return fill(path, captures).replace(/^\/*/, '/')
}

/** What every filled path begins with, in whole segments; null where more than :splat is filled in. */
export function fixedPath({ path }: Template): string | null {
  if (path.some(piece => typeof piece !== 'string' && piece.name !== 'splat')) return null
  const [first, ...more] = path
  const literal = typeof first === 'string' ? first : '/'
  return more.length === 0 ? literal : literal.slice(0, literal.lastIndexOf('/') + 1)
}

/** For Location. `query`: that of the request, passed on to a target that has none. */
export function fillLocation(template: Template, captures: Captures, query: string): string {
  const own = fill(template.query, captures)
  const path = fillPath(template, captures)
  return template.origin + path + (own || encodeQuery(query)) + fill(template.fragment, captures)
}

/** The value of a field: its own characters stay as they are. */
export function fillValue(value: string, captures: Captures): string {
  return value.replace(/:\w+/g, found => {
    const name = longestName(found.slice(1), captures)
    return name === null ? found : encodePath(captures.get(name) ?? '') + found.slice(1 + name.length)
  })
}
