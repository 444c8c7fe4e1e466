import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ListenOptions, listen } from '../../electron/engine/listen.ts'

const hasIPv6 = Object.values(networkInterfaces()).some(list =>
  list?.some(({ address }) => address === '::1'),
)

async function bind(options: Partial<ListenOptions>, platform: NodeJS.Platform = 'linux') {
  const bound = await listen(
    { host: '127.0.0.1', port: 0, portFallback: false, ...options },
    createServer,
    platform,
  )
  for (const server of bound.servers) onTestFinished(() => void server.close())
  return bound
}

/** Somebody else's server. */
async function occupy(host: string, port = 0): Promise<number> {
  const server: Server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

const hosts = (servers: readonly Server[]) =>
  servers.map(server => {
    const address = server.address()
    return address !== null && typeof address === 'object' ? address.address : null
  })

it('port 0 takes one port for all addresses', async () => {
  const { servers, port } = await bind({ host: 'localhost' })
  expect(port).toBeGreaterThan(0)
  expect(hosts(servers)).toEqual(hasIPv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])
  for (const server of servers) expect(server.address()).toMatchObject({ port })
})

it('* binds every interface', async () => {
  const { servers } = await bind({ host: '*' })
  expect(['::', '0.0.0.0']).toContain(hosts(servers)[0])
  expect(servers).toHaveLength(1)
})

describe('a taken port', () => {
  it('fails with EADDRINUSE', async () => {
    const port = await occupy('127.0.0.1')
    await expect(bind({ port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'listen',
      address: '127.0.0.1',
      port,
    })
  })

  it('moves on when told to', async () => {
    const port = await occupy('127.0.0.1')
    const bound = await bind({ port, portFallback: true })
    expect(bound.port).toBeGreaterThan(port)
    expect(bound.port).toBeLessThanOrEqual(port + 100)
  })

  it.runIf(hasIPv6)('is taken when only ::1 is', async () => {
    const port = await occupy('::1')
    await expect(bind({ host: 'localhost', port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const bound = await bind({ host: 'localhost', port, portFallback: true })
    expect(bound.port).toBeGreaterThan(port)
    expect(bound.servers).toHaveLength(2)
  })

  it('leaves nothing bound behind', async () => {
    const port = await occupy('::1').catch(() => 0)
    await bind({ host: 'localhost', port }).catch(() => {})
    if (port !== 0) expect(await occupy('127.0.0.1', port)).toBe(port)
  })

  it('ends at 65535', async () => {
    const port = await occupy('127.0.0.1', 65_535).catch(() => 65_535)
    await expect(bind({ port, portFallback: true })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('on macOS', () => {
  it('a port that answers is taken, although binding it would succeed', async () => {
    const port = await occupy('127.0.0.1')
    // The bind must not even be tried: this server would be told that all is well.
    const createDouble = () => {
      throw new Error('bound')
    }
    const options = { host: '127.0.0.1', port, portFallback: false }
    await expect(listen(options, createDouble, 'darwin')).rejects.toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'listen',
      port,
    })
    for (const host of ['localhost', '*']) {
      await expect(listen({ ...options, host }, createDouble, 'darwin')).rejects.toMatchObject({
        code: 'EADDRINUSE',
      })
    }
    expect((await bind({ port, portFallback: true }, 'darwin')).port).toBeGreaterThan(port)
  })
})

describe('errors of the system', () => {
  const failing = (code: string, times: number) => {
    let left = times
    return () => {
      const server = createServer()
      const { listen: original } = server
      server.listen = ((...args: Parameters<typeof original>) => {
        if (left-- > 0) {
          queueMicrotask(() => server.emit('error', Object.assign(new Error(code), { code })))
          return server
        }
        return Reflect.apply(original, server, args)
      }) as typeof original
      return server
    }
  }
  const options = { host: '127.0.0.1', port: 49_000, portFallback: true }

  it('a reserved range of Windows is passed over', async () => {
    const { servers, port } = await listen(options, failing('EACCES', 3), 'win32')
    onTestFinished(() => void servers[0]?.close())
    expect(port).toBeGreaterThanOrEqual(49_003)
  })

  it('EACCES elsewhere is the answer', async () => {
    await expect(listen(options, failing('EACCES', 1), 'linux')).rejects.toMatchObject({ code: 'EACCES' })
  })

  it('a computer without IPv6 serves IPv4', async () => {
    const every = await listen({ ...options, host: '*', port: 0 }, failing('EAFNOSUPPORT', 1), 'linux')
    onTestFinished(() => void every.servers[0]?.close())
    expect(hosts(every.servers)).toEqual(['0.0.0.0'])
    let made = 0
    const fails = failing('EADDRNOTAVAIL', 1)
    const second = () => (made++ === 1 ? fails() : createServer())
    const loopback = await listen({ ...options, host: 'localhost', port: 0 }, second, 'linux')
    onTestFinished(() => void loopback.servers[0]?.close())
    expect(hosts(loopback.servers)).toEqual(['127.0.0.1'])
  })
})
