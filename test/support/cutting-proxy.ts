/**
 * A connection that breaks: passes on what it gets, and cuts each connection
 * (resets it, both ways) that has brought so many bytes to the server.
 */
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface CuttingProxy {
  readonly port: number
  /** Connections that were cut. */
  readonly cuts: number
  /** Bytes after which the next ones are cut, one after the other; then none is. */
  cutAfter(...bytes: number[]): void
  /** Cuts one after so many bytes, and every other at once, until it is mended. */
  breakAfter(bytes: number): void
  mend(): void
}

/** Closed when the test has ended. */
export async function startCuttingProxy(target: () => number): Promise<CuttingProxy> {
  let plan: number[] = []
  let cuts = 0
  /** What they have brought, since the plan was made. */
  const passed = new Map<Socket, number>()
  const sockets = new Set<Socket>()
  let breaks = false
  let broken = false
  const server = createServer({ allowHalfOpen: true }, client => {
    if (broken) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect({ port: target(), host: '127.0.0.1', allowHalfOpen: true })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
    const end = (): void => {
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    client.on('data', chunk => {
      const total = (passed.get(client) ?? 0) + chunk.length
      passed.set(client, total)
      const [limit] = plan
      if (limit !== undefined && total > limit) {
        plan.shift()
        cuts++
        broken = breaks
        end()
      } else if (!upstream.write(chunk)) {
        client.pause()
        upstream.once('drain', () => client.resume())
      }
    })
    upstream.on('data', chunk => client.write(chunk))
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
    client.on('error', end)
    upstream.on('error', end)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get cuts() {
      return cuts
    },
    cutAfter: (...bytes) => {
      plan = bytes
      passed.clear()
    },
    breakAfter: bytes => {
      plan = [bytes]
      breaks = true
      passed.clear()
    },
    mend: () => {
      plan = []
      breaks = false
      broken = false
    },
  }
}
