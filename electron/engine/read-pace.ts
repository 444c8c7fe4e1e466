/**
 * Whether a file is read in the event loop or in the thread pool. What the
 * system has in memory is there in less time than a round through the pool
 * takes; a disk or a network would hold everybody up. The system does not say
 * which it will be, so it is measured, for each volume: the loop reads where
 * the last read was quick, and may lose a tenth of its time to those that turn
 * out not to be.
 */

import * as fs from 'node:fs'

/** ms. Waiting for this long holds nobody up; memory gives the largest chunk in a fifth of it. */
const SLOW = 1
/** ms. A busy computer seldom keeps a program waiting for this long. */
const TOO_SLOW = 50
/** So many slow reads in a row are not the fault of other programs. */
const IN_A_ROW = 3
/** ms. A quick read says something about the next one for this long. */
const TRUST = 1_000
/** How much of its time the loop may lose, and how much at once, in ms. */
const SHARE = 0.1
const MOST = 10
/** ms. How long the loop stays away when that was too much, at first and at most. */
const PAUSE = 20
const LONGEST_PAUSE = 10_000
/** So many quick reads in a row, and the next pause is short again. */
const QUICK_AGAIN = 64

export class ReadPace {
  readonly #countDiskReads: () => number
  #diskReads = 0
  #trustedUntil = 0
  #pausedUntil = 0
  #pause = PAUSE
  #quickInARow = 0
  #slowInARow = 0
  /** What was lost and not yet made up for, in ms, at that time. */
  #lost = 0
  #lostAt = 0

  /** `countDiskReads`: of this process, since it began. */
  constructor(countDiskReads = () => process.resourceUsage().fsRead) {
    this.#countDiskReads = countDiskReads
  }

  /** Whether to read in the event loop. */
  isQuick(now: number): boolean {
    return now < this.#trustedUntil && now >= this.#pausedUntil
  }

  /** Reads in the event loop: how many bytes, or null where that is not the place to read. */
  readNow(fd: number, buffer: Buffer, length: number, position: number): number | null {
    const start = performance.now()
    if (!this.isQuick(start)) return null
    const count = fs.readSync(fd, buffer, 0, length, position)
    const now = performance.now()
    this.tookInLoop(now - start, now)
    return count
  }

  tookInLoop(time: number, now: number): void {
    if (time <= SLOW) {
      this.#trustedUntil = now + TRUST
      this.#slowInARow = 0
      if (++this.#quickInARow === QUICK_AGAIN) this.#pause = PAUSE
      return
    }
    this.#quickInARow = 0
    // Not every system counts what it reads of every kind of volume.
    if (!this.#hasReadDisk() && time < TOO_SLOW && ++this.#slowInARow < IN_A_ROW) return
    this.#lost = Math.max(0, this.#lost - (now - this.#lostAt) * SHARE) + time
    this.#lostAt = now
    if (this.#lost <= MOST) return
    this.#pausedUntil = now + Math.max(this.#pause, this.#lost / SHARE)
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
    this.#lost = 0
  }

  /** With all of the time that it waited there, which may be others' work as well. */
  tookInPool(time: number, now: number): void {
    const isQuick = time < TOO_SLOW && (!this.#hasReadDisk() || time <= SLOW)
    this.#trustedUntil = isQuick ? now + TRUST : 0
  }

  /** Whether a disk has been read since this was asked last; if not, what took long waited for other programs. */
  #hasReadDisk(): boolean {
    const before = this.#diskReads
    this.#diskReads = this.#countDiskReads()
    return this.#diskReads !== before
  }
}

const paces = new Map<bigint, ReadPace>()

/** `device` as a file's stats name it. */
export function paceOf(device: bigint): ReadPace {
  let pace = paces.get(device)
  if (pace === undefined) {
    pace = new ReadPace()
    paces.set(device, pace)
  }
  return pace
}
