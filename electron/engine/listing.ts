/**
 * Directory listing: a folder -> the response that lists it. Reading and order
 * are in entries.ts, the page in listing-page.ts.
 */
import { arrange, type Entry, parseView, readFolder } from './entries.ts'
import { listingPageKind, renderListing } from './listing-page.ts'
import { type DiskPath, missingFor } from './representation.ts'
import type { Request, Site } from './request.ts'
import { createErrorResponse, createPageResponse, type Response } from './response.ts'
import type { Target } from './target.ts'

export async function respondWithListing(
  path: DiskPath,
  target: Target,
  site: Site,
  request: Request,
): Promise<Response> {
  let entries: Entry[]
  try {
    entries = await readFolder(path, site)
  } catch (error) {
    const { reason, cause } = missingFor(error)
    const name = reason === 'absent' || reason === 'unreadable' || reason === 'busy' ? reason : 'broken'
    const page = { path: target.path === '' ? '/' : `/${target.path}/`, hint: request.clientIsLocal }
    return createErrorResponse(name, page, [], cause)
  }
  const view = parseView(target.query)
  const page = renderListing({
    siteName: site.live.name,
    segments: target.path === '' ? [] : target.path.split('/'),
    total: entries.length,
    entries: arrange(entries, view),
    view,
  })
  return createPageResponse(200, listingPageKind(), page)
}
