/**
 * Which entries a filter lets through, and where in a text it matched. The
 * filter is plain text, not a pattern, and ignores case; it looks through what
 * a row shows, one cell at a time, so what matched can always be marked.
 */
import type { LogEntry } from '../../electron/contract.ts'
import { firstAfter } from './log-ids.ts'
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

function letsAllThrough({ text, errorsOnly }: LogFilter): boolean {
  return !errorsOnly && needleOf(text) === ''
}

/** The same array when nothing is filtered out by definition, so that it costs nothing then. */
export function filterEntries(entries: readonly LogEntry[], filter: LogFilter): readonly LogEntry[] {
  if (letsAllThrough(filter)) return entries
  const needle = needleOf(filter.text)
  return entries.filter(
    entry => (!filter.errorsOnly || isError(entry)) && (needle === '' || haystackOf(entry).includes(needle)),
  )
}

/**
 * `filterEntries` for a log that goes on: of entries that follow those of the call before, under the same filter,
 * only the new ones are looked at.
 */
export function createFilter(): typeof filterEntries {
  let text = ''
  let errorsOnly = false
  let seen: readonly LogEntry[] = []
  let passed: readonly LogEntry[] = []
  return (entries, filter) => {
    if (letsAllThrough(filter)) return entries
    const isSame = filter.text === text && filter.errorsOnly === errorsOnly
    if (isSame && entries === seen) return passed
    const news = isSame ? firstNew(seen, entries) : 0
    if (news === 0) passed = filterEntries(entries, filter)
    else {
      const gone = firstAfter(passed, (entries[0]?.id ?? 0) - 1)
      passed = [...passed.slice(gone), ...filterEntries(entries.slice(news), filter)]
    }
    text = filter.text
    errorsOnly = filter.errorsOnly
    seen = entries
    return passed
  }
}

/** Index of the first entry of `next` that is not in `before`; 0 where not all before it are, in the same order. */
function firstNew(before: readonly LogEntry[], next: readonly LogEntry[]): number {
  const oldest = next[0]
  const newest = before.at(-1)
  if (!oldest || !newest) return 0
  const gone = firstAfter(before, oldest.id - 1)
  const known = before.length - gone
  return before[gone] === oldest && next[known - 1] === newest ? known : 0
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
