/**
 * One view of a log for all of its parts, wherever the site's detail puts them.
 * A new batch redraws the parts that ask for it, and nothing else of the detail.
 */
import { createContext, type ReactNode, use } from 'react'
import type { Site } from '../../electron/contract.ts'
import { type LogView, useLogView } from './use-log-view.ts'

const LogViewContext = createContext<LogView | null>(null)

export function LogViewProvider({ site, children }: { readonly site: Site; readonly children: ReactNode }) {
  return <LogViewContext value={useLogView(site)}>{children}</LogViewContext>
}

export function useSharedLogView(): LogView {
  const view = use(LogViewContext)
  if (view === null) throw new Error('No LogViewProvider above this component')
  return view
}
