/**
 * The request log's parts as the site's detail puts them together: the view
 * state lives with the tabs, the tools above or beside them, list and status
 * bar below. Also the line at the foot of it.
 */
import { count, formatBytes, formatNumber } from '../format.ts'
import type { LogView } from './use-log-view.ts'

import './log.css'

export { LogList } from './LogList.tsx'
export { LogTools } from './LogTools.tsx'
export { RecentRequests } from './RecentRequests.tsx'
export { type LogView, useLogView } from './use-log-view.ts'

export function LogStatusBar({ view }: { readonly view: LogView }) {
  if (view.entries.length === 0) return null
  return (
    <footer className="status-bar">
      <span>{statusWords(view)}</span>
      <span>Kept until quit</span>
    </footer>
  )
}

function statusWords({ log, state, base, entries, needle }: LogView): string {
  if (needle !== '' || state.errorsOnly) {
    return `${formatNumber(entries.length)} of ${count(base.length, 'request')}`
  }
  const { requests, bytesSent } = log.totals
  const kept = log.entries.length
  if (kept < requests) return `Newest ${formatNumber(kept)} of ${count(requests, 'request')}`
  return `${count(requests, 'request')} · ${formatBytes(bytesSent)} sent`
}
