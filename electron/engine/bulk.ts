/**
 * Reads of large content take turns, a few at a time. Node does all its file
 * work on four threads; downloads that filled them would make each small
 * request wait behind all of theirs, once for each of its steps.
 */
const PARALLEL = 2

let active = 0
const waiting: (() => void)[] = []

/** Runs the work when it is its turn, first come first served. */
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
