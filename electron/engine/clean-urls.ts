/**
 * Clean URLs: `/about` is about.html where nothing else has that name, and the
 * addresses with `.html` or an index file lead to the clean ones. Promises that
 * a redirect leads to the very file that was asked for, so there are no loops.
 */
import type { Found } from './kept-files.ts'
import type { Place } from './representation.ts'
import type { Site } from './request.ts'
import { encodePath, parseTarget, type Target } from './target.ts'

const EXTENSION = '.html'

/** What a target stands for, when `found` is what its plain path stands for. */
export async function applyCleanUrls(
  found: Found,
  target: Target,
  site: Site,
  fresh: boolean,
): Promise<Found | { readonly kind: 'moved'; readonly place: Place }> {
  // Whoever asks for a folder does not mean a page.
  if (target.folder) return found
  if (found.kind === 'missing' && found.reason === 'absent') {
    const page = await site.files.select(withExtension(target), site.live, fresh)
    return page.kind === 'file' || (page.kind === 'missing' && page.reason !== 'absent') ? page : found
  }
  if (found.kind !== 'file') return found
  const place = cleanPlace(target, site)
  if (place === null || !(await leadsTo(place, found.file.name, site, fresh))) return found
  found.file.close()
  return { kind: 'moved', place }
}

function withExtension({ path, bytes }: Place): Place {
  return {
    path: path + EXTENSION,
    bytes: bytes === null ? null : Buffer.concat([bytes, Buffer.from(EXTENSION)]),
    folder: false,
  }
}

/** Null when the address is clean, or when what is left of it would be no name or another one. */
function cleanPlace({ path, bytes }: Target, site: Site): Place | null {
  const start = path.lastIndexOf('/') + 1
  const name = path.slice(start)
  const folder = site.live.index.includes(name)
  if (!folder && !name.endsWith(EXTENSION)) return null
  // Counted from the end: what is cut off is ASCII, or a name that is text.
  const cut = Buffer.byteLength(folder ? name : EXTENSION)
  const whole = bytes ?? Buffer.from(path)
  // `/..html` without its end is `/.`, which is no name but a folder.
  const again = parseTarget(`/${encodePath(whole.subarray(0, whole.length - cut))}`, site.platform)
  const same = again.kind === 'path' && again.folder === folder && (!again.hidden || site.live.dotfiles)
  return same ? again : null
}

/** Whether a request for `place` gets the file of this name. */
async function leadsTo(place: Place, name: string, site: Site, fresh: boolean): Promise<boolean> {
  const there = await site.files.select(place, site.live, fresh)
  if (there.kind === 'file') {
    there.file.close()
    return there.file.name === name
  }
  return !place.folder && there.kind === 'missing' && there.reason === 'absent'
}
