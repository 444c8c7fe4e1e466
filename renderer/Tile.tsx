/**
 * A site's glyph in its tile. While it serves it is also the activity light:
 * the arcs brighten on a request, at most four times a second.
 */
import { useEffect, useRef } from 'react'
import type { Site } from '../electron/contract.ts'
import { Glyph } from './Icon.tsx'
import { tileState } from './sites.ts'
import { useLog } from './store.ts'

const shortestBlink = 250

/** Drawn in place: a rule such as `.tile.is-blink .arc` does not reach into a `<use>`. */
function RunningGlyph() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path
        d="M1 6.5C1 5.67 1.67 5 2.5 5h1.7c.44 0 .86.2 1.15.53L6.6 7h2.9c.83 0 1.5.67 1.5 1.5v4c0 .83-.67 1.5-1.5 1.5h-7C1.67 14 1 13.33 1 12.5z"
        fill="currentColor"
      />
      <path
        className="arc"
        d="M9.2 4.25a3.65 3.65 0 0 1 3.3 3.1M9.5 1.5a6.4 6.4 0 0 1 5.75 5.7"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
    </svg>
  )
}

/** Restarts the animation by hand: a redraw of the row per request would cost more than the light is worth. */
function useBlink(requests: number) {
  const tile = useRef<HTMLSpanElement>(null)
  const light = useRef({ seen: requests, last: 0 })
  useEffect(() => {
    const { seen, last } = light.current
    light.current.seen = requests
    if (requests <= seen) return
    const wait = Math.max(0, last + shortestBlink - performance.now())
    const timer = setTimeout(() => {
      light.current.last = performance.now()
      tile.current?.classList.remove('is-blink')
      void tile.current?.offsetWidth // without a layout in between the animation would not start again
      tile.current?.classList.add('is-blink')
    }, wait)
    return () => clearTimeout(timer)
  }, [requests])
  return tile
}

export function Tile({ site }: { readonly site: Site }) {
  const tile = useBlink(useLog(site.id).totals.requests)
  const state = tileState(site)
  return (
    <span className="tile" data-state={state} ref={tile}>
      {state === 'running' ? <RunningGlyph /> : <Glyph name={state === 'error' ? 'g-error' : 'g-idle'} />}
    </span>
  )
}
