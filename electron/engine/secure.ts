/**
 * HTTPS on a port that also hears plain HTTP: the first byte of a connection
 * tells TLS from a request, which is then shown the way instead of being left
 * to hang. HTTP/2 (RFC 9113) for who offers it, HTTP/1.1 for all others.
 */
import type { Http2SecureServer } from 'node:http2'
import { createServer, type Server, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { http2, tls } from './built-ins.ts'
import type { DescriptorPool } from './descriptors.ts'
import { Reply } from './reply.ts'
import type { TlsIdentity } from './types.ts'

/** The content type of a TLS record with a handshake (RFC 8446 §5.1); no method of HTTP begins with it. */
const HANDSHAKE = 0x16
/** How long TLS may take to begin, in ms. */
const HANDSHAKE_TIMEOUT = 15_000
/** Requests under way on one connection of HTTP/2 (RFC 9113 §6.5.2); browsers expect 100. */
const MAX_STREAMS = 128

/**
 * MB. node:http2 never takes off the count what was waiting on a stream that is reset, so that its limit, 10, makes a
 * connection deaf after some forty downloads that were broken off. What is really held is bounded by the streams.
 */
const UNBOUNDED = 1_000_000

interface Limits {
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly maxHeaderSize: number
}

export function createSecureServer(identity: TlsIdentity, limits: Limits): Http2SecureServer {
  const { maxHeaderSize } = limits
  const { cert, key, forServerName } = identity
  const options = {
    cert,
    key,
    ...(forServerName ? { SNICallback: contextsFor(forServerName) } : {}),
    allowHTTP1: true,
    maxSessionMemory: UNBOUNDED,
    // Of the answers on HTTP/1.1.
    Http1ServerResponse: Reply,
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    minVersion: 'TLSv1.2' as const,
    maxHeaderSize,
    requireHostHeader: false,
    settings: { maxConcurrentStreams: MAX_STREAMS, enablePush: false, maxHeaderListSize: maxHeaderSize },
  }
  // The limits of HTTP/1.1 are no options here.
  return Object.assign(http2().createSecureServer(options), limits)
}

type Contexts = (name: string, done: (error: Error | null, context?: SecureContext) => void) => void

/** So many are kept: each takes a millisecond to make. */
const MAX_CONTEXTS = 50

function contextsFor(identityFor: NonNullable<TlsIdentity['forServerName']>): Contexts {
  const contexts = new Map<string, SecureContext>()
  return async (name, done) => {
    try {
      const identity = await identityFor(name)
      if (identity === null) return done(null)
      const { cert, key } = identity
      const context = contexts.get(cert) ?? tls().createSecureContext({ cert, key })
      if (contexts.size >= MAX_CONTEXTS) contexts.clear()
      contexts.set(cert, context)
      done(null, context)
    } catch {
      // The one that all names have will do.
      done(null)
    }
  }
}

interface Arriving {
  /** ms for the first byte. */
  readonly patience: number
  /** How many may be on their way to a request. */
  readonly most: number
  readonly pool: Pick<DescriptorPool, 'admit' | 'leave'>
}

/**
 * Both on one port. Who has not got as far as a request is in `arriving`, and takes a place in the pool; when there is
 * none left, the one that is longest on its way makes room, as an idle connection does.
 */
export function createPortServer(
  secure: Pick<Http2SecureServer, 'emit' | 'prependListener'>,
  plain: Pick<Server, 'emit'>,
  { patience, most, pool }: Arriving,
): { readonly server: Server; readonly arriving: { keys(): Iterable<Socket> } } {
  /** Whether it has a place. */
  const arriving = new Map<Socket, boolean>()
  const leave = (socket: Socket): void => {
    if (arriving.get(socket)) pool.leave()
    arriving.delete(socket)
  }
  const makeRoom = (): void => {
    const [oldest] = arriving.keys()
    if (oldest === undefined) return
    leave(oldest)
    oldest.destroy()
  }
  const enter = (socket: Socket): void => {
    if (arriving.size >= most) makeRoom()
    let hasPlace = pool.admit()
    if (!hasPlace) {
      makeRoom()
      hasPlace = pool.admit()
    }
    arriving.set(socket, hasPlace)
    socket.once('close', () => leave(socket))
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    const end = (): void => {
      socket.destroy()
    }
    enter(socket)
    socket.setTimeout(patience, end)
    socket.on('error', end)
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1)
      // Closed without a word.
      if (first === null) return end()
      socket.off('timeout', end)
      socket.setTimeout(0)
      socket.unshift(first)
      if (first[0] === HANDSHAKE) secure.emit('connection', socket)
      else {
        leave(socket)
        plain.emit('connection', socket)
      }
    })
  })
  secure.prependListener('secureConnection', (socket: Socket) => {
    const carrier = carrierOf(socket)
    if (carrier !== null) leave(carrier as Socket)
  })
  return { server, arriving }
}

/** What a socket of TLS goes over. Not documented, and in every Node. */
export function carrierOf(socket: object): object | null {
  const { _handle: handle } = socket as { readonly _handle?: { readonly _parentWrap?: Wrap } | null }
  const wrap = handle?._parentWrap
  return wrap?.stream ?? wrap ?? null
}

/** A socket; or what stands for a stream, such as a connection over a slow network. */
interface Wrap {
  readonly stream?: object
}

/** What a socket of TLS was told by its client to speak (RFC 7301). */
export function speaksHttp2(socket: Socket & { readonly alpnProtocol?: string | false | null }): boolean {
  return socket.alpnProtocol === 'h2'
}
