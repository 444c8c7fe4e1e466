/**
 * The life of an upload: begun beside where it will be, received piece by piece,
 * over several connections if need be, and given its name when it is whole. Of
 * two for the same name each has its own bytes; the one that ends first gets it.
 * Knows files, not HTTP: that is upload-requests.ts.
 */
import * as fs from 'node:fs'
import { inTurn } from '../bulk.ts'
import { descriptors } from '../descriptors.ts'
import type { Incoming } from '../incoming.ts'
import type { Site } from '../request.ts'
import { checkNames, checkPrivate, type Destination, freeName } from './destination.ts'
import { checkRoom } from './free-space.ts'
import {
  createId,
  createPart,
  findHalf,
  type Half,
  type Intent,
  openArea,
  openPart,
  partPath,
  removeHalf,
  removeIfEmpty,
  removeOld,
  writeNote,
} from './half-uploads.ts'
import { openFolder } from './open-folder.ts'
import { putInPlace } from './put-in-place.ts'
import { addressOf, WriteProblem } from './write-problem.ts'

/** What became of an upload. */
export interface Stored {
  /** As it stands in a URL. */
  readonly address: string
  /** Relative to the root. */
  readonly name: string
  readonly size: number
  readonly replaced: boolean
}

/** Where the bytes come from: content of a request, or a part of it. Rejects when they end early. */
export type Source = Pick<Incoming, 'read' | 'fail'>

/** One request that goes on with an upload, from its look at how much is there to its end: there is one at a time. */
class Turn {
  readonly ended: Promise<void>
  isCancelled = false
  #end = (): void => {}
  #stop = (): void => {}

  constructor() {
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  /** What comes of it from now on is not wanted. */
  cancel(): void {
    this.isCancelled = true
    this.#stop()
  }

  /** `stop` ends what it reads. */
  onCancel(stop: () => void): void {
    this.#stop = stop
    if (this.isCancelled) stop()
  }

  end(): void {
    this.#end()
  }
}

/** How many that came to their end are remembered, for a client that did not hear of it. */
const REMEMBERED = 1_000
/** Bytes between two looks at the room that is left. */
const LOOK = 64 * 1024 * 1024
/** How long nothing is under way until the engine's own folders are removed, in ms. */
const TIDY_AFTER = 5_000
const LOOK_FOR_OLD = 60 * 60 * 1000

export class Uploads {
  readonly #running = new Map<string, Turn>()
  readonly #ended = new Map<string, Stored>()
  /** Where there are, or were, some: names joined by `/`. */
  readonly #areas = new Set([''])
  #tidying: NodeJS.Timeout | null = null
  #lastLook = Number.NEGATIVE_INFINITY

  /** For one that has come to its end a while ago. */
  stored(id: string): Stored | null {
    return this.#ended.get(id) ?? null
  }

  /** All in one request. Nothing is left of it when it does not come whole. */
  async store(site: Site, destination: Destination, intent: Intent, source: Source): Promise<Stored> {
    const { half, fd } = await this.#begin(site, destination, intent, false)
    const release = this.#take(half.id)
    try {
      return await this.#receive(site, half, fd, source, true)
    } catch (error) {
      await removeHalf(half).catch(() => {})
      throw error
    } finally {
      half.folder.close()
      release()
    }
  }

  /** Makes one that can be gone on with. */
  async create(site: Site, destination: Destination, intent: Intent, source: Source): Promise<Half> {
    const { half, fd } = await this.#begin(site, destination, intent, true)
    const release = this.#take(half.id)
    try {
      await this.#receive(site, half, fd, source, false)
    } finally {
      half.folder.close()
      release()
    }
    return half
  }

  /** Resolves when nobody else goes on with it any more, nor may until the function that it answers is called. */
  async hold(id: string): Promise<() => void> {
    // The client has given up an earlier request of which the connection does not know yet.
    for (let turn = this.#running.get(id); turn !== undefined; turn = this.#running.get(id)) {
      turn.cancel()
      await turn.ended
    }
    return this.#take(id)
  }

  /** The one of this name, for who holds it. Null when there is none. */
  async find(site: Site, area: readonly string[], id: string): Promise<Half | null> {
    const half = await findHalf(site, area, id)
    if (half !== null) this.#areas.add(area.join('/'))
    return half
  }

  /** Goes on with it: with more of it, or with all that is missing. Leaves the half open. */
  async append(site: Site, half: Half, source: Source): Promise<void> {
    await this.#receive(site, half, await openPart(half), source, false)
  }

  async complete(site: Site, half: Half, source: Source): Promise<Stored> {
    return await this.#receive(site, half, await openPart(half), source, true)
  }

  async cancel(site: Site, half: Half): Promise<void> {
    await removeHalf(half)
    this.#tidyLater(site)
  }

  /** Removes what is too old, at the first call and then now and again. */
  async lookForOld(site: Site): Promise<void> {
    if (Date.now() - this.#lastLook < LOOK_FOR_OLD) return
    this.#lastLook = Date.now()
    for (const area of this.#areas) {
      const names = area === '' ? [] : area.split('/')
      await removeOld(site, names, Date.now(), id => this.#running.has(id)).catch(() => {})
    }
  }

  /** The engine's own folders go, where nothing is left in them. */
  async tidy(site: Site): Promise<void> {
    if (this.#tidying !== null) clearTimeout(this.#tidying)
    this.#tidying = null
    for (const area of this.#areas) {
      await removeIfEmpty(site, area === '' ? [] : area.split('/')).catch(() => {})
    }
  }

  /** Closes the destination, which is looked for again when the upload is whole. */
  async #begin(
    site: Site,
    destination: Destination,
    intent: Intent,
    resumable: boolean,
  ): Promise<{ half: Half; fd: number }> {
    try {
      await checkRoom(destination.folder.path, intent.length ?? 0)
      // A folder may be tidied away in the moment before something is put into it.
      for (let attempt = 0; ; attempt++) {
        const begun = await this.#open(site, destination, intent, resumable).catch(error => {
          if (error.code !== 'ENOENT' || attempt === 3) throw error
        })
        if (begun) return begun
      }
    } finally {
      destination.folder.close()
    }
  }

  async #open(site: Site, { folder, folderNames }: Destination, intent: Intent, resumable: boolean) {
    const { area, folder: own } = await openArea(site, folder, folderNames)
    this.#areas.add(area.join('/'))
    try {
      const id = createId()
      if (resumable) await writeNote(own, id, intent)
      const fd = await createPart(own, id)
      return { half: { id, area, folder: own, intent, size: 0 }, fd }
    } catch (error) {
      own.close()
      throw error
    }
  }

  /** Closes the descriptor. `last`: it must be whole then, and gets its name. */
  async #receive(site: Site, half: Half, fd: number, source: Source, last: true): Promise<Stored>
  async #receive(site: Site, half: Half, fd: number, source: Source, last: false): Promise<null>
  async #receive(site: Site, half: Half, fd: number, source: Source, last: boolean): Promise<Stored | null> {
    const turn = this.#running.get(half.id)
    turn?.onCancel(() => source.fail('gone'))
    try {
      const size = await this.#fill(site, half, fd, source, last)
      return last ? await this.#place(site, half, size) : null
    } catch (error) {
      if (turn?.isCancelled !== true || error instanceof WriteProblem) throw error
      throw new WriteProblem('offset', { detail: 'It goes on over another connection.' })
    } finally {
      this.#tidyLater(site)
    }
  }

  /** Closes the descriptor: nothing is written to a file that has its name. */
  async #fill(site: Site, half: Half, fd: number, source: Source, last: boolean): Promise<number> {
    try {
      checkPrivate(site, half.intent.target)
      const size = await write(site, half, fd, source)
      if (last) await settle(half, fd, size)
      return size
    } finally {
      descriptors().close(fd)
    }
  }

  async #place(site: Site, half: Half, size: number): Promise<Stored> {
    const { target, replace } = half.intent
    const above = target.slice(0, -1)
    checkNames(target, above.length)
    const part = partPath(half)
    const folder = await openFolder(site, above)
    let replaced: boolean
    try {
      const name = target.at(-1) ?? ''
      const mayReplace = replace && site.live.uploads?.overwrite === true
      if (mayReplace) await keepMode(folder.entry(name), part)
      replaced = await putInPlace(part, folder, name, mayReplace).catch(async error => {
        if (!(error instanceof WriteProblem)) throw error
        throw error.with({ instead: [...above, await freeName(folder, name)], existing: target })
      })
    } finally {
      folder.close()
    }
    const stored: Stored = { address: addressOf(target), name: target.join('/'), size, replaced }
    await removeHalf(half).catch(() => {})
    this.#remember(half.id, stored)
    return stored
  }

  /** Nobody has it. The function that it answers gives it to the next one. */
  #take(id: string): () => void {
    const turn = new Turn()
    this.#running.set(id, turn)
    return () => {
      this.#running.delete(id)
      turn.end()
    }
  }

  #remember(id: string, stored: Stored): void {
    this.#ended.set(id, stored)
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= REMEMBERED) break
      this.#ended.delete(oldest)
    }
  }

  #tidyLater(site: Site): void {
    if (this.#tidying !== null) clearTimeout(this.#tidying)
    this.#tidying = setTimeout(() => {
      if (this.#running.size === 0) void this.tidy(site)
    }, TIDY_AFTER).unref()
  }
}

/** Writes what comes, behind what is there. Answers how much that is then. */
async function write(site: Site, half: Half, fd: number, source: Source): Promise<number> {
  const { length } = half.intent
  let size = half.size
  let lookAt = size + LOOK
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) {
    const { uploads } = site.live
    const [from, piece] = [size, chunk]
    size += piece.length
    if (uploads === null) throw new WriteProblem('switched-off')
    if (size > uploads.maxSize) throw new WriteProblem('too-large')
    if (length !== null && size > length) throw new WriteProblem('length')
    await inTurn(() => writeAll(fd, piece, from))
    // Also where the length was told: others may have taken the room since.
    if (size >= lookAt) {
      await checkRoom(half.folder.path, 0)
      lookAt = size + LOOK
    }
  }
  return size
}

/** All has come. */
async function settle({ intent: { length, modified } }: Half, fd: number, size: number): Promise<void> {
  if (length !== null && size !== length) throw new WriteProblem('length')
  if (modified !== null) await setModified(fd, modified)
  // A name whose bytes are not on the disk yet would be a half file after a power cut.
  await sync(fd)
}

async function writeAll(fd: number, chunk: Buffer, position: number): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    written += await new Promise<number>((resolve, reject) => {
      fs.write(fd, chunk, written, chunk.length - written, position + written, (error, count) =>
        error ? reject(error) : resolve(count),
      )
    })
  }
}

function setModified(fd: number, modified: number): Promise<void> {
  // What lies ahead would be a date that no cache may believe.
  const time = Math.min(modified, Date.now()) / 1000
  return new Promise((resolve, reject) => {
    fs.futimes(fd, Date.now() / 1000, time, error => (error ? reject(error) : resolve()))
  })
}

function sync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => fs.fsync(fd, error => (error ? reject(error) : resolve())))
}

/** What takes the place of a program is one. */
async function keepMode(old: string, part: string): Promise<void> {
  const stats = await fs.promises.lstat(old).catch(() => null)
  if (stats?.isFile()) await fs.promises.chmod(part, stats.mode & 0o777)
}
