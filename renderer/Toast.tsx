/** One short message at the foot of the panel. It lies in the live regions of `Announcer.tsx`. */
import { useEffect, useLayoutEffect, useRef } from 'react'
import { type Toast, useActions } from './actions.tsx'
import { Glyph, Icon } from './Icon.tsx'
import { keepFocus } from './kept-focus.ts'
import { withKey } from './shortcuts.ts'
import { useAppState } from './store.ts'
import { useLeave } from './use-leave.ts'

export function ToastBar({ toast }: { readonly toast: Toast }) {
  const { dismissToast, holdToast } = useActions()
  const { host } = useAppState()
  const bar = useRef<HTMLDivElement>(null)
  useLeave(bar)
  /** What had the focus before Undo, and has it again afterwards. */
  const before = useRef<Element | null>(null)
  useLayoutEffect(() => {
    const element = bar.current
    return () => {
      if (element?.contains(document.activeElement) && before.current instanceof HTMLElement) {
        before.current.focus()
      }
    }
  }, [])
  useEffect(() => {
    return () => {
      holdToast(false)
      keepFocus()
    }
  }, [holdToast])
  const { undo } = toast
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: these only keep it from going away
    <div
      className="toast"
      ref={bar}
      onPointerEnter={() => holdToast(true)}
      onPointerLeave={() => holdToast(false)}
      onFocus={event => {
        if (!event.currentTarget.contains(event.relatedTarget)) before.current = event.relatedTarget
        holdToast(true)
      }}
      onBlur={() => holdToast(false)}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        dismissToast()
      }}
    >
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
