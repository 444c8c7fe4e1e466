/**
 * Request target -> path inside the root, or a refusal (RFC 9112 §3.2, RFC 3986).
 * Decodes once and only once. Promises that `path` holds no empty, `.` or `..`
 * segment, no NUL and no separator that came from an escape. Does not look at
 * the disk: symlinks are representation.ts's business.
 */

/** Longer targets answer 414. The header section as a whole may be larger. */
export const MAX_TARGET_LENGTH = 8_000

export interface Target {
  readonly kind: 'path'
  /** Relative to the root, `/` between segments, decoded; `''` is the root. U+FFFD where `bytes` is set. */
  readonly path: string
  /** The same as it stands on disk, when it is not valid UTF-8; else null. */
  readonly bytes: Buffer | null
  /** The target ended in `/` and so asks for a folder. */
  readonly folder: boolean
  /** `?` and what follows, as received, or `''`. */
  readonly query: string
  /** Some segment starts with a dot and is not `.well-known`. */
  readonly hidden: boolean
  /** Some segment is the engine's own folder: private also where hidden names are served. */
  readonly reserved: boolean
  /** Authority of an absolute-form target: replaces Host (RFC 9112 §3.2.2). */
  readonly authority: string | null
}

export type ParsedTarget =
  | Target
  | { readonly kind: 'asterisk' }
  | { readonly kind: 'refused'; readonly status: 400 | 404 | 414 | 421; readonly authority: string | null }

const ABSOLUTE_FORM = /^http(s?):\/\/([^/?#]*)/i

export function parseTarget(raw: string, platform: NodeJS.Platform): ParsedTarget {
  if (raw.length > MAX_TARGET_LENGTH) return refused(414, null)
  if (raw === '*') return { kind: 'asterisk' }
  let authority: string | null = null
  let origin = raw
  if (!raw.startsWith('/')) {
    const match = ABSOLUTE_FORM.exec(raw)
    if (!match) return refused(400, null)
    authority = match[2] ?? ''
    // It asks for a secured connection, which this is not (RFC 9110 §7.4).
    if (match[1] !== '') return refused(421, authority)
    origin = raw.slice(match[0].length)
    if (!origin.startsWith('/')) origin = `/${origin}`
  }
  // A fragment is never sent (RFC 9112 §3.2); a target with one is no target.
  if (origin.includes('#')) return refused(400, authority)
  const mark = origin.indexOf('?')
  const rawPath = mark < 0 ? origin : origin.slice(0, mark)
  const query = mark < 0 ? '' : origin.slice(mark)

  const segments: string[] = []
  let undecodable = false
  let folder = false
  let hidden = false
  let reserved = false
  for (const rawSegment of rawPath.split('/').slice(1)) {
    const name = decodeOnce(rawSegment)
    if (name === null) return refused(400, authority)
    folder = name === '' || name === '.' || name === '..'
    if (name === '' || name === '.') continue
    if (name === '..') {
      // Above the root there is nothing; a client would have dropped it (RFC 3986 §5.2.4).
      if (segments.pop() === undefined) return refused(400, authority)
      continue
    }
    if (name.includes('/')) return refused(404, authority)
    segments.push(name)
  }
  for (const name of segments) {
    const text = utf8(name)
    if (text === null) undecodable = true
    // Only where names are bytes can a file have a name that is not UTF-8.
    if (text === null ? platform === 'win32' || platform === 'darwin' : !isPortableName(text, platform)) {
      return refused(404, authority)
    }
    if (isHidden(text ?? name, platform)) hidden = true
    if (isReserved(text ?? name)) reserved = true
  }
  const joined = Buffer.from(segments.join('/'), 'latin1')
  return {
    kind: 'path',
    path: joined.toString('utf8'),
    bytes: undecodable ? joined : null,
    folder,
    query,
    hidden,
    reserved,
    authority,
  }
}

/** The same, for one platform; keeps what it parsed, since a browser asks for the same few again and again. */
export function createTargetParser(platform: NodeJS.Platform): (raw: string) => ParsedTarget {
  const known = new Map<string, ParsedTarget>()
  return raw => {
    let target = known.get(raw)
    if (target === undefined) {
      target = parseTarget(raw, platform)
      if (known.size >= MAX_KNOWN) known.clear()
      if (raw.length <= MAX_KNOWN_LENGTH) known.set(raw, target)
    }
    return target
  }
}

const MAX_KNOWN = 2_000
const MAX_KNOWN_LENGTH = 200

function refused(status: 400 | 404 | 414 | 421, authority: string | null): ParsedTarget {
  return { kind: 'refused', status, authority }
}

const ESCAPE = /%([0-9a-f]{2})?/gi
// Neither raw controls and spaces nor an escaped NUL; bytes above ASCII are what curl sends for `é`.
const NOT_A_TARGET = /[^\x21-\x7e\x80-\xff]|%00/

/** Percent-decodes into one character per byte, so that names which are not UTF-8 survive; null when an escape is broken or a control character is raw. */
function decodeOnce(raw: string): string | null {
  if (NOT_A_TARGET.test(raw)) return null
  if (!raw.includes('%')) return raw
  let broken = false
  const decoded = raw.replace(ESCAPE, (_, hex: string | undefined) => {
    if (hex === undefined) broken = true
    return hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16))
  })
  return broken ? null : decoded
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const ASCII = /^[\x20-\x7e]*$/

/** The text of a byte string, or null when it is not UTF-8 (overlong forms and lone surrogates are not). */
function utf8(bytes: string): string | null {
  if (ASCII.test(bytes)) return bytes
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return null
  }
}

// Code points that HFS+ leaves out when it compares names: `\u200c.env` would open `.env`.
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/** Whether a name stays private unless the `dotfiles` option is on. */
export function isHidden(name: string, platform: NodeJS.Platform): boolean {
  const seen = platform === 'darwin' ? name.replace(IGNORED_BY_HFS, '') : name
  return seen.startsWith('.') && seen !== '.well-known'
}

/** Where the engine keeps what is its own in a folder that it serves: uploads that are under way. */
export const RESERVED = '.servebar'

/** Also as file systems that fold case would find it. */
export function isReserved(name: string): boolean {
  return (
    name.length >= RESERVED.length &&
    name.length < 40 &&
    // In capitals, as `ſ` is an s to APFS, too.
    name.replace(IGNORED_BY_HFS, '').normalize('NFC').toUpperCase() === '.SERVEBAR'
  )
}

const WINDOWS_FORBIDDEN = /[\\:*?"<>|\p{Cc}]|[. ]$/u
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i
const WINDOWS_SHORT_NAME = /~[0-9]/

/**
 * Windows reads more into a name than its characters: drives, streams (`a.txt::$DATA`), devices, trailing dots and
 * the 8.3 alias of another file. None of these may open a file that was not named.
 */
export function isPortableName(name: string, platform: NodeJS.Platform): boolean {
  if (platform !== 'win32') return true
  return !WINDOWS_FORBIDDEN.test(name) && !WINDOWS_DEVICE.test(name) && !WINDOWS_SHORT_NAME.test(name)
}

const PLAIN_PATH = /^[\w.~/-]*$/

/** A decoded path as it stands in a URL; leads back to the same bytes. */
export function encodePath(path: string | Buffer): string {
  if (typeof path !== 'string') {
    let encoded = ''
    for (const byte of path) {
      const char = String.fromCharCode(byte)
      encoded += /[A-Za-z0-9._~/-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    }
    return encoded
  }
  if (PLAIN_PATH.test(path)) return path
  // Windows allows half a surrogate pair in a name; encodeURIComponent would throw.
  const encoded = encodeURIComponent(path.replace(/\p{Surrogate}/gu, '\ufffd'))
  // An apostrophe may stand in a URL, but not in every place where URLs are quoted.
  return encoded.replaceAll('%2F', '/').replaceAll("'", '%27')
}

/** The query of a request, as it may stand in a field; what it may hold stays as it came (RFC 3986 §2). */
export function encodeQuery(query: string): string {
  return query.replace(/[^\x21-\x7e]|["<>\\^`{|}]/g, found => encodePath(Buffer.from(found, 'latin1')))
}
