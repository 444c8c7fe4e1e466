/**
 * The paths of `_redirects` and `_headers` as patterns: `/blog/:year/*`. They
 * are decoded and put in order by the very code that does so with a request's,
 * so that the two can be compared; what no request can ask for is no pattern.
 */
import { parseTarget } from '../target.ts'
import type { Dialect } from './dialects.ts'
import {
  type CharSet,
  capture,
  char,
  compile,
  inSegment,
  many,
  NAME,
  optional,
  type Part,
  type Pattern,
  REST,
  sequence,
  text,
} from './pattern.ts'
import { quote, RuleError } from './problems.ts'

export interface HostPath {
  readonly pattern: Pattern
  /** What a target may refer to with a colon before it. */
  readonly names: ReadonlySet<string>
}

const DOT = 0x2e
const inHostLabel: CharSet = code => inSegment(code) && code !== DOT

/** Throws a RuleError. */
export function parseRedirectPath(raw: string, dialect: Dialect): HostPath {
  const path = decodePath(raw)
  return dialect.freePlaceholders ? parseFree(path, '') : parseBySegments(path)
}

/** Throws a RuleError. The pattern of a whole URL begins with `https://` and takes the place of the path. */
export function parseHeaderPath(raw: string, dialect: Dialect): HostPath {
  if (!dialect.freePlaceholders) return parseNetlifyHeaderPath(decodePath(raw))
  const [, host] = /^https:\/\/([^/?#]*)/i.exec(raw) ?? []
  if (host === undefined) return parseFree(decodePath(raw), '')
  if (/:\d+$/.test(host)) throw new RuleError('a URL may not name a port')
  if (!/^[\w.:*-]+$/.test(host)) throw new RuleError(`${quote(host)} is not the name of a host`)
  const folded = host.replace(/:[A-Za-z]\w*|[A-Z]/g, found =>
    found.startsWith(':') ? found : found.toLowerCase(),
  )
  return parseFree(decodePath(raw.slice('https://'.length + host.length) || '/'), folded)
}

/** A path of the file, as a request's is compared with it. */
function decodePath(raw: string): string {
  if (!raw.startsWith('/')) throw new RuleError(`${quote(raw)} does not begin with a slash`)
  if (/[?#]/.test(raw)) throw new RuleError(`the path ${quote(raw)} may not have a query or a fragment`)
  // Written as people read it or as it is sent. On no system is * a name that could not be asked for.
  const target = parseTarget(Buffer.from(raw).toString('latin1'), 'linux')
  if (target.kind !== 'path' || target.bytes !== null) {
    throw new RuleError(`${quote(raw)} is not a path that can be asked for`)
  }
  return `/${target.path}${target.folder && target.path !== '' ? '/' : ''}`
}

const PLACEHOLDER = /^:[A-Za-z_]\w*$/
const SLASH = text('/')

/** Of Netlify: a placeholder is a whole segment, a splat the end of one, and a slash at the end makes no difference. */
function parseBySegments(path: string): HostPath {
  const segments = segmentsOf(path)
  const parts: Part[] = []
  const names: string[] = []
  // Of several, the first is called :splat.
  const splat = (): Part => {
    if (names.includes('splat')) return REST
    names.push('splat')
    return capture('splat', REST)
  }
  for (const [i, segment] of segments.entries()) {
    const last = i === segments.length - 1
    if (segment === '*') {
      if (segments.length === 1) return finish(sequence(SLASH, splat()), names)
      parts.push(optional(sequence(SLASH, splat())))
      if (last) return finish(sequence(...parts), names)
    } else if (segment.startsWith(':')) {
      if (!PLACEHOLDER.test(segment)) {
        throw new RuleError(`${quote(segment)} is not a placeholder; one is a whole segment, such as :name`)
      }
      names.push(segment.slice(1))
      parts.push(SLASH, capture(segment.slice(1), NAME))
    } else if (segment.includes('*')) {
      if (!last || segment.indexOf('*') < segment.length - 1) {
        throw new RuleError('a * inside of a segment may stand only at the end of a path')
      }
      parts.push(text(`/${segment.slice(0, -1)}`), optional(SLASH), splat())
      return finish(sequence(...parts), names)
    } else parts.push(text(`/${segment}`))
  }
  // Without wildcards it is looked up by its name, where the slash is left out on both sides.
  const end = names.length > 0 ? [optional(SLASH)] : []
  return finish(segments.length === 0 ? SLASH : sequence(...parts, ...end), names)
}

/** Of Netlify's `_headers`: a star stands for anything, anywhere; letter case makes no difference. */
function parseNetlifyHeaderPath(path: string): HostPath {
  if (path === '/') return finish(SLASH, [], true)
  const parts = segmentsOf(path).map((segment): Part => {
    if (segment === '*') return optional(sequence(SLASH, REST))
    if (segment.startsWith(':')) return sequence(SLASH, NAME)
    const pieces = segment.split('*').flatMap((piece, i) => (i === 0 ? [text(piece)] : [REST, text(piece)]))
    return sequence(SLASH, ...pieces)
  })
  return finish(sequence(...parts, optional(SLASH)), [], true)
}

function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, '').split('/').slice(1)
}

/** Of Cloudflare: placeholders and a splat wherever they stand, also in the name of a host. */
function parseFree(path: string, host: string): HostPath {
  const names: string[] = []
  const partsOf = (raw: string, name: CharSet): Part[] =>
    raw.split(/(\*|:[A-Za-z]\w*)/).map((piece, i) => {
      if (i % 2 === 0) return text(piece)
      const splat = piece === '*'
      names.push(splat ? 'splat' : piece.slice(1))
      return capture(splat ? 'splat' : piece.slice(1), splat ? REST : many(char(name), 1))
    })
  const start = host === '' ? [] : [text('https://'), ...partsOf(host, inHostLabel)]
  return finish(sequence(...start, ...partsOf(path, inSegment)), names)
}

function finish(part: Part, names: readonly string[], fold = false): HostPath {
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) {
    throw new RuleError(twice === 'splat' ? 'only one * may be used' : `:${twice} is used twice`)
  }
  const pattern = compile(part, { fold })
  if (pattern === null) throw new RuleError('the path is longer than any that is asked for')
  return { pattern, names: new Set(names) }
}
