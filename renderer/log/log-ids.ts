/** Finding entries by id in a list whose ids rise, as those of a log do. */
import type { LogEntry } from '../../electron/contract.ts'

/** Index of the first entry with a higher id; the ids rise. */
export function firstAfter(entries: readonly LogEntry[], id: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.id ?? 0) > id) high = middle
    else low = middle + 1
  }
  return low
}

/** Where it stands in the list, which has the newest on top; -1: nowhere. */
export function rowOfId(entries: readonly LogEntry[], id: number): number {
  const index = firstAfter(entries, id - 1)
  return entries[index]?.id === id ? entries.length - 1 - index : -1
}

export function entryAtRow(entries: readonly LogEntry[], row: number): LogEntry | undefined {
  return entries[entries.length - 1 - row]
}
