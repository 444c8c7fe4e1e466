/**
 * What only an opened row shows, asked for when it is opened. The answer stays
 * while the row is open, also when it is scrolled out of sight and back.
 */
import { useEffect, useState } from 'react'
import type { LogDetail, SiteId } from '../../electron/contract.ts'
import { useBridge } from '../store.ts'

export type DetailState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'read'; readonly detail: LogDetail }
  /** `words`: why there is none. */
  | { readonly phase: 'absent'; readonly words: string }

const loading: DetailState = { phase: 'loading' }

export function useLogDetail(site: SiteId, entry: number | null): DetailState {
  const bridge = useBridge()
  const [answer, setAnswer] = useState<{ site: SiteId; entry: number; state: DetailState } | null>(null)

  useEffect(() => {
    if (entry === null) return
    let isWanted = true
    void bridge.invoke('log.read', { site, entry }).then(result => {
      if (!isWanted) return
      const state: DetailState = result.ok
        ? { phase: 'read', detail: result.value }
        : { phase: 'absent', words: result.problem.title }
      setAnswer({ site, entry, state })
    })
    return () => {
      isWanted = false
    }
  }, [bridge, site, entry])

  return answer?.site === site && answer.entry === entry ? answer.state : loading
}
