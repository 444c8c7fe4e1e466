/**
 * Tells the view what holds the list still (the pointer over it, being
 * scrolled away from the top), and keeps every row where it is on screen when
 * the bar comes or goes by itself: by scrolling as far as the bar is high.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import type { LogView } from './use-log-view.ts'

/** So far down is still the top, in px. */
const SLACK = 4

export function useStillList(
  view: LogView,
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
) {
  const { state, holdFor, leave } = view
  const { paused, rewinds } = state
  const barHeight = useRef(0)
  const rewound = useRef(rewinds)

  useEffect(() => leave, [leave])

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const before = barHeight.current
    barHeight.current = box.querySelector<HTMLElement>('.held')?.offsetHeight ?? 0
    const shift = barHeight.current - before
    if (shift !== 0) moveUnderBar(box, list.current, shift, paused)
    if (rewound.current !== rewinds) box.scrollTop = 0
    rewound.current = rewinds
  })

  return {
    onScroll() {
      const box = scroller.current
      if (box) holdFor('scroll', box.scrollTop > barHeight.current + SLACK)
    },
    onPointerEnter: () => holdFor('pointer', true),
    // Again after Show, or when there was nothing to hold yet.
    onPointerMove() {
      if (state.hold === null) holdFor('pointer', true)
    },
    onPointerLeave: () => holdFor('pointer', false),
  }
}

/** The bar has just come (`shift` > 0) or gone. */
function moveUnderBar(box: HTMLElement, list: HTMLElement | null, shift: number, paused: boolean): void {
  // Make room for a bar that was asked for, or that would hide the very row that is being read.
  if (shift > 0 && ((paused && box.scrollTop === 0) || hidesWhatIsRead(box, list, shift))) return
  // A short list must be able to scroll that far.
  if (list) list.style.minHeight = shift > 0 ? `${box.clientHeight - list.offsetTop + shift}px` : ''
  box.scrollTop += shift
}

/** Asked when the rows have already moved down by `shift`. */
function hidesWhatIsRead(box: HTMLElement, list: HTMLElement | null, shift: number): boolean {
  const row = list?.querySelector('.req.is-open, .req:focus-within')
  if (!list || !row) return false
  const before = row.getBoundingClientRect().top - box.getBoundingClientRect().top - shift
  const head = list.offsetTop - shift
  return before > head - 1 && before < head + shift
}
