/** One short message at the foot of the panel. What it says is announced by `Announcer.tsx`. */
import { useActions, useToast } from './actions.tsx'
import { Glyph, Icon } from './Icon.tsx'
import { withKey } from './shortcuts.ts'
import { useAppState } from './store.ts'

export function ToastBar() {
  const toast = useToast()
  const { dismissToast } = useActions()
  const { host } = useAppState()
  if (toast === null) return null
  const { undo } = toast
  return (
    <div className="toast" key={toast.key}>
      {toast.failed ? <Glyph name="s-5" /> : <Icon name="check" />}
      <span className="toast-words">
        {toast.message} {toast.mono !== undefined && <span className="mono">{toast.mono}</span>}
      </span>
      {undo && (
        <button
          type="button"
          className="toast-undo"
          title={withKey('Undo', 'undo', host)}
          onClick={() => {
            dismissToast()
            undo()
          }}
        >
          Undo
        </button>
      )}
    </div>
  )
}
