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

/** One moment of a site's log. Never changes; the next batch makes a new one. */
export interface SiteLog {
  /** Oldest first, at most LOG_CAPACITY. Always the same array for the same view. */
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
    this.#entries ??= this.#rows.slice(Math.max(0, this.#to - LOG_CAPACITY), this.#to)
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
    if (rows.length >= 2 * LOG_CAPACITY) rows = rows.slice(-LOG_CAPACITY)
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

/** Appends in place where the ids go on rising, which is always but for an overlap: that is merged by id. */
function append(rows: LogEntry[], entries: readonly LogEntry[]): LogEntry[] {
  let last = rows.at(-1)?.id ?? 0
  for (const [index, entry] of entries.entries()) {
    if (entry.id <= last) return merge(rows, entries.slice(index))
    rows.push(entry)
    last = entry.id
  }
  return rows
}

function merge(rows: readonly LogEntry[], entries: readonly LogEntry[]): LogEntry[] {
  const byId = new Map(rows.map(entry => [entry.id, entry]))
  for (const entry of entries) byId.set(entry.id, entry)
  return [...byId.values()].sort((a, b) => a.id - b.id)
}
