/**
 * What the disk shows at a path, and since when. What is kept in memory stands
 * on sights: it holds as long as each of them, looked at anew, shows the same.
 * Requests of one turn of the event loop share a look: each of them had begun
 * to arrive before the turn began, so a later state is not theirs to demand.
 */
import * as fs from 'node:fs'

/** A symbolic link is `other`: what is behind it may change without a trace in it. */
type Kind = 'absent' | 'file' | 'folder' | 'other'

/** Above 1,024 ready connections libuv asks for more within one turn, so a look is not shared by that many. */
const SHARERS = 64

/** Of the event loop; and of looks, of which a turn has one or more. */
let turn = 0
let period = 0
let sharers = 0
let ends = false

/** What is seen in this turn is not for the next one. */
function endWithTurn(): void {
  if (ends) return
  ends = true
  setImmediate(endOfTurn)
}

function endOfTurn(): void {
  ends = false
  turn++
  startPeriod()
}

/** From here on, everything is looked at anew. */
export function startPeriod(): void {
  sharers = 0
  period++
}

/**
 * For one more request: it shares the looks of this turn, unless its connection was answered in it (`last`: the turn of
 * that answer), for then it may have been sent later.
 */
export function sharePeriod(last: number): void {
  endWithTurn()
  if (last === turn || ++sharers > SHARERS) startPeriod()
}

/** What has been looked at in this period need not be looked at again. */
export function currentPeriod(): number {
  return period
}

/** The number of this turn of the event loop, as far as `sharePeriod` has been called in it. */
export function currentTurn(): number {
  return turn
}

/** Numbers, not BigInts: half the work, and still no two times closer to each other than a system call takes. */
const LSTAT_OPTIONS = { throwIfNoEntry: false } as const

/** How long looks take on one volume; one in a period is timed. */
export class Pace {
  /** A look that takes longer than this holds everybody up, in ms. */
  static readonly SLOW = 1
  /** So many in a row are no accident of the scheduler; nor is it when those in a row took this long, in ms. */
  static readonly SLOW_LOOKS = 8
  static readonly SLOW_TOGETHER = 250
  /** For how long a slow volume is left to the thread pool at first, and at most, in ms. */
  static readonly PAUSE = 1_000
  static readonly LONGEST_PAUSE = 60_000

  #timedIn = -1
  #slowLooks = 0
  #slowTime = 0
  #pause = Pace.PAUSE
  #pausedUntil = 0

  /** Whether looking from the event loop would hold up other requests. */
  get isSlow(): boolean {
    if (this.#pausedUntil === 0) return false
    if (performance.now() < this.#pausedUntil) return true
    this.#pausedUntil = 0
    return false
  }

  look(path: string): fs.Stats | undefined {
    if (this.#timedIn === period) return lstat(path)
    this.#timedIn = period
    const start = performance.now()
    try {
      return lstat(path)
    } finally {
      this.took(performance.now() - start)
    }
  }

  took(time: number): void {
    if (time <= Pace.SLOW) {
      this.#slowLooks = 0
      this.#slowTime = 0
      this.#pause = Pace.PAUSE
      return
    }
    this.#slowLooks++
    this.#slowTime += time
    if (this.#slowLooks < Pace.SLOW_LOOKS && this.#slowTime < Pace.SLOW_TOGETHER) return
    this.#pausedUntil = performance.now() + this.#pause
    // After the pause, the next slow look is one too many.
    this.#pause = Math.min(2 * this.#pause, Pace.LONGEST_PAUSE)
  }
}

/** In the event loop, on purpose: where the system has it in memory, it takes 1 µs; by the thread pool, 10 to 20. */
function lstat(path: string): fs.Stats | undefined {
  return fs.lstatSync(path, LSTAT_OPTIONS)
}

export class Sight {
  readonly path: string
  readonly #pace: Pace
  #period = -1
  #version = 0
  #kind: Kind = 'other'
  // Its state as numbers of its own, as following references into memory takes longer than comparing what is there.
  #ctime = 0
  #mtime = 0
  #size = 0
  #inode = 0
  #device = 0

  constructor(path: string, pace: Pace) {
    this.path = path
    this.#pace = pace
  }

  get kind(): Kind {
    return this.#kind
  }

  /** The volume that it lies on, where there is anything. */
  get device(): number {
    return this.#device
  }

  /**
   * Whether the path names just this state of a file. Asked after `look`: if it changed in between, the next look shows
   * another version.
   */
  shows(state: fs.BigIntStats): boolean {
    const now = fs.lstatSync(this.path, { bigint: true, throwIfNoEntry: false })
    return (
      now?.isFile() === true &&
      now.ctimeNs === state.ctimeNs &&
      now.mtimeNs === state.mtimeNs &&
      now.size === state.size &&
      now.ino === state.ino &&
      now.dev === state.dev
    )
  }

  /** A number that is another whenever what is there may be another. */
  look(): number {
    if (this.#period === period) return this.#version
    this.#period = period
    endWithTurn()
    let kind: Kind = 'other'
    let stats: fs.Stats | undefined
    try {
      stats = this.#pace.look(this.path)
      kind = stats === undefined ? 'absent' : kindOf(stats)
    } catch {
      // Not to be known is not the same as before.
    }
    if (kind !== this.#kind || kind === 'other' || !this.#isAsBefore(stats)) {
      this.#version++
      this.#kind = kind
      this.#ctime = stats?.ctimeMs ?? 0
      this.#mtime = stats?.mtimeMs ?? 0
      this.#size = stats?.size ?? 0
      this.#inode = stats?.ino ?? 0
      this.#device = stats?.dev ?? 0
    }
    return this.#version
  }

  /** For a state of the same kind. What is in a folder is not the folder's own business here. */
  #isAsBefore(now: fs.Stats | undefined): boolean {
    if (now === undefined) return true
    if (now.ino !== this.#inode || now.dev !== this.#device) return false
    return (
      this.#kind === 'folder' ||
      (now.ctimeMs === this.#ctime && now.mtimeMs === this.#mtime && now.size === this.#size)
    )
  }
}

/** Several as one: the folders on the way to something, which all that is in the last one has in common. */
export class Way {
  readonly #sights: readonly Sight[]
  #period = -1
  #version = 0

  constructor(sights: readonly Sight[]) {
    this.#sights = sights
  }

  /** As for one. */
  look(): number {
    if (this.#period === period) return this.#version
    this.#period = period
    // Each only grows, so the sum is another whenever one of them is.
    let sum = 0
    for (const sight of this.#sights) sum += sight.look()
    this.#version = sum
    return sum
  }
}

function kindOf(stats: fs.Stats): Kind {
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other'
}
