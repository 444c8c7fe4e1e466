import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  createServer,
  get as httpGet,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttpsServer, get as httpsGet, type RequestOptions } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import type { ConnectionOptions as TlsConnectionOptions } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  checkThrottle,
  parseThrottle,
  Throttle,
  type ThrottleNumbers,
  throttlePresets,
  throttleServer,
} from '../../electron/engine/throttle.ts'
import { get, RawConnection } from '../support/raw-request.ts'
import { until } from '../support/until.ts'

const FAST: ThrottleNumbers = { latency: 1, download: 1e9, upload: 1e9, loss: 0 }
const CONTENT = randomBytes(300_000)

async function open<S extends Server>(server: S, throttle: Throttle): Promise<{ server: S; port: number }> {
  throttleServer(server, throttle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    if ('closeAllConnections' in server)
      (server as unknown as { closeAllConnections(): void }).closeAllConnections()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

/** Answers with the content, and with the digest of what it was sent. */
function answer(request: IncomingMessage, out: ServerResponse): void {
  const hash = createHash('sha256')
  request.on('data', chunk => hash.update(chunk))
  request.on('end', () => {
    out.writeHead(200, { 'Content-Length': CONTENT.length, Digest: hash.digest('hex') })
    out.end(CONTENT)
  })
}

async function contentOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const started = () => {
  const before = performance.now()
  return () => performance.now() - before
}

describe('numbers', () => {
  it('are those of DevTools', () => {
    // Bytes a second and ms, as its source has them.
    expect(throttlePresets['slow-3g']).toEqual({
      latency: 400 * 5,
      download: ((500 * 1000) / 8) * 0.8 * 8,
      upload: ((500 * 1000) / 8) * 0.8 * 8,
      loss: 0,
    })
    expect(throttlePresets['fast-3g']).toEqual({
      latency: 150 * 3.75,
      download: ((1.6 * 1000 * 1000) / 8) * 0.9 * 8,
      upload: ((750 * 1000) / 8) * 0.9 * 8,
      loss: 0,
    })
  })

  it.each([
    ['off', null],
    ['slow-3g', throttlePresets['slow-3g']],
    ['400,2000', { latency: 2000, download: 400_000, upload: 400_000, loss: 0 }],
    ['1000/250,40.5', { latency: 40.5, download: 1_000_000, upload: 250_000, loss: 0 }],
  ])('%s', (text, numbers) => {
    expect(parseThrottle(text)).toEqual(numbers)
  })

  it.each(['', '3g', '400', ',1', '-1,2', '400,2000,1', 'toString', '0,1', '1,70000', '400kbit,1'])(
    '%j is refused',
    text => {
      expect(() => parseThrottle(text)).toThrow(RangeError)
    },
  )

  it.each([
    [{ latency: -1 }, 'latency is not a number of milliseconds from 0 to 60000'],
    [{ latency: Number.NaN }, 'latency is not'],
    [{ download: 0 }, 'download is not a number of bits per second from 1000 to 10000000000'],
    [{ upload: Number.POSITIVE_INFINITY }, 'upload is not'],
    [{ loss: 1.1 }, 'loss is not a share from 0 to 1'],
  ])('%j is refused', (wrong, message) => {
    expect(() => checkThrottle({ ...FAST, ...wrong })).toThrow(message)
  })
})

describe('a connection', () => {
  it('goes by untouched where there is no link', async () => {
    const throttle = new Throttle()
    const server = createServer(answer)
    const { port } = await open(server, throttle)
    const seen = once(server, 'connection')
    const connection = new RawConnection(port)
    onTestFinished(() => connection.destroy())
    const [socket] = await seen
    expect(throttle.attach(socket)).toBe(socket)
    expect(throttle.down.idle).toBe(true)
  })

  it('carries every byte both ways, and no faster than the link', async () => {
    const throttle = new Throttle()
    throttle.set({ latency: 50, download: 8_000_000, upload: 4_000_000, loss: 0 })
    const { port } = await open(createServer(answer), throttle)
    const elapsed = started()
    const sent = randomBytes(200_000)
    const request = httpRequest({ port, method: 'POST' })
    request.end(sent)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.headers.digest).toBe(createHash('sha256').update(sent).digest('hex'))
    // 400 ms up, 50 ms; timers of the link and of the test may differ by one.
    expect(elapsed()).toBeGreaterThan(449)
    expect((await contentOf(response)).equals(CONTENT)).toBe(true)
    expect(elapsed()).toBeGreaterThan(749)
    expect(throttle.down.idle && throttle.up.idle).toBe(true)
  })

  it('answers as many requests as without it, and says who asks', async () => {
    const throttle = new Throttle()
    throttle.set(FAST)
    const { server, port } = await open(
      createServer((request, out) => out.end(`${request.socket.remoteAddress} ${request.url}`)),
      throttle,
    )
    server.keepAliveTimeout = 60_000
    const connection = new RawConnection(port)
    onTestFinished(() => connection.destroy())
    connection.send(get('/1') + get('/2'))
    expect((await connection.response()).text).toBe('127.0.0.1 /1')
    expect((await connection.response()).text).toBe('127.0.0.1 /2')
    connection.send(get('/3'))
    expect((await connection.response()).text).toBe('127.0.0.1 /3')
  })

  it('ends with a whole answer where the server ends it', async () => {
    const throttle = new Throttle()
    throttle.set({ ...FAST, latency: 30, download: 20_000_000 })
    const { port } = await open(createServer(answer), throttle)
    const connection = new RawConnection(port)
    connection.send(get('/', { Connection: 'close' }))
    expect((await connection.response()).body.equals(CONTENT)).toBe(true)
    await connection.closed()
  })

  it('goes on when its client has said all', async () => {
    const throttle = new Throttle()
    throttle.set({ ...FAST, latency: 30 })
    const server = Object.assign(createServer(answer), { httpAllowHalfOpen: true })
    const { port } = await open(server, throttle)
    const connection = new RawConnection(port)
    connection.socket.end(get('/', { Connection: 'close' }))
    // RawConnection takes the other end's end for the last word, and it comes behind the answer.
    expect((await connection.response()).body.equals(CONTENT)).toBe(true)
  })

  it('that is left leaves nothing behind', async () => {
    const throttle = new Throttle()
    throttle.set({ latency: 10_000, download: 1_000, upload: 1e9, loss: 0 })
    const server = createServer()
    const ended = new Promise(resolve => {
      server.on('request', (_, out) => {
        out.on('close', resolve)
        out.end(CONTENT)
      })
    })
    const { port } = await open(server, throttle)
    const connection = new RawConnection(port)
    connection.send(get('/'))
    await until(() => !throttle.down.idle, 'an answer')
    connection.reset()
    await ended
    expect(throttle.down.idle && throttle.up.idle).toBe(true)
  })

  it('that is cut by the server is cut at once', async () => {
    const throttle = new Throttle()
    throttle.set({ latency: 10_000, download: 1_000, upload: 1e9, loss: 0 })
    const { port } = await open(
      createServer((request, out) => {
        out.write(CONTENT)
        setImmediate(() => request.socket.destroy())
      }),
      throttle,
    )
    const connection = new RawConnection(port)
    connection.send(get('/'))
    await connection.closed()
    expect(throttle.down.idle).toBe(true)
  })

  it('whose client does not read waits without holding all', async () => {
    const throttle = new Throttle()
    throttle.set(FAST)
    let written = 0
    const { port } = await open(
      createServer((_, out) => {
        const write = (): void => {
          while (written < 400 && out.write(CONTENT)) written++
          written++
          if (written < 400) out.once('drain', write)
        }
        write()
      }),
      throttle,
    )
    const reader = new RawConnection(port)
    onTestFinished(() => reader.destroy())
    reader.socket.pause()
    reader.send(get('/'))
    await until(() => written > 0, 'the first of it')
    const other = new RawConnection(port)
    onTestFinished(() => other.destroy())
    // Somebody else is served meanwhile, and the one who does not read is not written to for ever.
    await once(other.socket, 'connect')
    await until(() => throttle.down.idle, 'all that the client takes')
    expect(written).toBeLessThan(200)
  })

  it('hears of a new limit while it is open', async () => {
    const throttle = new Throttle()
    throttle.set({ latency: 60_000, download: 1_000, upload: 1e9, loss: 0 })
    const { port } = await open(createServer(answer), throttle)
    const connection = new RawConnection(port)
    onTestFinished(() => connection.destroy())
    connection.send(get('/'))
    await until(() => !throttle.down.idle, 'an answer')
    throttle.set(null)
    expect((await connection.response()).body.equals(CONTENT)).toBe(true)
  })
})

describe('a link that loses answers', () => {
  it('cuts the share of them that it should, and the connection with each', async () => {
    const chances = [0.05, 0.5, 0.9, 0.9, 0.05, 0, 0.9]
    let next = 0
    const throttle = new Throttle({ random: () => chances[next++] ?? 0.9 })
    throttle.set({ ...FAST, loss: 0.1 })
    const { port } = await open(createServer(answer), throttle)
    const outcomes: string[] = []
    let connection = new RawConnection(port)
    for (let i = 0; i < 5; i++) {
      connection.send(get('/'))
      try {
        outcomes.push((await connection.response()).body.equals(CONTENT) ? 'whole' : 'part')
      } catch {
        outcomes.push('none')
      }
      if (outcomes.at(-1) !== 'whole') connection = new RawConnection(port)
    }
    connection.destroy()
    expect(outcomes).toEqual(['none', 'whole', 'whole', 'none', 'whole'])
  })
})

describe('below another protocol', () => {
  it('of TLS it is the same', async () => {
    const throttle = new Throttle()
    throttle.set({ ...FAST, download: 8_000_000 })
    const psk = randomBytes(32)
    const shared = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const
    const server = createHttpsServer({ ...shared, pskCallback: () => psk }, answer)
    const { port } = await open(server, throttle)
    const elapsed = started()
    // As tls.connect takes it; the types of https know less.
    const options: TlsConnectionOptions & { port: number } = {
      ...shared,
      port,
      pskCallback: () => ({ psk, identity: 'test' }),
      checkServerIdentity: () => undefined,
    }
    const request = httpsGet(options as RequestOptions)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect((await contentOf(response)).equals(CONTENT)).toBe(true)
    expect(elapsed()).toBeGreaterThan(299)
  })

  it('of HTTP/2 it is the same', async () => {
    const throttle = new Throttle()
    throttle.set({ ...FAST, download: 8_000_000 })
    const { port } = await open(
      createHttp2Server((_, out) => out.end(CONTENT)),
      throttle,
    )
    const elapsed = started()
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    onTestFinished(() => session.destroy())
    const chunks: Buffer[] = []
    for await (const chunk of session.request({ ':path': '/' })) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(CONTENT)).toBe(true)
    expect(elapsed()).toBeGreaterThan(299)
  })
})

it('one site is not slowed down by another', async () => {
  const slow = new Throttle()
  slow.set({ latency: 60_000, download: 1_000, upload: 1_000, loss: 0 })
  const [a, b] = [await open(createServer(answer), slow), await open(createServer(answer), new Throttle())]
  let answered = false
  const stuck = httpGet({ port: a.port }, () => {
    answered = true
  }).on('error', () => {})
  await until(() => !slow.up.idle || !slow.down.idle, 'the slow one')
  const [response] = (await once(httpGet({ port: b.port }), 'response')) as [IncomingMessage]
  expect((await contentOf(response)).equals(CONTENT)).toBe(true)
  expect(answered).toBe(false)
  stuck.destroy()
})
