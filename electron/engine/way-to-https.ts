/**
 * What a request gets that comes by plain HTTP to a port of HTTPS: the address
 * that it should have had, or the certificate of this computer, which a device
 * needs before that address opens without a warning.
 */
import { respondWithAuthority } from './authority-page.ts'
import type { Request, Site } from './request.ts'
import { createResponse, type Response, refuse } from './response.ts'

export function respondWithWay(request: Request, site: Site): Response {
  const [host, second] = request.hosts
  if (host === undefined || second !== undefined || site.checkHost(host) === 'malformed') {
    return refuse('bad-request', request, {})
  }
  if (site.checkHost(host) === 'foreign') return refuse('foreign-host', request, {})
  if (site.live.blocked.has(request.client)) return refuse('blocked', request, {})
  const target = site.parseTarget(request.target)
  if (target.kind !== 'path' || !request.target.startsWith('/')) return refuse('bad-request', request, {})
  const own = site.authority === null ? null : respondWithAuthority(target, request, site.authority)
  if (own !== null) return own
  const location = `https://${host}${request.target.replace(/[^\x21-\x7e]/g, encodeURIComponent)}`
  // 308 keeps the method (RFC 9110 §15.4.9); not for ever, as the owner may switch HTTPS off again.
  return createResponse(308, ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-store'], null)
}
