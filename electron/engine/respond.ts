/**
 * The pipeline: request + site -> Response, decided as a value before a byte is
 * written. The steps, in this order and numbered in the code:
 *   1 host   2 who asks (preflight, password)   3 target   4 method
 *   5 private names   6 what it stands for (file, folder, clean URL, fallback)
 *   7 content coding   8 preconditions   9 range   10 fields and content
 *   11 what the owner adds
 * A step may end it early; later steps only add. Never throws or rejects, so an
 * error nobody thought of is a 500 and not a hanging request. What is in memory
 * is answered within the call: a promise comes only where the disk is waited for.
 */

import { CHALLENGE } from './authentication.ts'
import { respondWithAuthority } from './authority-page.ts'
import { applyCleanUrls, mayMove } from './clean-urls.ts'
import { evaluatePreconditions, NO_VALIDATORS } from './conditional.ts'
import { encodePage, selectForm } from './content-coding.ts'
import { preflightFields } from './cors.ts'
import type { ErrorName, ErrorPageOptions } from './error-page.ts'
import { withExtraFields, withOwnerFields } from './header-fields.ts'
import type { Found } from './kept-files.ts'
import { isFoundByFolding } from './letter-case.ts'
import { respondWithListing } from './listing.ts'
import { following } from './live/own-page.ts'
import { isToBeOpened, selectPage } from './live/page-form.ts'
import type { DiskPath } from './open-file.ts'
import { nearestAddress, redirectTo } from './redirect.ts'
import { type Missing, missingFor, nearestFolder, type Place } from './representation.ts'
import type { Request, Site } from './request.ts'
import { respondWithForm } from './respond-file.ts'
import { type Ruled, respondByRules, withoutConditions } from './respond-rules.ts'
import { createResponse, type Response, refuse, withContent, withoutContent } from './response.ts'
import { startPeriod } from './sight.ts'
import { isNavigation, NAVIGATION_FIELDS, orNavigation } from './single-page.ts'
import { type Soon, whenReady } from './soon.ts'
import type { ParsedTarget, Target } from './target.ts'
import { asksForZip, respondWithZip } from './zip/zip.ts'

export const ALLOW = 'GET, HEAD, OPTIONS'
const allowOf = ({ live, writes }: Site): string => [ALLOW, ...writes.methods(live)].join(', ')

export function respond(request: Request, site: Site): Soon<Response> {
  if (request.shares !== true) startPeriod()
  try {
    const response = decide(request, site)
    if (!(response instanceof Promise)) return finish(response, request, site)
    return response.catch(error => broken(error, request)).then(response => finish(response, request, site))
  } catch (error) {
    return finish(broken(error, request), request, site)
  }
}

function broken(error: unknown, request: Request): Response {
  return refuse('broken', request, {}, [], missingFor(error).cause)
}

function finish(response: Response, request: Request, site: Site): Response {
  // 11. What the owner adds, to errors too.
  const added = withOwnerFields(response, site.live, request.fields.origin)
  return request.method === 'HEAD' ? withoutContent(added) : added
}

function decide(request: Request, site: Site): Soon<Response> {
  const { method } = request
  const { live } = site

  // 1. Host comes before all else: to a foreign name nothing is told, not even what is allowed.
  const target = site.parseTarget(request.target)
  const hostError = checkHosts(request, site, target.kind === 'asterisk' ? null : target.authority)
  if (hostError !== null) return refuse(hostError, request, {})

  // 2. Who asks. A preflight never brings a password; without one, nothing is told of any target or method.
  const preflight = preflightFields(live.cors, method, request.fields, ALLOW)
  if (preflight !== null) return createResponse(204, ['Allow', ALLOW, ...preflight], null)
  if (live.blocked.has(request.client)) return refuse('blocked', request, {})
  if (live.verify === null) return decideForReader(target, request, site)
  return whenReady(live.verify(request.fields.authorization, request.client), isRight =>
    isRight ? decideForReader(target, request, site) : refuse('unauthorized', request, {}, CHALLENGE),
  )
}

/** Steps 3 and on: for who may read. */
function decideForReader(target: ParsedTarget, request: Request, site: Site): Soon<Response> {
  const { method } = request
  const { live } = site

  // 3. Target: what is none is none for every method (RFC 9112 §3.2).
  if (target.kind === 'refused') return refuse(REFUSED[target.status], request, {})

  // 4. Method (RFC 9110 §9). What changes something is decided apart.
  if (method === 'OPTIONS') {
    return createResponse(204, ['Allow', allowOf(site), ...site.writes.optionFields(site)], null)
  }
  const mayWrite = method !== 'GET' && (live.uploads !== null || live.manage)
  if (!mayWrite || target.kind !== 'path') return read(target, request, site)
  return site.writes.respond(request, target, site).then(written => written ?? read(target, request, site))
}

/** What changes nothing. */
function read(
  target: Exclude<ParsedTarget, { kind: 'refused' }>,
  request: Request,
  site: Site,
): Soon<Response> {
  const { method } = request
  const { live } = site
  if (method !== 'GET' && method !== 'HEAD') {
    return refuse('method-not-allowed', request, {}, ['Allow', allowOf(site)])
  }

  // Only OPTIONS may ask about the server as a whole.
  if (target.kind === 'asterisk') return refuse('bad-request', request, {})
  const page: ErrorPageOptions = { path: `/${target.path}${target.folder && target.path !== '' ? '/' : ''}` }

  // 5. Private names, whether they exist or not; but what is ours among them.
  const own = target.path.startsWith(OWN) ? respondOwn(target, request, site) : null
  if (own !== null) return own
  if (target.reserved || (target.hidden && !live.dotfiles)) return refuse('hidden', request, page)

  const work = { target, request, site, page, ruled: null }
  if (site.rules === null) return represent(work, 0)
  return respondByRules(target, request, site, site.rules, (target, site, ruled, request) =>
    represent({ target, request, site, page, ruled }, 0),
  )
}

/** Below this path, on every site, is what the server itself has to say. */
const OWN = '.servebar/'

function respondOwn(target: Target, request: Request, site: Site): Response | null {
  if (site.reload !== null) {
    const { status, fields, content } = site.reload.respond({ ...request, ...target }) ?? {}
    if (status !== undefined) return createResponse(status, fields ?? [], content ?? null)
  }
  return site.authority === null ? null : respondWithAuthority(target, request, site.authority)
}

interface Work {
  readonly target: Target
  readonly request: Request
  readonly site: Site
  readonly page: ErrorPageOptions
  /** What is otherwise under the rules of a host. */
  readonly ruled: Ruled | null
}

/** Steps 6 to 10. What changes meanwhile is asked for again, of the disk itself (`attempt` counts from 0). */
function represent(work: Work, attempt: number): Soon<Response> {
  const { target, request, site, page, ruled } = work
  const { live } = site
  // Whether it has a page of its own or not.
  if (target.folder && live.listing && asksForZip(target, site)) return respondWithZip(target, request, site)
  // 6. What it stands for.
  return whenReady(find(work, attempt > 0), found => {
    if (
      ruled !== null &&
      (found.kind === 'folder' || (found.kind === 'missing' && found.reason === 'absent'))
    ) {
      const instead = ruled.otherwise?.(found) ?? null
      if (instead !== null) return instead
    }
    if (found.kind === 'missing') return following(respondMissing(found, work), request, site)
    if (found.kind === 'slashless-folder') {
      return ruled?.slashless?.() ?? redirectTo({ ...target, folder: true }, target.query, site)
    }
    if (found.kind === 'moved') return redirectTo(found.place, target.query, site)
    if (found.kind === 'folder') {
      if (!live.listing) {
        const none = whenReady(respondWithOwnPage(work), own =>
          own !== null ? own : orNavigation(refuse('no-index', request, page), site),
        )
        return following(none, request, site)
      }
      return respondWithFolder(found.path, target, request, site, page)
    }
    const { file } = found
    const fallback = found.kind === 'fallback'
    if (site.reload !== null && attempt === 0 && isToBeOpened(file)) return represent(work, 1)
    // 7. Content coding; the page that reloads itself is another form, too.
    const form =
      site.reload === null ? selectForm(file, request, site) : selectPage(file, request, site, site.reload)
    const response = whenReady(form, form => {
      if (form === null) return refuse('not-acceptable', request, page, ['Vary', 'Accept-Encoding'])
      return respondWithForm(form, fallback, request, site, page)
    })
    return whenReady(response, response => {
      if (response === null) {
        // It is only known, not open; or it changed between its stat and its end: what is there now is the truth.
        if (attempt === 4) return refuse('broken', request, page, [], 'TRUNCATED')
        return represent(work, attempt + 1)
      }
      if (fallback) return varying(response, NAVIGATION_FIELDS)
      return whenReady(isFoundByFolding(file, site.platform), folded =>
        folded ? { ...response, note: 'letter-case' as const } : response,
      )
    })
  })
}

/** Step 6: what the path names, or what the owner wants in its place. `fresh`: not from memory. */
function find(work: Work, fresh: boolean) {
  const { target, site } = work
  const { live, files } = site
  const plain = files.select(target, live, fresh)
  if (!live.cleanUrls && !live.spa) return plain
  return whenReady(plain, found => {
    const stays = found.kind === 'file' && !(live.cleanUrls && mayMove(target, site))
    return stays ? found : findInPlace(found, work, fresh)
  })
}

async function findInPlace(plain: Found, { target, request, site, ruled }: Work, fresh: boolean) {
  const { live } = site
  const stays = ruled?.stays === true
  const found = live.cleanUrls ? await applyCleanUrls(plain, target, site, fresh, stays) : plain
  const nothing =
    (found.kind === 'missing' && found.reason === 'absent') || (found.kind === 'folder' && !live.listing)
  if (!live.spa || !nothing || !isNavigation(request, target)) return found
  const page = await site.files.select(ROOT, live, fresh)
  return page.kind === 'file' ? { kind: 'fallback' as const, file: page.file } : found
}

const ROOT: Place = { path: '', bytes: null, folder: true }

/** Steps 8 to 10 for a folder. */
async function respondWithFolder(
  path: DiskPath,
  target: Target,
  request: Request,
  site: Site,
  page: ErrorPageOptions,
): Promise<Response> {
  const response = await following(respondWithListing(path, target, site, request), request, site)
  if (response.status !== 200) return response
  const vary = site.live.codings ? 'Accept, Accept-Encoding' : 'Accept'
  // 10. Made for this request, it is compressed for it too. It holds no secret that its size could tell.
  const codable = site.live.codings && Buffer.isBuffer(response.content) ? response.content : null
  const encoded = codable && (await encodePage(codable, request.fields['accept-encoding']))
  if (codable && encoded === null) return refuse('not-acceptable', request, page, ['Vary', vary])
  // 8. A list has no validators; `If-Match: *` and its like are still answered. Last, because they count only where
  // the answer would be a list (§13.2.1).
  const verdict = evaluatePreconditions(request.fields, NO_VALIDATORS)
  if (verdict === 'failed') return refuse('precondition-failed', request, page)
  if (verdict === 'not-modified') {
    return createResponse(304, ['Cache-Control', 'no-cache', 'Vary', vary], null)
  }
  return encoded ? varying(withContent(response, encoded.content, encoded.coding), vary) : response
}

function varying(response: Response, names: string): Response {
  return withExtraFields(response, ['Vary', names])
}

const REFUSED = { 400: 'bad-request', 404: 'absent', 414: 'target-too-long', 421: 'foreign-host' } as const

function checkHosts(request: Request, site: Site, authority: string | null): ErrorName | null {
  const [host, second] = request.hosts
  if (second !== undefined || (host === undefined && request.httpVersion !== '1.0')) return 'bad-request'
  // Where the target names the authority, Host is not asked, but must still be one (RFC 9112 §3.2, §3.2.2).
  if (authority !== null && host !== undefined && site.checkHost(host) === 'malformed') return 'bad-request'
  const name = authority ?? host
  if (name === undefined) return null
  const decision = site.checkHost(name)
  if (decision !== 'served') return decision === 'foreign' ? 'foreign-host' : 'bad-request'
  return null
}

const MISSING: Readonly<Record<Missing['reason'], ErrorName>> = {
  absent: 'absent',
  unreadable: 'unreadable',
  outside: 'outside',
  link: 'link',
  special: 'special',
  busy: 'busy',
  broken: 'broken',
}

function respondMissing(found: Missing, work: Work): Soon<Response> {
  const { target, request, site, page } = work
  const { reason, cause } = found
  if (reason === 'busy') return refuse('busy', request, page, ['Retry-After', '1'], cause)
  if (reason !== 'absent') {
    return refuse(MISSING[reason], request, page, [], reason === 'broken' ? cause : null)
  }
  return whenReady(found.nearest ?? nearestFolder(site.root, target, site.live), nearest => {
    // Not even the root is there: unmounted, moved or deleted while it is served.
    if (nearest === null) return refuse('broken', request, page, [], cause)
    if (found.nearest === undefined) site.files.keepMissing(target, found, nearest, site.live)
    return whenReady(respondWithOwnPage(work), own =>
      own !== null
        ? own
        : orNavigation(refuse('absent', request, { ...page, nearest: nearestAddress(nearest, site) }), site),
    )
  })
}

/** The site's own page for what is not there, as hosts have it: 404.html in its root. */
function respondWithOwnPage({ request, site, page }: Work): Soon<Response | null> {
  const { folder = '' } = site.under ?? {}
  const own = folder === '' ? NOT_FOUND : { ...NOT_FOUND, path: `${folder}/${NOT_FOUND.path}` }
  return whenReady(site.files.select(own, site.live), found => {
    if (found.kind === 'missing') {
      if (found.nearest === undefined) site.files.keepMissing(own, found, folder, site.live)
      return null
    }
    if (found.kind !== 'file') return null
    found.file.close()
    const target = {
      kind: 'path',
      ...own,
      query: '',
      hidden: false,
      reserved: false,
      authority: null,
    } as const
    const plain = { ...request, fields: withoutConditions(request.fields) }
    return whenReady(represent({ target, request: plain, site, page, ruled: STAYS }, 0), response =>
      // Gone, or turned unreadable, in the meantime.
      response.status === 200 ? { ...response, status: 404 } : null,
    )
  })
}

/** Its content is for another address, so nothing leads to its own. */
const STAYS: Ruled = { otherwise: null, slashless: null, stays: true }
const NOT_FOUND: Place = { path: '404.html', bytes: null, folder: false }
