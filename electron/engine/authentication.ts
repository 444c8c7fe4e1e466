/**
 * Who may read: Basic authentication (RFC 7617), against a password or the hash
 * of one (password-hash.ts). Compares in a time that tells nothing, and slows
 * down who guesses (guesses.ts). Keeps a digest of what was right last, so that
 * a hash, which is slow on purpose, is asked once and not at each request. Does
 * not encrypt: on a network that others share, TLS has to.
 */
import { crypto } from './built-ins.ts'
import { Guesses } from './guesses.ts'
import { matchesHash } from './password-hash.ts'
import { type Soon, whenReady } from './soon.ts'
import type { Credentials } from './types.ts'

/** Whether an Authorization field names the right user and password. `address`: who asks. Never rejects. */
export type Verifier = (authorization: string | undefined, address?: string) => Soon<boolean>

/** §2.1: the client encodes what is typed in UTF-8. */
export const CHALLENGE = ['WWW-Authenticate', 'Basic realm="Servebar", charset="UTF-8"']

// The scheme in any case (RFC 9110 §11.1); browsers and tools send one space and padded Base64.
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i

export function createVerifier(credentials: Credentials, guesses = new Guesses()): Verifier {
  const { createHmac, randomBytes, timingSafeEqual } = crypto()
  // A key of its own: the digest is of no use to who sees it.
  const key = randomBytes(32)
  const digest = (pair: Buffer | string): Buffer => createHmac('sha256', key).update(pair).digest()
  const check = createCheck(credentials, (one, other) => timingSafeEqual(digest(one), digest(other)))
  /** Digest of what was right last. Who has it does not wait for others that guess at the same address. */
  let proven: Buffer | null = null
  /** Under way, by address and digest: a page asks for all that it is made of at once, with one password. */
  const open = new Map<string, Promise<boolean>>()

  return (authorization, address = '') => {
    const match = BASIC.exec(authorization ?? '')
    if (!match) return false
    const pair = normalized(Buffer.from(match[1] ?? '', 'base64'))
    const mark = digest(pair)
    // Digests have one length, whatever was sent.
    if (proven !== null && timingSafeEqual(mark, proven)) return true
    const name = `${address} ${mark.toString('base64')}`
    const asked = open.get(name)
    if (asked) return asked
    const settle = (isRight: boolean): boolean => {
      if (!isRight) return false
      proven = mark
      guesses.right(address)
      return true
    }
    const verdict = whenReady(guesses.begin(address), mayLook => mayLook && whenReady(check(pair), settle))
    if (!(verdict instanceof Promise)) return verdict
    const work = verdict.catch(() => false).finally(() => open.delete(name))
    open.set(name, work)
    return work
  }
}

type Equals = (one: Buffer | string, other: string) => boolean

function createCheck(credentials: Credentials, equals: Equals): (pair: Buffer | string) => Soon<boolean> {
  const user = credentials.user.normalize('NFC')
  if ('password' in credentials) {
    const expected = `${user}:${credentials.password.normalize('NFC')}`
    return pair => equals(pair, expected)
  }
  return pair => {
    // What is no UTF-8 was never made a hash of.
    if (typeof pair !== 'string') return false
    const colon = pair.indexOf(':')
    const isUser = equals(pair.slice(0, Math.max(colon, 0)), user)
    // Asked for a wrong name too: the time tells nothing of it.
    return matchesHash(pair.slice(colon + 1), credentials.hash).then(isRight => isRight && isUser)
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
