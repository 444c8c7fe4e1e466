/** The way to another address; and that of a place, where the rules of a host may serve a folder below the root in its place. */
import type { Place } from './representation.ts'
import type { Site } from './request.ts'
import { createResponse, type Response } from './response.ts'
import { encodePath, encodeQuery } from './target.ts'

/** 301 to the same origin: the location starts with exactly one slash, whatever the target started with. */
export function redirectTo(place: Place, query: string, site: Site): Response {
  const { path, bytes, folder } = addressOf(place, site)
  return redirect(
    301,
    `/${encodePath(bytes ?? path)}${folder && path !== '' ? '/' : ''}${encodeQuery(query)}`,
  )
}

/** `instead`: of this answer, which nobody gets. */
export function redirect(status: number, location: string, instead?: Response): Response {
  instead?.file?.close()
  const fields = ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-cache']
  return createResponse(status, fields, null)
}

/** Where rules serve a folder below the root in its place, no address names it. */
function addressOf(place: Place, { under }: Site): Place {
  if (under === undefined || under.folder === '') return place
  const { path, bytes } = place
  const length = path === under.folder ? under.folder.length : under.folder.length + 1
  const cut = Buffer.byteLength(path.slice(0, length))
  return { ...place, path: path.slice(length), bytes: bytes === null ? null : bytes.subarray(cut) }
}

/** The folder to go back to, as it is asked for; the root where rules serve none above. */
export function nearestAddress(path: string, site: Site): string {
  const { folder = '' } = site.under ?? {}
  const isBelow = path === folder || path.startsWith(`${folder}/`)
  if (folder === '') return path
  return isBelow ? addressOf({ path, bytes: null, folder: true }, site).path : ''
}
