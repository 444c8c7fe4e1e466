/**
 * The running servers of the sites: start, stop, move to another binding. Works
 * on one site at a time in the order asked, so that a start during a stop needs
 * no care elsewhere. Promises: every outcome, also a failure, ends as the
 * site's status; nothing rejects. Knows neither settings nor commands, and
 * changes state only through the functions that app.ts hands in.
 */
import type { HostInfo, Problem, Site, SiteId, SiteOptions } from '../contract.ts'
import { type RunningServer, startServer as startEngine } from '../engine/server.ts'
import type { Exchange, LiveOptions, Origin } from '../engine/types.ts'
import { checkFolder } from './folders.ts'
import { portOwner } from './port-owner.ts'
import { isShadowed, nextFreePort } from './ports.ts'
import { folderProblem, isListenError, listenProblem, systemError } from './problems.ts'

export interface ServersOwner {
  readonly os: HostInfo['os']
  readonly canAllowAccess: boolean
  /** Every listed site. */
  sites(): readonly Site[]
  /** Ignored when the site is no longer listed. */
  patch(id: SiteId, change: Partial<Site>): void
  onExchange(id: SiteId, exchange: Exchange): void
  /** Default: the engine's. */
  readonly startServer?: StartServer
}

export type StartServer = typeof startEngine

export interface Servers {
  start(id: SiteId): Promise<void>
  /** Also of a site that is no longer listed. */
  stop(id: SiteId): Promise<void>
  /** Runs `change` first, in the same turn. */
  restart(id: SiteId, change?: () => void): Promise<void>
  /** Runs `change`, then brings the server, when there is one, in line with the site as it is now. */
  change(id: SiteId, change: (site: Site) => void): Promise<void>
  /** The same sites with the origins that the network interfaces give now; the very same list when nothing differs. */
  withFreshOrigins(sites: readonly Site[]): readonly Site[]
  closeAll(): Promise<void>
}

/** For answers under way when a server only moves to another port: shorter than at a stop, since somebody waits. */
const MOVE_DRAIN = 500
/** How often a site whose port was not chosen moves on when others take its port in between. */
const MOVES = 20

export function createServers(owner: ServersOwner): Servers {
  const { startServer = startEngine } = owner
  const running = new Map<SiteId, RunningServer>()
  /** Commands under way may still ask for a start. */
  let closed = false
  const turns = new Map<SiteId, Promise<unknown>>()

  function inTurn<T>(id: SiteId, task: () => Promise<T>): Promise<T> {
    const result = (turns.get(id) ?? Promise.resolve()).then(task)
    const settled = result
      .catch(() => {})
      .then(() => {
        if (turns.get(id) === settled) turns.delete(id)
      })
    turns.set(id, settled)
    return result
  }

  function find(id: SiteId): Site | undefined {
    return owner.sites().find(site => site.id === id)
  }

  function isReserved(port: number, id: SiteId): boolean {
    return owner.sites().some(site => site.id !== id && site.options.port === port)
  }

  async function open(id: SiteId): Promise<void> {
    const site = find(id)
    if (!site || closed || running.has(id)) return
    owner.patch(id, { status: { phase: 'starting' } })
    try {
      await checkFolder(site.folder)
      const server = await listen(id)
      running.set(id, server)
      owner.patch(id, { status: { phase: 'listening', origins: server.origins() } })
    } catch (error) {
      if (!find(id)) return
      const problem = await describe(error, id)
      if (problem.type === 'internal') console.error(error)
      owner.patch(id, { status: { phase: 'failed', problem } })
    }
  }

  async function listen(id: SiteId): Promise<RunningServer> {
    for (let moves = 0; ; moves++) {
      const site = find(id)
      if (!site) throw new Error(`site ${id} was removed while it started`)
      try {
        const { port } = site.options
        if ((!site.portChosen && isReserved(port, id)) || (await isShadowed(port))) throw portTaken(port)
        return await startServer(
          {
            root: site.folder,
            host: site.options.share ? '*' : 'localhost',
            port: site.options.port,
            // Not the engine's: it does not know which ports belong to sites that are stopped.
            portFallback: false,
            ...liveOptions(site),
          },
          exchange => owner.onExchange(id, exchange),
        )
      } catch (error) {
        if (site.portChosen || moves >= MOVES || !isTaken(error, site.options.port)) throw error
        const port = await nextFreePort(site.options.port + 1, port => isReserved(port, id))
        if (port === null) throw error
        // Another site may have moved here while the system was asked; then the next round moves on.
        owner.patch(id, { options: { ...site.options, port } })
      }
    }
  }

  async function describe(error: unknown, id: SiteId): Promise<Problem> {
    const { os, canAllowAccess } = owner
    if (!isListenError(error)) return folderProblem(error, { os, canAllowAccess })
    const port = find(id)?.options.port ?? 0
    const sibling = owner.sites().find(site => running.has(site.id) && site.options.port === port)
    const [portOwnerName, freePort] = await Promise.all([
      sibling ? sibling.name : portOwner(port),
      // 80 -> 8080, 443 -> 8443.
      nextFreePort(port < 1024 ? port + 8000 : port + 1, other => isReserved(other, id)),
    ])
    return listenProblem(error, { port, portOwner: portOwnerName, freePort })
  }

  /** False: it did not run. */
  async function close(id: SiteId, drain?: number): Promise<boolean> {
    const server = running.get(id)
    if (!server) return false
    owner.patch(id, { status: { phase: 'stopping' } })
    await server.close(drain).catch(error => console.error(error))
    running.delete(id)
    return true
  }

  async function stop(id: SiteId): Promise<void> {
    await close(id)
    if (find(id)?.status.phase !== 'stopped') owner.patch(id, { status: { phase: 'stopped' } })
  }

  return {
    start: id => inTurn(id, () => open(id)),
    stop: id => inTurn(id, () => stop(id)),
    restart: (id, change) =>
      inTurn(id, async () => {
        change?.()
        await close(id, MOVE_DRAIN)
        await open(id)
      }),
    change: (id, change) =>
      inTurn(id, async () => {
        const before = find(id)
        if (!before) return
        change(before)
        const after = find(id)
        if (!after) return
        if (!bindingDiffers(before.options, after.options)) running.get(id)?.configure(liveOptions(after))
        else if (await close(id, MOVE_DRAIN)) await open(id)
        // "Port 80 needs ..." would speak of a port that is no longer meant.
        else if (failedToListen(after)) owner.patch(id, { status: { phase: 'stopped' } })
      }),
    withFreshOrigins(sites) {
      const fresh = sites.map(site => {
        const origins = running.get(site.id)?.origins()
        const { status } = site
        if (!origins || status.phase !== 'listening' || sameOrigins(origins, status.origins)) return site
        return { ...site, status: { ...status, origins } }
      })
      return fresh.some((site, index) => site !== sites[index]) ? fresh : sites
    },
    async closeAll() {
      closed = true
      const ids = new Set([...owner.sites().map(site => site.id), ...running.keys(), ...turns.keys()])
      await Promise.all([...ids].map(id => inTurn(id, () => stop(id))))
    },
  }
}

function liveOptions({ name, options }: Site): LiveOptions {
  return { name, listing: options.listing, dotfiles: options.dotfiles }
}

function bindingDiffers(a: SiteOptions, b: SiteOptions): boolean {
  return a.port !== b.port || a.share !== b.share
}

function failedToListen({ status }: Site): boolean {
  const { type } = status.phase === 'failed' ? status.problem : { type: null }
  return type === 'port-in-use' || type === 'port-forbidden' || type === 'address-unavailable'
}

function sameOrigins(a: readonly Origin[], b: readonly Origin[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Somebody has the port; for a high one Windows says so with EACCES when the system itself has it. */
function isTaken(error: unknown, port: number): boolean {
  if (!isListenError(error)) return false
  const { code } = systemError(error)
  return code === 'EADDRINUSE' || (code === 'EACCES' && port >= 1024)
}

function portTaken(port: number): Error {
  return Object.assign(new Error(`port ${port} is in use`), { code: 'EADDRINUSE', syscall: 'listen' })
}
