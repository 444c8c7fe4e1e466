/**
 * What node:http's parser refuses -> which answer it gets, and what can still
 * be told of the request for its exchange record. Looks at the last packet
 * only; a request line that came before it is not known. Also what that parser
 * lets through, and should not.
 */
import type { IncomingMessage } from 'node:http'
import type { ErrorName } from './error-page.ts'
import { MAX_TARGET_LENGTH } from './target.ts'

export interface RefusedRequest {
  readonly name: ErrorName
  /** Null when the request line is not known. */
  readonly line: { readonly method: string; readonly target: string; readonly httpVersion: string } | null
}

type ParserError = NodeJS.ErrnoException & {
  readonly rawPacket?: Buffer
  readonly bytesParsed?: number
  /** The parser's own words. */
  readonly reason?: string
}

/** Field lines of a request. The parser counts the bytes of names and values alone, so short ones have no end. */
const MAX_FIELDS = 1_000

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const REQUEST_LINE = new RegExp(`^(?:\\r?\\n)*(${TOKEN}) ([^ \\r\\n]+) HTTP/(\\d\\.\\d)\\r?\\n`)
/** A request line whose end is in a later packet. */
const BEGUN_LINE = new RegExp(`^(?:\\r?\\n)*${TOKEN}(?: /[^ \\r\\n]*)?$`)
const LONG_TARGET = new RegExp(`^(?:\\r?\\n)*${TOKEN} [^ \\r\\n]{${MAX_TARGET_LENGTH + 1},}`)

/** Null when there is no one to answer: the connection failed, not the request. */
export function describeRefused(error: ParserError): RefusedRequest | null {
  const { code = '' } = error
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { name: 'timeout', line: null }
  // The preface of HTTP/2 (RFC 9113 §3.4) looks like a request, and is none.
  if (code === 'HPE_PAUSED_H2_UPGRADE') return { name: 'version', line: null }
  if (!code.startsWith('HPE_')) return null
  const packet = refusedPart(error)
  const match = REQUEST_LINE.exec(packet)
  const line = match ? { method: match[1] ?? '', target: match[2] ?? '', httpVersion: match[3] ?? '' } : null
  return { name: nameFor(error, packet, line), line }
}

/** The last packet from where the refused request starts in it; others may stand before it (pipelining). */
function refusedPart({ rawPacket, bytesParsed = 0 }: ParserError): string {
  const packet = rawPacket?.toString('latin1') ?? ''
  // An end of header section right where the parser stopped is the refused request's own.
  const end = bytesParsed < 5 ? -1 : packet.lastIndexOf('\r\n\r\n', bytesParsed - 5)
  return end < 0 ? packet : packet.slice(end + 4)
}

/** Messages whose end two readers may see in different places (RFC 9112 §6.1, §11.2), versions other than 1.x, endless fields. */
export function refusedFraming({ httpVersion, headers, rawHeaders }: IncomingMessage): ErrorName | null {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'version'
  if (rawHeaders.length > 2 * MAX_FIELDS) return 'fields-too-large'
  const coding = headers['transfer-encoding']
  if (coding === undefined) return null
  if (httpVersion === '1.0') return 'bad-request'
  const codings = coding.toLowerCase().split(/[ \t]*,[ \t]*/)
  if (codings.indexOf('chunked') !== codings.length - 1) return 'bad-request'
  return codings.length === 1 ? null : 'unknown-coding'
}

/** Methods of RTSP and HTTP/2, which the parser knows but takes for no method of HTTP/1. */
const FOREIGN_METHOD = /^Invalid method for HTTP|Connection Preface/

function nameFor(
  { code, reason = '' }: ParserError,
  packet: string,
  line: RefusedRequest['line'],
): ErrorName {
  if (FOREIGN_METHOD.test(reason) && line !== null && /^1\.[01]$/.test(line.httpVersion))
    return 'unknown-method'
  if (line !== null && !line.httpVersion.startsWith('1.')) return 'version'
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return LONG_TARGET.test(packet) ? 'target-too-long' : 'fields-too-large'
    case 'HPE_INVALID_VERSION':
      // 1.2 and the like, for which the parser has no rules; a line that ends in a bare LF fails here too.
      return line === null || /^1\.[01]$/.test(line.httpVersion) ? 'bad-request' : 'version'
    case 'HPE_INVALID_METHOD':
      // Only what is otherwise a request: anything else that is no method is no HTTP either.
      return line === null && !BEGUN_LINE.test(packet) ? 'bad-request' : 'unknown-method'
    default:
      return 'bad-request'
  }
}
