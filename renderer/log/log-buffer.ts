/**
 * The panel's copy of the request logs, one per site: applies the batches that
 * the bridge delivers and answers with an immutable view. Appending costs what
 * the batch is long, however full the log is; the array of a view is cut out
 * only when somebody reads it, at most once per view. Knows no React.
 */
import {
  LOG_CAPACITY,
  type LogBatch,
  type LogEntry,
  type LogTotals,
  type SiteId,
} from '../../electron/contract.ts'
import { firstAfter } from './log-ids.ts'

/** One moment of a site's log. Never changes; the next batch makes a new one. */
export interface SiteLog {
  /** Oldest first, none that the app itself has dropped by now. Always the same array for the same view. */
  readonly entries: readonly LogEntry[]
  readonly totals: LogTotals
  /** Rises when the entries were replaced rather than appended to (Clear Log, Undo, a new connection). */
  readonly generation: number
}

export interface LogBuffer {
  /** Applies batches in order. Answers the sites whose log changed. */
  apply(batches: readonly LogBatch[]): ReadonlySet<SiteId>
  /** The same object until a batch for this site arrives. */
  read(site: SiteId): SiteLog
  /** Drops the logs of all sites but these. */
  retain(sites: Iterable<SiteId>): void
}

/** So many may have fallen out of the ring before they are let go. */
const SLACK = 2000

const EMPTY_LOG: SiteLog = Object.freeze({
  entries: Object.freeze([]),
  totals: Object.freeze({ requests: 0, errors: 0, bytesSent: 0 }),
  generation: 0,
})

/** Entries [from, to) of an array that is only ever appended to, so the view stays true. */
class View implements SiteLog {
  readonly totals: LogTotals
  readonly generation: number
  readonly #rows: readonly LogEntry[]
  readonly #to: number
  #entries: readonly LogEntry[] | undefined

  constructor(rows: readonly LogEntry[], totals: LogTotals, generation: number) {
    this.#rows = rows
    this.#to = rows.length
    this.totals = totals
    this.generation = generation
  }

  get entries(): readonly LogEntry[] {
    // In a flood there are gaps: by its id the oldest is known that the ring still has, not by counting.
    this.#entries ??= this.#rows.slice(firstOfRing(this.#rows, this.#to), this.#to)
    return this.#entries
  }
}

interface Slot {
  rows: LogEntry[]
  view: SiteLog
}

export function createLogBuffer(): LogBuffer {
  const slots = new Map<SiteId, Slot>()

  function applyOne(batch: LogBatch): void {
    const slot = slots.get(batch.site)
    const before = slot?.view ?? EMPTY_LOG
    let rows = batch.reset ? [] : (slot?.rows ?? [])
    // A fresh array now and then: what fell out of the ring must not stay in memory.
    if (rows.length >= LOG_CAPACITY + SLACK) rows = rows.slice(firstOfRing(rows, rows.length))
    rows = append(rows, batch.entries)
    slots.set(batch.site, {
      rows,
      view: new View(rows, batch.totals, before.generation + (batch.reset ? 1 : 0)),
    })
  }

  return {
    apply(batches) {
      for (const batch of batches) applyOne(batch)
      return new Set(batches.map(batch => batch.site))
    },
    read: site => slots.get(site)?.view ?? EMPTY_LOG,
    retain(sites) {
      const kept = new Set(sites)
      for (const site of slots.keys()) if (!kept.has(site)) slots.delete(site)
    },
  }
}

/** Index of the oldest of `rows[0, to)` that is in the app's ring. */
function firstOfRing(rows: readonly LogEntry[], to: number): number {
  const newest = rows[to - 1]?.id ?? 0
  return firstAfter(rows, newest - LOG_CAPACITY)
}

/** Appends in place where the ids go on rising; what a flood had left out comes later, and is put where it belongs. */
function append(rows: LogEntry[], entries: readonly LogEntry[]): LogEntry[] {
  const last = rows.at(-1)?.id ?? 0
  if ((entries[0]?.id ?? 0) <= last) return merge(rows, entries)
  for (const entry of entries) rows.push(entry)
  return rows
}

/** Of two lists whose ids rise. Where both have an entry, the later one is true. */
function merge(rows: readonly LogEntry[], entries: readonly LogEntry[]): LogEntry[] {
  const merged: LogEntry[] = []
  let at = 0
  for (const entry of entries) {
    for (let row = rows[at]; row && row.id < entry.id; row = rows[++at]) merged.push(row)
    if (rows[at]?.id === entry.id) at += 1
    merged.push(entry)
  }
  for (let row = rows[at]; row; row = rows[++at]) merged.push(row)
  return merged
}
