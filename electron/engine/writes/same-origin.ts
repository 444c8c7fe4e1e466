/**
 * Whether a request to change something comes from where it may. What a browser
 * sends must come from a page of this very server and hold its token, so that no
 * other site can write here through a visitor's browser. What no browser sends
 * (curl -T) needs neither: it brings no rights that it was not given, and no page
 * can send it, as each method but POST asks first (CORS preflight), in vain.
 */
import { crypto } from '../built-ins.ts'
import type { Request } from '../request.ts'
import { WriteProblem } from './write-problem.ts'

/** New with each start of a server; the listing page holds it. */
export function createToken(): string {
  return crypto().randomBytes(18).toString('base64url')
}

const TOKEN_FIELD = 'Servebar-Token'

type Asked = Pick<Request, 'method' | 'fields'> & { readonly authority: string | null }

/** Throws for what another site sent. `authority`: the host and port that the request is for. */
export function checkOrigin({ fields, authority }: Asked): void {
  const { origin } = fields
  const site = fields['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') throw new WriteProblem('foreign')
  if (origin !== undefined && !isSameHost(origin, authority)) throw new WriteProblem('foreign')
}

/** Throws when the token is missing where there must be one, or is not this server's. `given`: by a form. */
export function checkToken(request: Asked, token: string, given?: string): void {
  const { fields, method } = request
  const found = given ?? fields['servebar-token']
  if (found === undefined) {
    const { origin, referer } = fields
    const fromBrowser =
      origin !== undefined || referer !== undefined || fields['sec-fetch-site'] !== undefined
    // A form is what old browsers send for any site without saying so.
    if (fromBrowser || method === 'POST') {
      throw new WriteProblem('token', { detail: `Send the token of the listing page as ${TOKEN_FIELD}.` })
    }
    return
  }
  const [a, b] = [Buffer.from(String(found)), Buffer.from(token)]
  if (a.length !== b.length || !crypto().timingSafeEqual(a, b)) {
    throw new WriteProblem('token', { detail: 'The server has started anew. Load the page again.' })
  }
}

/** Compares host and port. The scheme is left out: behind something that ends TLS it is another. */
export function isSameHost(origin: string, authority: string | null): boolean {
  if (authority === null) return false
  try {
    const { protocol, host } = new URL(origin)
    return (
      (protocol === 'http:' || protocol === 'https:') && new URL(`${protocol}//${authority}`).host === host
    )
  } catch {
    return false
  }
}
