import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { answers, isPortFree, nextFreePort } from '../../electron/app/ports.ts'

const hasIpv6 = Object.values(networkInterfaces()).some(list =>
  list?.some(({ address }) => address === '::1'),
)
const hosts = ['127.0.0.1', '0.0.0.0', ...(hasIpv6 ? ['::1'] : [])]
const servers: Server[] = []
async function hold(host: string): Promise<number> {
  const server = createServer(socket => socket.destroy())
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, host, resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise(resolve => server.close(resolve))
})

describe('ports', () => {
  it.each(hosts)('finds a port taken that is held on %s', async host => {
    const port = await hold(host)
    expect(await isPortFree(port)).toBe(false)
    const next = await nextFreePort(port)
    expect(next).not.toBe(port)
    expect(next).not.toBeNull()
  })

  it('is free again afterwards, and after it was asked', async () => {
    const port = await hold('127.0.0.1')
    const [server] = servers.splice(0)
    await new Promise(resolve => server?.close(resolve))
    expect(await isPortFree(port)).toBe(true)
    expect(await isPortFree(port)).toBe(true)
  })

  it('passes over reserved ports', async () => {
    const port = await hold('127.0.0.1')
    const next = await nextFreePort(port, candidate => candidate < port + 10)
    expect(next).toBeGreaterThanOrEqual(port + 10)
  })

  it('goes on at 8080 after the last port', async () => {
    expect(await nextFreePort(65_536)).toBeGreaterThanOrEqual(8080)
    expect(await nextFreePort(65_535, candidate => candidate === 65_535)).toBeGreaterThanOrEqual(8080)
  })

  it('gives up when every port is reserved', async () => {
    expect(await nextFreePort(8080, () => true)).toBeNull()
  })

  it('hears whether somebody answers', async () => {
    const port = await hold('127.0.0.1')
    expect(await answers(port)).toBe(true)
    const [server] = servers.splice(0)
    await new Promise(resolve => server?.close(resolve))
    expect(await answers(port)).toBe(false)
  })
})
