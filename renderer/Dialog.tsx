/**
 * What lies over the panel: a sheet from its lower edge, or a popover in a wide
 * window. Takes the focus, keeps Tab inside, closes on Esc or a press beside
 * it, and gives the focus back to where it was.
 */
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react'
import { useLeave } from './use-leave.ts'

const focusable = 'button:not([disabled], [tabindex="-1"]), input:not([disabled]), a[href], [tabindex="0"]'

export function Dialog({
  className,
  role = 'dialog',
  label,
  describedBy,
  clear = false,
  returnTo,
  style,
  onClose,
  children,
}: {
  readonly className: 'sheet' | 'popover' | 'popover is-centred'
  readonly role?: 'dialog' | 'alertdialog'
  readonly label: string
  readonly describedBy?: string
  /** Nothing behind it is dimmed. */
  readonly clear?: boolean
  /** A selector of what takes the focus afterwards, if it is not what had it before. */
  readonly returnTo?: string
  readonly style?: CSSProperties | undefined
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const box = useRef<HTMLElement>(null)
  const scrim = useRef<HTMLDivElement>(null)
  useLeave(scrim)
  useLeave(box)
  const before = useRef<Element | null>(null)

  useLayoutEffect(() => {
    before.current = document.activeElement
    const first =
      box.current?.querySelector<HTMLElement>('[data-autofocus]') ??
      box.current?.querySelector<HTMLElement>(focusable)
    first?.focus()
  }, [])
  // In an effect of its own that runs when the rest is no longer inert: inert elements cannot take the focus.
  useEffect(() => {
    return () => {
      const to = (returnTo && document.querySelector(returnTo)) || before.current
      if (to instanceof HTMLElement && to.isConnected && document.activeElement === document.body) to.focus()
    }
  }, [returnTo])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onClose()
      return
    }
    if (event.key !== 'Tab' || event.ctrlKey) return
    const stops = [...(box.current?.querySelectorAll<HTMLElement>(focusable) ?? [])]
    const edge = event.shiftKey ? stops[0] : stops.at(-1)
    const inside = box.current?.contains(document.activeElement)
    if (document.activeElement !== edge && inside) return
    event.preventDefault()
    ;(event.shiftKey ? stops.at(-1) : stops[0])?.focus()
  }
  return (
    <>
      <div className={clear ? 'scrim is-clear' : 'scrim'} ref={scrim} onPointerDown={onClose} />
      <section
        className={className}
        {...{ role, 'aria-modal': true, 'aria-label': label, onKeyDown }}
        aria-describedby={describedBy}
        style={style}
        ref={box}
      >
        {children}
      </section>
    </>
  )
}
