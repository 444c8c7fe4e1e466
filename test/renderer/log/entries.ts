/** Log entries and logs for the tests of this folder. */
import type { LogEntry } from '../../../electron/contract.ts'
import type { SiteLog } from '../../../renderer/log/log-buffer.ts'

/** 4 March 2025, 12:04:31 in the time zone of the test. */
const noon = new Date(2025, 2, 4, 12, 4, 31).getTime()

export function entry(change: Partial<LogEntry> = {}): LogEntry {
  return {
    id: 1,
    time: noon,
    method: 'GET',
    target: '/assets/app.css',
    status: 200,
    bytesSent: 14_541,
    duration: 3,
    clientAddress: '127.0.0.1',
    clientIsLocal: true,
    ...change,
  }
}

/** Entries with these ids. */
export function entries(from: number, to: number): readonly LogEntry[] {
  return Array.from({ length: to - from + 1 }, (_, index) => entry({ id: from + index }))
}

export function logOf(rows: readonly LogEntry[], change: Partial<SiteLog> = {}): SiteLog {
  const errors = rows.filter(row => row.status >= 400).length
  return {
    entries: rows,
    totals: { requests: rows.length, errors, bytesSent: 0, slowest: null },
    generation: 1,
    ...change,
  }
}
