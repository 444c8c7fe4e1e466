/**
 * Folders as places to write in. A folder is entered name by name from the root,
 * and must lie inside the root when it is open. On Linux what is done in it goes
 * through its handle, so that a link which somebody puts in its way meanwhile
 * leads nowhere; elsewhere its path is resolved once more before each change,
 * which leaves a moment to one who renames folders inside the root again and again.
 */
import * as fs from 'node:fs'
import { descriptors } from '../descriptors.ts'
import { isInside, positionOf, realPath } from '../representation.ts'
import type { Site } from '../request.ts'
import { WriteProblem } from './write-problem.ts'

type Rules = Pick<Site, 'root' | 'live'>

/** Where Linux shows the real path of each open handle. */
const HANDLES = process.platform === 'linux' ? '/proc/self/fd' : null
const FOLDER = fs.constants.O_RDONLY | (fs.constants.O_DIRECTORY ?? 0)
const NO_LINK = fs.constants.O_NOFOLLOW ?? 0

/** Whoever opened it closes it. */
export class Folder {
  /** Where its entries are found. */
  readonly #at: string
  readonly #fd: number | null
  readonly #rules: Rules
  #closed = false

  constructor(at: string, fd: number | null, rules: Rules) {
    this.#at = at
    this.#fd = fd
    this.#rules = rules
  }

  /** What the system is to be asked for; not to be shown or kept. */
  entry(name: string): string {
    return `${this.#at}/${name}`
  }

  /** Itself. */
  get path(): string {
    return this.#at
  }

  /** The path that others know it by. */
  async realPath(): Promise<string> {
    const real = this.#fd === null ? await realPath(this.#at) : await fs.promises.readlink(this.#at)
    return String(real)
  }

  /** Rejects when it does not lie inside the root, or no more. */
  async check(): Promise<void> {
    const { root, live } = this.#rules
    if (this.#fd === null) {
      if ((await positionOf(root, this.#at, live)) !== 'inside') throw new WriteProblem('outside')
    } else if (live.symlinks !== 'follow' && !isInside(root, await this.realPath())) {
      throw new WriteProblem('outside')
    }
  }

  close(): void {
    if (this.#fd !== null && !this.#closed) descriptors().close(this.#fd)
    this.#closed = true
  }
}

/** How far a path of folders exists: the last that does, and how many names lead to it. */
export interface Deepest {
  readonly folder: Folder
  readonly depth: number
}

/** Rejects when something on the way is no folder, or not inside. `handles` is null where the system has no such folder. */
export async function openDeepest(
  rules: Rules,
  names: readonly string[],
  handles: string | null = HANDLES,
): Promise<Deepest> {
  let folder = await enter(rules, rules.root, handles)
  for (const [depth, name] of names.entries()) {
    try {
      const next = await enter(rules, folder.entry(name), handles)
      folder.close()
      folder = next
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { folder, depth }
      folder.close()
      throw error
    }
  }
  return { folder, depth: names.length }
}

/** Makes the folders that are missing; `mode` of those. */
export async function openFolder(
  rules: Rules,
  names: readonly string[],
  mode = 0o777,
  handles: string | null = HANDLES,
): Promise<Folder> {
  const { folder, depth } = await openDeepest(rules, names, handles)
  let current = folder
  try {
    for (const name of names.slice(depth)) {
      await fs.promises.mkdir(current.entry(name), { mode }).catch(error => {
        // Somebody else was faster.
        if (error.code !== 'EEXIST') throw error
      })
      const next = await enter(rules, current.entry(name), handles)
      current.close()
      current = next
    }
    return current
  } catch (error) {
    current.close()
    throw error
  }
}

async function enter(rules: Rules, path: string, handles: string | null): Promise<Folder> {
  const folder = await openAt(rules, path, handles)
  try {
    await folder.check()
    return folder
  } catch (error) {
    folder.close()
    throw error
  }
}

async function openAt(rules: Rules, path: string, handles: string | null): Promise<Folder> {
  if (handles === null) return await openByPath(rules, path)
  const flags = rules.live.symlinks === 'refuse' && path !== rules.root ? FOLDER | NO_LINK : FOLDER
  const fd = await descriptors().open(path, flags)
  const at = `${handles}/${fd}`
  try {
    await fs.promises.readlink(at)
    return new Folder(at, fd, rules)
  } catch {
    // No /proc in this container.
    descriptors().close(fd)
    return await openByPath(rules, path)
  }
}

async function openByPath(rules: Rules, path: string): Promise<Folder> {
  if (!(await fs.promises.stat(path)).isDirectory()) throw new WriteProblem('not-a-folder')
  return new Folder(path, null, rules)
}
