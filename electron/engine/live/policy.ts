/**
 * Whether the page's Content Security Policies (CSP3) let our script be loaded
 * and its stream be opened, and with which nonce. Policies are kept, never
 * changed: where one says no, the page is left as it is.
 */

export interface Policies {
  /** Values of Content-Security-Policy fields, each a list of policies. */
  readonly fields: readonly string[]
  /** Contents of meta elements, each one policy. */
  readonly metas: readonly string[]
}

/** An origin in its parts: `http`, `localhost`, `8080`. */
export interface OriginParts {
  readonly scheme: string
  readonly host: string
  readonly port: string
}

export type Verdict = { readonly allowed: true; readonly nonce: string | null } | { readonly allowed: false }

const FORBIDDEN: Verdict = { allowed: false }

/** `origin` is the page's and ours; the paths are of the script and of the stream. */
export function judge(
  policies: Policies,
  origin: OriginParts,
  paths: { readonly script: string; readonly stream: string },
): Verdict {
  const parsed = [
    ...policies.fields.flatMap(field => field.split(',').map(text => parsePolicy(text, false))),
    ...policies.metas.map(text => parsePolicy(text, true)),
  ]
  /** Those that please each policy that asks for one; null when none does. */
  let nonces: readonly string[] | null = null
  for (const policy of parsed) {
    // Without its own origin, a page may not read our stream.
    const sandbox = policy.get('sandbox')?.map(word => word.toLowerCase())
    if (sandbox && !NEEDED.every(word => sandbox.includes(word))) return FORBIDDEN
    const streams = policy.get('connect-src') ?? policy.get('default-src')
    if (streams && !listMatches(streams, origin, paths.stream)) return FORBIDDEN
    const scripts = policy.get('script-src-elem') ?? policy.get('script-src') ?? policy.get('default-src')
    if (!scripts) continue
    // Then only nonces and hashes count.
    const strict = scripts.some(source => source.toLowerCase() === "'strict-dynamic'")
    if (!strict && listMatches(scripts, origin, paths.script)) continue
    const offered = scripts.map(source => NONCE.exec(source)?.[1]).filter(found => found !== undefined)
    const before: readonly string[] = nonces ?? offered
    nonces = offered.filter(nonce => before.includes(nonce))
  }
  // An element has one nonce, or none.
  const [nonce = null] = nonces ?? []
  return nonces === null || nonce !== null ? { allowed: true, nonce } : FORBIDDEN
}

const NEEDED = ['allow-scripts', 'allow-same-origin']
const NONCE = /^'nonce-([A-Za-z0-9+/_-]+={0,2})'$/i
/** These have no effect in a meta element. */
const NOT_IN_META = ['report-uri', 'frame-ancestors', 'sandbox']

/** Of two directives with one name, the first counts. */
function parsePolicy(text: string, meta: boolean): ReadonlyMap<string, readonly string[]> {
  const directives = new Map<string, readonly string[]>()
  for (const directive of text.split(';')) {
    const [name = '', ...values] = directive.trim().split(/[\t\n\f\r ]+/)
    const key = name.toLowerCase()
    if (key !== '' && !directives.has(key) && !(meta && NOT_IN_META.includes(key)))
      directives.set(key, values)
  }
  return directives
}

function listMatches(list: readonly string[], origin: OriginParts, path: string): boolean {
  return list.some(source => matches(source, origin, path))
}

/** A host-source: scheme, host, port and path, all but the host optional. */
const HOST_SOURCE =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(\d+|\*))?(\/[^?#]*)?$/i
const SCHEME_SOURCE = /^([a-z][a-z0-9+.-]*):$/i

/** "Does url match expression", for a URL of the page's own origin. */
function matches(source: string, origin: OriginParts, path: string): boolean {
  if (source === '*' || source.toLowerCase() === "'self'") return true
  const scheme = SCHEME_SOURCE.exec(source)?.[1]
  if (scheme !== undefined) return schemeMatches(scheme, origin.scheme)
  const [, ofScheme, host = '', port, ofPath] = HOST_SOURCE.exec(source) ?? []
  if (host === '') return false
  if (ofScheme !== undefined && !schemeMatches(ofScheme, origin.scheme)) return false
  return hostMatches(host, origin.host) && portMatches(port, origin) && pathMatches(ofPath, path)
}

/** What is asked for over http may come over https. */
function schemeMatches(wanted: string, scheme: string): boolean {
  const folded = wanted.toLowerCase()
  return folded === scheme || (folded === 'http' && scheme === 'https')
}

function hostMatches(wanted: string, host: string): boolean {
  const folded = wanted.toLowerCase()
  if (folded === '*') return true
  if (folded.startsWith('*.')) return host.toLowerCase().endsWith(folded.slice(1))
  return folded === host.toLowerCase()
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

function portMatches(wanted: string | undefined, { scheme, port }: OriginParts): boolean {
  const standard = DEFAULT_PORTS[scheme]
  if (wanted === undefined) return port === standard
  return wanted === '*' || wanted === port || (wanted === '80' && port === '443')
}

/** One that ends in a slash stands for all below it. */
function pathMatches(wanted: string | undefined, path: string): boolean {
  if (wanted === undefined || wanted === '/') return true
  return wanted.endsWith('/') ? path.startsWith(wanted) : wanted === path
}
