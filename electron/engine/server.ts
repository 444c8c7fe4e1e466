/**
 * Opens the root, listens, and wires node:http's events to exchange.ts. Knows
 * every connection, so that a stop can drain: what is under way may end, what
 * is idle goes at once.
 */
import * as fs from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import type { Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { originsOf } from './addresses.ts'
import { Admission } from './admission.ts'
import type { AuthorityDownloads } from './authority-page.ts'
import type { Connection } from './connection.ts'
import { ConnectionWatch } from './connection-watch.ts'
import { ContentCache } from './content-cache.ts'
import { descriptors } from './descriptors.ts'
import { createEnvelope } from './envelope.ts'
import type { Context } from './exchange.ts'
import { type FeatureEvents, updateFeatures } from './features.ts'
import { createHostCheck } from './host-names.ts'
import { attach, createHttpServer } from './http-server.ts'
import { KeptFiles } from './kept-files.ts'
import { listen } from './listen.ts'
import { resolveLive, resolveOptions } from './options.ts'
import type { Site } from './request.ts'
import { respond } from './respond.ts'
import { createPortServer, createSecureServer } from './secure.ts'
import { createTargetParser } from './target.ts'
import { Throttle, throttleServer } from './throttle.ts'
import type { Exchange, Field, LiveOptions, Origin, ServerOptions, TlsIdentity } from './types.ts'
import { isLocalVolume } from './volume.ts'
import { respondWithWay } from './way-to-https.ts'
import type { Trash } from './writes/manage.ts'
import { Writes } from './writes/writes.ts'

export interface RunningServer {
  readonly port: number
  /** Fresh from the network interfaces at each call; loopback first. */
  origins(): readonly Origin[]
  /** Takes effect with the next request. */
  configure(live: LiveOptions): void
  /** Another certificate, for all connections from now on. */
  renewTls(identity: TlsIdentity): void
  /** Stops accepting, drops idle connections, lets answers end for at most `drain` ms, then cuts. */
  close(drain?: number): Promise<void>
}

/** What only its host can do, or wants besides the files. */
export interface ServerExtras extends FeatureEvents {
  /** For devices that are to trust this computer's certificates. */
  readonly authority?: AuthorityDownloads
  /** Gets the requests that ask for another protocol (RFC 9110 §7.8), with their connection. Absent: answered as usual. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Added to each answer, unless it has a field of that name. */
  readonly fields?: () => readonly Field[]
  /** Where what visitors delete goes. Absent: it is gone. */
  readonly trash?: Trash
}

const DRAIN = 2_000
const NONE: readonly string[] = []

/** A browser opens some at a time, and a handshake takes a moment. */
const MIN_ARRIVING = 64

/** A developer's localhost gathers the cookies of every project. */
const MAX_HEADER_SIZE = 32 * 1024

/**
 * Rejects with the system's own errors (EADDRINUSE, EACCES, ENOENT, ENOTDIR; `syscall` and `path` tell the folder's
 * from the port's), or with a TypeError or RangeError that names the option.
 */
export async function startServer(
  options: ServerOptions,
  onExchange: (exchange: Exchange) => void,
  extras: ServerExtras = {},
): Promise<RunningServer> {
  const resolved = resolveOptions(options)
  const { host, headersTimeout, requestTimeout, keepAliveTimeout, live, tls } = resolved
  const root = await openRoot(resolved.root)
  const site: Site = {
    root,
    platform: process.platform,
    checkHost: createHostCheck(host, live.hosts),
    parseTarget: createTargetParser(process.platform),
    files: new KeptFiles(root, (await isLocalVolume(root)) ? resolved.memory : 0),
    coded: new ContentCache(),
    writes: new Writes(extras.trash ?? null),
    scheme: tls === null ? 'http' : 'https',
    reload: null,
    rules: null,
    authority: extras.authority ?? null,
    live,
  }
  const connections = new Map<Socket, Connection>()
  const watch = new ConnectionWatch(connections, keepAliveTimeout)
  const running = new Set<Promise<void>>()
  const admission = new Admission(descriptors(), resolved.maxConnections)
  let closing: Promise<void> | null = null
  const context: Context = {
    site,
    respond,
    onExchange,
    extraFields: () => extras.fields?.().flat() ?? NONE,
    patience: requestTimeout,
    persistent: createEnvelope(persistentFields(keepAliveTimeout)),
    admit: connection => admission.admit(connection),
    isClosing: () => closing !== null,
  }

  const throttle = new Throttle()
  updateFeatures(site, null, throttle, extras)
  const parts = { context, extras, connections, watch, admission, running }
  const plainOptions = {
    headersTimeout,
    requestTimeout,
    // The first two are looked at this often: late by a third at most.
    connectionsCheckingInterval: Math.min(5_000, Math.ceil(Math.min(headersTimeout, requestTimeout) / 3)),
    maxHeaderSize: MAX_HEADER_SIZE,
  }
  /** Those of TLS, which are told of another certificate. */
  const secured: Http2SecureServer[] = []
  /** Those that do not listen themselves. */
  const inner: { close(): unknown }[] = []
  const createPlain = (own: Context): Server => {
    const server = createHttpServer(plainOptions)
    attach(server, 'connection', { ...parts, context: own })
    return server
  }
  const createSiteServer = (): Server => {
    const server = tls === null ? createPlain(context) : createSecure(tls)
    throttleServer(server, throttle)
    return server
  }
  const createSecure = (identity: TlsIdentity): Server => {
    const secure = createSecureServer(identity, plainOptions)
    attach(secure, 'secureConnection', parts)
    const plain = createPlain({ ...context, respond: respondWithWay })
    secured.push(secure)
    const { server, arriving } = createPortServer(secure, plain, {
      patience: headersTimeout,
      most: Math.max(resolved.maxConnections, MIN_ARRIVING),
      pool: descriptors(),
    })
    const endArriving = (): void => {
      for (const socket of [...arriving.keys()]) socket.destroy()
    }
    inner.push(secure, plain, { close: endArriving })
    // By this they begin to count the time that requests take.
    server.once('listening', () => {
      for (const each of [secure, plain]) each.emit('listening')
    })
    return server
  }

  const { servers, port } = await listen(resolved, createSiteServer)
  void site.writes.start(site)

  const shut = async (drain: number): Promise<void> => {
    site.reload?.close()
    site.rules = null
    for (const server of inner) server.close()
    const closed = servers.map(server => new Promise(resolve => server.close(resolve)))
    for (const connection of connections.values()) connection.whenIdle(() => connection.hangUp())
    await within(drain, Promise.all(closed))
    for (const { socket } of connections.values()) socket.destroy()
    site.files.close()
    // The records of what was cut: a read that hangs on a dead network volume is not waited for.
    await within(1_000, Promise.all([...closed, ...running]))
    await within(1_000, site.writes.close(site))
  }
  return {
    port,
    origins: () => originsOf(host, port, undefined, site.scheme),
    configure: options => {
      const before = site.live
      site.live = resolveLive(options)
      site.checkHost = createHostCheck(host, site.live.hosts)
      updateFeatures(site, before, throttle, extras)
      // Of who is blocked now, downloads and uploads that are under way end, too.
      for (const { peer, socket } of site.live.blocked.size === 0 ? [] : connections.values()) {
        if (site.live.blocked.has(peer.address)) socket.destroy()
      }
      // What is open goes past the link, or stays on it though it is no more: the next connection is as it should be.
      if ((before.throttle === null) !== (site.live.throttle === null)) {
        for (const connection of connections.values()) connection.whenIdle(() => connection.hangUp())
      }
    },
    renewTls: identity => {
      for (const server of secured) server.setSecureContext(identity)
    },
    close: (drain = DRAIN) => {
      closing ??= shut(drain)
      return closing
    },
  }
}

/** Keep-Alive counts whole seconds; of less it says nothing. */
function persistentFields(timeout: number): string[] {
  const seconds = Math.floor(timeout / 1000)
  return ['Connection', 'keep-alive', ...(seconds > 0 ? ['Keep-Alive', `timeout=${seconds}`] : [])]
}

/** The real path of a folder that can be read. */
async function openRoot(root: string): Promise<string> {
  const real = await fs.promises.realpath(root)
  // Opening it tells what access() does not: privacy settings of macOS, and files.
  const folder = await fs.promises.opendir(real)
  await folder.close()
  return real
}

/** Settles when the work has ended or the time is over. */
async function within(time: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise(resolve => {
    timer = setTimeout(resolve, time)
  })
  await Promise.race([work, over])
  clearTimeout(timer)
}
