/**
 * createApp(): holds the one state of the app, runs the commands and owns the
 * servers. The only file that writes state. Promises: `invoke` never rejects;
 * what is in the state is what is so; what the user wants running is on disk
 * soon after. Knows no host: what a host can do comes in as a Platform.
 */
import { dirname, join } from 'node:path'
import type { AppState, Message, PanelView, Problem, Result, Site, SiteId } from '../contract.ts'
import { createDevices } from './devices.ts'
import { createDispatch, type Handlers } from './dispatch.ts'
import { folderLabel } from './folders.ts'
import { hostCommands } from './host-commands.ts'
import { openLog } from './log.ts'
import { logCommands } from './log-commands.ts'
import { setLoginItem, startsAtLogin } from './login-item.ts'
import { optionCommands } from './option-commands.ts'
import { hostInfo, type Platform } from './platform.ts'
import * as problems from './problems.ts'
import { ProblemError } from './problems.ts'
import { createSecureSites } from './secure-sites.ts'
import { createServers, type StartServer } from './servers.ts'
import { openSettings } from './settings.ts'
import { createShare, type ShareOwner } from './share.ts'
import { shareCommands } from './share-commands.ts'
import { createSiteList } from './site-list.ts'
import { hashesOf, settingsOf, siteOf } from './sites.ts'
import { createState, type State } from './state.ts'
import { trustOfThisComputer } from './trust.ts'
import type { TrustContext } from './trust-store.ts'
import { homeFolder } from './user-folder.ts'
import { createVisitors } from './visitors.ts'

export interface AppOptions {
  readonly platform: Platform
  readonly settingsFile: string
  readonly version: string
  readonly homeFolder?: string
  /** Default: the engine's. */
  readonly startServer?: StartServer
  /** Where trust in certificates is kept; default: this computer. */
  readonly trust?: TrustContext
  /** How shared sites are found by name; default: on the local network. */
  readonly createMdns?: ShareOwner['createMdns']
}

export interface App {
  readonly state: State
  /** The trust boundary: any command name, any input -> Result. Never rejects. */
  invoke(command: string, input: unknown): Promise<Result<unknown>>
  /** Starts the sites that ran when the app was last seen; for hosts, once their panel is there. */
  restore(): void
  /** What a bridge carries: the snapshot and each site's log tail first (synchronously), then every change. */
  subscribe(listener: (message: Message) => void): () => void
  /** Calls back when a flood of requests is over. Returns its unsubscribe. */
  onCalm(listener: () => void): () => void
  /** Looks at what changes outside: network addresses, the login item. For hosts, when the user comes back. */
  refresh(): void
  /** Sends a `show` message to every subscriber. */
  show(view: PanelView): void
  /** Stops every server (drained), writes settings. Sites that ran are remembered as running. */
  close(): Promise<void>
}

/** How many sites are started at a time at launch. */
const RESTORED_AT_ONCE = 8

export async function createApp(options: AppOptions): Promise<App> {
  const { platform, homeFolder: home = homeFolder() } = options
  let notice: Problem | null = null
  let onNotice = (problem: Problem): void => {
    notice = problem
  }
  const store = await openSettings(options.settingsFile, problem => onNotice(problem))
  const restored = store.loaded.preferences.restoreOnLaunch
    ? store.loaded.sites.filter(site => site.running).map(site => site.id)
    : []
  /** What the user wants running, also while it fails or the app quits. */
  const wanted = new Set<SiteId>(restored)
  /** Of the sites' passwords. Not in the state, which windows see. */
  const hashes = hashesOf(store.loaded.sites)
  const visitors = createVisitors()
  const devices = createDevices()
  const shows = new Set<(message: Message) => void>()
  const log = openLog(dirname(options.settingsFile), store.loaded.preferences.keepRequests)
  let closing: Promise<void> | null = null
  let saving: NodeJS.Immediate | undefined

  // ---- State: read from anywhere, written here only ----

  const owned = createState({
    sites: store.loaded.sites.map(site => siteOf(site, home)),
    settings: { ...store.loaded.preferences, startAtLogin: startsAtLogin(platform) },
    host: hostInfo(platform, options.version),
    authority: null,
    notice,
  })
  const { state } = owned
  onNotice = problem => owned.set({ notice: problem })
  log.openAll(state.get().sites.map(site => site.id))

  function update(change: Partial<Omit<AppState, 'revision'>>): void {
    owned.set(change)
    save()
  }

  function patch(id: SiteId, change: Partial<Site>): void {
    if (!isListed(id)) return
    const { sites } = state.get()
    update({ sites: sites.map(site => (site.id === id ? { ...site, ...change } : site)) })
  }

  /** Once for all that changes in a turn. */
  function save(): void {
    saving ??= setImmediate(saveNow)
  }

  function saveNow(): void {
    clearImmediate(saving)
    saving = undefined
    store.save(settingsOf(state.get(), wanted, hashes))
  }

  const secure = createSecureSites({
    folder: join(dirname(options.settingsFile), 'certificates'),
    // A browser's page may be far from the screen on which the system would ask.
    trust: options.trust ?? trustOfThisComputer(platform.kind !== 'browser'),
    onAuthority: authority => owned.set({ authority }),
    onNotice: words => owned.set({ notice: problems.certificateNotice(words) }),
  })

  const servers = createServers({
    os: platform.os,
    canAllowAccess: platform.allowAccess !== undefined,
    sites: () => state.get().sites,
    patch,
    hashOf: id => hashes.get(id),
    secure,
    nameOrigins: origins => share.names.name(origins),
    onExchange(id, exchange) {
      // A site that was removed may still have a last download.
      if (!log.push(id, exchange)) return
      visitors.note(id, exchange)
      devices.note(id, exchange)
    },
    ...(platform.trash ? { trash: platform.trash } : {}),
    ...(options.startServer ? { startServer: options.startServer } : {}),
  })

  const share = createShare({
    os: platform.os,
    sites: () => state.get().sites,
    patch,
    configureShare: (id, on, shareEnd) =>
      servers.change(id, site => patch(id, { options: { ...site.options, share: on }, shareEnd })),
    refreshOrigins: refresh,
    ...(options.createMdns ? { createMdns: options.createMdns } : {}),
  })
  state.subscribe(share.follow)

  // ---- What the commands have in common ----

  function siteBy(id: SiteId): Site {
    const site = state.get().sites.find(other => other.id === id)
    if (!site) throw new ProblemError(problems.siteNotFound)
    return site
  }

  const isListed = (id: SiteId): boolean => state.get().sites.some(site => site.id === id)

  /** Ignored when the site is no longer listed. */
  function want(id: SiteId, running: boolean): void {
    if (!isListed(id)) return
    if (running) wanted.add(id)
    else wanted.delete(id)
    save()
  }

  /** All that may change outside while nobody looks; one change of the state at most. */
  function refresh(): void {
    share.refresh()
    void secure.refresh()
    const { sites, settings } = state.get()
    const fresh = servers.withFreshOrigins(sites)
    const startAtLogin = startsAtLogin(platform)
    if (fresh !== sites || startAtLogin !== settings.startAtLogin) {
      owned.set({ sites: fresh, settings: { ...settings, startAtLogin } })
    }
  }

  const list = createSiteList({
    os: platform.os,
    home,
    sites: () => state.get().sites,
    defaultPort: () => state.get().settings.defaultPort,
    insert(site, position) {
      log.open(site.id)
      wanted.add(site.id)
      const { sites } = state.get()
      update({ sites: [...sites.slice(0, position), site, ...sites.slice(position)] })
    },
  })

  // ---- The commands ----

  const handlers: Handlers = {
    async 'site.add'({ folders }) {
      const ids = await list.add(folders)
      for (const id of ids) want(id, true)
      await Promise.all(ids.map(id => servers.start(id)))
      return ids
    },
    async 'site.remove'({ id }) {
      siteBy(id)
      wanted.delete(id)
      // First off the list: its downloads may take a while to end, and the folder may come back meanwhile.
      update({ sites: state.get().sites.filter(site => site.id !== id) })
      log.forget(id)
      hashes.delete(id)
      visitors.forget(id)
      devices.forget(id)
      await servers.stop(id)
    },
    async 'site.rename'({ id, name }) {
      siteBy(id)
      await servers.change(id, () => patch(id, { name }))
    },
    async 'site.start'({ id }) {
      siteBy(id)
      want(id, true)
      await servers.start(id)
    },
    async 'site.stop'({ id }) {
      siteBy(id)
      want(id, false)
      await servers.stop(id)
    },
    async 'site.restart'({ id }) {
      siteBy(id)
      want(id, true)
      await servers.restart(id)
    },
    async 'site.stopAll'() {
      const ids = state
        .get()
        .sites.filter(({ status }) => status.phase === 'listening' || status.phase === 'starting')
        .map(site => site.id)
      for (const id of ids) want(id, false)
      await Promise.all(ids.map(id => servers.stop(id)))
      return ids
    },
    async 'site.configure'({ id, options: changed }) {
      siteBy(id)
      await servers.change(id, site =>
        patch(id, {
          options: { ...site.options, ...changed },
          ...(changed.share === undefined ? {} : { shareEnd: { kind: 'never' } }),
          portChosen: site.portChosen || changed.port !== undefined,
        }),
      )
    },
    async 'site.relocate'({ id, folder: path }) {
      siteBy(id)
      await list.relocate(id, path, folder => {
        siteBy(id) // still there
        want(id, true)
        return servers.restart(id, () => patch(id, { folder, folderLabel: folderLabel(folder, home) }))
      })
    },
    'port.next': () => list.nextPort(),
    'settings.change'({ startAtLogin, ...preferences }) {
      if (startAtLogin !== undefined) setLoginItem(platform, startAtLogin)
      if (preferences.keepRequests !== undefined) log.keep(preferences.keepRequests)
      // The system may have refused: the state shows what is so.
      update({ settings: { ...state.get().settings, ...preferences, startAtLogin: startsAtLogin(platform) } })
    },
    'notice.dismiss': () => update({ notice: null }),
    ...logCommands({ siteBy, log, version: options.version }),
    ...shareCommands({ os: platform.os, siteBy, share, devices }),
    ...optionCommands({
      siteBy,
      change: (id, change) => servers.change(id, site => patch(id, change(site))),
      hashes,
      secure,
    }),
    ...hostCommands(platform, home, siteBy, () => visitors.wereRecently(state.get().sites)),
  }
  const dispatch = createDispatch(handlers)

  // ---- Life ----

  save()

  async function restoreFrom(waiting: Iterator<SiteId>): Promise<void> {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      // Stopped or removed meanwhile.
      if (wanted.has(next.value)) await servers.start(next.value)
    }
  }

  return {
    state,
    async invoke(command, input) {
      // A server started now would outlive the app.
      return closing ? { ok: false, problem: problems.quitting } : dispatch(command, input)
    },
    subscribe(listener) {
      refresh()
      const send = (message: Message): void => {
        try {
          listener(message)
        } catch (error) {
          console.error(error)
        }
      }
      send({ type: 'state', state: state.get() })
      const ends = [
        state.subscribe(next => send({ type: 'state', state: next })),
        log.subscribe(batches => {
          if (batches.length > 0) send({ type: 'log', batches })
        }),
      ]
      shows.add(send)
      return () => {
        for (const end of ends) end()
        shows.delete(send)
      }
    },
    restore() {
      void secure.wake()
      const waiting = restored.splice(0).values()
      for (let lane = 0; lane < RESTORED_AT_ONCE; lane++) void restoreFrom(waiting)
    },
    onCalm: log.onCalm,
    refresh,
    show(view) {
      for (const send of [...shows]) send({ type: 'show', view })
    },
    close() {
      closing ??= Promise.all([share.close(), servers.closeAll()]).then(async () => {
        await Promise.all([secure.close(), log.close()])
        saveNow()
        return store.flush()
      })
      return closing
    },
  }
}
