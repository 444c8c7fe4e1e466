/**
 * Directory listing: a folder -> the response that lists it, as a page or as
 * JSON. Requests for the same view that wait while one is made share the next:
 * it is begun after all of them came, so none gets an older state.
 */
import { readPage } from './entries.ts'
import { renderListingJson } from './listing-json.ts'
import { type ListingPage, listingPageKind, renderListing } from './listing-page.ts'
import { parseView } from './listing-view.ts'
import { mediaQuality } from './negotiation.ts'
import type { DiskPath } from './open-file.ts'
import { missingFor } from './representation.ts'
import type { Request, Site } from './request.ts'
import { createErrorResponse, createPageResponse, createResponse, type Response } from './response.ts'
import type { Target } from './target.ts'
import { accessOf } from './writes/access-page.ts'

export async function respondWithListing(
  path: DiskPath,
  target: Target,
  site: Site,
  request: Request,
): Promise<Response> {
  const flag = new URLSearchParams(target.query).has('json') ? 'json' : undefined
  const json = flag !== undefined || prefersJson(request.fields.accept)
  const view = parseView(target.query)
  const key = JSON.stringify([path.toString('latin1'), json, flag, view])
  let content: Buffer
  try {
    content = await shareWaiting(site, key, async () => {
      const listing: ListingPage = {
        ...(await readPage(path, site, view)),
        siteName: site.live.name,
        segments: segmentsOf(target, site),
        view,
        access: accessOf(site),
      }
      return json ? await renderListingJson(listing, flag) : await renderListing(listing)
    })
  } catch (error) {
    const { reason, cause } = missingFor(error)
    const page = { path: target.path === '' ? '/' : `/${target.path}/`, hint: request.clientIsLocal }
    const fields = reason === 'busy' ? ['Retry-After', '1'] : []
    return createErrorResponse(reason, page, fields, reason === 'busy' || reason === 'broken' ? cause : null)
  }
  // Which of the two it is depends on Accept, whoever asked for this one (RFC 9110 §12.5.5).
  if (!json) return createPageResponse(200, listingPageKind(accessOf(site)), content, ['Vary', 'Accept'])
  const fields = [
    ...['Content-Type', 'application/json', 'Content-Length', String(content.length)],
    ...['Cache-Control', 'no-cache', 'Vary', 'Accept', 'X-Content-Type-Options', 'nosniff'],
    ...['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
    ...['Referrer-Policy', 'no-referrer'],
  ]
  return createResponse(200, fields, content)
}

/** As they are asked for: where rules serve a folder below the root in its place, without the way to it. */
function segmentsOf({ path }: Target, { under }: Site): string[] {
  const way = under === undefined || under.folder === '' ? 0 : under.folder.split('/').length
  return path === '' ? [] : path.split('/').slice(way)
}

/** A wildcard is how programs that want JSON say that they would take anything. */
function prefersJson(accept: string | undefined): boolean {
  const json = mediaQuality(accept, 'application/json')
  const html = mediaQuality(accept, 'text/html')
  if (json !== html) return json > html
  return mediaQuality(accept, 'application/json', true) > 0 && mediaQuality(accept, 'text/html', true) === 0
}

interface Work {
  readonly running: Promise<Buffer>
  next: Promise<Buffer> | null
}

/** By options and by what is asked for. New options are another object. */
const underway = new WeakMap<Site['live'], Map<string, Work>>()

function shareWaiting({ live }: Site, key: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const works = underway.get(live) ?? new Map<string, Work>()
  underway.set(live, works)
  const start = (): Promise<Buffer> => {
    const work: Work = { running: make(), next: null }
    works.set(key, work)
    const end = (): void => {
      if (work.next === null) works.delete(key)
    }
    work.running.then(end, end)
    return work.running
  }
  const work = works.get(key)
  if (work === undefined) return start()
  work.next ??= work.running.then(start, start)
  return work.next
}
