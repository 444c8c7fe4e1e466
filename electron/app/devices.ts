/**
 * Who asked lately: the other devices of each site, counted from its stream of
 * exchanges. Promises: a request costs one look into a Map and no text is read
 * but of a new device and once a second; of a site at most 200 devices are
 * kept, those that asked last. In memory only.
 */
import type { Device, Site, SiteId } from '../contract.ts'
import type { Exchange } from '../engine/types.ts'
import { browserName } from './devices-browser.ts'

/** Of one site. */
export const MOST_DEVICES = 200
/** Ms between two looks at the browser of one device. */
const LOOK_AGAIN = 1000

export interface Devices {
  note(id: SiteId, exchange: Exchange): void
  forget(id: SiteId): void
  /** Newest first; those that are blocked and did not ask lately come last, with no time and no requests. */
  list(site: Pick<Site, 'id' | 'blocked'>): readonly Device[]
}

interface Entry {
  readonly address: string
  agent: string | undefined
  browser: string | null
  lastSeen: number
  lastLook: number
  requests: number
  bytesSent: number
}

export function createDevices(now: () => number = Date.now): Devices {
  const sites = new Map<SiteId, Map<string, Entry>>()

  function entryOf(devices: Map<string, Entry>, address: string): Entry {
    const known = devices.get(address)
    if (known !== undefined) return known
    if (devices.size >= MOST_DEVICES) devices.delete(oldestOf(devices))
    const entry: Entry = {
      address,
      agent: undefined,
      browser: null,
      lastSeen: 0,
      lastLook: Number.NEGATIVE_INFINITY,
      requests: 0,
      bytesSent: 0,
    }
    devices.set(address, entry)
    return entry
  }

  return {
    note(id, exchange) {
      if (exchange.clientIsLocal) return
      let devices = sites.get(id)
      if (devices === undefined) {
        devices = new Map()
        sites.set(id, devices)
      }
      const entry = entryOf(devices, exchange.clientAddress)
      const time = now()
      entry.lastSeen = time
      entry.requests += 1
      entry.bytesSent += exchange.bytesSent
      if (time - entry.lastLook < LOOK_AGAIN) return
      entry.lastLook = time
      const agent = userAgentOf(exchange)
      // What a page's script or a probe asks without a name does not take the browser's away.
      if (agent === undefined || agent === entry.agent) return
      entry.agent = agent
      entry.browser = browserName(agent) ?? entry.browser
    },
    forget: id => void sites.delete(id),
    list({ id, blocked }) {
      const isBlocked = new Set(blocked)
      const devices = sites.get(id) ?? new Map<string, Entry>()
      const seen = [...devices.values()].sort((a, b) => b.lastSeen - a.lastSeen)
      const unseen = blocked.filter(address => !devices.has(address))
      return [
        ...seen.map(({ address, browser, lastSeen, requests, bytesSent }) => ({
          address,
          browser,
          lastSeen,
          requests,
          bytesSent,
          blocked: isBlocked.has(address),
        })),
        ...unseen.map(address => ({
          address,
          browser: null,
          lastSeen: 0,
          requests: 0,
          bytesSent: 0,
          blocked: true,
        })),
      ]
    },
  }
}

function userAgentOf(exchange: Exchange): string | undefined {
  // The whole list of fields is made anew at each asking.
  if (exchange.requestField) return exchange.requestField('user-agent')
  return exchange.requestFields.find(([name]) => name === 'user-agent')?.[1]
}

/** A look at all 200, but only when one more than those asks. */
function oldestOf(devices: ReadonlyMap<string, Entry>): string {
  let oldest: Entry | undefined
  for (const entry of devices.values()) if (!oldest || entry.lastSeen < oldest.lastSeen) oldest = entry
  return oldest?.address ?? ''
}

/** How many addresses of one site may be blocked; the oldest is let in again. */
const MOST_BLOCKED = 1000

export function withBlocked(blocked: readonly string[], address: string, on: boolean): readonly string[] {
  const others = blocked.filter(each => each !== address)
  return on ? [...others, address].slice(-MOST_BLOCKED) : others
}
