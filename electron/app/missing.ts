/**
 * Which paths of a site were asked for and are not there: counted as requests
 * come, at a cost that does not depend on how many there were, and only for a
 * 404. Keeps the last 500 paths. What may have been meant is looked up later,
 * when somebody asks (suggestions.ts).
 */
import type { Exchange } from '../engine/types.ts'
import type { Kept } from './site-log.ts'

const MAX_PATHS = 500
/** A longer one is no name that somebody mistyped. */
const MAX_LENGTH = 2048

export interface Missed {
  /** As it was asked for, without its query. */
  readonly path: string
  count: number
  lastTime: number
  referrer: string | null
}

export interface MissingPaths {
  note(record: Kept): void
  /** Most often asked first, of equals the newest. */
  list(): readonly Readonly<Missed>[]
  clear(): void
}

export function createMissingPaths(): MissingPaths {
  /** The one that was asked for last is the last. */
  const paths = new Map<string, Missed>()
  return {
    note(record) {
      if (record.status !== 404 || record.target.length > MAX_LENGTH) return
      const { target, time } = record
      if (record.method !== 'GET' && record.method !== 'HEAD') return
      const query = target.indexOf('?')
      const path = query < 0 ? target : target.slice(0, query)
      const missed = paths.get(path) ?? { path, count: 0, lastTime: time, referrer: null }
      missed.count += 1
      missed.lastTime = Math.max(missed.lastTime, time)
      missed.referrer = referrerOf(record) ?? missed.referrer
      paths.delete(path)
      paths.set(path, missed)
      if (paths.size <= MAX_PATHS) return
      const [oldest] = paths.keys()
      if (oldest !== undefined) paths.delete(oldest)
    },
    list: () => [...paths.values()].sort((a, b) => b.count - a.count || b.lastTime - a.lastTime),
    clear: () => paths.clear(),
  }
}

function referrerOf(record: Kept): string | null {
  if ('id' in record) return null
  const value = fieldOf(record, 'referer')
  return value === undefined || value.length > MAX_LENGTH ? null : value
}

/** The first request field of this name; the engine's record knows it without making all of them. */
export function fieldOf(record: Exchange, name: string): string | undefined {
  if (record.requestField) return record.requestField(name)
  return record.requestFields.find(([each]) => each === name)?.[1]
}
