/**
 * Wires the events of node:http, and of node:http2 where it speaks both, to
 * exchange.ts. Knows every connection, so that a stop can drain.
 */
import type { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2'
import type { Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Admission } from './admission.ts'
import { Connection, peerOf } from './connection.ts'
import type { ConnectionWatch } from './connection-watch.ts'
import {
  type Context,
  handle,
  handleConnect,
  handleExpectation,
  refuseMalformed,
  turnAway,
} from './exchange.ts'
import { handleStream } from './exchange-http2.ts'
import { Reply } from './reply.ts'
import { speaksHttp2 } from './secure.ts'
import type { Soon } from './soon.ts'

/** What all servers of a site share. */
export interface Parts {
  readonly context: Context
  readonly extras: { readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void }
  readonly connections: Map<Socket, Connection>
  readonly watch: ConnectionWatch
  readonly admission: Admission
  /** Requests whose answers are under way. */
  readonly running: Set<Promise<void>>
}

export interface HttpServerOptions {
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly connectionsCheckingInterval: number
  readonly maxHeaderSize: number
}

export function createHttpServer(options: HttpServerOptions): Server {
  const server = createServer<typeof IncomingMessage, typeof Reply>({
    ...options,
    ServerResponse: Reply,
    // connection-watch.ts has an eye on them.
    keepAliveTimeout: 0,
    requireHostHeader: false,
  })
  return server
}

/** `arrival`: the event of a connection that is ready to be spoken on. */
export function attach(server: EventEmitter, arrival: 'connection' | 'secureConnection', parts: Parts): void {
  const { context, extras, connections, watch, admission, running } = parts
  Object.assign(server, {
    // Beyond 2,000 fields node:http would leave some out, unseen; refused.ts bounds them.
    maxHeadersCount: 0,
    // A client that has said all it had to say still wants its answers. Not documented, and in every Node.
    httpAllowHalfOpen: true,
    keepAliveTimeout: 0,
  })
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
  server.on(arrival, (socket: Socket) => {
    const connection = connectionOf(socket)
    if (speaksHttp2(socket)) {
      // Its session sees to what is under way on it.
      connection.handedOn = true
      if (!admission.enter(connection)) socket.destroy()
    } else if (!admission.enter(connection)) turnAway(context, connection)
  })
  server.on('session', (session: ServerHttp2Session) => {
    session.on('error', () => session.destroy())
    // Not close(), which would wait for the streams on which nothing happens.
    session.setTimeout(SESSION_TIMEOUT, () => session.destroy())
    // Who has ended waits for nothing more (RFC 9113 §9.1), and sockets of ours are half open else. What a session
    // calls its socket is not the real one, which this returns.
    const socket = (session.socket as Socket).once('end', () => session.destroy())
    connectionOf(socket).onHangUp(() => session.close())
  })
  // A client that does not trust the certificate says so, and goes.
  server.on('tlsClientError', (_error, socket: Socket) => socket.destroy())
  server.on('request', (request: IncomingMessage | Http2ServerRequest, out: Reply | Http2ServerResponse) => {
    track(
      isStream(request)
        ? handleStream(context, peerOf(request.socket), request, out as Http2ServerResponse)
        : handle(context, connectionOf(request.socket), request, out as Reply),
    )
  })
  // Both are answered by node:http itself where nobody listens.
  for (const event of ['checkContinue', 'checkExpectation']) {
    server.on(event, (request: IncomingMessage | Http2ServerRequest, out: Reply | Http2ServerResponse) => {
      if (isStream(request)) {
        track(handleStream(context, peerOf(request.socket), request, out as Http2ServerResponse))
      } else track(handleExpectation(context, connectionOf(request.socket), request, out as Reply))
    })
  }
  const { onUpgrade } = extras
  if (onUpgrade) {
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      connectionOf(socket).handedOn = true
      onUpgrade(request, socket, head)
    })
  }
  // Without a listener, node:http would cut the connection without a word; over HTTP/2 the pipeline refuses it.
  server.on(
    'connect',
    (request: IncomingMessage | Http2ServerRequest, socket: Socket | Http2ServerResponse) => {
      if (isStream(request)) {
        track(handleStream(context, peerOf(request.socket), request, socket as Http2ServerResponse))
      } else handleConnect(context, connectionOf(socket as Socket), request)
    },
  )
  server.on('clientError', (error: Error, socket: Socket) =>
    refuseMalformed(context, connectionOf(socket), error),
  )
}

/** Nothing on a connection of HTTP/2, in ms. */
const SESSION_TIMEOUT = 120_000

function isStream(request: IncomingMessage | Http2ServerRequest): request is Http2ServerRequest {
  // Not its version: a request line of HTTP/1 may claim any.
  return 'stream' in request
}
