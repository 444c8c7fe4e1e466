/** One short message at the foot of the panel. It lies in the live regions of `Announcer.tsx`. */
import { useRef } from 'react'
import { type Toast, useActions } from './actions.tsx'
import { Glyph, Icon } from './Icon.tsx'
import { withKey } from './shortcuts.ts'
import { useAppState } from './store.ts'
import { useLeave } from './use-leave.ts'

export function ToastBar({ toast }: { readonly toast: Toast }) {
  const { dismissToast } = useActions()
  const { host } = useAppState()
  const bar = useRef<HTMLDivElement>(null)
  useLeave(bar)
  const { undo } = toast
  return (
    <div className="toast" ref={bar}>
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
