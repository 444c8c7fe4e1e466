/**
 * What node:http's parser refuses -> which answer it gets, and what can still
 * be told of the request for its exchange record. Looks at the last packet
 * only; a request line that came before it is not known.
 */
import type { ErrorName } from './error-page.ts'
import { MAX_TARGET_LENGTH } from './target.ts'

export interface RefusedRequest {
  readonly name: ErrorName
  /** Null when the request line is not known. */
  readonly line: { readonly method: string; readonly target: string; readonly httpVersion: string } | null
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const REQUEST_LINE = new RegExp(`^(?:\\r?\\n)*(${TOKEN}) ([^ \\r\\n]+) HTTP/(\\d\\.\\d)\\r?\\n`)
const LONG_TARGET = new RegExp(`^(?:\\r?\\n)*${TOKEN} [^ \\r\\n]{${MAX_TARGET_LENGTH + 1},}`)

/** Null when there is no one to answer: the connection failed, not the request. */
export function describeRefused(
  error: NodeJS.ErrnoException & { rawPacket?: Buffer },
): RefusedRequest | null {
  const { code = '' } = error
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { name: 'timeout', line: null }
  if (!code.startsWith('HPE_')) return null
  const packet = error.rawPacket?.toString('latin1') ?? ''
  const match = REQUEST_LINE.exec(packet)
  const line = match ? { method: match[1] ?? '', target: match[2] ?? '', httpVersion: match[3] ?? '' } : null
  return { name: nameFor(code, packet, line), line }
}

function nameFor(code: string, packet: string, line: RefusedRequest['line']): ErrorName {
  if (line !== null && !line.httpVersion.startsWith('1.')) return 'version'
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return LONG_TARGET.test(packet) ? 'target-too-long' : 'fields-too-large'
    case 'HPE_INVALID_METHOD':
      // Only what is otherwise a request: anything else that is no method is no HTTP either.
      return line === null ? 'bad-request' : 'unknown-method'
    default:
      return 'bad-request'
  }
}
