/**
 * The entries of a folder: read, searched and sorted. Holds what a request
 * would get, so private names, special files and links that lead out of the
 * root are left out. Knows nothing of pages.
 */
import * as fs from 'node:fs'
import { append, type DiskPath, isInside, realPath } from './representation.ts'
import type { Site } from './request.ts'
import { isHidden } from './target.ts'

export interface Entry {
  /** As text, for display. */
  readonly name: string
  /** As it stands on disk: bytes when it is not UTF-8. */
  readonly diskName: DiskPath
  readonly folder: boolean
  /** Bytes; 0 for a folder. */
  readonly size: number
  /** ms since the epoch. */
  readonly modified: number
}

const SORT_KEYS = ['name', 'size', 'modified'] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface View {
  readonly sort: SortKey
  readonly descending: boolean
  /** `''`: everything. */
  readonly search: string
}

export function parseView(query: string): View {
  const fields = new URLSearchParams(query)
  const asked = fields.get('sort')
  const sort = SORT_KEYS.find(key => key === asked) ?? 'name'
  const direction = fields.get('dir')
  // Largest and newest first is what one wants of a size and a date.
  const descending = direction === 'desc' || (direction !== 'asc' && sort !== 'name')
  return { sort, descending, search: (fields.get('q') ?? '').trim().slice(0, 255) }
}

// Numbers in names count as numbers; case and accents decide only between equals.
const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function compareNames(a: Entry, b: Entry): number {
  return natural.compare(a.name, b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
}

/** Folders first, whatever the order; names decide between equals. */
export function arrange(entries: readonly Entry[], { sort, descending, search }: View): Entry[] {
  const wanted = search.normalize('NFC').toLowerCase()
  const found =
    wanted === ''
      ? [...entries]
      : entries.filter(({ name }) => name.normalize('NFC').toLowerCase().includes(wanted))
  const sign = descending ? -1 : 1
  return found.sort((a, b) => {
    if (a.folder !== b.folder) return a.folder ? -1 : 1
    if (sort === 'size' && a.size !== b.size) return sign * (a.size - b.size)
    if (sort === 'modified' && a.modified !== b.modified) return sign * (a.modified - b.modified)
    return (sort === 'name' ? sign : 1) * compareNames(a, b)
  })
}

const PARALLEL = 16

export async function readFolder(path: DiskPath, site: Site): Promise<Entry[]> {
  const names = await readNames(path)
  const visible = names.filter(name => site.live.dotfiles || !isHidden(name.toString(), site.platform))
  const entries: Entry[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let name = visible[next++]; name !== undefined; name = visible[next++]) {
      const entry = await readEntry(path, name, site)
      if (entry !== null) entries.push(entry)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return entries
}

async function readNames(path: DiskPath): Promise<readonly DiskPath[]> {
  const names = await fs.promises.readdir(path)
  // Decoding lost something: ask for the bytes instead.
  if (!names.some(name => name.includes('\ufffd'))) return names
  const raw = await fs.promises.readdir(path, { encoding: 'buffer' })
  return raw.map(bytes => {
    const text = bytes.toString()
    return Buffer.from(text).equals(bytes) ? text : bytes
  })
}

/** Null for what a request would not get, and for what has gone since the folder was read. */
async function readEntry(folder: DiskPath, diskName: DiskPath, site: Site): Promise<Entry | null> {
  const path = append(folder, diskName)
  try {
    let stats = await fs.promises.lstat(path)
    if (stats.isSymbolicLink()) {
      if (!isInside(site.root, await realPath(path))) return null
      stats = await fs.promises.stat(path)
    }
    const folderHere = stats.isDirectory()
    if (!folderHere && !stats.isFile()) return null
    return {
      name: diskName.toString(),
      diskName,
      folder: folderHere,
      size: folderHere ? 0 : stats.size,
      modified: stats.mtimeMs,
    }
  } catch {
    return null
  }
}
