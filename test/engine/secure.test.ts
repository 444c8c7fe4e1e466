/** HTTPS, HTTP/2 and the way there, over real sockets. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { authority, identity, renewed } from '../support/identity.ts'
import { get, RawConnection } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'
import { until } from '../support/until.ts'

const FILES = {
  'index.html': '<h1>home</h1>',
  'a.txt': 'hello',
  'big.bin': Buffer.alloc(3_000_000, 7),
  'page.html': `<p>${'text '.repeat(2_000)}</p>`,
  '.secret': 'no',
}

const secured = () => serve(FILES, { tls: identity })

interface Answer {
  readonly status: number
  readonly fields: Record<string, unknown>
  readonly body: Buffer
}

/** One request over HTTP/2. */
function ask2(port: number, path: string, fields: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://localhost:${port}`, { ca: authority })
    session.on('error', reject)
    const stream = session.request({ ':path': path, ...fields })
    let head: Record<string, unknown> = {}
    const chunks: Buffer[] = []
    stream.on('response', got => {
      head = got
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () => {
      session.close()
      resolve({ status: Number(head[':status']), fields: head, body: Buffer.concat(chunks) })
    })
    stream.end()
  })
}

/** One request over HTTP/1.1. */
function ask1(port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', port, path, ca: authority, agent: false }
    httpsRequest(options, message => {
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.on('end', () =>
        resolve({ status: message.statusCode ?? 0, fields: message.headers, body: Buffer.concat(chunks) }),
      )
    })
      .on('error', reject)
      .end()
  })
}

describe('HTTPS', () => {
  it('is the same answer by HTTP/2 and by HTTP/1.1', async () => {
    const { port, server } = await secured()
    const [two, one] = [await ask2(port, '/a.txt'), await ask1(port, '/a.txt')]
    expect([two.status, String(two.body)]).toEqual([200, 'hello'])
    expect([one.status, String(one.body)]).toEqual([200, 'hello'])
    for (const name of ['content-type', 'etag', 'last-modified', 'content-length', 'accept-ranges', 'vary']) {
      expect([name, two.fields[name]]).toEqual([name, one.fields[name]])
    }
    expect(two.fields).not.toHaveProperty('connection')
    expect(one.fields.connection).toBeDefined()
    expect(server.origins()[0]?.url).toBe(`https://127.0.0.1:${port}`)
  })

  it.each<[string, Record<string, string>, number]>([
    ['/a.txt', { 'if-none-match': '*' }, 304],
    ['/a.txt', { range: 'bytes=1-2' }, 206],
    ['/a.txt', { range: 'bytes=9-' }, 416],
    ['/none', {}, 404],
    ['/.secret', {}, 403],
    ['/../a.txt', {}, 400],
    ['/a.txt', { ':method': 'POST' }, 405],
    ['/a.txt', { ':method': 'HEAD' }, 200],
    ['/a.txt', { ':authority': 'evil.example' }, 421],
    ['/a.txt', { ':authority': 'localhost', host: 'evil.example' }, 400],
    ['/a.txt', { ':authority': 'localhost', host: 'localhost' }, 200],
    ['/', {}, 200],
  ])('HTTP/2 %s %j: %i', async (path, fields, status) => {
    const served = await secured()
    expect((await ask2(served.port, path, fields)).status).toBe(status)
    const record = await served.exchange(1)
    expect(record).toMatchObject({ status, httpVersion: '2.0', target: path })
  })

  it('sends large and compressed content over HTTP/2', async () => {
    const { port } = await secured()
    const big = await ask2(port, '/big.bin')
    expect(big.body.equals(FILES['big.bin'])).toBe(true)
    const coded = await ask2(port, '/page.html', { 'accept-encoding': 'gzip' })
    expect(coded.fields['content-encoding']).toBe('gzip')
    expect(coded.fields).not.toHaveProperty('transfer-encoding')
  })

  it('answers many requests of one connection at a time', async () => {
    const { port } = await secured()
    const session = connectHttp2(`https://localhost:${port}`, { ca: authority })
    const statuses = await Promise.all(
      Array.from(
        { length: 100 },
        (_, n) =>
          new Promise((resolve, reject) => {
            const stream = session.request({ ':path': n % 2 === 0 ? '/a.txt' : '/page.html' })
            stream.on('response', head => resolve(head[':status']))
            stream.on('error', reject)
            stream.resume()
          }),
      ),
    )
    session.close()
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  it('takes another certificate without a restart', async () => {
    const { port, server } = await secured()
    const shown = () =>
      new Promise(resolve => {
        const socket = connectTls({ host: 'localhost', port, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256)
          socket.destroy()
        })
      })
    const before = await shown()
    server.renewTls(renewed)
    expect(await shown()).not.toBe(before)
  })
})

describe('plain HTTP on a port of HTTPS', () => {
  const plain = (
    port: number,
    path: string,
    host = `localhost:${port}`,
  ): Promise<[number, string | undefined]> =>
    new Promise((resolve, reject) => {
      httpRequest({ port, path, headers: { host }, agent: false, method: 'POST' }, message => {
        message.resume()
        resolve([message.statusCode ?? 0, message.headers.location])
      })
        .on('error', reject)
        .end()
    })

  it('is shown the way', async () => {
    const { port } = await secured()
    expect(await plain(port, '/a.txt?x=1')).toEqual([308, `https://localhost:${port}/a.txt?x=1`])
    expect((await plain(port, '/a.txt', 'evil.example'))[0]).toBe(421)
  })

  it('also when its first byte comes alone', async () => {
    const { port } = await secured()
    const connection = new RawConnection(port)
    connection.send('G')
    await new Promise(resolve => setTimeout(resolve, 50))
    connection.send(get('/').slice(1))
    expect((await connection.response()).status).toBe(308)
    connection.destroy()
  })

  it('is not left to hang when it says nothing', async () => {
    const { port } = await serve(FILES, { tls: identity, headersTimeout: 200, requestTimeout: 300 })
    const socket = connect(port, '127.0.0.1')
    await new Promise(resolve => socket.once('close', resolve))
  })
})

it('bounds what has not got as far as a request, and leaves alone what has', async () => {
  const { port } = await serve(FILES, { tls: identity, maxConnections: 80 })
  const secured = Array.from({ length: 70 }, () => connectTls({ port, host: 'localhost', ca: authority }))
  await Promise.all(secured.map(socket => once(socket, 'secureConnect')))
  const silent = Array.from({ length: 100 }, (_, i) => {
    const socket = connect(port, '127.0.0.1')
    // Half of them begin a handshake.
    if (i % 2 === 0) socket.write(Buffer.from([0x16]))
    return socket.on('error', () => {}).resume()
  })
  onTestFinished(() => {
    for (const socket of [...secured, ...silent]) socket.destroy()
  })
  await until(() => silent.filter(socket => socket.closed).length >= 20, 'the first of them are gone')
  expect((await ask2(port, '/a.txt')).status).toBe(200)
  expect(silent.filter(socket => socket.closed)).toHaveLength(21)
  expect(secured.filter(socket => socket.closed)).toEqual([])
})

it('closes with connections of every kind open', async () => {
  const { port, close } = await secured()
  const session = connectHttp2(`https://localhost:${port}`, { ca: authority })
  await new Promise(resolve => session.once('connect', resolve))
  const socket = connect(port, '127.0.0.1')
  await new Promise(resolve => socket.once('connect', resolve))
  const ended = Promise.all(
    [session, socket].map(each => new Promise(resolve => each.once('close', resolve))),
  )
  session.on('error', () => {})
  socket.on('error', () => {})
  await close(100)
  await ended
})

it('a key is in no record and no error', async () => {
  const served = await secured()
  await ask2(served.port, '/a.txt')
  expect(JSON.stringify(await served.exchange(1))).not.toContain('PRIVATE')
  await expect(serve(FILES, { tls: { cert: 'x', key: identity.key } })).rejects.not.toThrow(/PRIVATE/)
  expect(readFileSync(join(served.root, 'a.txt'), 'utf8')).toBe('hello')
})
