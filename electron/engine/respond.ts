/**
 * The pipeline: request + site -> Response, decided as a value before a byte is
 * written. The steps, in this order and numbered in the code:
 *   1 method   2 target and host   3 private names   4 representation
 *   5 preconditions   6 range   7 fields   8 content
 * A step may end it early; later steps only add. Never rejects, so an error
 * nobody thought of is a 500 and not a hanging request.
 */
import { evaluatePreconditions, ifRange, NO_VALIDATORS, validatorFields } from './conditional.ts'
import type { ErrorName, ErrorPageOptions } from './error-page.ts'
import { respondWithListing } from './listing.ts'
import { contentTypeOf } from './media-types.ts'
import { createMultipart, type FilePart, type Multipart, partOf } from './multipart.ts'
import { contentRange, decideRange, type RangeDecision } from './range.ts'
import {
  type Missing,
  missingFor,
  nearestFolder,
  type OpenFile,
  readParts,
  select,
} from './representation.ts'
import type { Request, Site } from './request.ts'
import { createErrorResponse, createResponse, type Response, withoutContent } from './response.ts'
import { encodePath, parseTarget, type Target } from './target.ts'

export const ALLOW = 'GET, HEAD, OPTIONS'
/** Up to here content is read before the answer starts, so that a failing read is still a 500. */
const SMALL = 64 * 1024

export async function respond(request: Request, site: Site): Promise<Response> {
  let response: Response
  try {
    response = await decide(request, site)
  } catch (error) {
    response = refuse('broken', request, {}, [], missingFor(error).cause)
  }
  return request.method === 'HEAD' ? withoutContent(response) : response
}

async function decide(request: Request, site: Site): Promise<Response> {
  const { method } = request

  // 2a. Host comes before all else: to a foreign name nothing is told, not even what is allowed.
  const target = parseTarget(request.target, site.platform)
  const hostError = checkHosts(request, site, target.kind === 'asterisk' ? null : target.authority)
  if (hostError !== null) return refuse(hostError, request, {})

  // 1. Method (RFC 9110 §9).
  if (method === 'OPTIONS') return createResponse(204, ['Allow', ALLOW], null)
  if (method !== 'GET' && method !== 'HEAD') {
    return refuse('method-not-allowed', request, {}, ['Allow', ALLOW])
  }

  // 2b. Target -> path inside the root.
  if (target.kind === 'asterisk') return refuse('bad-request', request, {})
  if (target.kind === 'refused') return refuse(REFUSED[target.status], request, {})
  const page: ErrorPageOptions = { path: `/${target.path}${target.folder && target.path !== '' ? '/' : ''}` }

  // 3. Private names, whether they exist or not.
  if (target.hidden && !site.live.dotfiles) return refuse('hidden', request, page)

  for (let attempt = 0; ; attempt++) {
    // 4. Representation.
    const found = await select(site.root, target)
    if (found.kind === 'missing') return await respondMissing(found, target, request, site, page)
    if (found.kind === 'slashless-folder') return redirectToFolder(target)
    if (found.kind === 'folder') {
      if (!site.live.listing) return refuse('no-index', request, page)
      // 5. A list has no validators; `If-Match: *` and its like are still answered.
      const verdict = evaluatePreconditions(request.fields, NO_VALIDATORS)
      if (verdict === 'failed') return refuse('precondition-failed', request, page)
      if (verdict === 'not-modified') return createResponse(304, ['Cache-Control', 'no-cache'], null)
      return await respondWithListing(found.path, target, site, request)
    }
    const response = await respondWithFile(found.file, request, page)
    // It shrank between its stat and its read: what is there now is the truth.
    if (response !== null) return response
    if (attempt === 3) return refuse('broken', request, page, [], 'TRUNCATED')
  }
}

/** Steps 5 to 8 for a file; null when it shrank meanwhile. Closes the file unless the response carries it. */
async function respondWithFile(
  file: OpenFile,
  request: Request,
  page: ErrorPageOptions,
): Promise<Response | null> {
  const { validators, size } = file
  const source = { name: file.name, size }
  let carried = false
  try {
    // 5. Preconditions (RFC 9110 §13.2.2).
    const verdict = evaluatePreconditions(request.fields, validators)
    if (verdict === 'failed') return refuse('precondition-failed', request, page)
    if (verdict === 'not-modified') {
      // §15.4.5: what guides the cache, and Last-Modified only when there is no ETag.
      const { etag } = validators
      const kept = validatorFields(etag === null ? validators : { etag, lastModified: null })
      return createResponse(304, [...kept, 'Cache-Control', 'no-cache'], null, { source })
    }

    // 6. Range: defined for GET alone (§14.2), and only for the version that If-Range names.
    const guard = request.fields['if-range']
    const wanted =
      request.method === 'GET' && (guard === undefined || ifRange(String(guard), validators))
        ? decideRange(request.fields.range, size)
        : decideRange(undefined, size)
    if (wanted.kind === 'unsatisfiable') {
      const fields = ['Content-Range', contentRange(null, size), 'Accept-Ranges', 'bytes']
      return refuse('unsatisfiable', request, { range: { size, asked: wanted.asked } }, fields)
    }

    // 7. Fields.
    const { part, described } = describePart(wanted, file, guard !== undefined)
    const fields = [
      ...described,
      ...['Content-Length', String(part.length), 'Accept-Ranges', 'bytes', 'Cache-Control', 'no-cache'],
    ]

    // 8. Content.
    const status = wanted.kind === 'whole' ? 200 : 206
    if (request.method === 'GET' && part.length <= SMALL) {
      const content = await readParts(file, part)
      return content === null ? null : createResponse(status, fields, content, { source })
    }
    carried = true
    return createResponse(status, fields, part, { file, source })
  } finally {
    if (!carried) file.close()
  }
}

/** What of the file is sent, and the fields that are about it. `guarded`: for If-Range. */
function describePart(
  wanted: Exclude<RangeDecision, { kind: 'unsatisfiable' }>,
  { name, size, validators }: OpenFile,
  guarded: boolean,
): { part: FilePart | Multipart; described: string[] } {
  const contentType = contentTypeOf(name)
  if (wanted.kind === 'parts') {
    const part = createMultipart(wanted.ranges, size, contentType)
    // §15.3.7.2: Content-Range stands in each part, and only there.
    return { part, described: ['Content-Type', part.contentType, ...validatorFields(validators)] }
  }
  const described = ['Content-Type', contentType, ...validatorFields(validators)]
  if (wanted.kind === 'whole') return { part: { first: 0, length: size }, described }
  // §15.3.7: what If-Range names, the client has with all its fields; only the validator is sent again.
  const known = guarded ? validatorFields({ ...validators, lastModified: null }) : described
  const range = ['Content-Range', contentRange(wanted.range, size)]
  return { part: partOf(wanted.range), described: [...known, ...range] }
}

const REFUSED = { 400: 'bad-request', 404: 'absent', 414: 'target-too-long' } as const

function checkHosts(request: Request, site: Site, authority: string | null): ErrorName | null {
  const [host, second] = request.hosts
  if (second !== undefined || (host === undefined && request.httpVersion !== '1.0')) return 'bad-request'
  // Even where the target replaces it, a Host that is no authority is refused (RFC 9112 §3.2).
  for (const name of authority === null ? [host] : [host, authority]) {
    if (name === undefined) continue
    const decision = site.checkHost(name)
    if (decision !== 'served') return decision === 'foreign' ? 'foreign-host' : 'bad-request'
  }
  return null
}

/** 301 to the same origin: the location starts with exactly one slash, whatever the target started with. */
function redirectToFolder(target: Target): Response {
  const query = target.query.replace(/[^\x21-\x7e]/g, char => encodePath(Buffer.from(char, 'latin1')))
  const location = `/${encodePath(target.bytes ?? target.path)}/${query}`
  return createResponse(301, ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-cache'], null)
}

const MISSING: Readonly<Record<Missing['reason'], ErrorName>> = {
  absent: 'absent',
  unreadable: 'unreadable',
  outside: 'outside',
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
    const nearest = await nearestFolder(site.root, target)
    // Not even the root is there: unmounted, moved or deleted while it is served.
    if (nearest === null) return refuse('broken', request, page, [], cause)
    return refuse('absent', request, { ...page, nearest })
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
