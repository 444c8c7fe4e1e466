/**
 * Clean URLs: `/about` is about.html where nothing else is served by that name,
 * and the addresses with `.html` or an index file lead to the clean ones. Promises
 * that a redirect leads to the very file that was asked for, so there are no loops.
 */
import type { Found } from './kept-files.ts'
import type { Place } from './representation.ts'
import type { Site } from './request.ts'
import { encodePath, parseTarget, type Target } from './target.ts'

const EXTENSION = '.html'

/** What a target stands for, when `found` is what its plain path stands for. `stays`: nothing leads elsewhere. */
export async function applyCleanUrls(
  found: Found,
  target: Target,
  site: Site,
  fresh: boolean,
  stays: boolean,
): Promise<Found | { readonly kind: 'moved'; readonly place: Place }> {
  // Whoever asks for a folder does not mean a page.
  if (target.folder && !(site.live.slashedPages && target.path !== '')) return found
  if (found.kind === 'missing' && found.reason === 'absent') return await pageFor(found, target, site, fresh)
  if (found.kind === 'folder') return await pageFor(found, target, site, fresh)
  if (found.kind === 'slashless-folder') {
    if (!(await isBare(target, site, fresh))) return found
    return await pageFor(found, target, site, fresh)
  }
  if (found.kind !== 'file' || target.folder || stays) return found
  const place = cleanPlace(target, site)
  if (place === null || !(await leadsTo(place, found.file.name, site, fresh))) return found
  found.file.close()
  return { kind: 'moved', place }
}

/** Whether a file with this address may be led to a clean one; most may not, and are found without waiting. */
export function mayMove({ path, folder }: Target, site: Site): boolean {
  if (folder) return false
  return path.endsWith(EXTENSION) || site.live.index.includes(path.slice(path.lastIndexOf('/') + 1))
}

/** The page of that name, or `found` where there is none. */
async function pageFor(found: Found, target: Target, site: Site, fresh: boolean): Promise<Found> {
  const page = await site.files.select(withExtension(target), site.live, fresh)
  return page.kind === 'file' || (page.kind === 'missing' && page.reason !== 'absent') ? page : found
}

/** Whether the folder of that name has no page of its own. `/index` is no page's clean address. */
async function isBare(place: Place, site: Site, fresh: boolean): Promise<boolean> {
  const name = place.path.slice(place.path.lastIndexOf('/') + 1)
  if (site.live.index.includes(name + EXTENSION)) return false
  const found = await site.files.select({ ...place, folder: true }, site.live, fresh)
  if (found.kind === 'file') found.file.close()
  return found.kind === 'folder'
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
  if (there.kind === 'slashless-folder') return await isBare(place, site, fresh)
  return !place.folder && there.kind === 'missing' && there.reason === 'absent'
}
