/** The newest requests on the card of an only site: the same rows, four of them, without tools. */
import type { FocusEvent, KeyboardEvent } from 'react'
import type { Site } from '../../electron/contract.ts'
import { withKey } from '../shortcuts.ts'
import { useAppState } from '../store.ts'
import { LogDetail } from './LogDetail.tsx'
import { LogRow } from './LogRow.tsx'
import { useLogDetail } from './use-log-detail.ts'
import { useLogView } from './use-log-view.ts'
import { useNewRows } from './use-new-rows.ts'
import { idOfRow, useRowKeys } from './use-row-keys.ts'

const SHOWN = 4

export function RecentRequests({ site }: { readonly site: Site }) {
  const { host } = useAppState()
  const view = useLogView(site)
  const { entries, state, holdFor } = view
  const newAfter = useNewRows(entries, state.generation)
  const detail = useLogDetail(site.id, state.open)
  const rowKeys = useRowKeys(site)
  const onKeyDown = (event: KeyboardEvent) => {
    const id = idOfRow(event.target)
    const entry = entries.find(each => each.id === id)
    if (entry === undefined || !rowKeys(event.nativeEvent, entry)) return
    event.preventDefault()
    event.stopPropagation()
  }

  if (entries.length === 0) {
    return (
      <div className="group log-empty">
        <b>No requests yet</b>
        <span>They appear here the moment they happen.</span>
      </div>
    )
  }
  return (
    <ul
      className="group recent"
      aria-label="Recent requests"
      onPointerEnter={() => holdFor('pointer', true)}
      onPointerLeave={() => holdFor('pointer', false)}
      // Only a focus that is seen: after a click nothing would tell why the rows stand still.
      onFocus={(event: FocusEvent) => holdFor('focus', event.target.matches(':focus-visible'))}
      onBlur={() => holdFor('focus', false)}
      onKeyDown={onKeyDown}
    >
      {entries
        .slice(-SHOWN)
        .reverse()
        .map(entry => (
          <LogRow
            key={entry.id}
            entry={entry}
            isNew={entry.id > newAfter}
            isTabStop
            copyTitle={withKey('Copy row', 'copy', host)}
            onToggle={view.toggle}
          >
            {entry.id === state.open ? <LogDetail site={site} entry={entry} state={detail} /> : undefined}
          </LogRow>
        ))}
    </ul>
  )
}
