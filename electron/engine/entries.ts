/**
 * The entries of a folder that one page shows: found, in order, and looked up on
 * disk as they are now. Holds what a request would get, so private names,
 * special files and links that lead out of the root are left out. Only what the
 * page needs is looked up, except where the order asks for all.
 */
import * as fs from 'node:fs'
import { compareNames, type FolderNames, type Name, pathOf, readListed } from './folder-names.ts'
import { PAGE_SIZE, type View } from './listing-view.ts'
import type { DiskPath } from './open-file.ts'
import { isInside, realPath } from './representation.ts'
import type { Site } from './request.ts'
import { BATCH, mergeInSlices, Slice, sortInSlices } from './turns.ts'

export interface Entry extends Name {
  readonly folder: boolean
  /** Bytes; 0 for a folder. */
  readonly size: number
  /** ms since the epoch. */
  readonly modified: number
}

export interface EntryPage {
  /** Those of this page. */
  readonly entries: readonly Entry[]
  /** From 1; the last one where the view asks for more than there are. */
  readonly page: number
  /** At least 1. */
  readonly pages: number
  /** On all pages. */
  readonly folders: number
  readonly files: number
  /** Of all files on all pages, or null where not all were looked up. */
  readonly bytes: number | null
  /** In the folder, whatever was searched for. */
  readonly unfiltered: number
}

/** A name, and the entry where it is known already. */
type Found = Name & { readonly entry?: Entry }

/** Rejects with the error of the system when the folder cannot be read. */
export async function readPage(folder: DiskPath, site: Site, view: View): Promise<EntryPage> {
  const slice = new Slice()
  const all = await resolveLinks(folder, await readListed(folder, site, slice), site, slice)
  const folders = await search(all.folders, view.search, slice)
  const files = await search(all.files, view.search, slice)
  const total = folders.length + files.length
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE))
  const page = Math.min(view.page, pages)
  const first = (page - 1) * PAGE_SIZE
  const result = { page, pages, unfiltered: all.folders.length + all.files.length }

  if (view.sort === 'name' || total <= PAGE_SIZE) {
    const chosen: Found[] = []
    for (let i = first; i < Math.min(first + PAGE_SIZE, total); i++) {
      const [group, at] = i < folders.length ? [folders, i] : [files, i - folders.length]
      const name = group[view.descending && view.sort === 'name' ? group.length - 1 - at : at]
      if (name !== undefined) chosen.push(name)
    }
    const entries = await lookUp(folder, chosen, site, slice)
    // What went while it was looked up is not counted either.
    const gone = { folders: 0, files: 0 }
    entries.forEach((entry, i) => {
      if (entry === null) gone[first + i < folders.length ? 'folders' : 'files']++
    })
    const there = entries.filter(isThere)
    return {
      ...result,
      entries: view.sort === 'name' ? there : arrange(there, view),
      folders: folders.length - gone.folders,
      files: files.length - gone.files,
      bytes: pages === 1 ? bytesOf(there) : null,
    }
  }

  const entries = (await lookUp(folder, [...folders, ...files], site, slice)).filter(isThere)
  const ordered = await sortInSlices(entries, comparison(view), slice)
  const folderCount = entries.reduce((count, entry) => count + (entry.folder ? 1 : 0), 0)
  return {
    ...result,
    entries: ordered.slice(first, first + PAGE_SIZE),
    folders: folderCount,
    files: entries.length - folderCount,
    bytes: bytesOf(entries),
  }
}

const isThere = (entry: Entry | null): entry is Entry => entry !== null
const bytesOf = (entries: readonly Entry[]): number => entries.reduce((sum, { size }) => sum + size, 0)

/** Folders first, whatever the order; names decide between equals. */
function comparison({ sort, descending }: View): (a: Entry, b: Entry) => number {
  const sign = descending ? -1 : 1
  return (a, b) => {
    if (a.folder !== b.folder) return a.folder ? -1 : 1
    if (sort === 'size' && a.size !== b.size) return sign * (a.size - b.size)
    if (sort === 'modified' && a.modified !== b.modified) return sign * (a.modified - b.modified)
    return (sort === 'name' ? sign : 1) * compareNames(a, b)
  }
}

export function arrange(entries: readonly Entry[], view: View): Entry[] {
  return [...entries].sort(comparison(view))
}

/** Case and the way accents are written make no difference. */
export async function search<T extends Name>(
  names: readonly T[],
  wanted: string,
  slice: Slice,
): Promise<readonly T[]> {
  if (wanted === '') return names
  const folded = fold(wanted)
  const found: T[] = []
  for (let i = 0; i < names.length; i++) {
    if (i % BATCH === 0 && slice.over) await slice.next()
    const name = names[i]
    if (name !== undefined && fold(name.name).includes(folded)) found.push(name)
  }
  return found
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase()

/** Links stand among the folders or the files, as what they lead to. */
async function resolveLinks(
  folder: DiskPath,
  { folders, files, others }: FolderNames,
  site: Site,
  slice: Slice,
): Promise<{ folders: readonly Found[]; files: readonly Found[] }> {
  if (others.length === 0) return { folders, files }
  const entries = await inParallel(others, name => readEntry(folder, name, site))
  const resolved = entries.filter(isThere).map((entry): Found => ({ ...entry, entry }))
  const isFolder = ({ entry }: Found): boolean => entry?.folder === true
  return {
    folders: await mergeInSlices<Found>(folders, resolved.filter(isFolder), compareNames, slice),
    files: await mergeInSlices<Found>(
      files,
      resolved.filter(found => !isFolder(found)),
      compareNames,
      slice,
    ),
  }
}

/** ms. A call that takes longer shows a volume on which waiting must not stop everything else. */
const SLOW = 2

/**
 * The entry of each name, null for what has gone. On a local disk asking at once takes a quarter of the time that a
 * round through the thread pool takes; the first slow answer sends the rest there.
 */
async function lookUp(
  folder: DiskPath,
  names: readonly Found[],
  site: Site,
  slice: Slice,
): Promise<readonly (Entry | null)[]> {
  const entries: (Entry | null)[] = []
  let before = performance.now()
  for (const name of names) {
    const entry = name.entry ?? readEntryNow(folder, name, site)
    entries.push(entry instanceof Promise ? await entry : entry)
    const now = performance.now()
    if (now - before > SLOW) break
    before = now
    if (slice.isOver(now)) {
      await slice.next()
      before = performance.now()
    }
  }
  const rest = names.slice(entries.length)
  const later = await inParallel(rest, async name => name.entry ?? (await readEntry(folder, name, site)))
  return [...entries, ...later]
}

const PARALLEL = 16

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T)
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  return results
}

/** Waits only for what has turned into a link since the folder was read. */
function readEntryNow(folder: DiskPath, name: Name, site: Site): Entry | null | Promise<Entry | null> {
  try {
    const stats = fs.lstatSync(pathOf(folder, name), { throwIfNoEntry: false })
    if (stats === undefined) return null
    return stats.isSymbolicLink() ? readEntry(folder, name, site) : entryOf(name, stats)
  } catch {
    return null
  }
}

/** Null for what a request would not get, and for what has gone since the folder was read. */
async function readEntry(folder: DiskPath, name: Name, site: Site): Promise<Entry | null> {
  const path = pathOf(folder, name)
  const policy = site.live.symlinks
  try {
    const stats = await fs.promises.lstat(path)
    if (!stats.isSymbolicLink()) return entryOf(name, stats)
    if (policy === 'refuse') return null
    if (policy === 'confined' && !isInside(site.root, await realPath(path))) return null
    return entryOf(name, await fs.promises.stat(path))
  } catch {
    return null
  }
}

function entryOf({ name, diskName }: Name, stats: fs.Stats): Entry | null {
  const folder = stats.isDirectory()
  if (!folder && !stats.isFile()) return null
  return { name, diskName, folder, size: folder ? 0 : stats.size, modified: stats.mtimeMs }
}
