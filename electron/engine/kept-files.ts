/**
 * Small files in memory, and what is known of larger ones and of names that
 * stand for nothing. Promises that nothing is given out which the disk does not
 * show at that moment: each entry stands on sights of every folder on its way
 * and of the file itself. Only what is reached without a link is kept, only
 * what had settled when it was read, and nothing on volumes of other computers
 * or where a look takes long. Bounded in bytes.
 */
import { Headroom } from './headroom.ts'
import { KeptFile, type SourceFile } from './kept-file.ts'
import { KeptHandles } from './kept-handles.ts'
import type { OpenFile } from './open-file.ts'
import type { ResolvedLive } from './options.ts'
import { type Missing, openSibling, type Place, type Representation, select } from './representation.ts'
import { Pace, Sight, Way } from './sight.ts'
import type { Soon } from './soon.ts'

export type Found =
  | Exclude<Representation, { kind: 'file' }>
  | { readonly kind: 'file'; readonly file: SourceFile }

/** What is kept of what was found. */
type Kept = Missing | { readonly kind: 'file'; readonly file: KeptFile }

interface Entry {
  readonly found: Kept
  /** The folders above. */
  readonly way: Way
  readonly wayVersion: number
  /** It itself. */
  readonly sight: Sight
  readonly version: number
  /** What is not there, and would come before it. */
  readonly before: Way | null
  readonly beforeVersion: number
  weight: number
  /** Asked for since the last time that room was needed. */
  used: boolean
}

/** Larger ones are rare, and sent from the disk. */
const LARGEST_KEPT = 256 * 1024
/** About what an entry takes besides its content: what is known of the file, and its answers. */
const ENTRY_WEIGHT = 2048
const FOLDERS = 4_096

export class KeptFiles {
  readonly #root: string
  readonly #limit: number
  readonly #pace = new Pace()
  #weight = 0
  /** By path, with its `/` at the end for a folder. In the order of coming, but for those that were given another round. */
  readonly #entries = new Map<string, Entry>()
  readonly #folders = new Map<string, Sight>()
  /** By the path of their last folder. */
  readonly #ways = new Map<string, Way>()
  /** Of files that are too large to be kept themselves. */
  readonly #handles = new KeptHandles<KeptFile>()
  /** The options that the entries were found by. */
  #rules: Pick<ResolvedLive, 'index' | 'symlinks'> | null = null

  /** `limit` in bytes; 0 keeps nothing. */
  constructor(root: string, limit: number) {
    this.#root = root
    this.#limit = limit
  }

  /** Bytes that are kept, about. */
  get weight(): number {
    return this.#weight
  }

  /** What a place stands for, from memory where that holds; `fresh`: from the disk. Whoever gets an open file closes it. */
  select(place: Place, live: ResolvedLive, fresh = false): Soon<Found> {
    if (this.#rules?.index !== live.index || this.#rules.symlinks !== live.symlinks) this.#clear(live)
    return (fresh ? null : this.#find(place)) ?? this.#select(place, live)
  }

  /** The file beside `file` whose name goes on with `extension`; null when none can be sent. */
  sibling(file: SourceFile, extension: string, live: ResolvedLive): Soon<SourceFile | null> {
    const { path, name } = file
    if (typeof path !== 'string') return openSibling(this.#root, { path, name }, extension, live)
    const place = { path: name + extension, bytes: null, folder: false }
    const found = this.#find(place)
    if (found === null) return this.#openSibling(place, live)
    if (found.kind !== 'file') return null
    return found.file.content === null ? this.#openSibling(place, live) : found.file
  }

  async #select(place: Place, live: ResolvedLive): Promise<Found> {
    const found = await select(this.#root, place, live)
    if (found.kind === 'file') this.#keepFile(place, found.file, live)
    return found
  }

  async #openSibling(place: Place, live: ResolvedLive): Promise<SourceFile | null> {
    // Most files have none, and a look tells so sooner than the thread pool.
    if (this.keepMissing(place, ABSENT, place.path.replace(/\/?[^/]*$/, ''), live)) return null
    const found = await this.#select(place, live)
    return found.kind === 'file' ? found.file : null
  }

  #find(place: Place): Kept | null {
    if (place.bytes !== null || this.#pace.isSlow) return null
    const key = keyOf(place)
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    const { way, sight, before } = entry
    if (
      way.look() !== entry.wayVersion ||
      sight.look() !== entry.version ||
      (before !== null && before.look() !== entry.beforeVersion)
    ) {
      this.#drop(key, entry)
      return null
    }
    entry.used = true
    return entry.found
  }

  /** Remembers a file that was just opened, and that `fill` may bring its content for. */
  #keepFile(place: Place, file: OpenFile, live: ResolvedLive): void {
    // Without a tag it was being written; by now it may have another state under the same time.
    if (!this.#isKept(place, live) || file.validators.etag === null) return
    const key = keyOf(place)
    const known = this.#find(place)
    if (known?.kind === 'file' && known.file.validators.etag === file.validators.etag) {
      // Opened for its content, by several at the same time perhaps.
      this.#keepOpen(key, known.file, file)
      return
    }
    const names = file.name.split('/')
    const own = names.pop() ?? ''
    const folder = names.join('/')
    const way = this.#wayTo(folder)
    if (way === null) return
    const absent: Sight[] = []
    // An index file stands for its folder as long as none that comes before it is there.
    if (place.folder) {
      for (const name of live.index.slice(0, live.index.indexOf(own))) {
        const other = this.#sight(folder, name)
        other.look()
        if (other.kind !== 'absent') return
        absent.push(other)
      }
    }
    const sight = this.#sight(folder, own)
    sight.look()
    if (sight.kind !== 'file' || !sight.shows(file.stats)) return
    const kept = new KeptFile(file, sight.path)
    this.#add(key, { kind: 'file', file: kept }, way, sight, absent.length === 0 ? null : new Way(absent))
    this.#keepOpen(key, kept, file)
  }

  /** What comes of `file` being open: its content when that is read, or the handle where it is too large. */
  #keepOpen(key: string, kept: KeptFile, file: OpenFile): void {
    if (file.size > LARGEST_KEPT) this.#handles.keep(kept, file)
    else if (kept.content === null) file.onRead = content => this.#fill(key, kept, content)
  }

  /** A handle of a file that was just found here, null where there is none any more. Whoever gets it closes it. */
  open(file: KeptFile): OpenFile | null {
    return this.#handles.borrow(file)
  }

  /** Closes what is kept open, for a server that ends. */
  close(): void {
    this.#handles.clear()
  }

  /** `content` was read while the file was in the state of its validators. */
  #fill(key: string, kept: KeptFile, content: Buffer): void {
    const entry = this.#entries.get(key)
    if (entry?.found.kind !== 'file' || entry.found.file !== kept) return
    if (kept.content !== null || content.length > LARGEST_KEPT) return
    kept.room = Headroom.of([content])
    entry.weight += kept.room.size
    this.#weight += kept.room.size
    this.#makeRoom()
  }

  /**
   * Remembers that there is nothing, and which folder above is the nearest (a path, `''` is the root). False when that
   * cannot be seen, or is not so.
   */
  keepMissing(place: Place, found: Missing, nearest: string, live: ResolvedLive): boolean {
    if (!this.#isKept(place, live) || found.reason !== 'absent') return false
    const way = this.#wayTo(nearest)
    if (way === null) return false
    // Where the first name of the rest is not there, none below is.
    const start = nearest === '' ? 0 : nearest.length + 1
    const [name = ''] = place.path.slice(start).split('/')
    const sight = this.#sight(nearest, name)
    sight.look()
    if (sight.kind !== 'absent') return false
    this.#add(keyOf(place), { ...found, nearest }, way, sight, null)
    return true
  }

  #isKept(place: Place, live: ResolvedLive): boolean {
    const { index, symlinks } = this.#rules ?? {}
    const same = index === live.index && symlinks === live.symlinks
    return this.#limit > 0 && same && place.bytes === null && !this.#pace.isSlow
  }

  /** Of the root and each folder down to `path`; null unless all are folders of the root's volume, reached without a link. */
  #wayTo(path: string): Way | null {
    const sights: Sight[] = []
    let device: number | undefined
    let name = this.#root
    for (const segment of ['', ...(path === '' ? [] : path.split('/'))]) {
      if (segment !== '') name = `${name}/${segment}`
      let sight = this.#folders.get(name)
      if (sight === undefined) {
        if (this.#folders.size >= FOLDERS) this.#forgetFolders()
        sight = new Sight(name, this.#pace)
        this.#folders.set(name, sight)
      }
      sight.look()
      device ??= sight.device
      if (sight.kind !== 'folder' || sight.device !== device) return null
      sights.push(sight)
    }
    let way = this.#ways.get(path)
    if (way === undefined) {
      way = new Way(sights)
      this.#ways.set(path, way)
    }
    return way
  }

  #forgetFolders(): void {
    this.#folders.clear()
    this.#ways.clear()
  }

  #sight(folder: string, name: string): Sight {
    const path = folder === '' ? `${this.#root}/${name}` : `${this.#root}/${folder}/${name}`
    return new Sight(path, this.#pace)
  }

  #add(key: string, found: Kept, way: Way, sight: Sight, before: Way | null): void {
    const known = this.#entries.get(key)
    if (known !== undefined) this.#drop(key, known)
    const [wayVersion, version, beforeVersion] = [way.look(), sight.look(), before?.look() ?? 0]
    const seen = { way, wayVersion, sight, version, before, beforeVersion }
    this.#entries.set(key, { found, ...seen, weight: ENTRY_WEIGHT, used: false })
    this.#weight += ENTRY_WEIGHT
    this.#makeRoom()
  }

  #drop(key: string, entry: Entry): void {
    if (!this.#entries.delete(key)) return
    this.#weight -= entry.weight
    if (entry.found.kind === 'file') this.#handles.drop(entry.found.file)
  }

  /** The oldest go; what was asked for meanwhile gets another round (this costs a hit nothing, as an order of use would). */
  #makeRoom(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#weight <= this.#limit) return
      this.#entries.delete(key)
      if (entry.used) {
        entry.used = false
        this.#entries.set(key, entry)
      } else this.#weight -= entry.weight
    }
  }

  #clear(live: ResolvedLive): void {
    this.#rules = live
    this.#entries.clear()
    this.#forgetFolders()
    this.#weight = 0
  }
}

const ABSENT: Missing = { kind: 'missing', reason: 'absent', cause: 'ENOENT' }

function keyOf({ path, folder }: Place): string {
  return folder ? `${path}/` : path
}
