/**
 * What the log's view remembers, as a reducer: the filter, the opened row, and
 * whether the list is held still. A hold keeps the entries of its moment, so
 * nothing moves or vanishes under the user even while the ring buffer turns
 * over; what has come since is only counted. Pure.
 */
import type { LogEntry } from '../../electron/contract.ts'
import type { SiteLog } from './log-buffer.ts'
import { filterEntries, type LogFilter, needleOf } from './log-filter.ts'
import { entryAtRow, firstAfter, rowOfId } from './log-ids.ts'

/** What holds the list without being asked to; an opened row is the fourth. */
export type HoldReason = 'pointer' | 'focus' | 'scroll'

interface Hold {
  readonly entries: readonly LogEntry[]
  /** Id of the newest entry of that moment, 0 when there was none. */
  readonly newest: number
}

export interface LogViewState extends LogFilter {
  /** Id of the opened row. */
  readonly open: number | null
  /** The paths that are not there, in the place of the requests. */
  readonly missing: boolean
  readonly paused: boolean
  readonly reasons: ReadonlySet<HoldReason>
  readonly hold: Hold | null
  /** Rises with everything that the list answers by going to its top. */
  readonly rewinds: number
  /** Of the log that all this is about. */
  readonly generation: number
}

/** `log` is the log at the moment of the action: what a hold that begins with it keeps. */
export type LogViewAction =
  | { readonly type: 'filter'; readonly text: string; readonly log: SiteLog }
  | { readonly type: 'errors-only'; readonly on: boolean; readonly log: SiteLog }
  | { readonly type: 'missing'; readonly on: boolean; readonly log: SiteLog }
  | { readonly type: 'clear-filter' }
  | { readonly type: 'toggle'; readonly id: number; readonly log: SiteLog }
  | { readonly type: 'reason'; readonly reason: HoldReason; readonly on: boolean; readonly log: SiteLog }
  | { readonly type: 'pause'; readonly on: boolean; readonly log: SiteLog }
  /** Bring the list up to date and go to its top. */
  | { readonly type: 'show'; readonly log: SiteLog }
  /** The log's entries were replaced: what is held is of the past. */
  | { readonly type: 'replaced'; readonly log: SiteLog }
  /** The list is no longer on screen; filter, pause and the opened row outlast that. */
  | { readonly type: 'left' }
  /** Another site: nothing of this is about its log. */
  | { readonly type: 'restart'; readonly state: LogViewState }

const none: ReadonlySet<HoldReason> = new Set()

export function startState(log: SiteLog): LogViewState {
  return {
    text: '',
    errorsOnly: false,
    open: null,
    missing: false,
    paused: false,
    reasons: none,
    hold: null,
    rewinds: 0,
    generation: log.generation,
  }
}

/** As it was left, if it ever was; a log that was replaced meanwhile is told as ever. */
export function resume(before: LogViewState | undefined, log: SiteLog): LogViewState {
  return before === undefined ? startState(log) : reduce(before, { type: 'left' })
}

export function reduce(state: LogViewState, action: LogViewAction): LogViewState {
  switch (action.type) {
    case 'filter':
      return closeFiltered(rewind({ ...state, text: action.text }), action.log)
    case 'errors-only':
      return closeFiltered(rewind({ ...state, errorsOnly: action.on, missing: false }), action.log)
    case 'missing':
      // The list is gone meanwhile, and nobody at it any more.
      return settle(rewind({ ...state, missing: action.on, open: null, reasons: none }), action.log)
    case 'clear-filter':
      return rewind({ ...state, text: '', errorsOnly: false })
    case 'toggle':
      return settle({ ...state, open: state.open === action.id ? null : action.id }, action.log)
    case 'reason':
      if (state.reasons.has(action.reason) === action.on) return settle(state, action.log)
      return settle({ ...state, reasons: withReason(state.reasons, action) }, action.log)
    case 'pause':
      return action.on
        ? settle({ ...state, paused: true }, action.log)
        : catchUp({ ...state, paused: false }, action.log)
    case 'show':
      return catchUp(state, action.log)
    case 'replaced': {
      const { generation, totals } = action.log
      const { errorsOnly, missing } = totals.errors > 0 ? state : { errorsOnly: false, missing: false }
      const kept = { ...state, open: null, reasons: none, hold: null, generation }
      return settle({ ...kept, errorsOnly, missing }, action.log)
    }
    case 'left':
      return { ...state, reasons: none, hold: state.paused || state.open !== null ? state.hold : null }
    case 'restart':
      return action.state
  }
}

function rewind(state: LogViewState): LogViewState {
  return { ...state, rewinds: state.rewinds + 1 }
}

/** What still holds the list (an opened row) holds it at the newest entries. */
function catchUp(state: LogViewState, log: SiteLog): LogViewState {
  return settle(rewind({ ...state, reasons: none, hold: null }), log)
}

/** A row that the filter takes away must not hold the list unseen. */
function closeFiltered(state: LogViewState, log: SiteLog): LogViewState {
  if (state.open === null) return state
  const base = baseEntries(state, log)
  const opened = entryAtRow(base, rowOfId(base, state.open))
  if (opened && filterEntries([opened], state).length > 0) return state
  return settle({ ...state, open: null }, log)
}

function withReason(
  reasons: ReadonlySet<HoldReason>,
  { reason, on }: { readonly reason: HoldReason; readonly on: boolean },
): ReadonlySet<HoldReason> {
  const next = new Set(reasons)
  if (on) next.add(reason)
  else next.delete(reason)
  return next
}

/** Begins or ends the hold as the reasons ask. An empty list is held by Pause only: there is nothing to look at. */
function settle(state: LogViewState, log: SiteLog): LogViewState {
  const isWanted = state.paused || state.reasons.size > 0 || state.open !== null
  if (!isWanted) return state.hold === null ? state : { ...state, hold: null }
  if (state.hold !== null || (!state.paused && log.entries.length === 0)) return state
  return { ...state, hold: { entries: log.entries, newest: newestId(log.entries) } }
}

/** The entries that the list is made of, before the filter. */
export function baseEntries(state: LogViewState, log: SiteLog): readonly LogEntry[] {
  return state.hold?.entries ?? log.entries
}

/**
 * How many requests came since the hold began, also those that the ring buffer has dropped again. Paused: all
 * of them, because Pause says what was recorded. Else those that the filter lets Show bring.
 */
export function newCount(state: LogViewState, log: SiteLog): number {
  if (state.hold === null) return 0
  const { newest } = state.hold
  const isFiltered = needleOf(state.text) !== '' || state.errorsOnly
  if (state.paused || !isFiltered) return Math.max(0, newestId(log.entries) - newest)
  return filterEntries(entriesAfter(log.entries, newest), state).length
}

function newestId(entries: readonly LogEntry[]): number {
  return entries.at(-1)?.id ?? 0
}

function entriesAfter(entries: readonly LogEntry[], id: number): readonly LogEntry[] {
  return entries.slice(firstAfter(entries, id))
}
