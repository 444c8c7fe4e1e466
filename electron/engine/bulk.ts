/**
 * Large contents take turns, so that any number of downloads leaves room for
 * small requests. In the event loop, where content that the system has in
 * memory is read: all of them together get a moment of each turn of the loop.
 * In the thread pool, where the rest is read: a few at a time, since Node does
 * all its file work on four threads, and each small request takes several
 * steps there. First come first served in both.
 */

/** ms. About what ten small requests take. */
const MOMENT = 0.5
const PARALLEL = 2

/** When the moment of this turn of the event loop is over. */
let end = 0
let isScheduled = false
const next: (() => void)[] = []

/** Runs the work at once where this turn's moment is not over, else in a later turn. It must not throw. */
export function soon(work: () => void): void {
  if (next.length === 0 && performance.now() < end) work()
  else {
    next.push(work)
    schedule()
  }
}

function schedule(): void {
  if (isScheduled) return
  isScheduled = true
  // After everything that has arrived meanwhile.
  setImmediate(runMoment)
}

function runMoment(): void {
  isScheduled = false
  end = performance.now() + MOMENT
  do next.shift()?.()
  while (next.length > 0 && performance.now() < end)
  if (next.length > 0) schedule()
}

let active = 0
const waiting: (() => void)[] = []

/** Runs work for the thread pool when it is its turn. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (active < PARALLEL) active++
  else await new Promise<void>(resolve => waiting.push(resolve))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    // The place goes from one to the next.
    if (next === undefined) active--
    else next()
  }
}
