/**
 * Slows down who guesses passwords: after a few wrong ones from an address within
 * a minute, each further one waits before it is looked at, longer each time.
 * Promises a bounded memory, and that who floods gets no more tries than who waits.
 */
import { isIPv6 } from 'node:net'
import type { Soon } from './soon.ts'

/** So many typing errors are free. */
const FREE = 5
const WITHIN = 60_000
const FIRST_WAIT = 500
const LONGEST_WAIT = 10_000
/** Waiting at a time for each address; what comes beyond is a wrong guess without a look. */
const MAX_WAITING = 4
const MAX_ADDRESSES = 1_000

interface Guesser {
  wrong: number
  last: number
  waiting: number
}

export interface Clock {
  now(): number
  wait(time: number): Promise<void>
}

const clock: Clock = {
  now: Date.now,
  // Unreferenced: a guess never keeps a server alive that is closed.
  wait: time => new Promise(resolve => setTimeout(resolve, time).unref()),
}

export class Guesses {
  readonly #clock: Clock
  readonly #guessers = new Map<string, Guesser>()

  constructor(ownClock = clock) {
    this.#clock = ownClock
  }

  /** Counts a guess, which is a wrong one until it was `right`. True: it may be looked at; false: it may not. */
  begin(address: string): Soon<boolean> {
    const guesser = this.#guesserAt(address)
    // Counted before the look: of many at once, the sixth waits, too.
    guesser.wrong += 1
    guesser.last = this.#clock.now()
    if (guesser.wrong <= FREE) return true
    if (guesser.waiting >= MAX_WAITING) return false
    guesser.waiting += 1
    const time = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (guesser.wrong - FREE - 1))
    return this.#clock.wait(time).then(() => {
      guesser.waiting -= 1
      return true
    })
  }

  right(address: string): void {
    this.#guessers.delete(groupOf(address))
  }

  #guesserAt(address: string): Guesser {
    const key = groupOf(address)
    const known = this.#guessers.get(key)
    const recent = known !== undefined && (known.waiting > 0 || this.#clock.now() - known.last < WITHIN)
    const guesser = recent ? known : { wrong: 0, last: 0, waiting: 0 }
    // The one that is longest silent comes first, and goes first.
    this.#guessers.delete(key)
    this.#guessers.set(key, guesser)
    const silent = this.#guessers.keys().next()
    if (this.#guessers.size > MAX_ADDRESSES && !silent.done) this.#guessers.delete(silent.value)
    return guesser
  }
}

/** One computer has all the addresses of an IPv6 /64, so they count as one. */
function groupOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  const [start = '', end] = plain.split('::')
  const head = start === '' ? [] : start.split(':')
  const tail = end === undefined || end === '' ? [] : end.split(':')
  const gap = end === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  return [...head, ...new Array<string>(gap).fill('0'), ...tail].slice(0, 4).join(':')
}
