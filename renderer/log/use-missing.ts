/**
 * The paths of a site that are not there, asked for when they are looked at and
 * again after more errors, at most every two seconds.
 */
import { useEffect, useState } from 'react'
import type { MissingPath, SiteId } from '../../electron/contract.ts'
import { useBridge } from '../store.ts'

export type MissingState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'read'; readonly paths: readonly MissingPath[] }
  /** `words`: why there are none. */
  | { readonly phase: 'absent'; readonly words: string }

const loading: MissingState = { phase: 'loading' }
const INTERVAL = 2000

/** `errors`: how many there were, of which some may be of a path. */
export function useMissing(site: SiteId, errors: number): MissingState {
  const bridge = useBridge()
  const [answer, setAnswer] = useState<{ site: SiteId; errors: number; state: MissingState } | null>(null)
  const isFirst = answer?.site !== site
  const isDue = isFirst || answer.errors !== errors

  useEffect(() => {
    if (!isDue) return
    let isWanted = true
    async function ask() {
      const result = await bridge.invoke('log.missing', { site })
      if (!isWanted) return
      const state: MissingState = result.ok
        ? { phase: 'read', paths: result.value }
        : { phase: 'absent', words: result.problem.title }
      setAnswer({ site, errors, state })
    }
    const timer = setTimeout(() => void ask(), isFirst ? 0 : INTERVAL)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [bridge, site, errors, isDue, isFirst])

  return isFirst ? loading : answer.state
}
