/**
 * The request log: one ring buffer per site, handed out in batches. Promises:
 * a push only puts the engine's record into its place, so it costs the same
 * however many requests there were; totals count every request; listeners are
 * called at most every 100 ms, with batches of bounded size and only while there
 * is something to tell; memory has a bound. In a flood a batch has the newest
 * entries, with true totals, and what was left out follows when there is room.
 */
import type { KeepRequests, LogBatch, LogDetail, SiteId } from '../contract.ts'
import { LOG_CAPACITY } from '../contract.ts'
import type { Exchange } from '../engine/types.ts'
import { createLogFiles, type LogFiles } from './log-files.ts'
import { createMissingPaths, type Missed, type MissingPaths } from './missing.ts'
import { createSiteLog, type Kept, recordOf, type SiteLog } from './site-log.ts'

export const BATCH_INTERVAL = 100
/** Characters of details that are kept of one site, with what Undo may bring back: some 20,000 ordinary requests. */
const DETAIL_BUDGET = 16 * 1024 * 1024

export interface ExchangeLog {
  /** From now on the site's exchanges are kept. */
  open(site: SiteId): void
  /** Those of the settings; what is kept of others on disk is deleted. */
  openAll(sites: readonly SiteId[]): void
  /** Drops all that is kept of it, on disk as well. */
  forget(site: SiteId): void
  /** False: the site is not open, and nothing is kept. */
  push(site: SiteId, exchange: Exchange): boolean
  read(site: SiteId, entry: number): LogDetail | null
  /** The whole record, while its details are kept. */
  record(site: SiteId, entry: number): Exchange | null
  /** All that is kept of it, oldest first. */
  records(site: SiteId): readonly Kept[]
  /** The paths that were asked for and are not there. */
  missing(site: SiteId): readonly Readonly<Missed>[]
  /** How long requests are kept beyond this run. */
  keep(choice: KeepRequests): void
  clear(site: SiteId): void
  /** Brings back what the last `clear` took; false when there is nothing. */
  restore(site: SiteId): boolean
  /** Calls back at once with all that is kept of every site, then with what is new. Returns its unsubscribe. */
  subscribe(listener: (batches: readonly LogBatch[]) => void): () => void
  /** Calls back when a flood is over: batches had to leave something out, and by now have made up for it. */
  onCalm(listener: () => void): () => void
  /** What is to be kept is on disk. */
  close(): Promise<void>
}

/** With its files beside those of the settings. */
export function openLog(folder: string, keep: KeepRequests): ExchangeLog {
  return createLog({ files: createLogFiles(folder, keep) })
}

export interface LogOptions {
  readonly capacity?: number
  readonly detailBudget?: number
  /** Where requests outlast this run; absent: nowhere. */
  readonly files?: LogFiles
}

export function createLog(options: LogOptions = {}): ExchangeLog {
  const { capacity = LOG_CAPACITY, detailBudget = DETAIL_BUDGET, files } = options
  const sites = new Map<SiteId, SiteLog>()
  const missing = new Map<SiteId, MissingPaths>()
  /** Sites whose requests of earlier runs nobody has asked for yet. */
  const unread = new Set<SiteId>()
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
    for (const [id, log] of sites) if (log.isDue()) batches.push(withUnkept(log.batch(id)))
    for (const listener of [...listeners]) tell(listener, batches)
    if (isBehind()) arm()
    else if (wasBehind) for (const listener of calmListeners) listener()
  }

  function withUnkept(batch: LogBatch): LogBatch {
    const unkept = files?.dropped() ?? 0
    return unkept === 0 ? batch : { ...batch, totals: { ...batch.totals, unkept } }
  }

  /** Reads what earlier runs have kept, once somebody looks. */
  async function readOlder(site: SiteId): Promise<void> {
    const older = (await files?.read(site, capacity)) ?? []
    // Cleared or removed meanwhile.
    if (!unread.delete(site) || older.length === 0) return
    sites.get(site)?.prepend(older)
    for (const record of older) missing.get(site)?.note(record)
    arm()
  }

  function open(site: SiteId): void {
    if (sites.has(site)) return
    sites.set(site, createSiteLog(capacity, detailBudget))
    missing.set(site, createMissingPaths())
    if (files) unread.add(site)
  }

  return {
    open,
    openAll(ids) {
      for (const id of ids) open(id)
      files?.retain(ids)
    },
    forget(site) {
      sites.delete(site)
      missing.delete(site)
      unread.delete(site)
      files?.clear(site)
    },
    push(site, exchange) {
      const log = sites.get(site)
      if (!log) return false
      log.push(exchange)
      if (exchange.status === 404) missing.get(site)?.note(exchange)
      files?.note(site, exchange)
      arm()
      return true
    },
    read: (site, entry) => sites.get(site)?.read(entry) ?? null,
    record: (site, entry) => sites.get(site)?.record(entry) ?? null,
    records: site => sites.get(site)?.records() ?? [],
    missing: site => missing.get(site)?.list() ?? [],
    clear(site) {
      sites.get(site)?.clear()
      missing.get(site)?.clear()
      unread.delete(site)
      files?.clear(site)
      arm()
    },
    restore(site) {
      const log = sites.get(site)
      if (!log?.restore()) return false
      const records = log.records()
      missing.get(site)?.clear()
      for (const record of records) missing.get(site)?.note(record)
      files?.replace(site, records.map(recordOf))
      arm()
      return true
    },
    keep(choice) {
      if (!files) return
      const wasOn = files.isOn()
      files.keep(choice)
      if (wasOn || !files.isOn()) return
      // The ones that are here were made before they were to be kept.
      for (const [site, log] of sites) files.replace(site, log.records().map(recordOf))
    },
    subscribe(listener) {
      for (const site of unread) void readOlder(site)
      // What is due goes to the others first: the newcomer gets it with the rest, and only once.
      if (timer !== null) flush()
      else if (listeners.size === 0) for (const log of sites.values()) log.settle()
      const own = (batches: readonly LogBatch[]): void => listener(batches)
      tell(
        own,
        [...sites].map(([id, log]) => withUnkept(log.everything(id))),
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
    close: async () => files?.close(),
  }
}

function tell(listener: (batches: readonly LogBatch[]) => void, batches: readonly LogBatch[]): void {
  try {
    listener(batches)
  } catch (error) {
    console.error(error)
  }
}
