/** A media query as a value that redraws, and the two queries that the panel asks. */
import { useCallback, useSyncExternalStore } from 'react'

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}

/** The panel fills its window, so the window's width is the container's. */
export const wideQuery = '(min-width: 900px)'
export const reducedMotionQuery = '(prefers-reduced-motion: reduce)'
