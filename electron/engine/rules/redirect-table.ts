/**
 * Which redirect of `_redirects` a request gets: the first that matches its
 * path, its query and its fields, as on the host. Where a redirect would lead a
 * request to where it is, it gets what is there.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { encodeQuery, parseTarget, type Target } from '../target.ts'
import { consulted, matchFields, matchQuery } from './conditions.ts'
import type { Dialect } from './dialects.ts'
import { PathIndex } from './path-index.ts'
import type { Captures } from './pattern.ts'
import { isRedirect, type RedirectRule } from './redirects.ts'
import { fillLocation, fillPath, fixedPath, type Template } from './template.ts'

/** What rules look at. */
export interface Ask {
  /** Decoded, with a slash in front, and at the end where a folder is asked for. */
  readonly path: string
  /** `?` and what follows, as received, or empty. */
  readonly query: string
  readonly fields: IncomingHttpHeaders
  readonly scheme: 'http' | 'https'
  /** Of the Host field, in lower case and without the port. */
  readonly host: string
}

export type Decision = {
  /** Applied although there is a file of that name; else only where nothing would be served. */
  readonly outranksFiles: boolean
} & (
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  /** The content of this request target, under the address that was asked for and with this status. */
  | {
      readonly kind: 'rewrite'
      readonly status: number
      readonly target: string
      /** Where that is nothing, what was asked for is what is served. */
      readonly fallsBack?: boolean
    }
)

/** `vary`: the fields that were looked at, whatever came of it. */
export interface Outcome {
  readonly decision: Decision | null
  readonly vary: readonly string[]
}

const NO_DECISION: Outcome = { decision: null, vary: [] }

export class RedirectTable {
  readonly size: number
  readonly #index: PathIndex<RedirectRule>
  readonly #dialect: Dialect

  constructor(rules: readonly RedirectRule[], dialect: Dialect) {
    this.size = rules.length
    this.#index = new PathIndex(rules, rule => rule.pattern)
    this.#dialect = dialect
  }

  find(ask: Ask): Outcome {
    const vary = new Set<string>()
    for (const rule of this.#index.candidates(this.#lookUp(ask.path))) {
      const captures = this.#match(rule, ask, vary)
      if (captures === null) continue
      const { target, status, splat, force: outranksFiles } = rule
      const path = fillPath(target, captures)
      // Nor is a later rule asked, as on the host.
      if (status !== 200 && splat && this.#hasLedHere(rule, path, ask)) break
      if (isRedirect(status) && this.#isHere(target, path, ask)) continue
      const decision: Decision = isRedirect(status)
        ? { kind: 'redirect', status, outranksFiles, location: fillLocation(target, captures, ask.query) }
        : { kind: 'rewrite', status, outranksFiles, target: path + encodeQuery(ask.query) }
      return { decision, vary: [...vary] }
    }
    return vary.size === 0 ? NO_DECISION : { decision: null, vary: [...vary] }
  }

  /** As patterns without wildcards are known: where slashes are equal, without the last one. */
  #lookUp(path: string): string {
    return this.#dialect.slashesEqual ? withoutSlash(path) : path
  }

  #match({ origin, pattern, conditions }: RedirectRule, ask: Ask, vary: Set<string>): Captures | null {
    if (origin !== null && (origin.host !== ask.host || origin.scheme !== ask.scheme)) return null
    const inPath = pattern.match(pattern.exact === null ? ask.path : this.#lookUp(ask.path))
    if (inPath === null) return null
    const inQuery = matchQuery(conditions.query, ask.query)
    if (inQuery === null) return null
    for (const field of consulted(conditions)) vary.add(field)
    return matchFields(conditions, ask.fields) ? new Map([...inQuery, ...inPath]) : null
  }

  /** It would lead to where the request is already. */
  #isHere(target: Template, path: string, ask: Ask): boolean {
    const there = isThisSite(target, ask) && target.query.length === 0 ? decodedPath(path) : null
    return there !== null && this.#lookUp(there) === this.#lookUp(ask.path)
  }

  /** The target gets the rule again, and the request is below it: it has been sent there, and would be for ever. */
  #hasLedHere({ target, pattern }: RedirectRule, path: string, ask: Ask): boolean {
    if (!this.#dialect.stopsLoops || !isThisSite(target, ask) || target.query.length > 0) return false
    const fixed = withoutSlash(decodedPath(fixedPath(target) ?? '/') ?? '/')
    if (fixed === '/' || (ask.path !== fixed && !ask.path.startsWith(`${fixed}/`))) return false
    return pattern.match(decodedPath(path) ?? '') !== null
  }
}

function isThisSite({ origin }: Template, { scheme, host }: Ask): boolean {
  return origin === '' || origin === `${scheme}://${host}`
}

const withoutSlash = (path: string): string => (path === '/' ? path : path.replace(/\/$/, ''))

/** As the path of a request is compared; null when it is none. */
function decodedPath(path: string): string | null {
  const target = parseTarget(path, 'linux')
  return target.kind === 'path' ? comparedPath(target) : null
}

/** The path of a request as rules have theirs. */
export function comparedPath({ path, folder }: Pick<Target, 'path' | 'folder'>): string {
  return `/${path}${folder && path !== '' ? '/' : ''}`
}
