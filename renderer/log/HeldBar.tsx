/** Says that the list is held still and what has come since, and lets it go on. */
import { count } from '../format.ts'
import { Icon } from '../Icon.tsx'
import type { LogView } from './use-log-view.ts'

interface HeldBarProps {
  readonly view: LogView
  /** The button is about to vanish: the focus must go somewhere. */
  readonly onDone: () => void
}

export function HeldBar({ view, onDone }: HeldBarProps) {
  const { paused } = view.state
  const waiting = count(view.waiting, 'new request')
  function go() {
    onDone()
    if (paused) view.setPaused(false)
    else view.show()
  }
  return (
    <div className="held">
      {paused ? (
        <span>
          <Icon name="pause" />
          {view.waiting === 0 ? 'Paused.' : `Paused. ${waiting}.`}
        </span>
      ) : (
        <span>{waiting}</span>
      )}
      <button type="button" className="btn" onClick={go}>
        {paused ? 'Resume' : 'Show'}
      </button>
    </div>
  )
}
