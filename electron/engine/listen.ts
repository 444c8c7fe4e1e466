/**
 * Binds one port on every address that a host stands for, and finds the next
 * free port when asked to. A port counts as free only when all its addresses
 * are: otherwise `http://localhost:8080` would reach one server by IPv4 and
 * another by IPv6.
 */
import * as net from 'node:net'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly portFallback: boolean
}

interface Address {
  readonly host: string
  /** The computer may lack this address family; then the others do. */
  readonly optional: boolean
}

const FALLBACK_PORTS = 100

/** Resolves to the servers that listen, all on one port. Rejects with the system's error for the first port. */
export async function listen<S extends net.Server>(
  options: ListenOptions,
  createServer: () => S,
  platform: NodeJS.Platform = process.platform,
): Promise<{ servers: S[]; port: number }> {
  const addresses = addressesOf(options.host)
  let firstError: unknown
  const last =
    options.portFallback && options.port !== 0 ? Math.min(options.port + FALLBACK_PORTS, 65_535) : 0
  // Port 0 lets the system choose for the first address; the second may not have it, so choose again.
  let choices = options.port === 0 ? 20 : 1
  for (let port = options.port; choices > 0 || port <= last; ) {
    choices--
    try {
      return await listenOn(port, addresses, createServer, platform)
    } catch (error) {
      firstError ??= error
      const { code } = error as NodeJS.ErrnoException
      // Windows keeps ranges of ports for itself and answers EACCES for them.
      if (code !== 'EADDRINUSE' && !(code === 'EACCES' && platform === 'win32')) throw error
      if (options.port !== 0) port++
    }
  }
  throw firstError
}

function addressesOf(host: string): Address[] {
  switch (host) {
    case 'localhost':
      return [
        { host: '127.0.0.1', optional: false },
        { host: '::1', optional: true },
      ]
    case '*':
      return [{ host: '::', optional: true }]
    default:
      return [{ host, optional: false }]
  }
}

async function listenOn<S extends net.Server>(
  wanted: number,
  addresses: readonly Address[],
  createServer: () => S,
  platform: NodeJS.Platform,
): Promise<{ servers: S[]; port: number }> {
  // macOS lets a socket bind one address of a port that another program holds on all addresses, and the reverse.
  if (platform === 'darwin' && wanted !== 0) await refuseTaken(wanted, addresses)
  const servers: S[] = []
  let port = wanted
  try {
    for (const { host, optional } of addresses) {
      const server = createServer()
      try {
        await bind(server, host, port)
      } catch (error) {
        if (!optional || !isFamilyAbsent(error)) throw error
        // Every IPv4 address instead of every address.
        if (host === '::') await bind(server, '0.0.0.0', port)
        else continue
      }
      servers.push(server)
      const bound = server.address()
      if (bound !== null && typeof bound === 'object') port = bound.port
    }
    return { servers, port }
  } catch (error) {
    await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
    throw error
  }
}

function isFamilyAbsent(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL', 'EPROTONOSUPPORT'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )
}

const BACKLOG = 1024

function bind(server: net.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Of a handle the error does not tell the place.
    const failed = (error: Error): void => reject(Object.assign(error, { address: host, port }))
    const listening = (): void => {
      server.off('error', failed)
      resolve()
    }
    server.once('error', failed)
    const handle = boundHandle(host, port)
    if (handle === null) server.listen({ host, port, backlog: BACKLOG, exclusive: true }, listening)
    else server.listen(handle, BACKLOG, listening)
  })
}

const FAMILIES = new Map([
  ['127.0.0.1', 4],
  ['::1', 6],
])

/**
 * What server.listen() makes for an address, without what it does before: it loads the resolver of names and matches
 * the address with patterns of which V8 takes 4 ms to prepare the one for IPv6, a twentieth of a start. Not documented,
 * and in every Node; null where it is not, or the address cannot be had.
 */
function boundHandle(host: string, port: number): object | null {
  const { _createServerHandle: create } = net as {
    readonly _createServerHandle?: (address: string, port: number, family: number) => object | number
  }
  const family = FAMILIES.get(host)
  const handle = family === undefined ? undefined : create?.(host, port, family)
  return typeof handle === 'object' ? handle : null
}

/** Rejects like listen() does when something answers at one of the addresses. */
async function refuseTaken(port: number, addresses: readonly Address[]): Promise<void> {
  const places = addresses.flatMap(({ host }) =>
    host === '::' || host === '0.0.0.0' ? ['127.0.0.1', '::1'] : [host],
  )
  for (const address of places) {
    if (await answers(address, port)) {
      throw Object.assign(new Error(`listen EADDRINUSE: address already in use ${address}:${port}`), {
        code: 'EADDRINUSE',
        syscall: 'listen',
        address,
        port,
      })
    }
  }
}

function answers(host: string, port: number): Promise<boolean> {
  if (net.isIP(host) === 0) return Promise.resolve(false)
  return new Promise(resolve => {
    const socket = net.connect({ host, port })
    const done = (taken: boolean): void => {
      socket.destroy()
      resolve(taken)
    }
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
    // Loopback answers at once; an address that does not is not ours to find out about.
    socket.setTimeout(500, () => done(false))
  })
}
