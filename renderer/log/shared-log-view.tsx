/**
 * One view of a log for all of its parts, wherever the site's detail puts them.
 * A new batch redraws the parts that ask for it, and nothing else of the detail.
 * What a view remembers (filter, pause, opened row) outlasts it, for each site,
 * so that Settings, another site or a window made narrow do not lose it.
 */
import { createContext, type ReactNode, use, useEffect, useState } from 'react'
import type { Site, SiteId } from '../../electron/contract.ts'
import { useAppState } from '../store.ts'
import { type LogView, useLogView } from './use-log-view.ts'
import type { LogViewState } from './view-state.ts'

const LogMemoryContext = createContext<Map<SiteId, LogViewState> | null>(null)
const LogViewContext = createContext<LogView | null>(null)

/** Around all that shows logs. */
export function LogMemory({ children }: { readonly children: ReactNode }) {
  const { sites } = useAppState()
  const [memory] = useState(() => new Map<SiteId, LogViewState>())
  useEffect(() => {
    for (const id of memory.keys()) if (!sites.some(site => site.id === id)) memory.delete(id)
  }, [memory, sites])
  return <LogMemoryContext value={memory}>{children}</LogMemoryContext>
}

export function LogViewProvider({ site, children }: { readonly site: Site; readonly children: ReactNode }) {
  const view = useLogView(site, use(LogMemoryContext))
  return <LogViewContext value={view}>{children}</LogViewContext>
}

export function useSharedLogView(): LogView {
  const view = use(LogViewContext)
  if (view === null) throw new Error('No LogViewProvider above this component')
  return view
}
