/**
 * Opens the root, listens, and wires node:http's events to exchange.ts. Knows
 * every connection, so that a stop can drain: what is under way may end, what
 * is idle goes at once.
 */
import * as fs from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { originsOf } from './addresses.ts'
import { Admission } from './admission.ts'
import { Connection } from './connection.ts'
import { ConnectionWatch } from './connection-watch.ts'
import { ContentCache } from './content-cache.ts'
import { descriptors } from './descriptors.ts'
import {
  type Context,
  handle,
  handleConnect,
  handleExpectation,
  refuseMalformed,
  turnAway,
} from './exchange.ts'
import { createHostCheck } from './host-names.ts'
import { KeptFiles } from './kept-files.ts'
import { listen } from './listen.ts'
import { resolveLive, resolveOptions } from './options.ts'
import { createEnvelope, Reply } from './reply.ts'
import type { Site } from './request.ts'
import type { Soon } from './soon.ts'
import { createTargetParser } from './target.ts'
import type { Exchange, Field, LiveOptions, Origin, ServerOptions } from './types.ts'
import { isLocalVolume } from './volume.ts'

export interface RunningServer {
  readonly port: number
  /** Fresh from the network interfaces at each call; loopback first. */
  origins(): readonly Origin[]
  /** Takes effect with the next request. */
  configure(live: LiveOptions): void
  /** Stops accepting, drops idle connections, lets answers end for at most `drain` ms, then cuts. */
  close(drain?: number): Promise<void>
}

/** For a server that is more than its files: the browser panel. */
export interface ServerExtras {
  /** Gets the requests that ask for another protocol (RFC 9110 §7.8), with their connection. Absent: answered as usual. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Added to each answer, unless it has a field of that name. */
  readonly fields?: () => readonly Field[]
}

const DRAIN = 2_000
const NONE: readonly string[] = []

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
  const { host, headersTimeout, requestTimeout, keepAliveTimeout, live } = resolved
  const root = await openRoot(resolved.root)
  const site: Site = {
    root,
    platform: process.platform,
    checkHost: createHostCheck(host, live.hosts),
    parseTarget: createTargetParser(process.platform),
    files: new KeptFiles(root, (await isLocalVolume(root)) ? resolved.memory : 0),
    coded: new ContentCache(),
    live,
  }
  const connections = new Map<Socket, Connection>()
  const watch = new ConnectionWatch(connections, keepAliveTimeout)
  const running = new Set<Promise<void>>()
  const admission = new Admission(descriptors(), resolved.maxConnections)
  let closing: Promise<void> | null = null
  const context: Context = {
    site,
    onExchange,
    extraFields: () => extras.fields?.().flat() ?? NONE,
    persistent: createEnvelope(persistentFields(keepAliveTimeout)),
    admit: connection => admission.admit(connection),
    isClosing: () => closing !== null,
  }

  const createHttpServer = () => {
    const server = createServer<typeof IncomingMessage, typeof Reply>({
      ServerResponse: Reply,
      headersTimeout,
      requestTimeout,
      // connection-watch.ts has an eye on them.
      keepAliveTimeout: 0,
      // The first two are looked at this often: late by a third at most.
      connectionsCheckingInterval: Math.min(5_000, Math.ceil(Math.min(headersTimeout, requestTimeout) / 3)),
      maxHeaderSize: MAX_HEADER_SIZE,
      requireHostHeader: false,
    })
    // Beyond 2,000 fields node:http would leave some out, unseen; refused.ts bounds them.
    server.maxHeadersCount = 0
    // A client that has said all it had to say still wants its answers. Not documented, and in every Node.
    Object.assign(server, { httpAllowHalfOpen: true })
    const track = (work: Soon<void>): void => {
      if (work === undefined) return
      running.add(work)
      work.finally(() => running.delete(work))
    }
    const connectionOf = (socket: Socket): Connection => {
      let connection = connections.get(socket)
      if (connection === undefined) {
        connection = new Connection(socket)
        connections.set(socket, connection)
        watch.start()
        socket.once('close', () => connections.delete(socket))
      }
      return connection
    }
    server.on('connection', (socket: Socket) => {
      const connection = connectionOf(socket)
      if (!admission.enter(connection)) turnAway(context, connection)
    })
    server.on('request', (request, out) => {
      track(handle(context, connectionOf(request.socket), request, out))
    })
    // Both are answered by node:http itself where nobody listens.
    for (const event of ['checkContinue', 'checkExpectation']) {
      server.on(event, (request: IncomingMessage, out: Reply) => {
        track(handleExpectation(context, connectionOf(request.socket), request, out))
      })
    }
    const { onUpgrade } = extras
    if (onUpgrade) {
      server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
        connectionOf(socket).handedOn = true
        onUpgrade(request, socket, head)
      })
    }
    // Without a listener, node:http would cut the connection without a word.
    server.on('connect', (request, socket: Socket) => {
      handleConnect(context, connectionOf(socket), request)
    })
    server.on('clientError', (error, socket) =>
      refuseMalformed(context, connectionOf(socket as Socket), error),
    )
    return server
  }

  const { servers, port } = await listen(resolved, createHttpServer)

  const shut = async (drain: number): Promise<void> => {
    const closed = servers.map(server => new Promise(resolve => server.close(resolve)))
    for (const connection of connections.values()) connection.whenIdle(() => connection.hangUp())
    await within(drain, Promise.all(closed))
    for (const { socket } of connections.values()) socket.destroy()
    site.files.close()
    // The records of what was cut: a read that hangs on a dead network volume is not waited for.
    await within(1_000, Promise.all([...closed, ...running]))
  }
  return {
    port,
    origins: () => originsOf(host, port),
    configure: options => {
      site.live = resolveLive(options)
      site.checkHost = createHostCheck(host, site.live.hosts)
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
