/**
 * Who may read: Basic authentication (RFC 7617). Keeps a digest instead of the
 * password, and compares in a time that tells nothing of it. Does not slow down
 * who guesses, and does not encrypt: on a network that others share, TLS has to.
 */
import { crypto } from './built-ins.ts'

/** Whether an Authorization field names the right user and password. */
export type Verifier = (authorization: string | undefined) => boolean

/** §2.1: the client encodes what is typed in UTF-8. */
export const CHALLENGE = ['WWW-Authenticate', 'Basic realm="Servebar", charset="UTF-8"']

// The scheme in any case (RFC 9110 §11.1); browsers and tools send one space and padded Base64.
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i

export function createVerifier({ user, password }: { user: string; password: string }): Verifier {
  const { createHmac, randomBytes, timingSafeEqual } = crypto()
  // A key of its own: the digest is of no use to who sees it.
  const key = randomBytes(32)
  const digest = (pair: Buffer | string): Buffer => createHmac('sha256', key).update(pair).digest()
  const expected = digest(`${user}:${password}`.normalize('NFC'))
  return authorization => {
    const match = BASIC.exec(authorization ?? '')
    if (!match) return false
    const pair = Buffer.from(match[1] ?? '', 'base64')
    // Digests have one length, whatever was sent.
    return timingSafeEqual(digest(normalized(pair)), expected)
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** `é` can be typed in two ways; both are the same password (RFC 8265 §4.2.2). */
function normalized(pair: Buffer): Buffer | string {
  try {
    return decoder.decode(pair).normalize('NFC')
  } catch {
    return pair
  }
}

const SECRET = new Set(['authorization', 'proxy-authorization'])
const SCHEME = /^(?:basic|bearer|digest|negotiate|ntlm)(?= )/i

/** What a record may hold of a request field: the scheme of credentials, not themselves. `name` in lower case. */
export function maskSecret(name: string, value: string): string {
  if (!SECRET.has(name)) return value
  const scheme = SCHEME.exec(value)
  return scheme ? `${scheme[0]} ***` : '***'
}
