/**
 * Uploads over HTTP.
 *
 * `PUT /folder/file` stores its content under that name, in one request:
 * 201 for a new file, 200 for one that took the place of another.
 *
 * Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload-12): a PUT
 * with `Upload-Complete: ?0` and, if it is known, `Upload-Length` begins one and
 * answers 201 with its own address in Location. There HEAD tells how much is
 * there (`Upload-Offset`), PATCH with `Content-Type: application/partial-upload`
 * and that offset adds to it, and is the last with `Upload-Complete: ?1`; DELETE
 * gives it up. Interim responses (104) are not sent: who wants to be able to go
 * on begins with a PUT without content.
 *
 * Both heed `If-Match`, `If-None-Match: *` (never replace) and `Last-Modified`
 * (the file's own date).
 */
import { parseHttpDate } from '../http-date.ts'
import type { Incoming } from '../incoming.ts'
import type { Request, Site } from '../request.ts'
import { createResponse, type Response } from '../response.ts'
import type { Target } from '../target.ts'
import { findDestination } from './destination.ts'
import { checkRoom } from './free-space.ts'
import { type Half, type Intent, isId, LIFETIME } from './half-uploads.ts'
import type { Stored, Uploads } from './uploads.ts'
import { addressOf, createJsonResponse, problemFor, WriteProblem } from './write-problem.ts'

/** What an upload's own address stands for. */
export interface UploadAddress {
  readonly area: readonly string[]
  readonly id: string
}

/** Null for what is none. */
export function parseUploadAddress({ path }: Target): UploadAddress | null {
  const names = path.split('/')
  const [own, uploads, id = ''] = names.slice(-3)
  return own === '.servebar' && uploads === 'uploads' && isId(id) ? { area: names.slice(0, -3), id } : null
}

const PARTIAL = 'application/partial-upload'
const PROBLEM_TYPES = 'https://iana.org/assignments/http-problem-types#'

/** For OPTIONS: how uploads can be made here. */
export function uploadFields(site: Site): string[] {
  return ['Accept-Patch', PARTIAL, 'Upload-Limit', limitOf(site)]
}

export async function putFile(
  request: Request,
  content: Incoming,
  target: Target,
  site: Site,
  uploads: Uploads,
): Promise<Response> {
  const { fields } = request
  const names = namesOf(target)
  // A part of a file cannot be put in its place (RFC 9110 §14.5).
  if (fields['content-range'] !== undefined) throw new WriteProblem('bad-request')
  checkUncoded(request)
  const complete = booleanOf(fields['upload-complete'])
  const length = lengthOf(request, content, 0)
  checkLength(length, site)
  const replace = site.live.uploads?.overwrite === true && fields['if-none-match'] === undefined
  const intent: Intent = { target: names, length, modified: dateOf(fields['last-modified']), replace }
  const destination = await findDestination(site, names, { replace, preconditions: fields })
  if (complete !== false) return storedResponse(await uploads.store(site, destination, intent, content))
  const half = await uploads.create(site, destination, intent, content)
  const about = ['Location', locationOf(half), 'Upload-Complete', '?0', 'Upload-Limit', limitOf(site)]
  return createResponse(201, [...about, 'Content-Length', '0', 'Cache-Control', 'no-store'], null)
}

/** HEAD, PATCH or DELETE of an upload's own address. */
export async function handleUpload(
  request: Request,
  content: Incoming | null,
  { area, id }: UploadAddress,
  site: Site,
  uploads: Uploads,
): Promise<Response> {
  const release = await uploads.hold(id)
  let half: Half | null = null
  try {
    half = await uploads.find(site, area, id)
    if (half === null) return endedResponse(request, uploads.stored(id))
    if (request.method === 'HEAD') return offsetResponse(half.size, half.intent.length, false, site)
    if (request.method === 'DELETE') {
      await uploads.cancel(site, half)
      return createResponse(204, [], null)
    }
    if (request.method === 'PATCH' && content !== null)
      return await append(request, content, half, site, uploads)
    throw new WriteProblem('bad-request', { status: 405, fields: ['Allow', 'HEAD, PATCH, DELETE'] })
  } finally {
    half?.folder.close()
    release()
  }
}

async function append(
  request: Request,
  content: Incoming,
  half: Half,
  site: Site,
  uploads: Uploads,
): Promise<Response> {
  const { fields } = request
  if (fields['content-type'] !== PARTIAL)
    throw new WriteProblem('coded', { fields: ['Accept-Patch', PARTIAL] })
  checkUncoded(request)
  const complete = booleanOf(fields['upload-complete'])
  const offset = integerOf(fields['upload-offset'])
  if (complete === null || offset === null) throw new WriteProblem('bad-request')
  if (offset !== half.size) {
    throw new WriteProblem('offset', {
      type: `${PROBLEM_TYPES}mismatching-upload-offset`,
      members: { 'expected-offset': half.size, 'provided-offset': offset },
      fields: ['Upload-Offset', String(half.size), 'Upload-Complete', '?0'],
    })
  }
  const length = lengthOf(request, content, offset)
  const known = half.intent.length
  if (known !== null && length !== null && length !== known) throw inconsistent()
  checkLength(length ?? known, site)
  if (known !== null && content.length !== null && offset + content.length > known) throw inconsistent()
  await checkRoom(half.folder.path, content.length ?? 0)
  const whole = { ...half, intent: { ...half.intent, length: known ?? length } }
  if (!complete) {
    await uploads.append(site, whole, content)
    return createResponse(204, ['Upload-Complete', '?0', 'Cache-Control', 'no-store'], null)
  }
  try {
    return storedResponse(await uploads.complete(site, whole, content), ['Upload-Complete', '?1'])
  } catch (error) {
    // What came whole and still cannot be stored is told apart from what broke off.
    throw content.isWhole ? problemFor(error).with({ fields: ['Upload-Complete', '?1'] }) : error
  }
}

function storedResponse({ address, name, size, replaced }: Stored, more: readonly string[] = []): Response {
  const fields = ['Location', address, ...more]
  const response = createJsonResponse(replaced ? 200 : 201, JSON.stringify({ path: address, size }), fields)
  return { ...response, source: { name, size } }
}

/** There is nothing to go on with: it has come to its end, or nobody knows of it. */
function endedResponse({ method }: Request, stored: Stored | null): Response {
  if (stored === null) throw new WriteProblem('not-found')
  if (method === 'HEAD') {
    const fields = ['Content-Location', stored.address, 'Cache-Control', 'no-store']
    return createResponse(204, [...stateFields(stored.size, stored.size, true), ...fields], null)
  }
  throw new WriteProblem('not-found', {
    type: `${PROBLEM_TYPES}completed-upload`,
    status: 410,
    fields: ['Location', stored.address],
  })
}

function offsetResponse(size: number, length: number | null, complete: boolean, site: Site): Response {
  const fields = ['Upload-Limit', limitOf(site), 'Cache-Control', 'no-store']
  return createResponse(204, [...stateFields(size, length, complete), ...fields], null)
}

function stateFields(size: number, length: number | null, complete: boolean): string[] {
  const fields = ['Upload-Complete', complete ? '?1' : '?0', 'Upload-Offset', String(size)]
  return length === null ? fields : [...fields, 'Upload-Length', String(length)]
}

function limitOf({ live }: Site): string {
  const age = `max-age=${LIFETIME / 1000}`
  const most = live.uploads?.maxSize ?? Number.POSITIVE_INFINITY
  return Number.isFinite(most) ? `max-size=${most}, ${age}` : age
}

function locationOf({ area, id }: Half): string {
  return addressOf([...area, '.servebar', 'uploads', id])
}

/** Names from the root to the file that the request wants to write. */
function namesOf(target: Target): readonly string[] {
  if (target.folder || target.path === '') {
    throw new WriteProblem('bad-request', { detail: 'End the address with the name of the file.' })
  }
  if (target.bytes !== null) throw new WriteProblem('bad-name', { detail: 'Its name is not UTF-8.' })
  return target.path.split('/')
}

/** What is kept is what came: who asks for it again must get the same (RFC 9110 §8.4). */
function checkUncoded({ fields }: Request): void {
  const coding = fields['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw new WriteProblem('coded', { detail: 'Send it without Content-Encoding.' })
  }
}

function checkLength(length: number | null, { live }: Site): void {
  const most = live.uploads?.maxSize ?? 0
  if (length !== null && length > most) {
    const fields = ['Upload-Limit', `max-size=${most}`]
    throw new WriteProblem('too-large', {
      detail: `Files may have ${most.toLocaleString('en-US')} bytes.`,
      fields,
    })
  }
}

/** What the whole will have, as far as this request tells (draft §4.1.3). `offset`: what is there before it. */
function lengthOf({ fields }: Request, content: Incoming, offset: number): number | null {
  const said = integerOf(fields['upload-length'])
  const complete = booleanOf(fields['upload-complete'])
  const summed = complete === false || content.length === null ? null : offset + content.length
  if (said !== null && summed !== null && said !== summed) throw inconsistent()
  return said ?? summed
}

const inconsistent = (): WriteProblem =>
  new WriteProblem('length', { type: `${PROBLEM_TYPES}inconsistent-upload-length` })

/** A structured field (RFC 9651 §3.3.6); another value is no value. */
function booleanOf(value: string | string[] | undefined): boolean | null {
  return value === '?1' ? true : value === '?0' ? false : null
}

/** RFC 9651 §3.3.1 */
function integerOf(value: string | string[] | undefined): number | null {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null
}

function dateOf(value: string | undefined): number | null {
  return value === undefined ? null : parseHttpDate(value, Date.now())
}
