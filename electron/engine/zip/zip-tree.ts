/**
 * All that a folder holds, as the listing shows it: private names, special files
 * and links that lead out of the root are left out. Folders are read and files
 * opened one after the other as they are asked for, so a tree of any size takes
 * the memory of its deepest folders only.
 */
import * as fs from 'node:fs'
import { type Name, readListed, readNames } from '../folder-names.ts'
import type { DiskPath, OpenFile } from '../open-file.ts'
import { append, type Missing, missingFor, select } from '../representation.ts'
import type { Site } from '../request.ts'
import { Slice } from '../turns.ts'

/** `name` stands below the folder that is read, `/` between its parts. Who gets a file closes it. */
export type TreeItem =
  | { readonly kind: 'folder'; readonly name: string; readonly modified: number }
  | { readonly kind: 'file'; readonly name: string; readonly file: OpenFile }
  /** It belongs to the tree, and could not be read. */
  | { readonly kind: 'missing'; readonly name: string; readonly why: Missing['reason'] }

interface Folder {
  /** On disk, relative to the root; `''` is the root. */
  readonly path: DiskPath
  /** Below the top. */
  readonly name: string
  /** Those it lies in, and itself: a link to one of them would never end. */
  readonly chain: readonly string[]
  /** Each folder is entered through a link once, so that links to links cannot multiply it. */
  readonly throughLink: boolean
}

/** `top`: relative to the root. */
export async function* readTree(top: DiskPath, site: Site): AsyncGenerator<TreeItem> {
  const slice = new Slice()
  const entered = new Set<string>()
  const waiting: Folder[] = [{ path: top, name: '', chain: [], throughLink: false }]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const { path, name, chain } = folder
    const disk = diskPathOf(site, path)
    let inside: Awaited<ReturnType<typeof readListed>>
    let identity: string
    try {
      const stats = await fs.promises.stat(disk, { bigint: true })
      identity = `${stats.dev}:${stats.ino}`
      if (chain.includes(identity) || (folder.throughLink && entered.has(identity))) continue
      if (folder.throughLink) entered.add(identity)
      inside = await readListed(disk, site, slice)
      if (name !== '') yield { kind: 'folder', name: `${name}/`, modified: Number(stats.mtimeMs) }
    } catch (error) {
      const { reason } = missingFor(error)
      if (isWorthTelling(reason)) yield { kind: 'missing', name, why: reason }
      continue
    }
    const below = (child: Name, throughLink: boolean): Folder => ({
      path: path.length === 0 ? child.diskName : append(path, child.diskName),
      name: nameBelow(name, child),
      chain: [...chain, identity],
      throughLink,
    })
    const linked: Folder[] = []
    for (const child of [...inside.files, ...inside.others]) {
      const place = below(child, true)
      const item = await openItem(place, site)
      if (item === 'folder') linked.push(place)
      else if (item !== null) yield item
    }
    // The one that is wanted first lies on top.
    waiting.push(...linked.reverse(), ...inside.folders.map(child => below(child, false)).reverse())
  }
}

/** Null for what the tree does not hold. */
async function openItem(place: Folder, site: Site): Promise<TreeItem | 'folder' | null> {
  const { path, name } = place
  const bytes = typeof path === 'string' ? null : path
  const found = await select(site.root, { path: path.toString(), bytes, folder: false }, site.live)
  if (found.kind === 'file') return { kind: 'file', name, file: found.file }
  if (found.kind === 'slashless-folder') return 'folder'
  if (found.kind === 'missing' && isWorthTelling(found.reason)) {
    return { kind: 'missing', name, why: found.reason }
  }
  return null
}

/** What is gone, is gone; of what lies outside nothing is told. */
function isWorthTelling(reason: Missing['reason']): boolean {
  return reason === 'unreadable' || reason === 'busy' || reason === 'broken'
}

/** A backslash separates folders on Windows, and nowhere else. */
function nameBelow(parent: string, { name }: Name): string {
  const own = name.replaceAll('\\', '_')
  return parent === '' ? own : `${parent}/${own}`
}

function diskPathOf({ root }: Site, path: DiskPath): DiskPath {
  return path.length === 0 ? root : append(root, path)
}

/** Rejects with the system's error when the folder cannot be read, or lies outside. */
export async function checkReadable(path: DiskPath, site: Site): Promise<void> {
  await readNames(diskPathOf(site, path), site, new Slice())
}
