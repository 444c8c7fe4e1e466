/**
 * Bars under the title: what the user should know about the app itself (a
 * settings file that was broken), and that the panel lost its engine.
 */
import { useActions } from './actions.tsx'
import { Glyph, Icon } from './Icon.tsx'
import { useAppState } from './store.ts'

export function Notice() {
  const { notice } = useAppState()
  const { invoke } = useActions()
  if (notice === null) return null
  return (
    <div className="opt-note notice" role="note">
      <Glyph name="s-4" />
      <span>
        {notice.title}
        {notice.detail !== undefined && <small>{notice.detail}</small>}
      </span>
      <button
        type="button"
        className="icon-btn"
        aria-label="Dismiss"
        title="Dismiss"
        onClick={() => void invoke('notice.dismiss', {})}
      >
        <Icon name="x" />
      </button>
    </div>
  )
}

/** A page can only try to reach the engine again; the menubar app loads its panel anew. */
export function LostBanner({ onRetry }: { readonly onRetry: () => void }) {
  const { host } = useAppState()
  return (
    <div className="opt-note notice" role="alert">
      <Glyph name="s-4" />
      <span>Servebar is not responding</span>
      <button type="button" className="btn" onClick={onRetry}>
        {host.kind === 'browser' ? 'Try Again' : 'Restart Servebar'}
      </button>
    </div>
  )
}
