/**
 * Uploads that have not come to their end, on disk: the bytes in `<id>.part`, and
 * beside them in `<id>.json` what is to become of them. They lie in a folder of
 * the engine's own inside of what is served, so that the last step is a rename;
 * no request reads or lists it. They outlive a restart, and are removed when
 * nobody has gone on with them for a day.
 */

import * as fs from 'node:fs'
import { crypto } from '../built-ins.ts'
import { descriptors } from '../descriptors.ts'
import type { Site } from '../request.ts'
import { isReserved, RESERVED } from '../target.ts'
import { type Folder, openDeepest, openFolder } from './open-folder.ts'

/** What an upload is for. */
export interface Intent {
  /** Names from the root to the file. */
  readonly target: readonly string[]
  /** Bytes it will have, or null when nobody knows. */
  readonly length: number | null
  /** ms since the epoch; null: when it arrived. */
  readonly modified: number | null
  readonly replace: boolean
}

/** One of them, with its folder open. Whoever got it closes it. */
export interface Half {
  readonly id: string
  /** Names from the root to the folder that holds the engine's own. */
  readonly area: readonly string[]
  readonly folder: Folder
  readonly intent: Intent
  /** Bytes that are there. */
  readonly size: number
}

const OWN = [RESERVED, 'uploads']
/** How long nobody may go on with one, in ms. */
export const LIFETIME = 24 * 60 * 60 * 1000
const ID = /^[\w-]{22}$/

export const isId = (text: string): boolean => ID.test(text)
export const createId = (): string => crypto().randomBytes(16).toString('base64url')
const goneOf = (id: string): string => `${id}.gone`
const partOf = (id: string): string => `${id}.part`
const noteOf = (id: string): string => `${id}.json`

/** Others who use this computer have no business in it. */
const PRIVATE = 0o700

/**
 * A folder for an upload into `deepest`: at the root where that can be written and lies on the same volume, else
 * beside the file to be.
 */
export async function openArea(
  site: Site,
  deepest: Folder,
  deepestNames: readonly string[],
): Promise<{ area: readonly string[]; folder: Folder }> {
  const [root, target] = await Promise.all([fs.promises.stat(site.root), fs.promises.stat(deepest.path)])
  if (root.dev === target.dev) {
    try {
      return { area: [], folder: await openFolder(site, OWN, PRIVATE) }
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  return { area: deepestNames, folder: await openFolder(site, [...deepestNames, ...OWN], PRIVATE) }
}

/** A new file for the bytes; the descriptor is the caller's. */
export async function createPart(folder: Folder, id: string): Promise<number> {
  const { O_WRONLY, O_CREAT, O_EXCL } = fs.constants
  return await descriptors().open(folder.entry(partOf(id)), O_WRONLY | O_CREAT | O_EXCL)
}

export async function openPart({ folder, id }: Pick<Half, 'folder' | 'id'>): Promise<number> {
  return await descriptors().open(
    folder.entry(partOf(id)),
    fs.constants.O_WRONLY | (fs.constants.O_NOFOLLOW ?? 0),
  )
}

export const partPath = ({ folder, id }: Pick<Half, 'folder' | 'id'>): string => folder.entry(partOf(id))

export async function writeNote(folder: Folder, id: string, intent: Intent): Promise<void> {
  await fs.promises.writeFile(folder.entry(noteOf(id)), JSON.stringify(intent), { flag: 'wx', mode: 0o600 })
}

/** Null when there is none of this name, or it is none that goes on. */
export async function findHalf(site: Site, area: readonly string[], id: string): Promise<Half | null> {
  const { folder, depth } = await openDeepest(site, [...area, ...OWN])
  let keep = false
  try {
    if (depth < area.length + OWN.length) return null
    const intent = parseNote(await fs.promises.readFile(folder.entry(noteOf(id)), 'utf8'))
    const stats = await fs.promises.lstat(folder.entry(partOf(id)))
    // With a second name it is a file that is served already: the process ended between the two steps of the last one.
    if (intent === null || !stats.isFile() || stats.nlink > 1) return null
    keep = true
    return { id, area, folder, intent, size: stats.size }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  } finally {
    if (!keep) folder.close()
  }
}

/** Believes nothing: what it says is checked as a request is. */
function parseNote(text: string): Intent | null {
  try {
    const { target, length, modified, replace } = JSON.parse(text) as Partial<Intent>
    const isSize = (value: unknown): boolean =>
      value === null || (Number.isSafeInteger(value) && Number(value) >= 0)
    const isPath = Array.isArray(target) && target.length > 0 && target.every(isName)
    if (!isPath || !isSize(length) || typeof replace !== 'boolean') return null
    if (modified !== null && !Number.isFinite(modified)) return null
    return { target, length: length ?? null, modified: modified ?? null, replace }
  } catch {
    return null
  }
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && !/^\.{0,2}$|[/\0]/.test(name) && !isReserved(name)
}

/** Removes one, and the folder with the last. */
export async function removeHalf({ folder, id }: Pick<Half, 'folder' | 'id'>): Promise<void> {
  await fs.promises.rm(folder.entry(noteOf(id)), { force: true })
  await fs.promises.rm(folder.entry(partOf(id)), { force: true })
}

/**
 * Removes a folder and all in it. First it goes out of the way, in one step: nobody sees a folder that is half there,
 * and nobody can put a link into it that would lead the removal elsewhere.
 */
export async function removeFolder(site: Site, parent: Folder, names: readonly string[]): Promise<void> {
  const { area, folder } = await openArea(site, parent, names.slice(0, -1))
  try {
    const away = folder.entry(goneOf(createId()))
    await fs.promises.rename(parent.entry(names.at(-1) ?? ''), away)
    await fs.promises.rm(away, { recursive: true, force: true, maxRetries: 3 })
  } finally {
    folder.close()
  }
  await removeIfEmpty(site, area)
}

/** The engine's own folders go with their last upload: nothing is left in a folder that is somebody else's. */
export async function removeIfEmpty(site: Site, area: readonly string[]): Promise<void> {
  for (const own of [OWN, OWN.slice(0, 1)]) {
    const parent = await openDeepest(site, [...area, ...own.slice(0, -1)])
    try {
      // Fails while there is something in it, which is as well.
      if (parent.depth === area.length + own.length - 1)
        await fs.promises.rmdir(parent.folder.entry(own.at(-1) ?? ''))
    } catch {
      return
    } finally {
      parent.folder.close()
    }
  }
}

/** Removes what nobody has gone on with for too long. `isBusy`: somebody does, right now. */
export async function removeOld(
  site: Site,
  area: readonly string[],
  now: number,
  isBusy: (id: string) => boolean,
): Promise<void> {
  // Mostly there is nothing, which is found out without a handle.
  if ((await fs.promises.stat([site.root, ...area, ...OWN].join('/')).catch(() => null)) === null) return
  const { folder, depth } = await openDeepest(site, [...area, ...OWN])
  try {
    if (depth < area.length + OWN.length) return
    for (const name of await fs.promises.readdir(folder.path)) {
      const id = name.replace(/\.\w+$/, '')
      if (!isId(id) || isBusy(id)) continue
      if (name === goneOf(id)) {
        await fs.promises.rm(folder.entry(name), { recursive: true, force: true })
        continue
      }
      const { mtimeMs } = await fs.promises.lstat(folder.entry(name)).catch(() => ({ mtimeMs: now }))
      const part = await fs.promises.lstat(folder.entry(partOf(id))).catch(() => ({ mtimeMs }))
      // A note is as old as the bytes beside it.
      if (now - Math.max(mtimeMs, part.mtimeMs) > LIFETIME) await removeHalf({ folder, id })
    }
  } finally {
    folder.close()
  }
  await removeIfEmpty(site, area)
}
