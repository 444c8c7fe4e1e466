/** Until when a site is shared: a choice of three, and the time when it ends by itself. */
import type { ShareEnd, Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { formatClock } from '../format.ts'
import { Segments } from '../Segments.tsx'

type Until = 'never' | 'hour' | 'network-change'

const choices: readonly { readonly value: Until; readonly label: string; readonly title: string }[] = [
  { value: 'never', label: 'I switch it off', title: 'Until I switch it off' },
  { value: 'hour', label: '1 hour', title: 'For 1 hour' },
  { value: 'network-change', label: 'Network changes', title: 'Until the network changes' },
]

function untilOf({ kind }: ShareEnd): Until {
  return kind === 'time' ? 'hour' : kind
}

function words(end: ShareEnd): string {
  if (end.kind === 'time') return `Ends at ${formatClock(end.at).slice(0, 5)}.`
  return end.kind === 'network-change'
    ? 'Ends when this computer joins another network, or quits.'
    : 'Stays on until you switch it off.'
}

export function ShareUntil({ site }: { readonly site: Site }) {
  const { invoke } = useActions()
  const { id, shareEnd } = site
  return (
    <>
      <h3 className="group-title share-title">Share until</h3>
      <div className="share-seg">
        <Segments
          kind="radios"
          label="Share until"
          segments={choices}
          value={untilOf(shareEnd)}
          onChange={until => void invoke('site.share', { id, on: true, until })}
        />
      </div>
      <p className="group-note share-note" role="status">
        {words(shareEnd)}
      </p>
    </>
  )
}
