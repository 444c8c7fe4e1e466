/**
 * Steps 8 to 10 of the pipeline for a form of a file: preconditions, range,
 * fields and content. Promises that content and validators are of one state of
 * the file: what was read is given out only if the file has not changed.
 */
import { chunks } from './chunks.ts'
import { evaluatePreconditions, ifRange, validatorFields } from './conditional.ts'
import { isChanged, makeForm, type Selected } from './content-coding.ts'
import type { ErrorPageOptions } from './error-page.ts'
import { KeptFile } from './kept-file.ts'
import { splice } from './live/inject.ts'
import { createMultipart, type FilePart, type Multipart, partOf } from './multipart.ts'
import { partsOf } from './open-file.ts'
import { contentRange, decideRange, type RangeDecision } from './range.ts'
import { readSmall } from './read-small.ts'
import type { Request, Site } from './request.ts'
import { createResponse, type Response, refuse, withContent } from './response.ts'
import { type Soon, whenReady } from './soon.ts'

/** Up to here content is read before the answer starts, so that a failing read is still a 500. */
const SMALL = 256 * 1024

/** Steps 8 to 10 for a file; null when it has to be opened, or changed meanwhile. Closes it unless the response carries it. */
export function respondWithForm(
  form: Selected,
  fallback: boolean,
  request: Request,
  site: Site,
  page: ErrorPageOptions,
): Soon<Response | null> {
  const { file, validators, source, vary, coding } = form
  // Most ask for a file as it is, and have the same answers.
  const usual = !fallback && site.reload === null && file.name === source.name
  const kept = usual && file instanceof KeptFile ? file : null

  // 8. Preconditions (RFC 9110 §13.2.2).
  const verdict = evaluatePreconditions(request.fields, validators)
  if (verdict !== 'proceed') file.close()
  if (verdict === 'failed') return refuse('precondition-failed', request, page, vary)
  if (verdict === 'not-modified') {
    const before = kept?.unchanged(coding, site.live)
    if (before) return before
    // §15.4.5: what guides the cache, and Last-Modified only when there is no ETag.
    const { etag } = validators
    const named = validatorFields(etag === null ? validators : { etag, lastModified: null })
    const fields = [...named, ...guidingFields(form, fallback, site)]
    const response = createResponse(304, fields, null, { source: { name: source.name, size: source.size } })
    return kept?.keepUnchanged(coding, site.live, response) ?? response
  }

  // 9. Range: defined for GET alone (§14.2), only for the version that If-Range names, and for no coded form.
  const guard = request.fields['if-range']
  const ranged = request.method === 'GET' && coding === null && form.injection === undefined
  const wanted =
    ranged && (guard === undefined || ifRange(String(guard), validators))
      ? decideRange(request.fields.range, file.size)
      : decideRange(undefined, file.size)
  if (wanted.kind === 'unsatisfiable') {
    file.close()
    const { size } = file
    const fields = ['Content-Range', contentRange(null, size), 'Accept-Ranges', 'bytes', ...vary]
    return refuse('unsatisfiable', request, { range: { size, asked: wanted.asked } }, fields)
  }

  // 10. Fields and content.
  const isWhole = wanted.kind === 'whole' && request.method === 'GET'
  const before = isWhole ? kept?.whole(coding, site.live) : null
  if (before) return before
  const guiding = guidingFields(form, fallback, site)
  if (form.made) {
    const fields = ['Content-Type', form.contentType, ...validatorFields(validators), ...guiding]
    const response = createResponse(200, fields, null, { source: { name: source.name, size: source.size } })
    return unlessChanged(
      () => makeForm(form, request, site),
      content => {
        const made = withContent(response, content, coding)
        if (!Buffer.isBuffer(content)) return { ...made, file: content.reader() }
        return (isWhole && kept?.keepWhole(coding, site.live, made)) || made
      },
    )
  }
  const { part, described } = describePart(wanted, form, guard !== undefined)
  // Ranges are of the file as it is; a coded form that offered them would mix the two.
  const offered =
    coding !== null ? ['Content-Encoding', coding] : form.injection ? [] : ['Accept-Ranges', 'bytes']
  const fields = [...described, 'Content-Length', String(part.length), ...offered, ...guiding]
  const status = wanted.kind === 'whole' ? 200 : 206
  // All in one literal: an answer that is put together piece by piece takes several times as long to make.
  const answer = (content: Response['content'], behind: Response['file']): Response =>
    createResponse(status, fields, content, {
      file: behind,
      source: { size: source.size, name: file.name },
      contentCoding: coding,
      note: form.note ?? null,
    })
  if (request.method !== 'GET') {
    file.close()
    return answer(null, null)
  }
  if (file instanceof KeptFile && file.content !== null) {
    const response = answer(partsOf(file.content, part), null)
    return (isWhole ? kept?.keepWhole(coding, site.live, response) : null) ?? response
  }
  const open = file instanceof KeptFile ? site.files.open(file) : file
  if (open === null) return null
  if (part.length > SMALL || chunks.isScarce) return answer(part, open)
  return whenReady(readSmall(open, part), read => (read === null ? null : answer(read.content, read.lease)))
}

/** What guides caches. */
function guidingFields({ vary, stamp }: Selected, fallback: boolean, { live }: Site): string[] {
  // What stands in for another address is never kept for long.
  const cacheControl = fallback && live.cacheControl !== 'no-store' ? 'no-cache' : live.cacheControl
  return ['Cache-Control', cacheControl, ...vary, ...(stamp ?? [])]
}

/** Null when the file was found to have changed. */
function unlessChanged<T, R>(work: () => Soon<T>, next: (value: T) => R): Soon<R | null> {
  const otherwise = (error: unknown): null => {
    if (isChanged(error)) return null
    throw error
  }
  try {
    const value = work()
    return value instanceof Promise ? value.then(next).catch(otherwise) : next(value)
  } catch (error) {
    return otherwise(error)
  }
}

/** What of the form is sent, and the fields that are about it. `guarded`: for If-Range. */
function describePart(
  wanted: Exclude<RangeDecision, { kind: 'unsatisfiable' }>,
  { file: { size }, contentType, validators, injection }: Selected,
  guarded: boolean,
): { part: FilePart | Multipart; described: string[] } {
  const typed = ['Content-Type', contentType, ...validatorFields(validators)]
  if (wanted.kind === 'whole') {
    const part = injection ? { ...splice(size, injection), contentType } : { first: 0, length: size }
    return { part, described: typed }
  }
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
