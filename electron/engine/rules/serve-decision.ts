/**
 * What `serve` would do with a request, by its redirects and rewrites. A rewrite
 * is followed by those of the other rewrites that match what it leads to, each
 * once, and so many at most that no list of rules makes a request long.
 */
import { posix } from 'node:path'
import { encodePath, encodeQuery, parseTarget } from '../target.ts'
import type { PathIndex } from './path-index.ts'
import type { Ask, Decision } from './redirect-table.ts'
import type { ServeConfig, ServeRule } from './serve-json.ts'
import { fillLocation, fillPath } from './template.ts'

const MAX_HOPS = 16

export function decideServe(config: ServeConfig, ask: Ask): Decision | null {
  const { redirects, rewrites } = config
  const slash = config.trailingSlash === true ? addSlash(ask) : null
  if (slash !== null) return slash
  const asked = withoutSlash(ask.path)
  for (const { match, target, status } of redirects.candidates(asked)) {
    const captures = match(asked)
    if (captures === null) continue
    const itself = target.origin === '' && target.query.length === 0
    if (itself && decoded(fillPath(target, captures)) === asked) continue
    const location = fillLocation(target, captures, ask.query)
    return { kind: 'redirect', status, location, outranksFiles: true }
  }
  const used = new Set<ServeRule>()
  let path = asked
  let target: string | null = null
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const next = followOne(rewrites, used, path)
    if (next === null) break
    target = next
    path = decoded(next)
  }
  if (target === null) return null
  // A file with an extension is looked for first, everything else is what the rewrite says.
  const outranksFiles = ask.path.endsWith('/') || posix.extname(ask.path) === ''
  const whole = target + encodeQuery(ask.query)
  return { kind: 'rewrite', status: 200, target: whole, outranksFiles, fallsBack: true }
}

/** Where the first leads that matches and was not used. */
function followOne(rewrites: PathIndex<ServeRule>, used: Set<ServeRule>, path: string): string | null {
  for (const rule of rewrites.candidates(path)) {
    const captures = used.has(rule) ? null : rule.match(path)
    if (captures === null) continue
    used.add(rule)
    return fillPath(rule.target, captures)
  }
  return null
}

/** `trailingSlash: true`, whether there is something or not. */
function addSlash({ path, query }: Ask): Decision | null {
  // A name with an extension is a file's, and so is one that starts with a dot.
  if (path.endsWith('/') || posix.extname(path) !== '' || posix.basename(path).startsWith('.')) return null
  return redirectTo(`${path}/`, query)
}

/** `trailingSlash: false`, whether there is something or not; but for a list of files, whose links need the slash. */
export function takeSlash({ trailingSlash }: ServeConfig, { path, query }: Ask): Decision | null {
  if (trailingSlash !== false || path === '/' || !path.endsWith('/')) return null
  return redirectTo(path.slice(0, -1), query)
}

function redirectTo(path: string, query: string): Decision {
  return {
    kind: 'redirect',
    status: 301,
    location: encodePath(path) + encodeQuery(query),
    outranksFiles: true,
  }
}

const withoutSlash = (path: string): string => (path === '/' ? path : path.replace(/\/$/, ''))

/** What is no path matches nothing. */
function decoded(path: string): string {
  const target = parseTarget(path, 'linux')
  return target.kind === 'path' ? `/${target.path}` : ''
}
