/**
 * Whether a file is read in the event loop or in the thread pool. What the
 * system has in memory is there in less time than a round through the pool
 * takes; a disk or a network would hold everybody up. The system does not say
 * which it will be, so it is measured, for each volume: the loop reads only
 * where the last read was quick, and stays away for long where it was not.
 */

/** ms. Waiting for this long holds nobody up; memory gives the largest chunk in a fifth of it. */
const SLOW = 1
/** ms. The same with the way through the pool and back, which other work may hold up. */
const SLOW_IN_POOL = 5
/** ms. A quick read says something about the next one for this long. */
const TRUST = 1_000
/** ms. How long the loop stays away from a volume that was slow, at first and at most. */
const PAUSE = 20
const LONGEST_PAUSE = 10_000
/** It stays away for this many times as long as it was held up: a twentieth of the time is the most that is lost. */
const AMENDS = 20
/** So many quick reads in a row, and the volume's past is forgotten. */
const QUICK_AGAIN = 64

export class ReadPace {
  #trustedUntil = 0
  #pausedUntil = 0
  #pause = PAUSE
  #quickInARow = 0

  /** Whether to read in the event loop. */
  isQuick(now: number): boolean {
    return now < this.#trustedUntil && now >= this.#pausedUntil
  }

  tookInLoop(time: number, now: number): void {
    if (time <= SLOW) {
      this.#trustedUntil = now + TRUST
      if (++this.#quickInARow === QUICK_AGAIN) this.#pause = PAUSE
      return
    }
    this.#quickInARow = 0
    this.#pausedUntil = now + Math.max(this.#pause, AMENDS * time)
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
  }

  tookInPool(time: number, now: number): void {
    this.#trustedUntil = time <= SLOW_IN_POOL ? now + TRUST : 0
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
