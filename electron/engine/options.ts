/**
 * What the owner asks for -> what the engine works with. Every option is checked
 * and every default filled in here, once, at start and at each change; never
 * per request. An error names the option and says what it takes.
 */
import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import { createVerifier, type Verifier } from './authentication.ts'
import { checkThrottle } from './throttle.ts'
import type {
  CachePolicy,
  Credentials,
  Field,
  LiveOptions,
  RulesChoice,
  ServerOptions,
  SymlinkPolicy,
  ThrottleNumbers,
  TlsIdentity,
  UploadOptions,
} from './types.ts'

/** LiveOptions with nothing left open. */
export interface ResolvedLive {
  readonly name: string
  readonly listing: boolean
  readonly dotfiles: boolean
  readonly index: readonly string[]
  readonly symlinks: SymlinkPolicy
  /** Value of Cache-Control for files. */
  readonly cacheControl: string
  readonly cors: false | 'any' | (string & {})
  readonly fields: readonly Field[]
  readonly spa: boolean
  readonly cleanUrls: boolean
  /** `/about/` is about.html, too; only serve.json asks for that. */
  readonly slashedPages: boolean
  readonly codings: boolean
  /** Who may read; null: everybody. The password itself is not kept. */
  readonly verify: Verifier | null
  readonly zip: boolean
  readonly uploads: Required<UploadOptions> | null
  readonly manage: boolean
  readonly liveReload: boolean
  readonly hostRules: RulesChoice
  readonly isolate: boolean
  readonly throttle: ThrottleNumbers | null
  readonly blocked: ReadonlySet<string>
  readonly hosts: readonly string[]
}

export interface ResolvedOptions {
  readonly root: string
  readonly host: string
  readonly port: number
  readonly portFallback: boolean
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly keepAliveTimeout: number
  /** Infinity: as many as the system allows. */
  readonly maxConnections: number
  readonly memory: number
  readonly tls: TlsIdentity | null
  readonly live: ResolvedLive
}

/** Carries the parts of its message, so that a host can say it in its own words. */
export type OptionError = (TypeError | RangeError) & { readonly option: string; readonly remedy: string }

export function isOptionError(error: unknown): error is OptionError {
  return (error instanceof TypeError || error instanceof RangeError) && 'option' in error && 'remedy' in error
}

function wrong(
  option: keyof ServerOptions,
  remedy: string,
  Kind = RangeError as ErrorConstructor,
): OptionError {
  return Object.assign(new Kind(`Option ${option}: ${remedy}`), { option, remedy }) as OptionError
}

export function resolveOptions(options: ServerOptions): ResolvedOptions {
  const { root, host, port, portFallback } = options
  if (typeof root !== 'string' || !isAbsolute(root) || root.includes('\0')) {
    throw wrong('root', 'not an absolute path', TypeError)
  }
  if (typeof host !== 'string' || (host !== 'localhost' && host !== '*' && isIP(host) === 0)) {
    throw wrong('host', "not 'localhost', '*' or an IP address", TypeError)
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw wrong('port', 'not a whole number from 0 to 65535')
  }
  const requestTimeout = checkTime('requestTimeout', options.requestTimeout ?? 60_000)
  const headersTimeout = checkTime(
    'headersTimeout',
    options.headersTimeout ?? Math.min(15_000, requestTimeout),
  )
  if (headersTimeout > requestTimeout) {
    throw wrong('headersTimeout', 'longer than requestTimeout, which is about the whole request')
  }
  return {
    root,
    host,
    port,
    portFallback: checkBoolean('portFallback', portFallback),
    headersTimeout,
    requestTimeout,
    keepAliveTimeout: checkTime('keepAliveTimeout', options.keepAliveTimeout ?? 30_000),
    maxConnections: checkConnections(options.maxConnections ?? Number.POSITIVE_INFINITY),
    memory: checkMemory(options.memory ?? 32 * 1024 * 1024),
    tls: checkTls(options.tls ?? null),
    live: resolveLive(options),
  }
}

const INDEX = ['index.html']

export function resolveLive(options: LiveOptions): ResolvedLive {
  const { name, cors = false, auth = null } = options
  if (typeof name !== 'string') throw wrong('name', 'not a text', TypeError)
  return {
    name,
    listing: checkBoolean('listing', options.listing),
    dotfiles: checkBoolean('dotfiles', options.dotfiles),
    index: options.index === undefined ? INDEX : checkIndex(options.index),
    symlinks: checkSymlinks(options.symlinks ?? 'confined'),
    cacheControl: cacheControlOf(options.cache ?? 'no-cache'),
    cors: checkCors(cors),
    fields: checkFields(options.fields ?? []),
    spa: checkBoolean('spa', options.spa ?? false),
    cleanUrls: checkBoolean('cleanUrls', options.cleanUrls ?? false),
    slashedPages: false,
    codings: checkBoolean('codings', options.codings ?? true),
    verify: auth === null ? null : createVerifier(checkAuth(auth)),
    zip: checkBoolean('zip', options.zip ?? false),
    uploads: checkUploads(options.uploads ?? null),
    manage: checkBoolean('manage', options.manage ?? false),
    liveReload: checkBoolean('liveReload', options.liveReload ?? false),
    hostRules: checkRules(options.hostRules ?? 'off'),
    isolate: checkBoolean('isolate', options.isolate ?? false),
    throttle: checkSlowness(options.throttle ?? null),
    blocked: checkBlocked(options.blocked ?? []),
    hosts: checkHosts(options.hosts ?? []),
  }
}

function checkBoolean(option: keyof ServerOptions, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrong(option, 'neither true nor false', TypeError)
  return value
}

/** Longer than a day is no bound, and shorter than a tenth of a second no client keeps. */
function checkTime(option: keyof ServerOptions, value: number): number {
  if (!Number.isInteger(value) || value < 100 || value > 86_400_000) {
    throw wrong(option, 'not a whole number of milliseconds from 100 to 86400000')
  }
  return value
}

function checkMemory(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw wrong('memory', 'not a whole number of bytes from 0')
}

function checkConnections(value: number): number {
  if (value !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(value) || value < 1)) {
    throw wrong('maxConnections', 'not a whole number from 1')
  }
  return value
}

function checkIndex(names: readonly string[]): readonly string[] {
  if (!Array.isArray(names)) throw wrong('index', 'not a list of file names', TypeError)
  for (const name of names) {
    if (typeof name !== 'string' || !/^(?!\.{1,2}$)[^/\\\p{Cc}]{1,255}$/u.test(name)) {
      throw wrong('index', `${quote(name)} is not a file name; give names without a path, such as index.html`)
    }
  }
  return [...names]
}

function checkSymlinks(policy: SymlinkPolicy): SymlinkPolicy {
  if (!['confined', 'follow', 'refuse'].includes(policy)) {
    throw wrong('symlinks', `${quote(policy)} is not one of confined, follow and refuse`)
  }
  return policy
}

function checkRules(choice: RulesChoice): RulesChoice {
  if (['off', 'auto', 'netlify', 'cloudflare'].includes(choice)) return choice
  throw wrong('hostRules', `${quote(choice)} is not one of off, auto, netlify and cloudflare`)
}

/** A year: the longest that caches reckon with. */
const LONGEST_AGE = 31_536_000

function cacheControlOf(cache: CachePolicy): string {
  if (cache === 'no-cache' || cache === 'no-store') return cache
  if (cache === 'immutable') return `max-age=${LONGEST_AGE}, immutable`
  if (!Number.isInteger(cache) || cache < 0 || cache > LONGEST_AGE) {
    throw wrong(
      'cache',
      `${quote(cache)} is not no-cache, no-store, immutable or a whole number of seconds up to ${LONGEST_AGE}`,
    )
  }
  return `max-age=${cache}`
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[\w.~:[\]-]+$/

/** An origin as browsers write it (RFC 6454 §6.2), since that is what it is compared with. */
function checkCors(cors: false | string): ResolvedLive['cors'] {
  if (cors === false || cors === 'any') return cors
  const remedy = `${quote(cors)} is not false, 'any' or an origin such as https://app.example`
  if (typeof cors !== 'string') throw wrong('cors', remedy, TypeError)
  const { origin = cors } = /^https?:/i.test(cors) ? (parseUrl(cors) ?? {}) : {}
  if (origin !== cors) throw wrong('cors', `${remedy}; did you mean ${origin}?`)
  if (!ORIGIN.test(cors)) throw wrong('cors', remedy)
  return cors
}

function parseUrl(text: string): { readonly origin?: string } | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// RFC 9110 §5.5: no control characters, no space at either end; what is not ASCII has no agreed meaning.
const FIELD_VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/

/** About the message, the connection or the representation: only the server knows them. */
const RESERVED = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade'],
  ...['content-length', 'content-type', 'content-encoding', 'content-range', 'accept-ranges', 'date'],
  ...['etag', 'last-modified', 'allow', 'location', 'www-authenticate', 'host'],
])

function checkFields(fields: readonly Field[]): readonly Field[] {
  if (!Array.isArray(fields)) throw wrong('fields', 'not a list of names and values', TypeError)
  return fields.map(([name, value]): Field => {
    if (typeof name !== 'string' || !FIELD_NAME.test(name)) {
      throw wrong('fields', `${quote(name)} is not the name of a field, such as X-Frame-Options`)
    }
    if (name.toLowerCase() === 'cache-control')
      throw wrong('fields', 'for Cache-Control use the option cache')
    if (RESERVED.has(name.toLowerCase())) throw wrong('fields', `${name} is set by the server itself`)
    if (typeof value !== 'string' || !FIELD_VALUE.test(value)) {
      throw wrong('fields', `the value of ${name} may hold printable ASCII only, and no space at its ends`)
    }
    return [name, value]
  })
}

function checkTls(tls: TlsIdentity | null): TlsIdentity | null {
  if (tls === null || (typeof tls.cert === 'string' && typeof tls.key === 'string')) return tls
  throw wrong('tls', 'not a certificate and its key', TypeError)
}

function checkSlowness(throttle: ThrottleNumbers | null): ThrottleNumbers | null {
  try {
    return throttle === null ? null : checkThrottle(throttle)
  } catch (error) {
    throw wrong('throttle', error instanceof Error ? error.message : 'not the numbers of a network')
  }
}

function checkBlocked(blocked: readonly string[]): ReadonlySet<string> {
  if (Array.isArray(blocked) && blocked.every(address => isIP(address) !== 0)) {
    return new Set(blocked.map(clientForm))
  }
  throw wrong('blocked', 'not a list of IP addresses', TypeError)
}

/** As the system writes the address of a client: short, in lower case, and IPv4 without the IPv6 around it. */
function clientForm(address: string): string {
  const [text = '', zone] = address.split('%')
  if (isIP(text) !== 6) return address
  const short = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short)?.slice(1)
  if (mapped === undefined) return zone === undefined ? short : `${short}%${zone}`
  return mapped
    .flatMap(group => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join('.')
}

function checkAuth(auth: Credentials): Credentials {
  if (typeof auth !== 'object') throw wrong('auth', 'not a user and a password', TypeError)
  const { user } = auth
  // A hash was made from a password that was right once.
  const password = 'hash' in auth ? auth.hash : auth.password
  if (typeof user !== 'string' || typeof password !== 'string') {
    throw wrong('auth', 'not a user and a password', TypeError)
  }
  // RFC 7617 §2; the errors do not repeat what was given.
  if (user === '' || password === '') throw wrong('auth', 'needs a user and a password that are not empty')
  if (user.includes(':')) throw wrong('auth', 'the name of the user may not hold a colon')
  if (/\p{Cc}/u.test(user + password))
    throw wrong('auth', 'neither user nor password may hold control characters')
  return auth
}

function checkUploads(uploads: UploadOptions | null): Required<UploadOptions> | null {
  if (uploads === null) return null
  if (typeof uploads !== 'object')
    throw wrong('uploads', 'neither null nor { maxSize, overwrite }', TypeError)
  const { maxSize = Number.POSITIVE_INFINITY, overwrite = false } = uploads
  if (maxSize !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(maxSize) || maxSize < 1)) {
    throw wrong('uploads', 'maxSize is not a whole number of bytes from 1')
  }
  return { maxSize, overwrite: checkBoolean('uploads', overwrite) }
}

const HOST_NAME = /^(?:\*\.)?(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i

function checkHosts(hosts: readonly string[]): readonly string[] {
  if (!Array.isArray(hosts)) throw wrong('hosts', 'not a list of host names', TypeError)
  return hosts.map(host => {
    if (typeof host !== 'string' || host.length > 253 || !HOST_NAME.test(host)) {
      throw wrong(
        'hosts',
        `${quote(host)} is not a host name; give it without scheme and port, such as site.test or *.site.test`,
      )
    }
    return host.toLowerCase()
  })
}

function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
