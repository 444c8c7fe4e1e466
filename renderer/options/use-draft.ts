/**
 * Whether a form of several fields is open, what is typed in it, and where the
 * focus goes when it closes: to what it was opened with, unless it went elsewhere
 * by itself. Both last when the window becomes wide or narrow, and all is drawn anew.
 */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { type DraftValues, useNavigation } from '../navigation.tsx'

export interface Draft {
  readonly isOpen: boolean
  readonly open: () => void
  readonly close: () => void
  /** As it was left; empty at first. */
  readonly typed: DraftValues
  readonly keep: (values: DraftValues) => void
  /** Of the element around form and opener; the opener is `[data-opener]`, else the switch. */
  readonly box: RefObject<HTMLDivElement | null>
}

const NOTHING: DraftValues = new Map()

/** `name`: of the form, and of the site that it is for. */
export function useDraft(name: string): Draft {
  const { drafts } = useNavigation()
  const [isOpen, setOpen] = useState(() => drafts.current.has(name))
  const box = useRef<HTMLDivElement>(null)
  const wasOpen = useRef(false)
  useLayoutEffect(() => {
    const closed = wasOpen.current && !isOpen
    wasOpen.current = isOpen
    if (!closed || document.activeElement !== document.body) return
    const there = (selector: string) => box.current?.querySelector<HTMLElement>(selector)
    ;(there('[data-opener]') ?? there('[role="switch"]'))?.focus()
  }, [isOpen])
  return {
    isOpen,
    open: () => {
      drafts.current.set(name, NOTHING)
      setOpen(true)
    },
    close: () => {
      drafts.current.delete(name)
      setOpen(false)
    },
    typed: drafts.current.get(name) ?? NOTHING,
    keep: values => void drafts.current.set(name, values),
    box,
  }
}
