import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../electron/engine/server.ts'
import type { ServerOptions } from '../../electron/engine/types.ts'
import { get, RawConnection, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'
import { tempFolder } from '../support/temp.ts'

const FILES = { 'a.txt': 'hello' }
const OPTIONS: ServerOptions = {
  root: '/',
  host: '127.0.0.1',
  port: 0,
  portFallback: false,
  name: 'site',
  listing: true,
  dotfiles: false,
}
const hasIPv6 = Object.values(networkInterfaces()).some(list =>
  list?.some(({ address }) => address === '::1'),
)

const failure = (options: Partial<ServerOptions>) =>
  startServer({ ...OPTIONS, ...options }, () => {}).then(
    server => {
      onTestFinished(() => server.close())
      throw new Error('It started')
    },
    (error: unknown) => error,
  )

describe('options', () => {
  it.each([
    [{ root: 'relative' }, /root/],
    [{ root: '/a\0b' }, /root/],
    [{ host: 'example.org' }, /host/],
    [{ host: '' }, /host/],
    [{ port: -1 }, /port/],
    [{ port: 65_536 }, /port/],
    [{ port: 1.5 }, /port/],
  ])('%j is refused by name', async (options, message) => {
    expect(await failure(options)).toMatchObject({ message: expect.stringMatching(message) })
  })

  it('a root that is no folder fails with the system’s code and its path', async () => {
    const root = tempFolder(FILES)
    const gone = join(root, 'gone')
    expect(await failure({ root: gone })).toMatchObject({ code: 'ENOENT', path: gone })
    const file = join(root, 'a.txt')
    expect(await failure({ root: file })).toMatchObject({ code: 'ENOTDIR', path: file })
  })

  it('an address that this computer does not have fails', async () => {
    expect(await failure({ root: tempFolder(), host: '203.0.113.7' })).toMatchObject({
      code: 'EADDRNOTAVAIL',
    })
  })
})

describe('localhost', () => {
  it.runIf(hasIPv6)('answers on both loopback addresses', async () => {
    const served = await serve(FILES, { host: 'localhost' })
    expect((await rawRequest(served.port, get('/a.txt'))).text).toBe('hello')
    expect((await rawRequest(served.port, get('/a.txt'), { host: '::1' })).text).toBe('hello')
    expect((await served.exchange(2)).clientAddress).toBe('::1')
    expect(served.server.origins()).toEqual([
      { url: `http://localhost:${served.port}`, host: 'localhost', port: served.port, reach: 'loopback' },
    ])
  })

  it('cannot be reached by another address', async () => {
    const served = await serve(FILES, { host: 'localhost' })
    const own = Object.values(networkInterfaces())
      .flatMap(list => list ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')
    if (own === undefined) return
    await expect(rawRequest(served.port, get('/a.txt'), { host: own.address })).rejects.toThrow()
  })
})

describe('the network', () => {
  const own = Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')

  it.runIf(own !== undefined)('is reached by every address and own name', async () => {
    const served = await serve(FILES, { host: '*' })
    const address = own?.address ?? ''
    for (const host of [address, 'localhost', hostname(), `${hostname()}.local`]) {
      const response = await rawRequest(served.port, get('/a.txt', { Host: `${host}:${served.port}` }), {
        host: address,
      })
      expect(response.text).toBe('hello')
    }
    const foreign = await rawRequest(served.port, get('/a.txt', { Host: 'evil.com' }), { host: address })
    expect(foreign.status).toBe(421)
    // From its own network address, this computer is still this computer.
    expect(await served.exchange(1)).toMatchObject({ clientAddress: address, clientIsLocal: true })
    expect(served.server.origins()[0]).toMatchObject({ host: 'localhost', reach: 'loopback' })
    expect(served.server.origins()).toContainEqual(
      expect.objectContaining({ host: address, reach: 'network' }),
    )
  })
})

it('configure takes effect with the next request', async () => {
  const served = await serve({ 'dir/.x': '', '.env': 'secret' })
  expect((await rawRequest(served.port, get('/.env'))).status).toBe(403)
  served.server.configure({ name: 'renamed', listing: false, dotfiles: true })
  expect((await rawRequest(served.port, get('/.env'))).text).toBe('secret')
  expect((await rawRequest(served.port, get('/'))).status).toBe(404)
})

describe('close', () => {
  const big = { 'a.txt': 'hello', 'big.bin': Buffer.alloc(30_000_000) }

  it('drops idle connections, half requests included, and frees the port', async () => {
    const served = await serve(FILES)
    const used = new RawConnection(served.port)
    used.send(get('/a.txt'))
    await used.response()
    const fresh = new RawConnection(served.port)
    await new Promise(resolve => fresh.socket.once('connect', resolve))
    const half = new RawConnection(served.port)
    half.send('GET / HT')
    await new Promise(resolve => half.socket.once('connect', resolve))
    // Longer than a test may take: it does not wait for them.
    await served.close(300_000)
    await Promise.all([used.closed(), fresh.closed(), half.closed()])
    const again = await startServer({ ...OPTIONS, root: served.root, port: served.port }, () => {})
    await again.close()
  })

  it('lets an answer end', async () => {
    const served = await serve(big)
    const connection = new RawConnection(served.port)
    connection.send(get('/big.bin'))
    await new Promise(resolve => connection.socket.once('data', resolve))
    const closing = served.close(5_000)
    expect((await connection.response()).body).toHaveLength(30_000_000)
    await connection.closed()
    await closing
    expect(served.exchanges).toMatchObject([{ status: 200, bytesSent: 30_000_000, aborted: false }])
    await expect(rawRequest(served.port, get('/a.txt'))).rejects.toThrow()
  })

  it('cuts an answer that does not end in time, and still records it', async () => {
    const served = await serve(big)
    const connection = new RawConnection(served.port)
    connection.send(get('/big.bin'))
    connection.socket.once('data', () => connection.socket.pause())
    await expect.poll(() => connection.socket.bytesRead).toBeGreaterThan(0)
    await Promise.all([served.close(100), served.close(100)])
    expect(served.exchanges).toMatchObject([{ aborted: true }])
    connection.destroy()
  })
})
