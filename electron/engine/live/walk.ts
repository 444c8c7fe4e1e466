/**
 * Goes through the folders under the root, those near the root first, and lists
 * the files of each. Links are followed where the rules say so, and never round
 * in a ring. Reads one folder at a time, as somebody else is being served.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'
import type { WatchRules } from './rules.ts'

/** A folder as it is named from the root, which may be by way of links. */
export interface Folder {
  /** Relative to the root, `/` between names; `''` is the root. */
  readonly path: string
  readonly real: string
  /** The path ends in a link. */
  readonly linked: boolean
  readonly parent: Folder | null
}

/** A file that is a link: what it is called, and where it leads. */
export interface LinkedFile {
  readonly path: string
  readonly real: string
}

export interface FolderContent {
  readonly folder: Folder
  /** Paths of the files, links included. */
  readonly files: readonly string[]
  readonly links: readonly LinkedFile[]
}

export function rootFolder(root: string): Folder {
  return { path: '', real: root, linked: false, parent: null }
}

/** `enter` is called before a folder is read, and says whether to; what cannot be read is left out. */
export async function* walk(
  root: string,
  rules: WatchRules,
  first: Folder,
  enter: (folder: Folder) => boolean,
): AsyncGenerator<FolderContent> {
  const queue = [first]
  for (const folder of queue) {
    if (!enter(folder)) continue
    const entries = await readFolder(join(root, folder.path))
    const files: string[] = []
    const links: LinkedFile[] = []
    for (const entry of entries) {
      if (rules.ignores(entry.name)) continue
      const path = pathBelow(folder.path, entry.name)
      if (entry.isDirectory()) queue.push(folderIn(folder, path, entry.name))
      else if (entry.isSymbolicLink()) {
        const target = await followLink(root, rules, folder, path)
        if (target === null) continue
        if (target.kind === 'folder') queue.push(target.folder)
        else {
          files.push(path)
          links.push({ path, real: target.real })
        }
      } else files.push(path)
    }
    yield { folder, files, links }
  }
}

export function folderIn(parent: Folder, path: string, name: string): Folder {
  return { path, real: join(parent.real, name), linked: false, parent }
}

/** Where the link at `path` in the folder `parent` leads; null where it is not to be followed. */
export async function followLink(
  root: string,
  rules: WatchRules,
  parent: Folder,
  path: string,
): Promise<{ kind: 'folder'; folder: Folder } | { kind: 'file'; real: string } | null> {
  try {
    const real = await fs.promises.realpath(join(root, path))
    if (!rules.follows(real)) return null
    if (!(await fs.promises.stat(real)).isDirectory()) return { kind: 'file', real }
    for (let above: Folder | null = parent; above !== null; above = above.parent) {
      if (above.real === real) return null
    }
    return { kind: 'folder', folder: { path, real, linked: true, parent } }
  } catch {
    return null
  }
}

export function pathBelow(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

async function readFolder(path: string): Promise<readonly fs.Dirent[]> {
  try {
    return await fs.promises.readdir(path, { withFileTypes: true })
  } catch {
    return []
  }
}
