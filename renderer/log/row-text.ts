/**
 * The words of one log row: its cells as they are seen, its name as it is
 * spoken, its text as it is copied, and which glyph and emphasis it gets.
 * Pure; LogRow.tsx only sets these into markup.
 */
import type { Field, LogDetail, LogEntry, Site } from '../../electron/contract.ts'
import {
  formatBytes,
  formatBytesSpoken,
  formatClock,
  formatDuration,
  formatDurationSpoken,
} from '../format.ts'

/** What is seen of an entry, and so what the filter looks through. */
export interface RowCells {
  readonly status: string
  readonly method: string
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
  readonly size: string
  readonly duration: string
  readonly client: string
  readonly clock: string
}

export type StatusClass = '2' | '3' | '4' | '5'

/** From here on a duration is set in bold, in ms. */
const SLOW = 500

const known = new WeakMap<LogEntry, RowCells>()

/** Made once per entry: a filter asks for ten thousand of them with every letter typed. */
export function cellsOf(entry: LogEntry): RowCells {
  let cells = known.get(entry)
  if (!cells) {
    cells = makeCells(entry)
    known.set(entry, cells)
  }
  return cells
}

function makeCells(entry: LogEntry): RowCells {
  const queryAt = entry.target.indexOf('?')
  return {
    status: String(entry.status),
    method: entry.method,
    path: queryAt < 0 ? entry.target : entry.target.slice(0, queryAt),
    query: queryAt < 0 ? '' : entry.target.slice(queryAt),
    size: formatBytes(entry.bytesSent),
    duration: formatDuration(entry.duration),
    client: entry.clientIsLocal ? 'This computer' : clientAddress(entry),
    clock: formatClock(entry.time),
  }
}

/** A dual-stack socket sees an IPv4 client at its IPv4-mapped address (RFC 4291 §2.5.5.2). */
function clientAddress(entry: LogEntry): string {
  return entry.clientAddress.replace(/^::ffff:(?=[\d.]+$)/i, '')
}

/** 1xx looks like success: it is no answer that needs attention. */
export function statusClass(status: number): StatusClass {
  if (status >= 500) return '5'
  if (status >= 400) return '4'
  return status >= 300 ? '3' : '2'
}

export const isSlow = (entry: LogEntry) => entry.duration >= SLOW

export const isLoud = (entry: LogEntry) => entry.method !== 'GET'

export const isError = (entry: LogEntry) => entry.status >= 400

/** Opening it in a browser makes sense: a path, not `*`, an authority or a whole URL (RFC 9112 §3.2). */
export const isOpenable = (target: string) => target.startsWith('/')

/** Of a page of the site itself only its path, as everybody calls it. */
export function shownReferrer(referrer: string, site: Site): string {
  const origins = site.status.phase === 'listening' ? site.status.origins : []
  const own = origins.find(({ url }) => referrer.startsWith(`${url}/`))
  return own ? referrer.slice(own.url.length) : referrer
}

/** Nothing changes by asking again, and no body is needed, which was not kept. */
export const isReplayable = ({ method, target }: LogEntry) =>
  (method === 'GET' || method === 'HEAD') && isOpenable(target)

/** `GET /assets/app.css, 200, 14.2 kilobytes, 3 milliseconds, from this computer, 12:04:31` */
export function spokenName(entry: LogEntry): string {
  const { status, client, clock } = cellsOf(entry)
  return [
    `${entry.method} ${entry.target}`,
    status,
    formatBytesSpoken(entry.bytesSent),
    formatDurationSpoken(entry.duration),
    `from ${entry.clientIsLocal ? 'this computer' : client}`,
    clock,
  ].join(', ')
}

/** Tab-separated, in the order of the wide table's columns. */
export function copiedRow(entry: LogEntry): string {
  const { status, size, duration, client, clock } = cellsOf(entry)
  return [status, entry.method, entry.target, size, duration, client, clock].map(visible).join('\t')
}

/** One `name: value` per line. */
export function copiedFields(fields: readonly Field[]): string {
  return fields.map(([name, value]) => `${visible(name)}: ${visible(value)}`).join('\n')
}

/** Control characters would break the row, or run in a terminal that it is pasted into. */
function visible(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    /[\u0000-\u001f\u007f-\u009f]/g,
    character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

/** `14.2 KB`, `4.1 KB of 14.2 KB, gzip` */
export function sentText(entry: LogEntry, detail: LogDetail): string {
  const sent = formatBytes(entry.bytesSent)
  if (entry.bytesSent === 0 && !detail.aborted) return sent
  const isPart = detail.fileSize !== null && detail.fileSize !== entry.bytesSent
  const amount = isPart ? `${sent} of ${formatBytes(detail.fileSize)}` : sent
  return detail.contentCoding === null ? amount : `${amount}, ${detail.contentCoding}`
}

/** How the answer ended when not as it should, in words, else null. The engine has no cause for a client that left. */
export function endText(detail: LogDetail): string | null {
  if (!detail.aborted) return null
  return detail.cause === null ? 'Client left before the end' : 'Cut short before the end'
}
