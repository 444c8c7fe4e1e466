/**
 * The kept requests of a site as the text of a file: HAR 1.2 for browsers and
 * proxies, the combined log format, or CSV (RFC 4180). Made bit by bit, so that
 * requests are answered meanwhile. What lets somebody in (credentials, values
 * of cookies) is in none of them: such files are sent to others.
 */
import { STATUS_CODES } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LogFormat } from '../contract.ts'
import { formatCombined } from '../engine/access-log.ts'
import type { Exchange, Field } from '../engine/types.ts'
import { writtenFields } from '../engine/written-fields.ts'
import { fieldOf } from './missing.ts'
import { type Kept, recordOf } from './site-log.ts'

export interface ExportContext {
  /** `http://localhost:8080`: for requests that do not say where they went. */
  readonly origin: string
  readonly version: string
}

/** So many are written before others have their turn. */
const AT_ONCE = 250

export async function exportLog(
  kept: readonly Kept[],
  format: LogFormat,
  context: ExportContext,
): Promise<string> {
  switch (format) {
    case 'har':
      return `${harHead(context.version)}${(await each(kept, record => JSON.stringify(harEntry(record, context)))).join(',\n')}\n]}}\n`
    case 'combined':
      return (await each(kept, record => `${formatCombined(record)}\n`)).join('')
    case 'csv':
      return [csvRow(COLUMNS), ...(await each(kept, record => csvRow(csvCells(record))))].join('')
  }
}

/** `portfolio 2025-03-04 12.04.har`: a name that every system takes. */
export function exportName(site: string, format: LogFormat, now: Date): string {
  const [day = '', clock = ''] = new Date(now.getTime() - now.getTimezoneOffset() * 60_000)
    .toISOString()
    .split('T')
  // What Windows, a shell or a file manager would read as more than a name.
  const safe = site
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, '-')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 80)
  const extension = format === 'combined' ? 'log' : format
  return `${safe || 'requests'} ${day} ${clock.slice(0, 5).replace(':', '.')}.${extension}`
}

async function each(kept: readonly Kept[], write: (record: Exchange) => string): Promise<string[]> {
  const texts: string[] = []
  for (const [index, record] of kept.entries()) {
    texts.push(write(recordOf(record)))
    if (index % AT_ONCE === AT_ONCE - 1) await nextTurn()
  }
  return texts
}

// ---- HAR 1.2 ----

function harHead(version: string): string {
  const creator = JSON.stringify({ name: 'Servebar', version })
  return `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[\n`
}

function harFields(fields: readonly Field[]): { name: string; value: string }[] {
  return writtenFields(fields).map(([name, value]) => ({ name, value }))
}

function harEntry(record: Exchange, { origin }: ExportContext) {
  const { responseFields, bytesSent, duration, status, httpVersion } = record
  const requestFields = record.requestFields
  const url = urlOf(record, origin)
  const protocol = `HTTP/${httpVersion}`
  const fieldValue = (name: string): string => responseFields.find(field => field[0] === name)?.[1] ?? ''
  return {
    startedDateTime: new Date(record.time).toISOString(),
    time: duration,
    request: {
      method: record.method,
      url,
      httpVersion: protocol,
      cookies: [],
      headers: harFields(requestFields),
      queryString: queryOf(url),
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status,
      statusText: STATUS_CODES[status] ?? '',
      httpVersion: protocol,
      cookies: [],
      headers: harFields(responseFields),
      content: {
        size: record.fileSize ?? bytesSent,
        mimeType: fieldValue('content-type') || 'application/octet-stream',
      },
      redirectURL: fieldValue('location'),
      headersSize: -1,
      bodySize: bytesSent,
    },
    cache: {},
    // When the first byte left is not recorded: all of it was waiting.
    timings: { send: 0, wait: duration, receive: 0 },
    _clientAddress: record.clientAddress,
    ...(record.aborted ? { _error: record.cause ?? 'aborted' } : {}),
  }
}

/** Absolute, as HAR asks; of a target that is none (`*`), the site itself. */
function urlOf(record: Exchange, origin: string): string {
  const { target } = record
  if (/^https?:\/\//i.test(target)) return target
  const host = fieldOf(record, 'host')
  const path = target.startsWith('/') ? target : '/'
  const isHost = host !== undefined && /^[\w.:[\]-]+$/.test(host)
  return isHost ? `${origin.slice(0, origin.indexOf('://'))}://${host}${path}` : origin + path
}

function queryOf(url: string): { name: string; value: string }[] {
  const at = url.indexOf('?')
  if (at < 0) return []
  return [...new URLSearchParams(url.slice(at + 1))].map(([name, value]) => ({ name, value }))
}

// ---- CSV (RFC 4180) ----

const COLUMNS = [
  'Time',
  'Method',
  'Target',
  'Status',
  'Bytes sent',
  'Duration (ms)',
  'Client',
  'Referrer',
  'User agent',
  'File',
  'Aborted',
]

function csvCells(record: Exchange): string[] {
  return [
    new Date(record.time).toISOString(),
    record.method,
    record.target,
    String(record.status),
    String(record.bytesSent),
    record.duration.toFixed(3),
    record.clientAddress,
    fieldOf(record, 'referer') ?? '',
    fieldOf(record, 'user-agent') ?? '',
    record.file ?? '',
    record.aborted ? 'yes' : 'no',
  ]
}

function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/**
 * Begins with what a spreadsheet takes for a formula, which a stranger may have sent: an apostrophe makes it text.
 * Where the comma is a decimal one, a semicolon begins a cell, inside of quotes, too.
 */
const FORMULA = /(?<=^|;)(?=[\s\p{Cc}"]*[=+\-@\uff0b\uff0d\uff1d\uff20])|^(?=[\t\r\n])/gu

function csvCell(text: string): string {
  const safe = text.replace(FORMULA, "'")
  return /[",\r\n']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
