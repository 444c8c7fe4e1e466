/**
 * The list is one stop for Tab: arrows, Home and End move between its rows,
 * also to those that are not drawn yet. Focus on a row holds the list still.
 */
import { type FocusEvent, type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { nextIndex } from '../list-keys.ts'
import { entryAtRow, rowOfId } from './log-ids.ts'
import type { LogView } from './use-log-view.ts'
import { idOfRow, useRowKeys } from './use-row-keys.ts'

interface RowsInReach {
  /** Id of the row that has the focus, or something in it. */
  readonly setFocused: (id: number | null) => void
  readonly scrollToRow: (row: number) => void
}

export function useRowFocus(
  view: LogView,
  box: RefObject<HTMLElement | null>,
  { setFocused, scrollToRow }: RowsInReach,
) {
  const { site, entries, state, toggle, holdFor } = view
  const rowKeys = useRowKeys(site)
  const [isInside, setInside] = useState(false)
  /** The row to focus as soon as it is drawn. */
  const wanted = useRef<number | null>(null)

  function leave(): void {
    setInside(false)
    setFocused(null)
    holdFor('focus', false)
  }

  function focusWanted(): void {
    if (wanted.current === null) return
    const row = box.current?.querySelector<HTMLElement>(`[data-id="${wanted.current}"] > .req-row`)
    if (!row) return
    wanted.current = null
    row.focus({ preventScroll: true })
  }

  useLayoutEffect(() => {
    focusWanted()
    // What had the focus went away (filtered out, cleared) without a word: keep the place for Tab.
    if (isInside && wanted.current === null && !box.current?.contains(document.activeElement)) {
      leave()
      if (document.activeElement === document.body) box.current?.focus({ preventScroll: true })
    }
  })

  function moveTo(row: number): void {
    const entry = entryAtRow(entries, row)
    if (!entry) return
    wanted.current = entry.id
    setFocused(entry.id)
    scrollToRow(row)
    focusWanted()
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const id = idOfRow(event.target)
    const row = id === null ? -1 : rowOfId(entries, id)
    const entry = entryAtRow(entries, row)
    if (!entry || row < 0) return
    const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
    if (!isPlain) {
      if (!rowKeys(event.nativeEvent, entry)) return
    } else if (event.key === 'ArrowLeft' && state.open === id) {
      moveTo(row)
      toggle(entry.id)
    } else {
      const onRow = event.target instanceof Element && event.target.matches('.req-row')
      const next = onRow
        ? nextIndex(event.key, row, entries.length, { axis: 'vertical', wraps: false })
        : null
      if (next === null) return
      moveTo(next)
    }
    event.preventDefault()
    event.stopPropagation()
  }

  return {
    isInside,
    handlers: {
      onKeyDown,
      onFocus(event: FocusEvent<HTMLElement>) {
        setInside(true)
        setFocused(idOfRow(event.target))
        // On a row or on the bar; the list itself takes the focus when a button in it vanishes.
        holdFor('focus', event.target !== event.currentTarget)
      },
      onBlur(event: FocusEvent<HTMLElement>) {
        const to = event.relatedTarget
        if (!(to instanceof Node && event.currentTarget.contains(to))) leave()
      },
    },
  }
}
