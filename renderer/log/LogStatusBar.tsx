/** The line at the foot of the log: how much is in it, or how much the filter lets through. */
import { count, formatBytes, formatNumber } from '../format.ts'
import { useSharedLogView } from './shared-log-view.tsx'
import type { LogView } from './use-log-view.ts'

export function LogStatusBar() {
  const view = useSharedLogView()
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
