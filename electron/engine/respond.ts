/**
 * The pipeline: request + site -> Response, decided as a value before a byte is
 * written. The steps, in this order and numbered in the code:
 *   1 host   2 who asks (preflight, password)   3 target   4 method
 *   5 private names   6 what it stands for (file, folder, clean URL, fallback)
 *   7 content coding   8 preconditions   9 range   10 fields and content
 *   11 what the owner adds
 * A step may end it early; later steps only add. Never rejects, so an error
 * nobody thought of is a 500 and not a hanging request.
 */
import { CHALLENGE } from './authentication.ts'
import { applyCleanUrls } from './clean-urls.ts'
import { evaluatePreconditions, ifRange, NO_VALIDATORS, validatorFields } from './conditional.ts'
import { encodePage, isChanged, makeForm, type Selected, selectForm } from './content-coding.ts'
import { preflightFields } from './cors.ts'
import type { ErrorName, ErrorPageOptions } from './error-page.ts'
import { addFields, withOwnerFields } from './header-fields.ts'
import { isFoundByFolding } from './letter-case.ts'
import { respondWithListing } from './listing.ts'
import { createMultipart, type FilePart, type Multipart, partOf } from './multipart.ts'
import { type DiskPath, readParts } from './open-file.ts'
import { contentRange, decideRange, type RangeDecision } from './range.ts'
import { type Missing, missingFor, nearestFolder, type Place, select } from './representation.ts'
import type { Request, Site } from './request.ts'
import {
  createErrorResponse,
  createResponse,
  type Response,
  withContent,
  withoutContent,
} from './response.ts'
import { isNavigation, NAVIGATION_FIELDS } from './single-page.ts'
import { encodePath, parseTarget, type Target } from './target.ts'

export const ALLOW = 'GET, HEAD, OPTIONS'
const allowOf = ({ live, writes }: Site): string => [ALLOW, ...writes.methods(live)].join(', ')
/** Up to here content is read before the answer starts, so that a failing read is still a 500. */
const SMALL = 64 * 1024

export async function respond(request: Request, site: Site): Promise<Response> {
  let response: Response
  try {
    response = await decide(request, site)
  } catch (error) {
    response = refuse('broken', request, {}, [], missingFor(error).cause)
  }
  // 11. What the owner adds, to errors too.
  response = withOwnerFields(response, site.live, request.fields.origin)
  return request.method === 'HEAD' ? withoutContent(response) : response
}

async function decide(request: Request, site: Site): Promise<Response> {
  const { method } = request
  const { live } = site

  // 1. Host comes before all else: to a foreign name nothing is told, not even what is allowed.
  const target = parseTarget(request.target, site.platform)
  const hostError = checkHosts(request, site, target.kind === 'asterisk' ? null : target.authority)
  if (hostError !== null) return refuse(hostError, request, {})

  // 2. Who asks. A preflight never brings a password; without one, nothing is told of any target or method.
  const preflight = preflightFields(live.cors, method, request.fields, ALLOW)
  if (preflight !== null) return createResponse(204, ['Allow', ALLOW, ...preflight], null)
  if (live.verify !== null && !live.verify(request.fields.authorization)) {
    return refuse('unauthorized', request, {}, CHALLENGE)
  }

  // 3. Target: what is none is none for every method (RFC 9112 §3.2).
  if (target.kind === 'refused') return refuse(REFUSED[target.status], request, {})

  // 4. Method (RFC 9110 §9). What changes something is decided apart.
  if (method === 'OPTIONS') {
    return createResponse(204, ['Allow', allowOf(site), ...site.writes.optionFields(site)], null)
  }
  if (method !== 'GET' && target.kind === 'path') {
    const written = await site.writes.respond(request, target, site)
    if (written !== null) return written
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return refuse('method-not-allowed', request, {}, ['Allow', allowOf(site)])
  }

  // Only OPTIONS may ask about the server as a whole.
  if (target.kind === 'asterisk') return refuse('bad-request', request, {})
  const page: ErrorPageOptions = { path: `/${target.path}${target.folder && target.path !== '' ? '/' : ''}` }

  // 5. Private names, whether they exist or not.
  if (target.reserved || (target.hidden && !live.dotfiles)) return refuse('hidden', request, page)

  for (let attempt = 0; ; attempt++) {
    // 6. What it stands for.
    const found = await find(target, request, site)
    if (found.kind === 'missing') return await respondMissing(found, target, request, site, page)
    if (found.kind === 'slashless-folder') return redirectTo({ ...target, folder: true }, target.query)
    if (found.kind === 'moved') return redirectTo(found.place, target.query)
    if (found.kind === 'folder') {
      if (!live.listing) return orNavigation(refuse('no-index', request, page), site)
      return await respondWithFolder(found.path, target, request, site, page)
    }
    // 7. Content coding.
    const form = await selectForm(found.file, request, site)
    if (form === null) return refuse('not-acceptable', request, page, ['Vary', 'Accept-Encoding'])
    const fallback = found.kind === 'fallback'
    const response = await respondWithForm(form, fallback, request, site, page)
    // It shrank or changed between its stat and its end: what is there now is the truth.
    if (response !== null) {
      if (fallback) return varying(response, NAVIGATION_FIELDS)
      return (await isFoundByFolding(found.file, site.platform))
        ? { ...response, note: 'letter-case' }
        : response
    }
    if (attempt === 3) return refuse('broken', request, page, [], 'TRUNCATED')
  }
}

/** Step 6: what the path names, or what the owner wants in its place. */
async function find(target: Target, request: Request, site: Site) {
  const { live } = site
  const plain = await select(site.root, target, live)
  const found = live.cleanUrls ? await applyCleanUrls(plain, target, site) : plain
  const nothing =
    (found.kind === 'missing' && found.reason === 'absent') || (found.kind === 'folder' && !live.listing)
  if (!live.spa || !nothing || !isNavigation(request, target)) return found
  const page = await select(site.root, ROOT, live)
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
  const response = await respondWithListing(path, target, site, request)
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

/** Where a navigation would have got the fallback. */
function orNavigation(response: Response, site: Site): Response {
  return site.live.spa ? varying(response, NAVIGATION_FIELDS) : response
}

function varying(response: Response, names: string): Response {
  return { ...response, fields: addFields(response.fields, ['Vary', names]) }
}

/** Steps 8 to 10 for a file; null when it changed meanwhile. Closes the file unless the response carries it. */
async function respondWithForm(
  form: Selected,
  fallback: boolean,
  request: Request,
  site: Site,
  page: ErrorPageOptions,
): Promise<Response | null> {
  const { file, validators, source, vary, coding } = form
  // What stands in for another address is never kept for long.
  const cacheControl = fallback && site.live.cacheControl !== 'no-store' ? 'no-cache' : site.live.cacheControl
  const guiding = ['Cache-Control', cacheControl, ...vary]
  let carried = false
  try {
    // 8. Preconditions (RFC 9110 §13.2.2).
    const verdict = evaluatePreconditions(request.fields, validators)
    if (verdict === 'failed') return refuse('precondition-failed', request, page, vary)
    if (verdict === 'not-modified') {
      // §15.4.5: what guides the cache, and Last-Modified only when there is no ETag.
      const { etag } = validators
      const kept = validatorFields(etag === null ? validators : { etag, lastModified: null })
      return createResponse(304, [...kept, ...guiding], null, { source })
    }

    // 9. Range: defined for GET alone (§14.2), only for the version that If-Range names, and for no coded form.
    const guard = request.fields['if-range']
    const ranged = request.method === 'GET' && coding === null
    const wanted =
      ranged && (guard === undefined || ifRange(String(guard), validators))
        ? decideRange(request.fields.range, file.size)
        : decideRange(undefined, file.size)
    if (wanted.kind === 'unsatisfiable') {
      const { size } = file
      const fields = ['Content-Range', contentRange(null, size), 'Accept-Ranges', 'bytes', ...vary]
      return refuse('unsatisfiable', request, { range: { size, asked: wanted.asked } }, fields)
    }

    // 10. Fields and content.
    if (form.made) {
      carried = true
      const content = await makeForm(form, request, site)
      const fields = ['Content-Type', form.contentType, ...validatorFields(validators), ...guiding]
      return withContent(createResponse(200, fields, null, { source }), content, coding)
    }
    const { part, described } = describePart(wanted, form, guard !== undefined)
    // Ranges are of the file as it is; a coded form that offered them would mix the two.
    const offered = coding === null ? ['Accept-Ranges', 'bytes'] : ['Content-Encoding', coding]
    const fields = [...described, 'Content-Length', String(part.length), ...offered, ...guiding]
    const status = wanted.kind === 'whole' ? 200 : 206
    const rest = { source: { ...source, name: file.name }, contentCoding: coding }
    if (request.method === 'GET' && part.length <= SMALL) {
      const content = await readParts(file, part)
      // What was written between stat and read would go out under the validators of what was there before.
      if (content === null || !(await file.isUnchanged())) return null
      return createResponse(status, fields, content, rest)
    }
    carried = true
    return createResponse(status, fields, part, { ...rest, file })
  } catch (error) {
    if (isChanged(error)) return null
    throw error
  } finally {
    if (!carried) file.close()
  }
}

/** What of the form is sent, and the fields that are about it. `guarded`: for If-Range. */
function describePart(
  wanted: Exclude<RangeDecision, { kind: 'unsatisfiable' }>,
  { file: { size }, contentType, validators }: Selected,
  guarded: boolean,
): { part: FilePart | Multipart; described: string[] } {
  const typed = ['Content-Type', contentType, ...validatorFields(validators)]
  if (wanted.kind === 'whole') return { part: { first: 0, length: size }, described: typed }
  // §15.3.7: what If-Range names, the client has with all its fields; only the validator is sent again.
  const again = guarded ? validatorFields({ ...validators, lastModified: null }) : null
  if (wanted.kind === 'parts') {
    const part = createMultipart(wanted.ranges, size, contentType)
    // §15.3.7.2: Content-Range stands in each part, and only there.
    return { part, described: ['Content-Type', part.contentType, ...(again ?? validatorFields(validators))] }
  }
  const range = ['Content-Range', contentRange(wanted.range, size)]
  return { part: partOf(wanted.range), described: [...(again ?? typed), ...range] }
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

/** 301 to the same origin: the location starts with exactly one slash, whatever the target started with. */
function redirectTo({ path, bytes, folder }: Place, query: string): Response {
  // What no URI may hold (RFC 3986 §2); what it may, stays as it came.
  const ascii = query.replace(/[^\x21-\x7e]|["<>\\^`{|}]/g, char => encodePath(Buffer.from(char, 'latin1')))
  const location = `/${encodePath(bytes ?? path)}${folder && path !== '' ? '/' : ''}${ascii}`
  return createResponse(301, ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-cache'], null)
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

async function respondMissing(
  { reason, cause }: Missing,
  target: Target,
  request: Request,
  site: Site,
  page: ErrorPageOptions,
): Promise<Response> {
  if (reason === 'absent') {
    const nearest = await nearestFolder(site.root, target, site.live)
    // Not even the root is there: unmounted, moved or deleted while it is served.
    if (nearest === null) return refuse('broken', request, page, [], cause)
    return orNavigation(refuse('absent', request, { ...page, nearest }), site)
  }
  if (reason === 'busy') return refuse('busy', request, page, ['Retry-After', '1'], cause)
  return refuse(MISSING[reason], request, page, [], reason === 'broken' ? cause : null)
}

/** `options.hint` is decided here: hints go to this computer only. */
function refuse(
  name: ErrorName,
  request: Request,
  options: ErrorPageOptions,
  fields: readonly string[] = [],
  cause: string | null = null,
): Response {
  return createErrorResponse(name, { ...options, hint: request.clientIsLocal }, fields, cause)
}
