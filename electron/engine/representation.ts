/**
 * Path -> what it stands for on disk: an open file, a folder, or why neither.
 * Opens once and stats that handle, so validators and bytes belong together.
 * Promises that an open file is a regular one that lies inside the root: on
 * Linux the kernel tells where the very handle is; elsewhere its path is
 * resolved after opening, which leaves a moment to one who renames folders
 * inside the root again and again. A site root is not a sandbox (hard links).
 */
import * as fs from 'node:fs'
import { sep } from 'node:path'
import { descriptors } from './descriptors.ts'
import { type DiskPath, OpenFile, statOf } from './open-file.ts'
import type { SymlinkPolicy } from './types.ts'

// Without O_NONBLOCK the open of a FIFO waits for its writer. Windows has neither flag nor FIFO files.
const OPEN_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0)

/** Why there is nothing to send. `cause` is the system's code, for the log. */
export interface Missing {
  readonly kind: 'missing'
  readonly reason: 'absent' | 'unreadable' | 'outside' | 'link' | 'special' | 'busy' | 'broken'
  readonly cause: string
  /** Of what is absent, where it is known: the nearest folder above that exists, as nearestFolder() gives it. */
  readonly nearest?: string
}

export type Representation =
  | { readonly kind: 'file'; readonly file: OpenFile }
  | { readonly kind: 'folder'; readonly path: DiskPath }
  | { readonly kind: 'slashless-folder' }
  | Missing

/** What select() needs to know of a request target. */
export interface Place {
  readonly path: string
  readonly bytes: Buffer | null
  readonly folder: boolean
}

/** What the owner says about finding files. */
export interface Rules {
  /** Names that stand for a folder's page, the first that exists. */
  readonly index: readonly string[]
  readonly symlinks: SymlinkPolicy
}

const DEFAULT_RULES: Rules = { index: ['index.html'], symlinks: 'confined' }

/** Where Linux shows the real path of each open handle. */
const HANDLES = process.platform === 'linux' ? '/proc/self/fd' : null

/** Never rejects. `root` is a real path; `handles` is null where the system has no such folder. */
export async function select(
  root: string,
  place: Place,
  rules: Rules = DEFAULT_RULES,
  handles: string | null = HANDLES,
): Promise<Representation> {
  const path = diskPath(root, place)
  try {
    const stats = await fs.promises.stat(path)
    if (stats.isDirectory()) return await selectFolder(root, path, place, rules, handles)
    // `a.txt/` names an entry of a folder that is none.
    if (place.folder) return missing('absent', 'ENOTDIR')
    if (!stats.isFile()) return missing('special', 'ENOTSUP')
    return await openInside(root, path, place.path, rules, handles)
  } catch (error) {
    return missingFor(error)
  }
}

async function selectFolder(
  root: string,
  path: DiskPath,
  place: Place,
  rules: Rules,
  handles: string | null,
): Promise<Representation> {
  const position = await positionOf(root, path, rules)
  if (position !== 'inside') return missing(position, 'EXDEV')
  if (!place.folder) return { kind: 'slashless-folder' }
  for (const indexName of rules.index) {
    const index = append(path, indexName)
    try {
      const stats = await fs.promises.stat(index)
      if (stats.isFile()) {
        const name = place.path === '' ? indexName : `${place.path}/${indexName}`
        return await openInside(root, index, name, rules, handles)
      }
    } catch (error) {
      const result = missingFor(error)
      if (result.reason !== 'absent') return result
    }
  }
  return { kind: 'folder', path }
}

/** The file beside one whose name is not UTF-8, with more at the end of its name; null when none can be sent. */
export async function openSibling(
  root: string,
  file: { readonly path: Buffer; readonly name: string },
  extension: string,
  rules: Rules,
): Promise<OpenFile | null> {
  try {
    const path = Buffer.concat([file.path, Buffer.from(extension)])
    // Most files have none: found out before a handle is spent on it.
    if (!(await fs.promises.stat(path)).isFile()) return null
    const found = await openInside(root, path, file.name + extension, rules, HANDLES)
    return found.kind === 'file' ? found.file : null
  } catch {
    return null
  }
}

/** Two states of a file may share a timestamp within one tick of the kernel's clock (up to 10 ms on Linux, 16 on Windows). */
const CLOCK_TICK = 16

async function openInside(
  root: string,
  path: DiskPath,
  name: string,
  rules: Rules,
  handles: string | null,
): Promise<Representation> {
  // A file that is replaced by rename between two of these steps is a new file: start again.
  for (let attempt = 0; attempt < 5; attempt++) {
    const fd = await open(path)
    let keep = false
    try {
      let stats = await statOf(fd)
      if (!stats.isFile()) return missing('special', 'ENOTSUP')
      const where = await locate(root, fd, stats, path, rules, handles)
      if (where === 'replaced') continue
      if (where !== 'inside') return missing(where, 'EXDEV')
      let wait = untilSettled(stats)
      if (wait > 0) {
        // A timer may fire within the millisecond before.
        await new Promise(resolve => setTimeout(resolve, wait + 1))
        stats = await statOf(fd)
        wait = untilSettled(stats)
      }
      keep = true
      return { kind: 'file', file: OpenFile.of(fd, stats, wait <= 0, name, path) }
    } finally {
      if (!keep) descriptors().close(fd)
    }
  }
  return missing('busy', 'EBUSY')
}

/** Where the file of an open handle lies. */
async function locate(
  root: string,
  fd: number,
  stats: fs.BigIntStats,
  path: DiskPath,
  rules: Rules,
  handles: string | null,
): Promise<Position | 'replaced'> {
  if (rules.symlinks === 'follow') return 'inside'
  if (rules.symlinks === 'refuse' && (await holdsLink(root, path))) return 'link'
  if (handles !== null) {
    // A link that cannot be read (no /proc in this container) leaves the way by path.
    const real = await fs.promises.readlink(`${handles}/${fd}`).catch(() => null)
    if (real !== null) return isInside(root, real) ? 'inside' : 'outside'
  }
  const real = await realPath(path)
  if (!isInside(root, real)) return 'outside'
  const found = await fs.promises.lstat(real, { bigint: true })
  return found.ino === stats.ino && found.dev === stats.dev ? 'inside' : 'replaced'
}

/** Where something lies, as far as the owner cares: `link` is behind a link where none is followed. */
export type Position = 'inside' | 'outside' | 'link'

/** Of what is no file; a file's own handle is asked instead. Rejects when it is not there. */
export async function positionOf(
  root: string,
  path: DiskPath,
  { symlinks }: Pick<Rules, 'symlinks'>,
): Promise<Position> {
  if (symlinks === 'follow') return 'inside'
  if (symlinks === 'refuse' && (await holdsLink(root, path))) return 'link'
  return isInside(root, await realPath(path)) ? 'inside' : 'outside'
}

/** Whether a name between the root and the end of `path` is a link. */
async function holdsLink(root: string, path: DiskPath): Promise<boolean> {
  const bytes = Buffer.from(path)
  for (let end = Buffer.byteLength(root); end < bytes.length; ) {
    const slash = bytes.indexOf('/', end + 1)
    end = slash < 0 ? bytes.length : slash
    if ((await fs.promises.lstat(bytes.subarray(0, end))).isSymbolicLink()) return true
  }
  return false
}

/** ms until the next change must get another timestamp; a clock that is far off is not waited for. */
function untilSettled(stats: fs.BigIntStats): number {
  const age = Date.now() - Number(stats.ctimeMs)
  return age > -CLOCK_TICK && age < CLOCK_TICK ? CLOCK_TICK - age : 0
}

/** What the system's error means for a request; the message, which holds a path, goes nowhere. */
export function missingFor(error: unknown): Missing {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? 'UNKNOWN'
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'EINVAL':
    case 'EISDIR':
      return missing('absent', code)
    case 'EACCES':
    case 'EPERM':
      return missing('unreadable', code)
    case 'EXDEV':
      return missing('outside', code)
    case 'ENXIO':
    case 'ENODEV':
    case 'EOPNOTSUPP':
      return missing('special', code)
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
    case 'EAGAIN':
    case 'EBUSY':
      return missing('busy', code)
    default:
      return missing('broken', code)
  }
}

function missing(reason: Missing['reason'], cause: string): Missing {
  return { kind: 'missing', reason, cause }
}

/** The nearest folder above `place` that exists, as a decoded path relative to the root (`''` is the root), or null. */
export async function nearestFolder(
  root: string,
  place: Place,
  rules: Pick<Rules, 'symlinks'>,
): Promise<string | null> {
  const isThere = async (depth: number): Promise<boolean> => {
    try {
      const disk = diskPath(root, { path: names.slice(0, depth).join('/'), bytes: null })
      return (
        (await fs.promises.stat(disk)).isDirectory() && (await positionOf(root, disk, rules)) === 'inside'
      )
    } catch {
      return false
    }
  }
  // Bytes that are no text are not worth a link.
  const names = place.bytes === null ? place.path.split('/').slice(0, -1) : []
  if (await isThere(names.length)) return names.join('/')
  // By halves, as what lies above it is there, too: the address may name thousands.
  let [there, missing] = [0, names.length]
  while (missing - there > 1) {
    const middle = (there + missing) >> 1
    if (await isThere(middle)) there = middle
    else missing = middle
  }
  if (there === 0 && (names.length === 0 || !(await isThere(0)))) return null
  return names.slice(0, there).join('/')
}

/** Compares with the separator, so that `/srv/site-old` is not inside `/srv/site`. */
export function isInside(root: string, real: DiskPath): boolean {
  if (typeof real === 'string') {
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)
  }
  const prefix = Buffer.from(root.endsWith(sep) ? root : root + sep)
  return real.equals(Buffer.from(root)) || real.subarray(0, prefix.length).equals(prefix)
}

function diskPath(root: string, place: Pick<Place, 'path' | 'bytes'>): DiskPath {
  return place.path === '' ? root : append(root, place.bytes ?? place.path)
}

export function append(path: DiskPath, name: DiskPath): DiskPath {
  if (typeof path === 'string' && typeof name === 'string') return `${path}/${name}`
  return Buffer.concat([Buffer.from(path), Buffer.from('/'), Buffer.from(name)])
}

/** A path with bytes that are not UTF-8 comes back as bytes. */
export async function realPath(path: DiskPath): Promise<DiskPath> {
  const real = await fs.promises.realpath(path)
  return real.includes('\ufffd') ? fs.promises.realpath(path, { encoding: 'buffer' }) : real
}

function open(path: DiskPath): Promise<number> {
  return descriptors().open(path, OPEN_FLAGS)
}
