/**
 * One request as a curl command line: for a POSIX shell, on Windows for cmd and
 * PowerShell. Everything that came from the network is quoted, so that pasting
 * it can only run curl. Fields that curl makes itself are left out; a body was
 * never kept, so none is sent.
 */
import type { Field, HostInfo } from '../../electron/contract.ts'

export interface CurlRequest {
  readonly method: string
  /** As received: RFC 9112 §3.2. */
  readonly target: string
  readonly fields: readonly Field[]
  /** Who may read has to say a password: curl asks for it, since it was not kept. */
  readonly user?: string
}

/** A method or field name: RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const MADE_BY_CURL = new Set([
  'accept-encoding', // by --compressed
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
  'expect',
  // Kept without what they prove.
  'authorization',
  'proxy-authorization',
])

/** `origin` is scheme, host and port: `http://localhost:8080`. */
export function curlCommand(origin: string, request: CurlRequest, os: HostInfo['os'] = 'linux'): string {
  const words = wordsOf(origin, request)
  if (os === 'win32') return ['curl.exe', ...words.flatMap(quoteOnWindows)].join(' ')
  return ['curl', ...words.map(group => group.map(quote).join(' '))].join(' \\\n  ')
}

/** An option and its value belong together. */
function wordsOf(
  origin: string,
  { method, target, fields, user }: CurlRequest,
): readonly (readonly string[])[] {
  const url = urlOf(origin, target)
  const words: string[][] = []
  if (method === 'HEAD')
    words.push(['--head']) // -X HEAD would wait for a body
  else if (method !== 'GET' && TOKEN.test(method)) words.push(['-X', method])
  if (/\/\.{1,2}(\/|\?|$)/.test(url)) words.push(['--path-as-is'])
  if (/[[\]{}]/.test(target)) words.push(['--globoff'])
  // curl may not know the authority of the certificate, nor a name of this computer in one's own.
  if (origin.startsWith('https:')) words.push(['--insecure'])
  if (user !== undefined) words.push(['--user', user])
  words.push([url])
  // curl decodes only what it asked for itself.
  if (fields.some(([name]) => name === 'accept-encoding')) words.push(['--compressed'])
  for (const [name, value] of fields) {
    if (TOKEN.test(name) && !MADE_BY_CURL.has(name) && !isMasked(name, value))
      words.push(['-H', fieldOf(name, value)])
  }
  return words
}

/** Of an earlier run, of which only the names of cookies were kept. */
function isMasked(name: string, value: string): boolean {
  return (name === 'cookie' || name === 'servebar-token') && value.includes('***')
}

/** Always this site's origin: an absolute target is answered here too, whatever host it names (RFC 9112 §3.2.2). */
function urlOf(origin: string, target: string): string {
  const path = target.replace(/^https?:\/\/[^/?]*/i, '')
  const url = origin + (path.startsWith('/') ? path : `/${path.startsWith('?') ? path : ''}`)
  return url.replace(/[^\x21-\x7e]/g, character =>
    bytesOf(character)
      .map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  )
}

/** `name;` is how curl is told to send a field without a value. */
function fieldOf(name: string, value: string): string {
  return value === '' ? `${name};` : `${name}: ${value}`
}

/** A word for the shell: as it is, in '…', or with bytes beside printable ASCII as octal in $'…' (POSIX.1-2024 §2.2.4). */
export function quote(text: string): string {
  if (/^[\w./:@%+=,-]+$/.test(text)) return text
  if (/^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`
  // Interactive bash expands "!" in this kind of quotes; and to dash, which does not know them, "\'" would be their end.
  const escaped = text.replaceAll('\\', '\\\\').replace(/[^\x20-\x7e]|[!']/g, character =>
    bytesOf(character)
      .map(byte => `\\${byte.toString(8).padStart(3, '0')}`)
      .join(''),
  )
  return `$'${escaped}'`
}

/** What came from the network is bytes, which Node hands on as Latin-1. */
function bytesOf(character: string): readonly number[] {
  const code = character.charCodeAt(0)
  return code <= 0xff ? [code] : [...new TextEncoder().encode(character)]
}

/** What cmd or PowerShell would act on within double quotes, or would take for their end; of `%` all but an escape. */
const ACTIVE_ON_WINDOWS = /[^\x20-\x7e]|["$`]|%(?![0-9a-f]{2})|\\$/gi

/**
 * The two have no kind of quotes in common that holds anything: what cannot be said in both is escaped in an address,
 * and else left out.
 */
function quoteOnWindows(group: readonly string[]): readonly string[] {
  const safe = group.map(word =>
    /^https?:/.test(word) && group.length === 1 ? word.replace(ACTIVE_ON_WINDOWS, escaped) : word,
  )
  if (safe.some(word => word.search(ACTIVE_ON_WINDOWS) >= 0)) return []
  return safe.map(word => (/^[\w./:-]+$/.test(word) ? word : `"${word}"`))
}

const escaped = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
