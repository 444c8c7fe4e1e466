/**
 * One file of rules: whether it is still the one that was read, and what it
 * says. Promises that what it says belongs to one state of the file, that it is
 * a regular file which lies inside the root, and that a file which cannot be
 * used says nothing and is reported.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'
import { isInside } from '../representation.ts'
import { RuleError, type RuleFileName, type RuleProblem } from './problems.ts'

/** What a file says, and what is wrong with it. */
export interface Said<T> {
  readonly value: T
  readonly problems: readonly RuleProblem[]
}

/** More than any host takes, and read in a moment. */
const MAX_SIZE = 1024 * 1024
/** Without it the open of a FIFO waits for its writer; Windows has neither. */
const OPEN_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0)
/** ms. Two states of a file may share a timestamp within one tick of the kernel's clock. */
const CLOCK_TICK = 16
const ATTEMPTS = 5

/** Tells one state of a file from another; empty: there is none. */
type Stamp = string
const ABSENT: Stamp = ''

function stampOf({ ino, dev, size, mtimeNs, ctimeNs }: fs.BigIntStats): Stamp {
  return `${dev}-${ino}-${size}-${mtimeNs}-${ctimeNs}`
}

function failed(error: unknown): Stamp {
  const code = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
  return code === 'ENOENT' || code === 'ENOTDIR' ? ABSENT : code
}

export class RuleFile<T> {
  readonly #root: string
  readonly #name: RuleFileName
  readonly #path: string
  readonly #nothing: Said<T>
  readonly #parse: (text: string) => Said<T> | Promise<Said<T>>
  #stamp: Stamp = ABSENT
  #said: Said<T>
  #reading: { readonly stamp: Stamp; readonly said: Promise<Said<T>> } | null = null

  /** `nothing`: what a file says that is not there. `root` is a real path. */
  constructor(
    root: string,
    name: RuleFileName,
    nothing: T,
    parse: (text: string) => Said<T> | Promise<Said<T>>,
  ) {
    this.#root = root
    this.#name = name
    this.#path = join(root, name)
    this.#nothing = { value: nothing, problems: [] }
    this.#parse = parse
    this.#said = this.#nothing
  }

  lookNow(): Stamp {
    try {
      const stats = fs.statSync(this.#path, { bigint: true, throwIfNoEntry: false })
      return stats === undefined ? ABSENT : stampOf(stats)
    } catch (error) {
      return failed(error)
    }
  }

  async look(): Promise<Stamp> {
    try {
      return stampOf(await fs.promises.stat(this.#path, { bigint: true }))
    } catch (error) {
      return failed(error)
    }
  }

  /** What the file says that has this stamp, or a later one. */
  say(stamp: Stamp): Said<T> | Promise<Said<T>> {
    if (stamp === this.#stamp) return this.#said
    if (this.#reading?.stamp === stamp) return this.#reading.said
    const said = this.#read(stamp).finally(() => {
      if (this.#reading?.said === said) this.#reading = null
    })
    this.#reading = { stamp, said }
    return said
  }

  /** `looked`: the stamp that it had by its path. */
  async #read(looked: Stamp): Promise<Said<T>> {
    let read: { readonly stamp: Stamp; readonly text: string } | null = null
    let stamp = looked
    let said = this.#nothing
    try {
      read = looked === ABSENT ? null : await this.#readText()
    } catch (error) {
      const code = failed(error)
      const message = error instanceof RuleError ? error.message : `it cannot be read (${code})`
      if (code === ABSENT) stamp = ABSENT
      else said = { ...said, problems: [{ file: this.#name, line: 0, severity: 'error', message }] }
    }
    if (read !== null) {
      stamp = read.stamp
      said = await this.#parse(read.text)
    }
    this.#stamp = stamp
    this.#said = said
    return said
  }

  /** Null for a folder of that name. Throws a RuleError, or the system's error. */
  async #readText(): Promise<{ readonly stamp: Stamp; readonly text: string } | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const file = await fs.promises.open(this.#path, OPEN_FLAGS)
      try {
        let stats = await file.stat({ bigint: true })
        const wait = untilSettled(stats)
        if (wait > 0) {
          await new Promise(resolve => setTimeout(resolve, wait + 1))
          stats = await file.stat({ bigint: true })
        }
        if (stats.isDirectory()) return null
        if (!stats.isFile()) throw new RuleError('it is not a regular file')
        if (!isInside(this.#root, await fs.promises.realpath(this.#path))) {
          throw new RuleError('it is a link out of the folder that is served')
        }
        if (stats.size > MAX_SIZE) throw new RuleError('it is larger than 1 MB')
        const bytes = await file.readFile()
        const stamp = stampOf(stats)
        // Written meanwhile: half a file would be half of the rules.
        if (stampOf(await file.stat({ bigint: true })) === stamp) return { stamp, text: decode(bytes) }
      } finally {
        await file.close()
      }
    }
    throw new RuleError('it changes while it is read')
  }
}

/** ms until the next change must get another timestamp; a clock that is far off is not waited for. */
function untilSettled(stats: fs.BigIntStats): number {
  const age = Date.now() - Number(stats.ctimeMs)
  return age > -CLOCK_TICK && age < CLOCK_TICK ? CLOCK_TICK - age : 0
}

/** Without its byte order mark. Throws a RuleError. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RuleError('it is not UTF-8 text')
  }
}
