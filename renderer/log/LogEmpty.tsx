/** What stands where no row does: nothing has come yet, or the filter lets nothing through. */
import { useActions } from '../actions.tsx'
import { count } from '../format.ts'
import { Icon } from '../Icon.tsx'
import { isListening } from '../sites.ts'
import { isolate } from '../words.ts'
import type { LogView } from './use-log-view.ts'

interface LogEmptyProps {
  readonly view: LogView
  /** The button is about to vanish: the focus must go somewhere. */
  readonly onDone: () => void
}

export function LogEmpty({ view, onDone }: LogEmptyProps) {
  const { openUrl } = useActions()
  const { site, state, base } = view
  if (base.length > 0) {
    return (
      <div className="log-empty">
        <b>{state.text.trim() === '' ? 'No errors in here' : `Nothing matches “${state.text.trim()}”`}</b>
        <span>
          {count(base.length, 'request')} {base.length === 1 ? 'is' : 'are'} hidden by the filter.
        </span>
        <button
          type="button"
          className="btn"
          onClick={() => {
            onDone()
            view.clearFilter()
          }}
        >
          Clear Filter
        </button>
      </div>
    )
  }
  // Paused before the first request, of which the bar tells.
  if (view.waiting > 0) return null
  return (
    <div className="log-empty">
      <b>No requests yet</b>
      <span>They appear here the moment they happen.</span>
      {isListening(site) && (
        <button
          type="button"
          className="btn"
          title={`Open ${isolate(site.name)}`}
          onClick={() => openUrl(site.id)}
        >
          <Icon name="open" />
          <span>
            Open <bdi>{site.name}</bdi>
          </span>
        </button>
      )}
    </div>
  )
}
