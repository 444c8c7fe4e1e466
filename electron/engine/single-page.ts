/**
 * The single-page fallback: a navigation to what is not there gets the root's
 * page, whose script knows the way. Only what says that it wants a document
 * counts as one; a missing script or picture stays missing.
 */
import { withExtraFields } from './header-fields.ts'
import { hasKnownExtension } from './media-types.ts'
import { mediaQuality } from './negotiation.ts'
import type { Request, Site } from './request.ts'
import type { Response } from './response.ts'
import type { Target } from './target.ts'

/** What isNavigation() looks at. */
export const NAVIGATION_FIELDS = 'Accept, Sec-Fetch-Dest, Sec-Fetch-Mode'

/** Where a navigation would have got the fallback. */
export function orNavigation(response: Response, { live }: Site): Response {
  return live.spa ? withExtraFields(response, ['Vary', NAVIGATION_FIELDS]) : response
}

const DOCUMENTS = ['document', 'iframe', 'frame']

export function isNavigation({ fields }: Request, { path }: Target): boolean {
  if (hasKnownExtension(path)) return false
  const { accept, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = fields
  if (mode !== undefined && mode !== 'navigate') return false
  if (dest !== undefined && !DOCUMENTS.includes(String(dest))) return false
  // A wildcard is what scripts and tools send.
  return mediaQuality(accept, 'text/html', true) > 0
}
