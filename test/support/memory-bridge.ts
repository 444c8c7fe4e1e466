/**
 * A Bridge that lives in memory, for component tests and for pictures of the
 * panel: a scriptable AppState (by default the sites of the design's mocks),
 * commands that do what the app would, and a record of every call. Over 350
 * lines, as every command has its stand-in here.
 */
import type {
  AppState,
  Bridge,
  CommandName,
  Commands,
  DesktopBridge,
  FolderListing,
  HostInfo,
  Input,
  LogBatch,
  LogEntry,
  LogTotals,
  Message,
  Origin,
  PanelView,
  Problem,
  Result,
  Site,
  SiteId,
} from '../../electron/contract.ts'
import {
  hosts,
  mockAuthority,
  mockDetail,
  mockDevices,
  mockFindings,
  mockFolders,
  mockOptions,
  mockSettings,
} from './mock-data.ts'

type Handlers = {
  [C in CommandName]?: (
    input: Input<C>,
  ) => Result<ReturnType<Commands[C]>> | Promise<Result<ReturnType<Commands[C]>>>
}

export interface MemoryBridge extends DesktopBridge {
  readonly calls: readonly { readonly command: CommandName; readonly input: unknown }[]
  state(): AppState
  /** Merges into the state and sends a snapshot. */
  update(change: Partial<Omit<AppState, 'revision'>>): void
  updateSite(id: SiteId, change: Partial<Site>): void
  /** Appends requests to a site's log, oldest first. */
  request(site: SiteId, ...entries: readonly Partial<LogEntry>[]): void
  show(view: PanelView): void
}

export interface MemoryBridgeOptions {
  readonly sites?: readonly Site[]
  readonly state?: Partial<AppState>
  readonly host?: Partial<HostInfo>
  readonly log?: Readonly<Record<SiteId, readonly Partial<LogEntry>[]>>
  /** Requests of its logs that could not be kept. */
  readonly unkept?: number
  readonly folders?: FolderListing
  readonly handlers?: Handlers
}

export function origins(port: number, shared: boolean, https = false): readonly Origin[] {
  const scheme = https ? 'https' : 'http'
  const loopback: Origin = {
    url: `${scheme}://localhost:${port}`,
    host: 'localhost',
    port,
    reach: 'loopback',
  }
  if (!shared) return [loopback]
  const network = (host: string, interfaceName: string): Origin => ({
    url: `${scheme}://${host}:${port}`,
    host,
    port,
    reach: 'network',
    interfaceName,
  })
  return [loopback, network('192.168.1.24', 'Wi-Fi'), network('10.0.0.8', 'Ethernet')]
}

export function site(name: string, change: Partial<Site> = {}): Site {
  return {
    id: name,
    name,
    folder: `/Users/maria/Sites/${name}`,
    folderLabel: `~/Sites/${name}`,
    options: mockOptions,
    portChosen: false,
    status: { phase: 'listening', origins: origins(8080, false) },
    shareEnd: { kind: 'never' },
    localUrl: null,
    livePages: 0,
    liveLimited: false,
    rules: null,
    blocked: [],
    ...change,
  }
}

export const portInUse: Problem = {
  type: 'port-in-use',
  title: 'Port 5173 is in use by node',
  remedies: [
    { action: 'use-port', label: 'Use port 5174', port: 5174 },
    { action: 'try-again', label: 'Try 5173 again' },
  ],
}

const options = mockOptions

export const threeSites: readonly Site[] = [
  site('portfolio', {
    options: { ...options, share: true },
    status: { phase: 'listening', origins: origins(8080, true) },
  }),
  site('handbook-docs', { options: { ...options, port: 8081 }, status: { phase: 'stopped' } }),
  site('tide-pool', {
    options: { ...options, port: 5173 },
    portChosen: true,
    status: { phase: 'failed', problem: portInUse },
  }),
]

/** 4 March 2025, 12:04:36 in the time zone of the test. */
const newest = new Date(2025, 2, 4, 12, 4, 36).getTime()

function line(
  ago: number,
  method: string,
  target: string,
  status: number,
  bytesSent: number,
  duration: number,
  client?: string,
): Partial<LogEntry> {
  const clientAddress = client ?? '127.0.0.1'
  return {
    time: newest - ago * 1000,
    method,
    target,
    status,
    bytesSent,
    duration,
    clientAddress,
    clientIsLocal: client === undefined,
  }
}

/** The requests of the mocks, oldest first. */
export const mockRequests: readonly Partial<LogEntry>[] = [
  line(0, 'GET', '/projects/tide-pool/', 200, 6349, 2, '192.168.1.42'),
  line(0, 'GET', '/img/cover@3x.webp', 404, 1126, 1, '192.168.1.42'),
  line(1, 'GET', '/media/intro.mp4', 206, 1_048_576, 18, '192.168.1.42'),
  line(5, 'GET', '/assets/app.css?v=41', 200, 14_541, 3),
  line(5, 'GET', '/assets/app.js', 304, 0, 1),
  line(6, 'GET', '/about', 301, 0, 1),
  line(14, 'GET', '/notes/2024/', 500, 1331, 642),
  line(38, 'POST', '/inbox/scan-014.pdf', 201, 2_516_582, 210, '192.168.1.77'),
  line(56, 'GET', '/fonts/text-variable.woff2', 200, 90_112, 4),
  line(56, 'GET', '/', 200, 3994, 2),
  line(84, 'HEAD', '/feed.xml', 200, 0, 1, '192.168.1.77'),
  line(94, 'GET', '/media/intro.mp4', 416, 0, 1, '192.168.1.42'),
  line(109, 'GET', '/.env', 403, 1126, 1, '192.168.1.77'),
].toReversed()

const noTotals: LogTotals = { requests: 0, errors: 0, bytesSent: 0, slowest: null }
const fine = { ok: true, value: undefined } as const

export function memoryBridge(setup: MemoryBridgeOptions = {}): MemoryBridge {
  const listeners = new Set<(message: Message) => void>()
  const calls: { command: CommandName; input: unknown }[] = []
  const logs = new Map<
    SiteId,
    { entries: LogEntry[]; totals: LogTotals; cleared: LogEntry[]; lastId: number }
  >()
  let state: AppState = {
    revision: 1,
    sites: setup.sites ?? threeSites,
    settings: mockSettings,
    authority: null,
    notice: null,
    ...setup.state,
    host: { ...hosts.menubar, ...setup.host },
  }
  const send = (message: Message) => {
    for (const listener of [...listeners]) listener(message)
  }
  const update = (change: Partial<AppState>) => {
    state = { ...state, ...change, revision: state.revision + 1 }
    send({ type: 'state', state })
  }
  const updateSite = (id: SiteId, change: Partial<Site>) => {
    update({ sites: state.sites.map(each => (each.id === id ? { ...each, ...change } : each)) })
  }
  const logOf = (id: SiteId) => {
    const log = logs.get(id) ?? { entries: [], totals: noTotals, cleared: [], lastId: 0 }
    logs.set(id, log)
    return log
  }
  const append = (id: SiteId, added: readonly Partial<LogEntry>[]): LogBatch => {
    const log = logOf(id)
    const entries = added.map((entry): LogEntry => {
      log.lastId += 1
      return {
        time: newest,
        method: 'GET',
        target: '/',
        status: 200,
        bytesSent: 0,
        duration: 1,
        clientAddress: '127.0.0.1',
        clientIsLocal: true,
        ...entry,
        id: log.lastId,
      }
    })
    log.entries.push(...entries)
    log.totals = {
      requests: log.totals.requests + entries.length,
      errors: log.totals.errors + entries.filter(entry => entry.status >= 400).length,
      bytesSent: log.totals.bytesSent + entries.reduce((sum, entry) => sum + entry.bytesSent, 0),
      slowest: entries.reduce(
        (slowest, { target, duration }) =>
          slowest && slowest.duration >= duration ? slowest : { target, duration },
        log.totals.slowest,
      ),
    }
    return { site: id, reset: false, entries, totals: log.totals }
  }
  for (const [id, entries] of Object.entries(setup.log ?? {})) append(id, entries)

  const start = (id: SiteId) => {
    const found = state.sites.find(each => each.id === id)
    if (!found) return
    const { port, share, https } = found.options
    updateSite(id, { status: { phase: 'listening', origins: origins(port, share, https) } })
  }
  const nextPort = () => {
    const taken = new Set(state.sites.map(each => each.options.port))
    let port = state.settings.defaultPort
    while (taken.has(port)) port += 1
    return port
  }
  const replaceLog = (id: SiteId, entries: LogEntry[]) => {
    const log = logOf(id)
    log.cleared = log.entries
    log.entries = []
    log.totals = noTotals
    const batch = append(id, entries)
    send({ type: 'log', batches: [{ ...batch, reset: true }] })
  }

  const handlers: Handlers = {
    'site.add': ({ folders }) => {
      const ids = folders.map(folder => {
        const listed = state.sites.find(each => each.folder === folder)
        if (listed) {
          start(listed.id)
          return listed.id
        }
        const name = folder.split('/').at(-1) ?? folder
        const port = nextPort()
        const added = site(name, { folder, options: { ...options, port } })
        update({ sites: [added, ...state.sites] })
        start(added.id)
        return added.id
      })
      return { ok: true, value: ids }
    },
    'site.remove': ({ id }) => {
      update({ sites: state.sites.filter(each => each.id !== id) })
      return fine
    },
    'site.rename': ({ id, name }) => {
      updateSite(id, { name })
      return fine
    },
    'site.start': ({ id }) => {
      start(id)
      return fine
    },
    'site.stop': ({ id }) => {
      updateSite(id, { status: { phase: 'stopped' } })
      return fine
    },
    'site.stopAll': () => {
      const running = state.sites.filter(each => each.status.phase === 'listening').map(each => each.id)
      for (const id of running) updateSite(id, { status: { phase: 'stopped' } })
      return { ok: true, value: running }
    },
    'site.configure': ({ id, options: change }) => {
      const found = state.sites.find(each => each.id === id)
      if (!found) return fine
      updateSite(id, { options: { ...found.options, ...change } })
      if (found.status.phase === 'listening') start(id)
      return fine
    },
    'site.setPassword': ({ id, user, password }) => {
      const found = state.sites.find(each => each.id === id)
      if (!found) return fine
      updateSite(id, { options: { ...found.options, password: password === null ? null : { user } } })
      return fine
    },
    'site.share': ({ id, on, until = 'never' }) => {
      const found = state.sites.find(each => each.id === id)
      if (!found) return fine
      updateSite(id, {
        options: { ...found.options, share: on },
        shareEnd:
          on && until === 'hour'
            ? { kind: 'time', at: Date.now() + 3_600_000 }
            : { kind: on && until === 'network-change' ? until : 'never' },
      })
      if (found.status.phase === 'listening') start(id)
      return fine
    },
    'site.devices': ({ id }) => {
      const blocked = state.sites.find(each => each.id === id)?.blocked ?? []
      const value = mockDevices.map(device => ({ ...device, blocked: blocked.includes(device.address) }))
      return { ok: true, value }
    },
    'site.block': ({ id, address, blocked }) => {
      const found = state.sites.find(each => each.id === id)
      if (!found) return fine
      const others = found.blocked.filter(each => each !== address)
      updateSite(id, { blocked: blocked ? [...others, address] : others })
      return fine
    },
    'site.checkShare': () => ({ ok: true, value: mockFindings }),
    'authority.trust': ({ trusted }) => {
      const authority = { ...(state.authority ?? mockAuthority), trusted: trusted ? 'all' : 'none' } as const
      update({ authority })
      return { ok: true, value: authority }
    },
    'site.relocate': ({ id, folder }) => {
      updateSite(id, { folder, folderLabel: folder })
      start(id)
      return fine
    },
    'port.next': () => ({ ok: true, value: nextPort() }),
    'folder.choose': () => ({ ok: true, value: ['/Users/maria/Sites/field-notes'] }),
    'folder.list': () => ({ ok: true, value: setup.folders ?? mockFolders }),
    'log.read': () => ({ ok: true, value: mockDetail }),
    'log.missing': () => ({ ok: true, value: [] }),
    'log.export': ({ format }) => ({ ok: true, value: { name: `requests.${format}`, text: '' } }),
    'log.replay': () => ({ ok: true, value: { status: 200 } }),
    'log.clear': ({ site: id }) => {
      replaceLog(id, [])
      return fine
    },
    'log.restore': ({ site: id }) => {
      replaceLog(id, logOf(id).cleared)
      return fine
    },
    'settings.change': change => {
      update({ settings: { ...state.settings, ...change } })
      return fine
    },
    'notice.dismiss': () => {
      update({ notice: null })
      return fine
    },
    ...setup.handlers,
  }

  const invoke: Bridge['invoke'] = async (command, input) => {
    calls.push({ command, input })
    const handler = handlers[command] as ((input: unknown) => Promise<Result<never>>) | undefined
    return handler ? handler(input) : { ok: true, value: undefined as never }
  }

  return {
    calls,
    invoke,
    subscribe(listener) {
      listeners.add(listener)
      listener({ type: 'state', state })
      const batches = [...logs].map(([id, { entries, totals }]) => ({
        site: id,
        reset: true,
        entries: [...entries],
        totals: setup.unkept === undefined ? totals : { ...totals, unkept: setup.unkept },
      }))
      listener({ type: 'log', batches })
      return () => void listeners.delete(listener)
    },
    pathOf: file => (file instanceof File ? `/Users/maria/Sites/${file.name}` : null),
    state: () => state,
    update,
    updateSite,
    request: (id, ...entries) => send({ type: 'log', batches: [append(id, entries)] }),
    show: view => send({ type: 'show', view }),
  }
}
