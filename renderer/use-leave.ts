/**
 * Leaving in 140 ms: a lifeless copy fades out in the place of what was
 * removed, so that the thing itself (focus, keys, names) is gone at once.
 */
import { type RefObject, useLayoutEffect } from 'react'
import { reducedMotionQuery } from './use-media.ts'

export function useLeave(ref: RefObject<HTMLElement | null>) {
  useLayoutEffect(() => {
    const element = ref.current
    const parent = element?.parentElement
    if (!element || !parent) return
    return () => {
      const copy = element.cloneNode(true)
      if (!(copy instanceof HTMLElement) || typeof copy.animate !== 'function') return
      copy.inert = true
      copy.setAttribute('aria-hidden', 'true')
      copy.style.animation = 'none'
      for (const named of [copy, ...copy.querySelectorAll('[id]')]) named.removeAttribute('id')
      // Inside a live region or not, it must not be announced: the panel itself is no live region.
      const home = parent.closest('.sb') ?? parent
      home.append(copy)
      const slide = matchMedia(reducedMotionQuery).matches ? 'none' : 'translateY(8px)'
      const leaving = copy.animate([{}, { opacity: 0, transform: slide }], {
        duration: 140,
        easing: 'cubic-bezier(.5, 0, .9, .4)',
      })
      leaving.onfinish = () => copy.remove()
      leaving.oncancel = () => copy.remove()
    }
  }, [ref])
}
