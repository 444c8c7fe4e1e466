/**
 * Long work in slices. A slice ends after a moment, and between two slices the
 * event loop takes a whole turn; of all long work, one slice runs in a turn.
 * So a folder of any size costs the other requests at most that moment each.
 */

/** ms. About what one small request takes. */
const SLICE = 0.4
/** Items between two looks at the clock, for work that is quick for each item. */
export const BATCH = 64

const waiting: (() => void)[] = []

function runOne(): void {
  const resume = waiting.shift()
  if (waiting.length > 0) setImmediate(runOne)
  resume?.()
}

function turn(): Promise<void> {
  return new Promise(resolve => {
    if (waiting.length === 0) setImmediate(runOne)
    waiting.push(resolve)
  })
}

export class Slice {
  #end = performance.now() + SLICE

  get over(): boolean {
    return this.isOver(performance.now())
  }

  isOver(now: number): boolean {
    return now >= this.#end
  }

  /** Resolves in a later turn of the event loop. */
  async next(): Promise<void> {
    await turn()
    this.#end = performance.now() + SLICE
  }
}

type Compare<T> = (a: T, b: T) => number

/** A new array in order; stable, as Array.sort is. */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: Compare<T>,
  slice: Slice,
): Promise<readonly T[]> {
  let runs: (readonly T[])[] = []
  for (let from = 0; from < items.length; from += BATCH * 2) {
    runs.push(items.slice(from, from + BATCH * 2).sort(compare))
    if (slice.over) await slice.next()
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = []
    for (let i = 0; i < runs.length; i += 2) {
      merged.push(await mergeInSlices(runs[i] ?? [], runs[i + 1] ?? [], compare, slice))
    }
    runs = merged
  }
  return runs[0] ?? []
}

/** Two arrays in order -> one; of equals, those of `a` come first. */
export async function mergeInSlices<T>(
  a: readonly T[],
  b: readonly T[],
  compare: Compare<T>,
  slice: Slice,
): Promise<readonly T[]> {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const merged: T[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    // Both are in range.
    const [left, right] = [a[i] as T, b[j] as T]
    if (compare(left, right) <= 0) {
      merged.push(left)
      i++
    } else {
      merged.push(right)
      j++
    }
    if (merged.length % BATCH === 0 && slice.over) await slice.next()
  }
  for (; i < a.length; i++) merged.push(a[i] as T)
  for (; j < b.length; j++) merged.push(b[j] as T)
  return merged
}
