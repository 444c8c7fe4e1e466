/**
 * The log of one site as it is being looked at: the entries to show and the
 * state behind them (view-state.ts). It lives where the tabs live, so that the
 * filter and a pause outlast a change of tab, and in `memory`, where there is
 * one, beyond that.
 */
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'react'
import type { LogEntry, Site, SiteId } from '../../electron/contract.ts'
import { useLog } from '../store.ts'
import type { SiteLog } from './log-buffer.ts'
import { createFilter, needleOf } from './log-filter.ts'
import { baseEntries, type HoldReason, type LogViewState, newCount, reduce, resume } from './view-state.ts'

export interface LogView extends LogViewCommands {
  readonly site: Site
  readonly log: SiteLog
  readonly state: LogViewState
  /** What the list is made of before the filter, oldest first: the log, or what a hold kept of it. */
  readonly base: readonly LogEntry[]
  /** What passes the filter, oldest first. */
  readonly entries: readonly LogEntry[]
  /** The filter as it is looked for; empty: none. */
  readonly needle: string
  /** How many requests came since the list is held. */
  readonly waiting: number
}

interface LogViewCommands {
  setFilter(text: string): void
  setErrorsOnly(on: boolean): void
  /** Shows the paths that are not there, or the requests again. */
  setMissing(on: boolean): void
  clearFilter(): void
  /** Opens this row alone, or closes it. */
  toggle(id: number): void
  setPaused(on: boolean): void
  /** Brings the list up to date. */
  show(): void
  holdFor(reason: HoldReason, on: boolean): void
  /** The list is no longer on screen. */
  leave(): void
}

export function useLogView(site: Site, memory: Map<SiteId, LogViewState> | null = null): LogView {
  const log = useLog(site.id)
  const [state, dispatch] = useReducer(reduce, log, log => resume(memory?.get(site.id), log))
  const [shownSite, setShownSite] = useState(site.id)

  // While rendering, so that no frame shows one site's rows under another's filter, or cleared rows.
  if (shownSite !== site.id) {
    setShownSite(site.id)
    dispatch({ type: 'restart', state: resume(memory?.get(site.id), log) })
  } else if (state.generation !== log.generation) {
    dispatch({ type: 'replaced', log })
  }

  useEffect(() => {
    memory?.set(shownSite, state)
  }, [memory, shownSite, state])

  const current = useRef(log)
  useLayoutEffect(() => {
    current.current = log
  }, [log])

  const commands = useMemo<LogViewCommands>(
    () => ({
      setFilter: text => dispatch({ type: 'filter', text, log: current.current }),
      setErrorsOnly: on => dispatch({ type: 'errors-only', on, log: current.current }),
      setMissing: on => dispatch({ type: 'missing', on, log: current.current }),
      clearFilter: () => dispatch({ type: 'clear-filter' }),
      toggle: id => dispatch({ type: 'toggle', id, log: current.current }),
      setPaused: on => dispatch({ type: 'pause', on, log: current.current }),
      show: () => dispatch({ type: 'show', log: current.current }),
      holdFor: (reason, on) => dispatch({ type: 'reason', reason, on, log: current.current }),
      leave: () => dispatch({ type: 'left' }),
    }),
    [],
  )

  const base = baseEntries(state, log)
  const { text, errorsOnly } = state
  const [filter] = useState(createFilter)
  const entries = useMemo(() => filter(base, { text, errorsOnly }), [filter, base, text, errorsOnly])
  return useMemo(
    () => ({
      ...commands,
      site,
      log,
      state,
      base,
      entries,
      needle: needleOf(state.text),
      waiting: newCount(state, log),
    }),
    [commands, site, log, state, base, entries],
  )
}
