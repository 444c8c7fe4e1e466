/**
 * The request log: one ring buffer per site, handed out in batches. Promises:
 * a push costs the same however many requests there were; totals count every
 * request; listeners are called at most every 100 ms and only when something
 * is new; memory has a bound. Does not promise listeners every entry of a
 * flood: then they get the newest ones, with true totals.
 */
import type { LogBatch, LogDetail, LogEntry, LogTotals, SiteId } from '../contract.ts'
import { LOG_CAPACITY } from '../contract.ts'
import type { Exchange, Field } from '../engine/types.ts'

export const BATCH_INTERVAL = 100
/** Of one site in one batch. A panel shows some thirty rows; more than this in 100 ms nobody reads. */
export const BATCH_LIMIT = 1000
/** Characters of details that are kept of one site, with what Undo may bring back: some 20,000 ordinary requests. */
const DETAIL_BUDGET = 16 * 1024 * 1024
/** A longer request target is whole only in the detail, or 10,000 of them would be 160 MB. */
const TARGET_LIMIT = 2048

const noTotals: LogTotals = { requests: 0, errors: 0, bytesSent: 0 }

interface Slot {
  readonly entry: LogEntry
  /** Dropped before the entry itself when the budget is spent. */
  detail: LogDetail | null
  readonly weight: number
}

export interface ExchangeLog {
  /** From now on the site's exchanges are kept. */
  open(site: SiteId): void
  /** Drops all that is kept of it. */
  forget(site: SiteId): void
  /** Ignored when the site is not open. */
  push(site: SiteId, exchange: Exchange): void
  read(site: SiteId, entry: number): LogDetail | null
  clear(site: SiteId): void
  /** Brings back what the last `clear` took; false when there is nothing. */
  restore(site: SiteId): boolean
  /** Calls back at once with all that is kept of every site, then with what is new. Returns its unsubscribe. */
  subscribe(listener: (batches: readonly LogBatch[]) => void): () => void
}

export function createLog(capacity = LOG_CAPACITY, detailBudget = DETAIL_BUDGET): ExchangeLog {
  const sites = new Map<SiteId, SiteLog>()
  const pending = new Set<SiteId>()
  const listeners = new Set<(batches: readonly LogBatch[]) => void>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let lastFlush = 0

  function arm(): void {
    if (timer !== null || pending.size === 0 || listeners.size === 0) return
    // A lone request appears at once; in a stream of them each batch waits for its turn.
    timer = setTimeout(flush, Math.max(0, lastFlush + BATCH_INTERVAL - performance.now()))
    timer.unref?.()
  }

  function disarm(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  function flush(): void {
    disarm()
    if (pending.size === 0) return
    lastFlush = performance.now()
    const batches: LogBatch[] = []
    for (const id of pending) {
      const log = sites.get(id)
      if (log) batches.push(log.batch(id))
    }
    pending.clear()
    for (const listener of [...listeners]) tell(listener, batches)
  }

  function changed(site: SiteId): void {
    pending.add(site)
    arm()
  }

  return {
    open(site) {
      if (!sites.has(site)) sites.set(site, createSiteLog(capacity, detailBudget))
    },
    forget(site) {
      sites.delete(site)
      pending.delete(site)
    },
    push(site, exchange) {
      const log = sites.get(site)
      if (!log) return
      log.push(exchange)
      changed(site)
    },
    read: (site, entry) => sites.get(site)?.read(entry) ?? null,
    clear(site) {
      sites.get(site)?.clear()
      changed(site)
    },
    restore(site) {
      const restored = sites.get(site)?.restore() ?? false
      if (restored) changed(site)
      return restored
    },
    subscribe(listener) {
      // What is pending goes to the others first: the newcomer gets it with the rest, and only once.
      flush()
      const own = (batches: readonly LogBatch[]): void => listener(batches)
      tell(
        own,
        [...sites].map(([id, log]) => log.everything(id)),
      )
      listeners.add(own)
      return () => {
        listeners.delete(own)
        if (listeners.size === 0) disarm()
      }
    },
  }
}

function tell(listener: (batches: readonly LogBatch[]) => void, batches: readonly LogBatch[]): void {
  try {
    listener(batches)
  } catch (error) {
    console.error(error)
  }
}

type SiteLog = ReturnType<typeof createSiteLog>

/** What Undo brings back. */
interface Cleared {
  slots: readonly Slot[]
  readonly totals: LogTotals
  /** Of the details that are still there, as `weight` and `firstDetailed` are for the ring. */
  weight: number
  firstDetailed: number
}

function createSiteLog(capacity: number, detailBudget: number) {
  /** Grows to `capacity`, then the slot of entry `id` is reused by `id + capacity`. */
  let slots: Slot[] = []
  /** Index of the oldest slot, once the ring is full. */
  let oldest = 0
  let totals = noTotals
  let lastId = 0
  let weight = 0
  /** The oldest slot, counted from `oldest`, that still has its detail. */
  let firstDetailed = 0
  /** Entries that no batch has carried yet. */
  let unsent = 0
  let resetDue = false
  let cleared: Cleared | null = null

  function at(index: number): Slot | undefined {
    return slots[(oldest + index) % slots.length]
  }

  function inOrder(): Slot[] {
    return [...slots.slice(oldest), ...slots.slice(0, oldest)]
  }

  function fill(kept: Slot[]): void {
    slots = kept
    oldest = 0
    firstDetailed = 0
    weight = kept.reduce((sum, slot) => sum + (slot.detail ? slot.weight : 0), 0)
    keepToBudget()
  }

  function add(slot: Slot): void {
    if (slots.length < capacity) slots.push(slot)
    else {
      const dropped = slots[oldest]
      if (dropped?.detail) weight -= dropped.weight
      slots[oldest] = slot
      oldest = (oldest + 1) % capacity
      firstDetailed = Math.max(0, firstDetailed - 1)
    }
    weight += slot.weight
    keepToBudget()
  }

  /** What was cleared goes first, then the oldest. */
  function keepToBudget(): void {
    while (
      cleared &&
      weight + cleared.weight > detailBudget &&
      cleared.firstDetailed < cleared.slots.length
    ) {
      cleared.weight -= dropDetail(cleared.slots[cleared.firstDetailed++])
    }
    const limit = detailBudget - (cleared?.weight ?? 0)
    while (weight > limit && firstDetailed < slots.length) weight -= dropDetail(at(firstDetailed++))
  }

  function batchOf(site: SiteId, reset: boolean, kept: readonly Slot[]): LogBatch {
    return { site, reset, entries: kept.map(slot => slot.entry), totals }
  }

  return {
    push(exchange: Exchange): void {
      totals = {
        requests: totals.requests + 1,
        errors: totals.errors + (exchange.status >= 400 ? 1 : 0),
        bytesSent: totals.bytesSent + exchange.bytesSent,
      }
      add(slotOf(++lastId, exchange))
      unsent++
      // Nothing of the cleared entries would fit any more.
      if (cleared && cleared.slots.length > 0 && slots.length === capacity) {
        cleared = { slots: [], totals: cleared.totals, weight: 0, firstDetailed: 0 }
      }
    },
    read(id: number): LogDetail | null {
      // Ids rise but have a gap where Clear Log took entries that were not brought back.
      let low = 0
      let high = slots.length - 1
      while (low <= high) {
        const middle = (low + high) >> 1
        const slot = at(middle)
        if (!slot) return null
        if (slot.entry.id === id) return slot.detail
        if (slot.entry.id < id) low = middle + 1
        else high = middle - 1
      }
      return null
    },
    clear(): void {
      // Pressed twice, the second must not cost the Undo of the first.
      if (totals.requests === 0) return
      cleared = { slots: inOrder(), totals, weight, firstDetailed }
      totals = noTotals
      fill([])
      resetDue = true
    },
    restore(): boolean {
      if (!cleared) return false
      totals = {
        requests: cleared.totals.requests + totals.requests,
        errors: cleared.totals.errors + totals.errors,
        bytesSent: cleared.totals.bytesSent + totals.bytesSent,
      }
      const kept = [...cleared.slots, ...inOrder()].slice(-capacity)
      cleared = null
      fill(kept)
      resetDue = true
      return true
    },
    /** What is new since the last batch; everything after Clear Log and Undo. */
    batch(site: SiteId): LogBatch {
      if (resetDue) return this.everything(site)
      const count = Math.min(unsent, BATCH_LIMIT, slots.length)
      unsent = 0
      const newest: Slot[] = []
      for (let index = slots.length - count; index < slots.length; index++) {
        const slot = at(index)
        if (slot) newest.push(slot)
      }
      return batchOf(site, false, newest)
    },
    everything(site: SiteId): LogBatch {
      unsent = 0
      resetDue = false
      return batchOf(site, true, inOrder())
    },
  }
}

/** Answers what it weighed. */
function dropDetail(slot: Slot | undefined): number {
  if (!slot?.detail) return 0
  slot.detail = null
  return slot.weight
}

function slotOf(id: number, exchange: Exchange): Slot {
  const { time, method, target, status, bytesSent, duration, clientAddress, clientIsLocal } = exchange
  const { requestFields, responseFields, file, fileSize, contentCoding, aborted, cause, note } = exchange
  return {
    entry: {
      id,
      time,
      method,
      target: target.length > TARGET_LIMIT ? `${copyOf(target.slice(0, TARGET_LIMIT))}…` : target,
      status,
      bytesSent,
      duration,
      clientAddress,
      clientIsLocal,
    },
    detail: { target, requestFields, responseFields, file, fileSize, contentCoding, aborted, cause, note },
    weight: target.length + weigh(requestFields) + weigh(responseFields),
  }
}

/** A slice alone would keep the whole string alive behind it. What comes from a request line is Latin-1. */
function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

function weigh(fields: readonly Field[]): number {
  let sum = 0
  for (const [name, value] of fields) sum += name.length + value.length
  return sum
}
