/**
 * Whether pages of other origins may read the answers (Fetch Standard, CORS
 * protocol). Without credentials: no page can use a visitor's password. A
 * preflight is answered for whoever may read, and tells what may be sent.
 */
import type { IncomingHttpHeaders } from 'node:http'

/** Nobody, everybody, or the pages of one origin. */
export type CorsPolicy = false | 'any' | (string & {})

/** What scripts may see besides the safelisted fields: what ranges and revalidation need. */
const EXPOSED = 'Accept-Ranges, Content-Encoding, Content-Range, Date, ETag, Location'
/** Browsers ask again after this, in seconds. */
const PREFLIGHT_AGE = '600'

function mayRead(policy: CorsPolicy, origin: string | undefined): boolean {
  return policy === 'any' || (policy !== false && origin === policy)
}

/** For each answer, an error too: a script that may read must also see why it cannot. */
export function corsFields(policy: CorsPolicy, origin: string | undefined): readonly string[] {
  if (policy === false) return []
  const allowed = ['Access-Control-Allow-Origin', policy === 'any' ? '*' : policy]
  const exposed = ['Access-Control-Expose-Headers', EXPOSED]
  if (policy === 'any') return [...allowed, ...exposed]
  // A cache must not hand the answer for one origin to a page of another.
  return mayRead(policy, origin) ? [...allowed, ...exposed, 'Vary', 'Origin'] : ['Vary', 'Origin']
}

const TOKEN_LIST = /^[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*[ \t]*$/
const LONGEST_LIST = 4_000

/** What a preflight is told besides corsFields(); null when the request is none, or comes from one who may not read. */
export function preflightFields(
  policy: CorsPolicy,
  method: string,
  fields: IncomingHttpHeaders,
  allow: string,
): readonly string[] | null {
  const isPreflight = fields.origin !== undefined && fields['access-control-request-method'] !== undefined
  if (method !== 'OPTIONS' || !isPreflight || !mayRead(policy, fields.origin)) return null
  const answer = ['Access-Control-Allow-Methods', allow, 'Access-Control-Max-Age', PREFLIGHT_AGE]
  const names = fields['access-control-request-headers']
  if (names !== undefined && names.length <= LONGEST_LIST && TOKEN_LIST.test(names)) {
    answer.push('Access-Control-Allow-Headers', names)
  }
  // Private Network Access: a page of the internet asks this computer.
  if (fields['access-control-request-private-network'] === 'true') {
    answer.push('Access-Control-Allow-Private-Network', 'true')
  }
  answer.push('Vary', 'Access-Control-Request-Headers, Access-Control-Request-Private-Network')
  return answer
}
