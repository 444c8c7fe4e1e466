/**
 * Folders as the app sees them: what a dropped path stands for, what a folder
 * is called, whether it can be served, and the list for the panel's own
 * chooser. Reads names only, never the content of a file; changes nothing.
 */
import { constants } from 'node:fs'
import { access, opendir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, parse, resolve, sep } from 'node:path'
import type { FolderListing } from '../contract.ts'

/** How many folders the chooser shows, and how many names it reads to find them. */
const LISTED_FOLDERS = 1000
const READ_NAMES = 50_000

/** The folder that a path stands for: itself, or for a file the folder it is in. Rejects with a system error. */
export async function folderOf(path: string): Promise<string> {
  const full = resolve(path)
  const stats = await stat(full)
  if (stats.isDirectory()) return full
  if (stats.isFile()) return dirname(full)
  throw Object.assign(new Error(`not a folder: ${full}`), { code: 'ENOTDIR' })
}

/** Equal for two paths of the same folder. */
export async function folderKey(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder)
}

/** Rejects with a system error when the folder cannot be served. */
export async function checkFolder(folder: string): Promise<void> {
  // Not by `access` alone: macOS guards Desktop, Documents and Downloads at the moment of reading.
  const directory = await opendir(folder)
  await directory.close()
  await access(folder, constants.R_OK | constants.X_OK)
}

/** Rejects as a system call would when it is something else, or no longer there. */
export async function checkIsFolder(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory())
    throw Object.assign(new Error(`${path} is a file`), { code: 'ENOTDIR' })
}

export function folderName(folder: string): string {
  const name = basename(folder).trim().slice(0, 100).trim()
  // A drive has its letter; the root of everything else has no name at all.
  return name || parse(folder).root.replace(/[\\/]+/g, '') || 'Computer'
}

/** The path with the home folder as `~`. */
export function folderLabel(folder: string, home: string): string {
  if (folder === home) return '~'
  const inside = home.endsWith(sep) ? home : home + sep
  return folder.startsWith(inside) ? `~${sep}${folder.slice(inside.length)}` : folder
}

/** A path with `~` in front made absolute; null when it is not absolute. */
export function expandHome(path: string, home: string): string | null {
  if (path === '~') return home
  if (/^~[\\/]/.test(path)) return join(home, path.slice(2))
  return isAbsolute(path) ? resolve(path) : null
}

/** The folders inside a folder, for the chooser: no hidden ones, none that cannot be read. */
export async function listFolder(folder: string, home: string): Promise<FolderListing> {
  const names: string[] = []
  let read = 0
  for await (const entry of await opendir(folder)) {
    if (++read > READ_NAMES) break
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory() || entry.isSymbolicLink()) names.push(entry.name)
  }
  const { compare } = new Intl.Collator(undefined, { numeric: true })
  const found = await Promise.all(
    names
      .sort(compare)
      .slice(0, LISTED_FOLDERS)
      .map(async name => {
        const path = join(folder, name)
        return (await isReadableFolder(path)) ? [{ name, path, hasIndex: await hasIndex(path) }] : []
      }),
  )
  const label = folderLabel(folder, home)
  const parent = dirname(folder)
  return {
    path: folder,
    label: label.endsWith(sep) ? label : label + sep,
    parent: parent === folder ? null : parent,
    folders: found.flat(),
    hasIndex: await hasIndex(folder),
  }
}

async function isReadableFolder(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.X_OK)
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

async function hasIndex(folder: string): Promise<boolean> {
  try {
    return (await stat(join(folder, 'index.html'))).isFile()
  } catch {
    return false
  }
}
