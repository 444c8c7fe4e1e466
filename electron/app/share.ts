/**
 * Sharing on the network, while it lasts: ends a share when its hour is over or
 * the network has changed, keeps the addresses in the state as they are, and has
 * the shared sites found by name. Without a shared site there is no timer and no
 * socket. Writes state only through the functions that app.ts hands in:
 *
 *   const share = createShare({
 *     os: platform.os,
 *     sites: () => state.get().sites,
 *     patch,
 *     configureShare: (id, on, shareEnd) =>
 *       servers.change(id, site => patch(id, { options: { ...site.options, share: on }, shareEnd })),
 *     refreshOrigins: refresh,
 *   })
 *   state.subscribe(share.follow)                  // after each change
 *   share.refresh()                                // in refresh()
 *   nameOrigins: origins => share.names.name(origins)  // for servers.ts
 *   close(): await share.close()                   // before the servers
 */
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { HostInfo, ShareEnd, Site, SiteId } from '../contract.ts'
import { createInterfaceNames, describeInterface, type InterfaceNames } from './interfaces.ts'
import { createMdns, localName, type Mdns, type MdnsOptions } from './mdns.ts'
import { runCommand } from './trust-command.ts'
import type { RunCommand } from './trust-store.ts'

type ShareUntil = 'never' | 'hour' | 'network-change'
type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

export interface ShareOwner {
  readonly os: HostInfo['os']
  sites(): readonly Site[]
  patch(id: SiteId, change: Partial<Site>): void
  /** Binds every interface, or only loopback again, and writes both into the site. */
  configureShare(id: SiteId, on: boolean, shareEnd: ShareEnd): Promise<void>
  /** Brings the addresses in the state in line with the system's. */
  refreshOrigins(): void
  /** Default: those of this computer. */
  readonly interfaces?: () => Interfaces
  readonly now?: () => number
  /** Ms between two looks at the network. */
  readonly lookInterval?: number
  readonly run?: RunCommand
  readonly createMdns?: (options: MdnsOptions) => Mdns
}

export interface Share {
  readonly names: InterfaceNames
  set(id: SiteId, on: boolean, until?: ShareUntil): Promise<void>
  /** After each change of the state. Cheap when it is about something else. */
  follow(): void
  /** Looks at the network and the clock at once, when something is shared. */
  refresh(): void
  close(): Promise<void>
}

const HOUR = 3_600_000
const LOOK_INTERVAL = 5000
const never: ShareEnd = { kind: 'never' }

export function createShare(owner: ShareOwner): Share {
  const { interfaces = networkInterfaces, now = Date.now, lookInterval = LOOK_INTERVAL } = owner
  const names = createInterfaceNames({ os: owner.os, run: owner.run ?? runCommand })
  /** The network in which a share until it changes began. */
  const begunIn = new Map<SiteId, string>()
  /** Under way, so that it is not asked for at each look. */
  const ending = new Set<SiteId>()
  const computer = localName(hostname())?.replace(/\.local$/, '') ?? ''
  let mdns: Mdns | null = null
  /** `annas-mac.local` while it is told. */
  let name: string | null = null
  let told = ''
  let network = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  function end(id: SiteId): void {
    if (ending.has(id)) return
    ending.add(id)
    void owner
      .configureShare(id, false, never)
      .catch(error => console.error(error))
      .finally(() => ending.delete(id))
  }

  /** What has ended meanwhile, also while the computer slept: its timers slept too. */
  function look(): void {
    const before = network
    network = networkOf(interfaces(), owner.os)
    for (const { id, options, shareEnd } of owner.sites()) {
      if (!options.share) continue
      const isOver = shareEnd.kind === 'time' && now() >= shareEnd.at
      const begun = begunIn.get(id)
      if (shareEnd.kind === 'network-change' && begun === undefined) begunIn.set(id, network)
      if (isOver || (shareEnd.kind === 'network-change' && begun !== undefined && begun !== network)) end(id)
    }
    if (network === before) return
    owner.refreshOrigins()
    mdns?.refresh()
  }

  function schedule(): void {
    clearTimeout(timer)
    timer = undefined
    if (isClosed) return
    const delay = nextLook(owner.sites(), now(), lookInterval)
    if (delay === null) return
    timer = setTimeout(() => {
      look()
      schedule()
    }, delay)
    timer.unref()
  }

  function tell(shared: readonly Site[]): void {
    const services = shared.map(site => ({ label: labelOf(site, shared, computer), port: portOf(site) }))
    const key = JSON.stringify(services)
    if (key !== told) {
      told = key
      if (services.length > 0) mdns ??= (owner.createMdns ?? createMdns)({ onName })
      mdns?.tell(services)
    }
    for (const site of owner.sites()) {
      const localUrl = name !== null && shared.includes(site) ? localUrlOf(site, name) : null
      if (localUrl !== site.localUrl) owner.patch(site.id, { localUrl })
    }
  }

  function onName(found: string | null): void {
    name = found
    if (!isClosed) tell(owner.sites().filter(isShared))
  }

  /** What the state said at the last look, as far as it matters here. */
  let followed = ''

  function follow(): void {
    if (isClosed) return
    const sites = owner.sites()
    const key = JSON.stringify(
      sites.map(({ id, name, options, shareEnd, status, localUrl }) =>
        options.share || localUrl || shareEnd.kind !== 'never'
          ? [id, name, options.share, options.https, options.port, shareEnd, status.phase, localUrl]
          : 0,
      ),
    )
    if (key === followed) return
    followed = key
    for (const { id, options, shareEnd } of sites) {
      if (options.share) continue
      begunIn.delete(id)
      // Switched off by other means, such as the options.
      if (shareEnd.kind !== 'never') owner.patch(id, { shareEnd: never })
    }
    const shared = sites.filter(isShared)
    if (shared.length > 0) {
      network ||= networkOf(interfaces(), owner.os)
      void names.learn().then(isNew => isNew && !isClosed && owner.refreshOrigins())
    }
    tell(shared)
    schedule()
  }

  return {
    names,
    async set(id, on, until = 'never') {
      begunIn.delete(id)
      if (on && until === 'network-change') begunIn.set(id, networkOf(interfaces(), owner.os))
      await owner.configureShare(id, on, on ? endOf(until, now()) : never)
    },
    follow,
    refresh() {
      if (isClosed || !owner.sites().some(site => site.options.share)) return
      look()
      schedule()
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await mdns?.close()
    },
  }
}

function endOf(until: ShareUntil, now: number): ShareEnd {
  return until === 'hour' ? { kind: 'time', at: now + HOUR } : { kind: until }
}

function isShared({ options, status }: Site): boolean {
  return options.share && status.phase === 'listening'
}

/** Ms, or null when nothing has to be looked at. */
function nextLook(sites: readonly Site[], now: number, interval: number): number | null {
  const delays = sites.flatMap(site => {
    if (!site.options.share) return []
    const ends = site.shareEnd.kind === 'time' ? [Math.max(0, site.shareEnd.at - now)] : []
    return isShared(site) || site.shareEnd.kind === 'network-change' ? [interval, ...ends] : ends
  })
  return delays.length === 0 ? null : Math.min(...delays)
}

/**
 * The networks that the computer is in, as one text. Of IPv6 only the prefix: the rest changes by itself (RFC 8981).
 * What comes and goes with containers does not count.
 */
function networkOf(interfaces: Interfaces, os: HostInfo['os']): string {
  const parts = Object.entries(interfaces).flatMap(([name, list = []]) =>
    describeInterface(name, os) === null
      ? []
      : list
          .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
          .map(({ address, family }) => (family === 'IPv6' ? prefixOf(address) : address)),
  )
  // Never empty, which stands for a network not yet looked at.
  return ['in', ...new Set(parts.sort())].join(' ')
}

/** The first 64 bits. */
function prefixOf(address: string): string {
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  if (tail !== undefined) while (groups.length + last.length < 8) groups.push('0')
  return [...groups, ...last].slice(0, 4).join(':')
}

function portOf({ status, options }: Site): number {
  return (status.phase === 'listening' ? status.origins[0]?.port : undefined) ?? options.port
}

/** Two sites may have one name, and two computers sites of one name. */
function labelOf(site: Site, shared: readonly Site[], computer: string): string {
  const isTwice = shared.some(other => other !== site && other.name === site.name)
  return `${site.name}${isTwice ? ` ${portOf(site)}` : ''} on ${computer}`
}

/** Through URL, which writes no port where it is the scheme's own. */
function localUrlOf(site: Site, host: string): string {
  return new URL(`${site.options.https ? 'https' : 'http'}://${host}:${portOf(site)}`).origin
}
