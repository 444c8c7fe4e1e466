/**
 * Which ports are free on this machine. Really asks the system, by binding
 * both loopback families. An answer is true for the moment it is given; who
 * needs the port must still be ready to lose it.
 */
import { connect, createServer } from 'node:net'
import { systemError } from './problems.ts'

const LAST_PORT = 65_535
const MAX_PROBES = 200

/** The next free port from `from` on that is not reserved; after the last one it goes on at 8080. Null: none found. */
export async function nextFreePort(
  from: number,
  isReserved: (port: number) => boolean = () => false,
): Promise<number | null> {
  let probes = 0
  for (const port of portsFrom(from)) {
    // Costs no probe.
    if (isReserved(port)) continue
    if (++probes > MAX_PROBES) return null
    if (await isPortFree(port)) return port
  }
  return null
}

/** Each once. */
function* portsFrom(from: number): Generator<number> {
  for (let port = from; port <= LAST_PORT; port++) yield port
  for (let port = 8080; port < Math.min(from, LAST_PORT + 1); port++) yield port
}

export async function isPortFree(port: number): Promise<boolean> {
  if (!(await canBind('127.0.0.1', port)) || !(await canBind('::1', port))) return false
  return !(await isShadowed(port))
}

function canBind(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', error => {
      // A machine without IPv6 has no ::1; then nobody can hold a port there.
      resolve(['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(String(systemError(error).code)))
    })
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/**
 * macOS and Windows let a loopback address be bound while another app listens on every interface, and then
 * hand that app's local visitors to us. Linux refuses the bind, so there it need not be asked.
 */
export async function isShadowed(port: number): Promise<boolean> {
  return process.platform !== 'linux' && answers(port)
}

/** Somebody accepts connections there. */
export async function answers(port: number): Promise<boolean> {
  const found = await Promise.all(['127.0.0.1', '::1'].map(host => accepts(host, port)))
  return found.includes(true)
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    // Windows takes two seconds to say that nobody is there.
    const timer = setTimeout(() => end(false), 300)
    function end(answer: boolean): void {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
