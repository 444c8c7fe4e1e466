/**
 * The log of one site: a ring of the engine's own records. Nothing is made of a
 * record before somebody asks: a line of it for a batch, its header fields when
 * a row is opened. Ids have no gaps, so an id tells its place; Clear Log and Undo
 * only move the id that the log begins with. Knows no timers and no listeners.
 */
import type { LogBatch, LogDetail, LogEntry, LogTotals, SiteId } from '../contract.ts'
import { RESERVED } from '../engine/target.ts'
import type { Exchange } from '../engine/types.ts'

/** New entries in one batch. A panel shows some thirty rows; more than this in 100 ms nobody reads. */
export const BATCH_LIMIT = 100
/** Of what was left out in a flood, in one batch when it is over: all of it within some two seconds. */
export const ARREARS_LIMIT = 500
/** A longer request target is whole only in the detail, or 10,000 of them would be 160 MB. */
const TARGET_LIMIT = 2048

/** What a record of the engine knows of itself. */
interface Sized {
  /** Characters of the field lines that it holds on to, known without making the fields. */
  readonly fieldsLength?: number
}

/** What is kept of a request: the record, or only its line once the budget is spent. */
export type Kept = Exchange | LogEntry

export interface SiteLog {
  push(exchange: Exchange & Sized): void
  /** Puts what an earlier run has kept, oldest first, before all there is. */
  prepend(older: readonly Exchange[]): void
  read(id: number): LogDetail | null
  /** The whole record, while its details are kept. */
  record(id: number): Exchange | null
  /** All that is kept, oldest first. */
  records(): readonly Kept[]
  clear(): void
  /** Brings back what the last `clear` took; false when there is nothing. */
  restore(): boolean
  /** There is something for a batch. */
  isDue(): boolean
  /** Batches have left something out that is still to come. */
  isBehind(): boolean
  /** The newest of what is new, or all of it and some of what earlier batches left out; everything after Clear Log and Undo. */
  batch(site: SiteId): LogBatch
  /** For who has nothing yet. */
  everything(site: SiteId): LogBatch
  /** Nothing is due: nobody waits for it. */
  settle(): void
}

/** `detailBudget`: characters of header fields and targets that are kept. */
export function createSiteLog(capacity: number, detailBudget: number): SiteLog {
  /** Of entry `id` at `(id - 1) % capacity`. */
  const kept: Kept[] = []
  const weights: number[] = []
  let weight = 0
  let lastId = 0
  /** The id that the log begins with, unless the ring has dropped that one already. */
  let begin = 1
  /** From here on the records are whole. */
  let detailed = 1
  /** No batch has carried the entries after this. */
  let sent = 0
  /** Ids that batches left out in a flood. */
  let missed: { from: number; readonly to: number } | null = null
  let resetDue = false
  let cleared: { readonly begin: number; readonly totals: LogTotals } | null = null

  let requests = 0
  let errors = 0
  let bytesSent = 0
  let slowest: LogTotals['slowest'] = null

  const place = (id: number): number => (id - 1) % capacity
  const first = (): number => Math.max(begin, lastId - capacity + 1)
  const totals = (): LogTotals => ({ requests, errors, bytesSent, slowest })

  /** What is left of it is its line. */
  function dropDetail(id: number): void {
    const at = place(id)
    const record = kept[at]
    if (record) kept[at] = lineOf(id, record)
    weight -= weights[at] ?? 0
  }

  /** Appends the lines of these ids. */
  function addLines(lines: LogEntry[], from: number, to: number): void {
    for (let id = from; id <= to; id++) {
      const record = kept[place(id)]
      if (record) lines.push(lineOf(id, record))
    }
  }

  function everything(site: SiteId): LogBatch {
    const entries: LogEntry[] = []
    addLines(entries, first(), lastId)
    return { site, reset: true, entries, totals: totals() }
  }

  function settle(): void {
    sent = lastId
    missed = null
    resetDue = false
  }

  function count(record: Kept): void {
    requests += 1
    if (record.status >= 400) errors += 1
    bytesSent += record.bytesSent
    if ((slowest === null || record.duration > slowest.duration) && !isStream(record)) {
      slowest = { target: shortened(record.target), duration: record.duration }
    }
  }

  function add(record: Kept & Sized): void {
    const at = place(++lastId)
    // The ring is full, and the record that was here had its details.
    if (detailed === lastId - capacity) {
      weight -= weights[at] ?? 0
      detailed += 1
    }
    const own = record.target.length + (record.fieldsLength ?? fieldsLength(record))
    kept[at] = record
    weights[at] = own
    weight += own
    while (weight > detailBudget) dropDetail(detailed++)
  }

  function records(): Kept[] {
    const all: Kept[] = []
    for (let id = first(); id <= lastId; id++) {
      const record = kept[place(id)]
      if (record) all.push(record)
    }
    return all
  }

  function recordOf(id: number): Exchange | null {
    const record = id >= first() && id >= detailed && id <= lastId ? kept[place(id)] : undefined
    return record && 'requestFields' in record ? record : null
  }

  return {
    push(exchange) {
      count(exchange)
      add(exchange)
    },
    prepend(older) {
      const newer = records()
      begin = lastId + 1
      cleared = null
      for (const record of older) {
        count(record)
        add(record)
      }
      // They are counted; their ids are the next ones, as ids rise with time.
      for (const record of newer) add('id' in record ? { ...record, id: lastId + 1 } : record)
      resetDue = true
    },
    read(id) {
      const record = recordOf(id)
      return record && detailOf(record)
    },
    record: recordOf,
    records,
    clear() {
      // Pressed twice, the second must not cost the Undo of the first.
      if (requests === 0) return
      // What the Clear before this took comes back no more.
      for (let id = Math.max(detailed, lastId - capacity + 1); id < begin; id++) {
        dropDetail(id)
        detailed = id + 1
      }
      cleared = { begin, totals: totals() }
      begin = lastId + 1
      requests = 0
      errors = 0
      bytesSent = 0
      slowest = null
      resetDue = true
    },
    restore() {
      if (!cleared) return false
      begin = cleared.begin
      requests += cleared.totals.requests
      errors += cleared.totals.errors
      bytesSent += cleared.totals.bytesSent
      const before = cleared.totals.slowest
      if (before && !(slowest && slowest.duration > before.duration)) slowest = before
      cleared = null
      resetDue = true
      return true
    },
    isDue: () => resetDue || sent < lastId || missed !== null,
    isBehind: () => missed !== null,
    batch(site) {
      if (resetDue) {
        settle()
        return everything(site)
      }
      const unsent = Math.max(sent + 1, first())
      const from = Math.max(unsent, lastId - BATCH_LIMIT + 1)
      sent = lastId
      const entries: LogEntry[] = []
      if (from > unsent) missed = { from: missed?.from ?? unsent, to: from - 1 }
      else if (missed !== null) {
        const next = Math.max(missed.from, first())
        const end = Math.min(missed.to, next + ARREARS_LIMIT - 1)
        addLines(entries, next, end)
        missed = end < missed.to ? { from: end + 1, to: missed.to } : null
      }
      addLines(entries, from, lastId)
      return { site, reset: false, entries, totals: totals() }
    },
    everything,
    settle,
  }
}

function lineOf(id: number, record: Exchange | LogEntry): LogEntry {
  if ('id' in record) return record
  const { time, method, target, status, bytesSent, duration, clientAddress, clientIsLocal } = record
  return {
    id,
    time,
    method,
    target: shortened(target),
    status,
    bytesSent,
    duration,
    clientAddress,
    clientIsLocal,
  }
}

/** A line whose details were dropped, as a record without them. */
export function recordOf(kept: Kept): Exchange {
  if (!('id' in kept)) return kept
  const { time, method, target, status, bytesSent, duration, clientAddress, clientIsLocal } = kept
  return {
    ...{ time, method, target, status, bytesSent, duration, clientAddress, clientIsLocal },
    httpVersion: '1.1',
    requestFields: [],
    responseFields: [],
    file: null,
    fileSize: null,
    contentCoding: null,
    aborted: false,
    cause: null,
    note: null,
  }
}

/** Of a record that does not know it by itself. */
function fieldsLength(record: Kept): number {
  let sum = 0
  if (!('requestFields' in record)) return sum
  for (const fields of [record.requestFields, record.responseFields]) {
    for (const [name, value] of fields) sum += name.length + value.length
  }
  return sum
}

function detailOf(exchange: Exchange): LogDetail {
  const { target, requestFields, responseFields, file, fileSize, contentCoding, aborted, cause, note } =
    exchange
  return { target, requestFields, responseFields, file, fileSize, contentCoding, aborted, cause, note }
}

/** The stream that tells a page of changes is open as long as the page: long, but not slow. */
function isStream(record: Kept): boolean {
  return record.target.startsWith(`/${RESERVED}/`)
}

function shortened(target: string): string {
  return target.length > TARGET_LIMIT ? `${copyOf(target.slice(0, TARGET_LIMIT))}…` : target
}

/** A slice alone would keep the whole string alive behind it. What comes from a request line is Latin-1. */
function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
