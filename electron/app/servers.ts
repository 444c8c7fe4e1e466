/**
 * The running servers of the sites: start, stop, move to another binding. Works
 * on one site at a time in the order asked, so that a start during a stop needs
 * no care elsewhere. Promises: every outcome, also a failure, ends as the
 * site's status; nothing rejects. Knows neither settings nor commands, and
 * changes state only through the functions that app.ts hands in.
 */
import type { HostInfo, Problem, Site, SiteId, SiteOptions } from '../contract.ts'
import { type RunningServer, startServer as startEngine } from '../engine/server.ts'
import { throttlePresets } from '../engine/throttle.ts'
import type { Exchange, LiveOptions, Origin, TlsIdentity } from '../engine/types.ts'
import { CertificateError } from './certificates/faults.ts'
import { faultWords } from './certificates/words.ts'
import { checkFolder } from './folders.ts'
import { portOwner } from './port-owner.ts'
import { isShadowed, nextFreePort } from './ports.ts'
import { certificateProblem, folderProblem, isListenError, listenProblem, systemError } from './problems.ts'
import type { SecureSites, SiteCertificate } from './secure-sites.ts'

export interface ServersOwner {
  readonly os: HostInfo['os']
  readonly canAllowAccess: boolean
  /** Every listed site. */
  sites(): readonly Site[]
  /** Ignored when the site is no longer listed. */
  patch(id: SiteId, change: Partial<Site>): void
  onExchange(id: SiteId, exchange: Exchange): void
  /** Of the site's password; undefined: it has none. */
  hashOf(id: SiteId): string | undefined
  readonly secure: Pick<SecureSites, 'certify'>
  /** Interfaces as people call them, and only those that others are behind. */
  nameOrigins?(origins: readonly Origin[]): readonly Origin[]
  /** Where what visitors delete goes. */
  readonly trash?: (path: string) => Promise<void>
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
/** What engines tell goes into the state this often, in ms. */
const NEWS_INTERVAL = 100
type News = Partial<Pick<Site, 'livePages' | 'liveLimited' | 'rules'>>
const NO_NEWS = { livePages: 0, liveLimited: false, rules: null } as const satisfies News
/** How often a site whose port was not chosen moves on when others take its port in between. */
const MOVES = 20

export function createServers(owner: ServersOwner): Servers {
  const { startServer = startEngine, nameOrigins = origins => origins } = owner
  const running = new Map<SiteId, RunningServer>()
  const certificates = new WeakMap<RunningServer, SiteCertificate>()
  /** Commands under way may still ask for a start. */
  let closed = false
  const turns = new Map<SiteId, Promise<unknown>>()
  /** What engines tell of their sites, and the state has not said yet: a browser that opens many pages is one change. */
  const news = new Map<SiteId, News>()

  function note(id: SiteId, change: News): void {
    if (news.size === 0) setTimeout(tell, NEWS_INTERVAL).unref()
    news.set(id, { ...news.get(id), ...change })
  }

  function tell(): void {
    const told = [...news]
    news.clear()
    for (const [id, change] of told) {
      const phase = find(id)?.status.phase
      if (phase === 'listening' || phase === 'starting') owner.patch(id, change)
    }
  }

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
      owner.patch(id, { status: { phase: 'listening', origins: nameOrigins(server.origins()) } })
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
        return await listenOn(site)
      } catch (error) {
        if (site.portChosen || moves >= MOVES || !isTaken(error, site.options.port)) throw error
        const port = await nextFreePort(site.options.port + 1, port => isReserved(port, id))
        if (port === null) throw error
        // Another site may have moved here while the system was asked; then the next round moves on.
        owner.patch(id, { options: { ...site.options, port } })
      }
    }
  }

  async function listenOn(site: Site): Promise<RunningServer> {
    const { id, folder, options } = site
    let server: RunningServer | null = null
    /** One that came while the server started. */
    let newer: TlsIdentity | null = null
    const certificate: SiteCertificate | null = options.https
      ? await owner.secure.certify(options.certificate, identity => {
          newer = identity
          server?.renewTls(identity)
        })
      : null
    try {
      server = await startServer(
        {
          root: folder,
          host: options.share ? '*' : 'localhost',
          port: options.port,
          // Not the engine's: it does not know which ports belong to sites that are stopped.
          portFallback: false,
          tls: certificate?.identity ?? null,
          ...liveOptions(site, owner.hashOf(id)),
        },
        exchange => owner.onExchange(id, exchange),
        {
          onLivePages: livePages => note(id, { livePages }),
          onLiveLimit: liveLimited => note(id, { liveLimited }),
          onRules: rules => note(id, { rules }),
          ...(owner.trash ? { trash: owner.trash } : {}),
          ...(certificate?.downloads ? { authority: certificate.downloads } : {}),
        },
      )
    } catch (error) {
      certificate?.close()
      throw error
    }
    if (certificate === null) return server
    if (newer !== null) server.renewTls(newer)
    certificates.set(server, certificate)
    return server
  }

  async function describe(error: unknown, id: SiteId): Promise<Problem> {
    const { os, canAllowAccess } = owner
    if (error instanceof CertificateError) return certificateProblem(faultWords(error.fault))
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

  function configure(site: Site): void {
    running.get(site.id)?.configure(liveOptions(site, owner.hashOf(site.id)))
  }

  /** False: it did not run. */
  async function close(id: SiteId, drain?: number): Promise<boolean> {
    const server = running.get(id)
    if (!server) return false
    owner.patch(id, { status: { phase: 'stopping' } })
    certificates.get(server)?.close()
    await server.close(drain).catch(error => console.error(error))
    running.delete(id)
    news.delete(id)
    owner.patch(id, NO_NEWS)
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
        if (!bindingDiffers(before.options, after.options)) configure(after)
        else if (await close(id, MOVE_DRAIN)) await open(id)
        // What was in the way may be mended: the other port, the right key.
        else if (failedToListen(after)) await open(id)
      }),
    withFreshOrigins(sites) {
      const fresh = sites.map(site => {
        const server = running.get(site.id)
        const origins = server && nameOrigins(server.origins())
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

export function liveOptions({ name, options, blocked }: Site, hash: string | undefined): LiveOptions {
  const { password, throttle, uploads, overwrite, cors } = options
  // Without its hash nobody could be let in; it must not mean that everybody is.
  const auth = password && { user: password.user, hash: hash ?? '' }
  return {
    name,
    index: options.index,
    listing: options.listing,
    dotfiles: options.dotfiles,
    liveReload: options.liveReload,
    spa: options.spa,
    cleanUrls: options.cleanUrls,
    hostRules: options.hostRules,
    cors: cors ? 'any' : false,
    isolate: options.isolate,
    cache: options.cache,
    fields: options.fields,
    throttle: throttle === 'off' ? null : throttlePresets[throttle],
    auth,
    uploads: uploads ? { overwrite } : null,
    manage: options.manage,
    zip: options.zip,
    blocked,
  }
}

/** What a socket is bound with; all else changes while it runs. */
function bindingDiffers(a: SiteOptions, b: SiteOptions): boolean {
  const binding = ({ port, share, https, certificate }: SiteOptions) =>
    JSON.stringify([port, share, https, https ? certificate : null])
  return binding(a) !== binding(b)
}

/** A start would come to something else now. */
function failedToListen({ status }: Site): boolean {
  const { type } = status.phase === 'failed' ? status.problem : { type: null }
  return ['port-in-use', 'port-forbidden', 'address-unavailable', 'certificate'].includes(String(type))
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
