/**
 * Remembers when another device was last served, so that quitting can ask
 * first. One time per site, no addresses.
 */
import type { Site, SiteId } from '../contract.ts'
import type { Exchange } from '../engine/types.ts'

/** Served this recently, somebody is probably still there. */
const RECENTLY = 60_000

export interface Visitors {
  note(id: SiteId, exchange: Exchange): void
  forget(id: SiteId): void
  /** One of these sites is shared, runs, and served another device in the last minute. */
  wereRecently(sites: readonly Site[]): boolean
}

export function createVisitors(now: () => number = Date.now): Visitors {
  const lastServed = new Map<SiteId, number>()
  return {
    note(id, { clientIsLocal }) {
      if (!clientIsLocal) lastServed.set(id, now())
    },
    forget: id => void lastServed.delete(id),
    wereRecently: sites =>
      sites.some(({ id, status, options }) => {
        const served = lastServed.get(id)
        return (
          status.phase === 'listening' && options.share && served !== undefined && served >= now() - RECENTLY
        )
      }),
  }
}
