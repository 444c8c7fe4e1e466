/**
 * Whether a form of several fields is open, and where the focus goes when it
 * closes: to what it was opened with, unless it went elsewhere by itself.
 */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

export interface Draft {
  readonly isOpen: boolean
  readonly open: () => void
  readonly close: () => void
  /** Of the element around form and opener; the opener is `[data-opener]`, else the switch. */
  readonly box: RefObject<HTMLDivElement | null>
}

export function useDraft(): Draft {
  const [isOpen, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const wasOpen = useRef(false)
  useLayoutEffect(() => {
    const closed = wasOpen.current && !isOpen
    wasOpen.current = isOpen
    if (!closed || document.activeElement !== document.body) return
    const there = (selector: string) => box.current?.querySelector<HTMLElement>(selector)
    ;(there('[data-opener]') ?? there('[role="switch"]'))?.focus()
  }, [isOpen])
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false), box }
}
