/**
 * The request log: one ring buffer per site, handed out in batches. Promises:
 * a push only puts the engine's record into its place, so it costs the same
 * however many requests there were; totals count every request; listeners are
 * called at most every 100 ms, with batches of bounded size and only while there
 * is something to tell; memory has a bound. In a flood a batch has the newest
 * entries, with true totals, and what was left out follows when there is room.
 */
import type { LogBatch, LogDetail, SiteId } from '../contract.ts'
import { LOG_CAPACITY } from '../contract.ts'
import type { Exchange } from '../engine/types.ts'
import { createSiteLog, type SiteLog } from './site-log.ts'

export const BATCH_INTERVAL = 100
/** Characters of details that are kept of one site, with what Undo may bring back: some 20,000 ordinary requests. */
const DETAIL_BUDGET = 16 * 1024 * 1024

export interface ExchangeLog {
  /** From now on the site's exchanges are kept. */
  open(site: SiteId): void
  /** Drops all that is kept of it. */
  forget(site: SiteId): void
  /** False: the site is not open, and nothing is kept. */
  push(site: SiteId, exchange: Exchange): boolean
  read(site: SiteId, entry: number): LogDetail | null
  clear(site: SiteId): void
  /** Brings back what the last `clear` took; false when there is nothing. */
  restore(site: SiteId): boolean
  /** Calls back at once with all that is kept of every site, then with what is new. Returns its unsubscribe. */
  subscribe(listener: (batches: readonly LogBatch[]) => void): () => void
  /** Calls back when a flood is over: batches had to leave something out, and by now have made up for it. */
  onCalm(listener: () => void): () => void
}

export function createLog(capacity = LOG_CAPACITY, detailBudget = DETAIL_BUDGET): ExchangeLog {
  const sites = new Map<SiteId, SiteLog>()
  const listeners = new Set<(batches: readonly LogBatch[]) => void>()
  const calmListeners = new Set<() => void>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let lastFlush = 0

  function arm(): void {
    if (timer !== null || listeners.size === 0) return
    // A lone request appears at once; in a stream of them each batch waits for its turn.
    timer = setTimeout(flush, Math.max(0, lastFlush + BATCH_INTERVAL - performance.now()))
    timer.unref?.()
  }

  function disarm(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  const isBehind = (): boolean => [...sites.values()].some(log => log.isBehind())

  function flush(): void {
    disarm()
    lastFlush = performance.now()
    const wasBehind = isBehind()
    const batches: LogBatch[] = []
    for (const [id, log] of sites) if (log.isDue()) batches.push(log.batch(id))
    for (const listener of [...listeners]) tell(listener, batches)
    if (isBehind()) arm()
    else if (wasBehind) for (const listener of calmListeners) listener()
  }

  return {
    open(site) {
      if (!sites.has(site)) sites.set(site, createSiteLog(capacity, detailBudget))
    },
    forget(site) {
      sites.delete(site)
    },
    push(site, exchange) {
      const log = sites.get(site)
      if (!log) return false
      log.push(exchange)
      arm()
      return true
    },
    read: (site, entry) => sites.get(site)?.read(entry) ?? null,
    clear(site) {
      sites.get(site)?.clear()
      arm()
    },
    restore(site) {
      const restored = sites.get(site)?.restore() ?? false
      if (restored) arm()
      return restored
    },
    subscribe(listener) {
      // What is due goes to the others first: the newcomer gets it with the rest, and only once.
      if (timer !== null) flush()
      else if (listeners.size === 0) for (const log of sites.values()) log.settle()
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
    onCalm(listener) {
      calmListeners.add(listener)
      return () => void calmListeners.delete(listener)
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
