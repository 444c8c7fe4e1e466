/**
 * Which entries a filter lets through, and where in a text it matched. The
 * filter is plain text, not a pattern, and ignores case; it looks through what
 * a row shows, one cell at a time, so what matched can always be marked.
 */
import type { LogEntry } from '../../electron/contract.ts'
import { cellsOf, isError } from './row-text.ts'

export interface LogFilter {
  readonly text: string
  readonly errorsOnly: boolean
}

/** What is really looked for: a space at either end is a slip of the hand. */
export function needleOf(text: string): string {
  return text.trim().toLowerCase()
}

/** The cells of an entry, lower case, apart from each other by a character that cannot be typed. */
const haystacks = new WeakMap<LogEntry, string>()

function haystackOf(entry: LogEntry): string {
  let haystack = haystacks.get(entry)
  if (haystack === undefined) {
    const { status, method, path, query, size, duration, client, clock } = cellsOf(entry)
    haystack = [status, method, path + query, size, duration, client, clock].join('\n').toLowerCase()
    haystacks.set(entry, haystack)
  }
  return haystack
}

/** The same array when nothing is filtered out by definition, so that it costs nothing then. */
export function filterEntries(entries: readonly LogEntry[], filter: LogFilter): readonly LogEntry[] {
  const needle = needleOf(filter.text)
  if (needle === '' && !filter.errorsOnly) return entries
  return entries.filter(
    entry => (!filter.errorsOnly || isError(entry)) && (needle === '' || haystackOf(entry).includes(needle)),
  )
}

export interface Segment {
  readonly text: string
  /** Where it starts in the whole text. */
  readonly start: number
  readonly isMatch: boolean
}

/** Cuts a text at every match. `needle` as from `needleOf`. */
export function splitMatches(text: string, needle: string): readonly Segment[] {
  const lower = text.toLowerCase()
  // Lower case can be longer than the text ("İ"): then places in it mean nothing.
  if (needle === '' || lower.length !== text.length) return [{ text, start: 0, isMatch: false }]
  const segments: Segment[] = []
  let from = 0
  for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, from)) {
    if (at > from) segments.push({ text: text.slice(from, at), start: from, isMatch: false })
    from = at + needle.length
    segments.push({ text: text.slice(at, from), start: at, isMatch: true })
  }
  if (from < text.length || segments.length === 0) {
    segments.push({ text: text.slice(from), start: from, isMatch: false })
  }
  return segments
}
