/**
 * The line at the foot of the log: how much is in it, how much of that failed
 * and what took longest; or how much the filter lets through. And how long
 * requests are kept.
 */
import { Fragment } from 'react'
import type { KeepRequests, LogTotals } from '../../electron/contract.ts'
import { count, formatBytes, formatDuration, formatNumber } from '../format.ts'
import { useAppState } from '../store.ts'
import { useSharedLogView } from './shared-log-view.tsx'
import type { LogView } from './use-log-view.ts'

const keptWords: Readonly<Record<KeepRequests, string>> = {
  quit: 'Kept until quit',
  '1h': 'Kept for 1 hour',
  '1d': 'Kept for 1 day',
  '7d': 'Kept for 7 days',
}

const MISSED = 'These came faster than they could be written, or the disk refused them'

/** Left out where there is little room. */
const SENT = ' sent'

export function LogStatusBar() {
  const view = useSharedLogView()
  const { settings } = useAppState()
  if (view.entries.length === 0) return null
  const words = statusWords(view)
  const { slowest, unkept = 0 } = view.log.totals
  const misses = settings.keepRequests !== 'quit' && unkept > 0
  return (
    <footer className="status-bar">
      <span title={slowest ? `${words}\nSlowest: ${slowest.target}` : words}>
        {words.split(SENT).map((part, index) => (
          <Fragment key={part}>
            {index > 0 && <span className="at-ease">{SENT}</span>}
            {part}
          </Fragment>
        ))}
      </span>
      <span title={misses ? MISSED : undefined}>
        {keptWords[settings.keepRequests]}
        {misses && `, but for ${formatNumber(unkept)}`}
      </span>
    </footer>
  )
}

function statusWords({ log, state, base, entries, needle }: LogView): string {
  if (needle !== '' || state.errorsOnly) {
    return `${formatNumber(entries.length)} of ${count(base.length, 'request')}`
  }
  const { totals } = log
  const kept = log.entries.length
  const requests = count(totals.requests, 'request')
  return [
    kept < totals.requests ? `Newest ${formatNumber(kept)} of ${requests}` : requests,
    formatBytes(totals.bytesSent) + SENT,
    ...errorRate(totals),
    ...(totals.slowest ? [`slowest ${formatDuration(totals.slowest.duration)}`] : []),
  ].join(' · ')
}

/** Quiet while there is nothing to say. */
function errorRate({ errors, requests }: LogTotals): readonly string[] {
  if (errors === 0) return []
  const percent = Math.round((100 * errors) / requests)
  return [`${percent < 1 ? '<1' : percent}% errors`]
}
