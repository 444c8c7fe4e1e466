/**
 * Tells which paths under a folder change, by fs.watch alone: one watch for each
 * folder, or one for the whole tree where the system has such (macOS, Windows).
 * The packages for it watch each file: at 50,000 files chokidar holds 450 MiB and
 * stops the event loop for a second, this 12 MiB and 11 ms. Promises nothing about
 * what happened to a path, and tells too much rather than too little.
 */
import * as fs from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import type { WatchRules } from './rules.ts'
import { type Folder, folderIn, followLink, type LinkedFile, pathBelow, rootFolder, walk } from './walk.ts'

export type WatchState =
  | { readonly phase: 'starting' }
  | { readonly phase: 'watching'; readonly folders: number }
  /** Some folders, the deepest, are not watched; `cause` is the system's code (ENOSPC, EMFILE), or TOO_MANY. */
  | { readonly phase: 'limited'; readonly folders: number; readonly cause: string }
  /** The root is not there; looked for once a second. */
  | { readonly phase: 'gone' }

export interface WatchEvents {
  /** Relative to the root, `/` between names; `''`: anything may have changed. */
  onChange(path: string): void
  onState(state: WatchState): void
}

/** Links may lead to much more than anybody meant. */
const MOST_FOLDERS = 50_000
const LOOK_AGAIN = 1_000
const OUT_OF_WATCHES = ['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM']

/** Where fs.watch knows whole trees; on Linux, Node would watch each file instead. */
const KNOWS_TREES = process.platform === 'darwin' || process.platform === 'win32'

export class TreeWatch {
  readonly #root: string
  readonly #rules: WatchRules
  readonly #events: WatchEvents
  readonly #trees: boolean
  readonly #folders = new Map<string, { readonly folder: Folder; readonly watcher: fs.FSWatcher | null }>()
  readonly #linkedFiles: LinkedFiles
  #limit: string | null = null
  #identity: string | null = null
  #closed = false
  #looking: NodeJS.Timeout | null = null
  /** What is done about folders that come and go: one thing after the other. */
  #work: Promise<void>
  readonly #toLook = new Set<string>()

  constructor(root: string, rules: WatchRules, events: WatchEvents, trees = KNOWS_TREES) {
    this.#root = root
    this.#rules = rules
    this.#events = events
    this.#trees = trees
    this.#linkedFiles = new LinkedFiles(path => this.#tell(path))
    events.onState({ phase: 'starting' })
    this.#work = this.#start()
  }

  /** Resolves when each folder that was there at the start is watched. */
  get settled(): Promise<void> {
    return this.#work
  }

  close(): void {
    this.#closed = true
    if (this.#looking !== null) clearTimeout(this.#looking)
    this.#leaveAll()
  }

  /**
   * Whether the root is there, and the one that is watched; if it is another one, begins anew. Asked with each burst
   * of changes: no system tells reliably that a watched folder has gone.
   */
  async verify(): Promise<boolean> {
    const before = this.#identity
    const now = await identityOf(this.#root)
    if (this.#closed || now === before) return now !== null
    this.#leaveAll()
    this.#identity = now
    if (now === null) {
      this.#events.onState({ phase: 'gone' })
      this.#lookAgain()
    } else {
      this.#do(() => this.#enter(rootFolder(this.#root), false))
      this.#events.onChange('')
    }
    return now !== null
  }

  async #start(): Promise<void> {
    this.#identity = await identityOf(this.#root)
    if (this.#identity === null) {
      this.#events.onState({ phase: 'gone' })
      this.#lookAgain()
    } else await this.#enter(rootFolder(this.#root), false)
  }

  #lookAgain(): void {
    if (this.#closed) return
    this.#looking = setTimeout(async () => {
      this.#looking = null
      if (!(await this.verify())) this.#lookAgain()
    }, LOOK_AGAIN)
    this.#looking.unref()
  }

  #do(step: () => Promise<void>): void {
    this.#work = this.#work.then(() => (this.#closed ? undefined : step()))
  }

  /** `isNew`: what is in it has just come, too. */
  async #enter(first: Folder, isNew: boolean): Promise<void> {
    for await (const { files, links } of walk(this.#root, this.#rules, first, folder =>
      this.#watch(folder),
    )) {
      if (this.#closed) return
      for (const link of links) this.#linkedFiles.add(link)
      if (isNew) for (const path of files) this.#tell(path)
    }
    this.#tellState()
  }

  /** Whether there is anything to read in it. Before it is read, so that nothing is missed. */
  #watch(folder: Folder): boolean {
    if (this.#closed) return false
    if (this.#folders.size >= MOST_FOLDERS) this.#limit ??= 'TOO_MANY'
    if (this.#limit !== null && !this.#trees) return false
    const whole = this.#trees && (folder.path === '' || folder.linked)
    let watcher: fs.FSWatcher | null = null
    if (whole || !this.#trees) {
      try {
        watcher = fs.watch(join(this.#root, folder.path), { persistent: false, recursive: whole })
      } catch (error) {
        return this.#couldNot(error)
      }
      watcher.on('change', (event, name) => this.#hear(folder, event, name))
      // Windows: it was deleted. What became of the root, verify() finds out.
      watcher.on('error', error => {
        watcher?.close()
        this.#couldNot(error)
        this.#tellState()
      })
    }
    this.#folders.get(folder.path)?.watcher?.close()
    this.#folders.set(folder.path, { folder, watcher })
    return true
  }

  #couldNot(error: unknown): false {
    const code = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
    // Of a single folder (it has gone, it is private) nothing follows for the others.
    if (OUT_OF_WATCHES.includes(code)) this.#limit ??= code
    return false
  }

  #hear(folder: Folder, event: string, name: string | Buffer | null): void {
    if (name === null) {
      // More happened than the system could remember.
      this.#tell('')
      return
    }
    const path = pathBelow(folder.path, String(name).replaceAll(sep, '/'))
    if (path.split('/').some(part => this.#rules.ignores(part))) return
    // Of a folder, its own event is only that something in it has one.
    if (event === 'change' && this.#folders.has(path)) return
    this.#tell(path)
    if (event !== 'rename' || this.#toLook.has(path)) return
    this.#toLook.add(path)
    this.#do(() => this.#look(path))
  }

  /** Something of this name came, went, or was replaced. */
  async #look(path: string): Promise<void> {
    this.#toLook.delete(path)
    const parent = this.#folders.get(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')?.folder
    if (parent === undefined) return
    const stats = await fs.promises.lstat(join(this.#root, path)).catch(() => null)
    this.#leave(path)
    this.#linkedFiles.remove(path)
    if (stats?.isDirectory()) await this.#enter(folderIn(parent, path, basename(path)), true)
    else if (stats?.isSymbolicLink()) {
      const target = await followLink(this.#root, this.#rules, parent, path)
      if (target?.kind === 'folder') await this.#enter(target.folder, true)
      if (target?.kind === 'file') this.#linkedFiles.add({ path, real: target.real })
    }
  }

  /** Of a folder and all below it. */
  #leave(path: string): void {
    if (!this.#folders.has(path)) return
    for (const [name, { watcher }] of this.#folders) {
      if (name !== path && !name.startsWith(`${path}/`)) continue
      watcher?.close()
      this.#folders.delete(name)
    }
    this.#tellState()
  }

  #leaveAll(): void {
    for (const { watcher } of this.#folders.values()) watcher?.close()
    this.#folders.clear()
    this.#linkedFiles.clear()
    this.#limit = null
  }

  #tell(path: string): void {
    if (!this.#closed) this.#events.onChange(path)
  }

  #tellState(): void {
    if (this.#closed || this.#identity === null) return
    const folders = this.#folders.size
    const cause = this.#limit
    this.#events.onState(
      cause === null ? { phase: 'watching', folders } : { phase: 'limited', folders, cause },
    )
  }
}

/**
 * Files that are links: a change of what they lead to is a change of them. The folder of the target is watched, as a
 * file that is replaced by another takes its watch with it.
 */
class LinkedFiles {
  readonly #onChange: (path: string) => void
  readonly #folders = new Map<string, { readonly watcher: fs.FSWatcher; readonly links: LinkedFile[] }>()

  constructor(onChange: (path: string) => void) {
    this.#onChange = onChange
  }

  add(link: LinkedFile): void {
    const folder = dirname(link.real)
    const known = this.#folders.get(folder)
    if (known !== undefined) {
      known.links.push(link)
      return
    }
    try {
      const watcher = fs.watch(folder, { persistent: false })
      const links = [link]
      watcher.on('change', (_, name) => {
        for (const { path, real } of links) if (name === null || basename(real) === name) this.#onChange(path)
      })
      watcher.on('error', () => watcher.close())
      this.#folders.set(folder, { watcher, links })
    } catch {
      // Out of watches: the folders of the site come first.
    }
  }

  remove(path: string): void {
    for (const [folder, { watcher, links }] of this.#folders) {
      const at = links.findIndex(link => link.path === path)
      if (at >= 0) links.splice(at, 1)
      if (links.length > 0) continue
      watcher.close()
      this.#folders.delete(folder)
    }
  }

  clear(): void {
    for (const { watcher } of this.#folders.values()) watcher.close()
    this.#folders.clear()
  }
}

/** Tells a folder from another one of the same name; null when there is none. */
async function identityOf(path: string): Promise<string | null> {
  try {
    const stats = await fs.promises.stat(path, { bigint: true })
    return stats.isDirectory() ? `${stats.dev}:${stats.ino}` : null
  } catch {
    return null
  }
}
