/**
 * One request as a curl command line for a POSIX shell. Everything that came
 * from the network is quoted, so that pasting it can only run curl. Fields
 * that curl makes itself are left out; a body was never kept, so none is sent.
 */
import type { Field } from '../../electron/contract.ts'

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
export function curlCommand(origin: string, { method, target, fields, user }: CurlRequest): string {
  const url = urlOf(origin, target)
  const words = ['curl']
  if (method === 'HEAD')
    words.push('--head') // -X HEAD would wait for a body
  else if (method !== 'GET' && TOKEN.test(method)) words.push(`-X ${quote(method)}`)
  if (/\/\.{1,2}(\/|\?|$)/.test(url)) words.push('--path-as-is')
  if (/[[\]{}]/.test(target)) words.push('--globoff')
  // curl may not know the authority of the certificate, nor a name of this computer in one's own.
  if (origin.startsWith('https:')) words.push('--insecure')
  if (user !== undefined) words.push(`--user ${quote(user)}`)
  words.push(quote(url))
  // curl decodes only what it asked for itself.
  if (fields.some(([name]) => name === 'accept-encoding')) words.push('--compressed')
  for (const [name, value] of fields) {
    if (TOKEN.test(name) && !MADE_BY_CURL.has(name)) words.push(`-H ${quote(fieldOf(name, value))}`)
  }
  return words.join(' \\\n  ')
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
  // Interactive bash expands "!" in this kind of quotes.
  const escaped = text.replace(/[\\']/g, '\\$&').replace(/[^\x20-\x7e]|!/g, character =>
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
