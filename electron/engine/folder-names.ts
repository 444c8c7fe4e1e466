/**
 * The names in a folder, in natural order. They are read anew for each answer;
 * what is remembered is only their order, and only while the very same names
 * and kinds are read again: a folder's own time does not tell that everywhere.
 */
import type { Dirent } from 'node:fs'
import * as fs from 'node:fs'
import { descriptors } from './descriptors.ts'
import type { DiskPath } from './open-file.ts'
import { append, isInside, positionOf } from './representation.ts'
import type { Site } from './request.ts'
import type { Rules } from './rules/host-rules.ts'
import { isHidden, isPortableName, isReserved } from './target.ts'
import { BATCH, type Slice, sortInSlices } from './turns.ts'

export interface Name {
  /** As text, for display. */
  readonly name: string
  /** As it stands on disk: bytes when it is not UTF-8. */
  readonly diskName: DiskPath
}

export interface FolderNames {
  readonly folders: readonly Name[]
  readonly files: readonly Name[]
  /** Links, and what the file system does not tell the kind of: to be looked up. */
  readonly others: readonly Name[]
}

let collator: Intl.Collator | null = null

/** Numbers in names count as numbers; case and accents decide only between equals. */
export function compareNames(a: Name, b: Name): number {
  // Made when first needed: it loads the data of a language, which takes 7 ms.
  collator ??= new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
  return collator.compare(a.name, b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
}

type Kind = 'folder' | 'file' | 'other' | 'special'

/** What was read, in the order of the disk: one character per byte, so that no name loses any. */
interface Listed {
  readonly names: string[]
  readonly kinds: Kind[]
}

/** Names that are remembered, in all folders together: some 15 MB. */
const MAX_REMEMBERED = 120_000
/** ms without a listing after which all are forgotten. */
const FORGET_AFTER = 30_000

interface Remembered {
  readonly listed: Listed
  readonly result: FolderNames
}

const memory = {
  folders: new Map<string, Remembered>(),
  names: 0,
  lastUse: 0,
  timer: null as NodeJS.Timeout | null,
}

/** Where Linux shows the real path of each open handle. */
const HANDLES = process.platform === 'linux' ? '/proc/self/fd' : null

/** Rejects with the error of the system. `handles` is null where the system has no such folder. */
export async function readNames(
  path: DiskPath,
  site: Site,
  slice: Slice,
  handles: string | null = HANDLES,
): Promise<FolderNames> {
  const names = await readAll(path, site, slice, handles)
  return site.rules === null
    ? names
    : await withoutUnlisted(names, path, site, await site.rules.current(), slice)
}

/** Without what the rules of a host keep out of lists. */
async function withoutUnlisted(
  { folders, files, others }: FolderNames,
  path: DiskPath,
  { root }: Site,
  rules: Pick<Rules, 'none' | 'isListed'>,
  slice: Slice,
): Promise<FolderNames> {
  if (rules.none) return { folders, files, others }
  const below = path.toString().slice(root.length).replace(/^\/+/, '')
  const listed = async (names: readonly Name[]): Promise<readonly Name[]> => {
    const found: Name[] = []
    for (const [i, each] of names.entries()) {
      if (i % BATCH === 0 && slice.over) await slice.next()
      if (rules.isListed(below === '' ? each.name : `${below}/${each.name}`)) found.push(each)
    }
    return found
  }
  return { folders: await listed(folders), files: await listed(files), others: await listed(others) }
}

async function readAll(
  path: DiskPath,
  site: Site,
  slice: Slice,
  handles: string | null,
): Promise<FolderNames> {
  const listed = await list(path, site, handles)
  const { dotfiles } = site.live
  const key = `${dotfiles} ${site.platform} ${path.toString('latin1')}`
  const known = memory.folders.get(key)
  if (known !== undefined && equal(known.listed, listed)) {
    remember(key, known)
    return known.result
  }
  const result = await arrange(listed, site, slice)
  remember(key, { listed, result })
  return result
}

function equal(a: Listed, b: Listed): boolean {
  if (a.names.length !== b.names.length) return false
  for (let i = 0; i < a.names.length; i++) {
    if (a.names[i] !== b.names[i] || a.kinds[i] !== b.kinds[i]) return false
  }
  return true
}

/** The one used last stands last. */
function remember(key: string, entry: Remembered): void {
  const { folders } = memory
  memory.names += entry.listed.names.length - (folders.get(key)?.listed.names.length ?? 0)
  folders.delete(key)
  folders.set(key, entry)
  for (const [oldKey, old] of folders) {
    if (memory.names <= MAX_REMEMBERED) break
    folders.delete(oldKey)
    memory.names -= old.listed.names.length
  }
  memory.lastUse = Date.now()
  memory.timer ??= setTimeout(forget, FORGET_AFTER).unref()
}

function forget(): void {
  const left = memory.lastUse + FORGET_AFTER - Date.now()
  memory.timer = left > 0 ? setTimeout(forget, left).unref() : null
  if (left > 0) return
  memory.folders.clear()
  memory.names = 0
}

async function arrange(listed: Listed, site: Site, slice: Slice): Promise<FolderNames> {
  const groups = { folder: [] as Name[], file: [] as Name[], other: [] as Name[] }
  for (let i = 0; i < listed.names.length; i++) {
    if (i % BATCH === 0 && slice.over) await slice.next()
    const kind = listed.kinds[i] ?? 'special'
    const entry = decode(listed.names[i] ?? '')
    // What a request would not get, no list shows.
    if (kind === 'special' || !isPortableName(entry.name, site.platform)) continue
    if (isHidden(entry.name, site.platform) && (!site.live.dotfiles || isReserved(entry.name))) continue
    groups[kind].push(entry)
  }
  return {
    folders: await sortInSlices(groups.folder, compareNames, slice),
    files: await sortInSlices(groups.file, compareNames, slice),
    others: await sortInSlices(groups.other, compareNames, slice),
  }
}

const ASCII = /^[\x20-\x7e]*$/

function decode(latin1: string): Name {
  if (ASCII.test(latin1)) return { name: latin1, diskName: latin1 }
  const bytes = Buffer.from(latin1, 'latin1')
  const name = bytes.toString()
  return { name, diskName: Buffer.from(name).equals(bytes) ? name : bytes }
}

// Nothing else is opened, should it stand there by now: a FIFO would wait for its writer.
const FOLDER_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_DIRECTORY ?? 0)

/**
 * Reads the folder that lies inside the root, also while somebody puts a link in its place: on Linux through a handle
 * of which the kernel tells where it is, elsewhere with a look at the path after reading.
 */
async function list(path: DiskPath, site: Site, handles: string | null): Promise<Listed> {
  if (handles === null) return await listByPath(path, site)
  const fd = await descriptors().open(path, FOLDER_FLAGS)
  try {
    const handle = `${handles}/${fd}`
    const real = await fs.promises.readlink(handle, { encoding: 'buffer' }).catch(() => null)
    // A link that cannot be read (no /proc in this container) leaves the way by path.
    if (real === null) return await listByPath(path, site)
    if (site.live.symlinks !== 'follow' && !isInside(site.root, real)) throw notInside()
    return await readKinds(handle)
  } finally {
    descriptors().close(fd)
  }
}

async function listByPath(path: DiskPath, site: Site): Promise<Listed> {
  const listed = await readKinds(path)
  if ((await positionOf(site.root, path, site.live)) !== 'inside') throw notInside()
  return listed
}

const notInside = (): Error => Object.assign(new Error('Not inside the root'), { code: 'EXDEV' })

async function readKinds(path: DiskPath): Promise<Listed> {
  try {
    return await readBatches(path)
  } catch (error) {
    // Where the file system does not tell kinds, Node looks them up by a name that it has not decoded.
    if ((error as NodeJS.ErrnoException).syscall !== 'lstat') throw error
    const names = await fs.promises.readdir(path, { encoding: 'latin1' })
    return { names, kinds: names.map(() => 'other') }
  }
}

/** In batches, with the event loop free in between: a call for all of them would block it while it makes their objects. */
async function readBatches(path: DiskPath): Promise<Listed> {
  const folder = await fs.promises.opendir(path, { encoding: 'latin1', bufferSize: 512 })
  const listed: Listed = { names: [], kinds: [] }
  try {
    // Callbacks take a third of the time of promises here.
    await new Promise<void>((resolve, reject) => {
      const take = (error: Error | null, entry: Dirent | null): void => {
        if (error !== null) reject(error)
        else if (entry === null) resolve()
        else {
          listed.names.push(entry.name)
          listed.kinds.push(kindOf(entry))
          folder.read(take)
        }
      }
      folder.read(take)
    })
  } finally {
    await folder.close()
  }
  return listed
}

function kindOf(entry: Dirent): Kind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice()
    ? 'special'
    : 'other'
}

export function pathOf(folder: DiskPath, { diskName }: Name): DiskPath {
  return append(folder, diskName)
}
