/**
 * What only HTTP/2 has (RFC 9113): header sections that are none, many streams of
 * one connection, streams that are reset, readers that stop, and how it ends.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FRAMES, FrameConnection, linesOf } from '../support/http2-frames.ts'
import { identity } from '../support/identity.ts'
import { type Served, serve } from '../support/serve.ts'
import { until } from '../support/until.ts'

const HUGE = 4 * 1024 * 1024
const FILES = { 'a.txt': 'hello', 'huge.bin': Buffer.alloc(HUGE, 7), 'index.html': '<h1>x</h1>' }

const secured = (options = {}): Promise<Served> => serve(FILES, { tls: identity, ...options })

function open({ port }: Served): FrameConnection {
  const connection = new FrameConnection(port)
  onTestFinished(() => connection.destroy())
  return connection
}

const MALFORMED = 'reset 1'
const IS_NEWER = Number(process.versions.node.split('.')[0]) >= 24

describe('§8.3.1 what a request is made of', () => {
  it.each<[string, Record<string, string | null>, (readonly [string, string])[], number | string]>([
    ['a path', {}, [], 200],
    ['* for OPTIONS', { ':method': 'OPTIONS', ':path': '*' }, [], 204],
    ['* for another method', { ':path': '*' }, [], MALFORMED],
    ['an absolute path', { ':path': 'https://localhost/a.txt' }, [], MALFORMED],
    ['a path without a slash', { ':path': 'a.txt' }, [], MALFORMED],
    ['an empty path', { ':path': '' }, [], MALFORMED],
    ['no path', { ':path': null }, [], MALFORMED],
    ['no method', { ':method': null }, [], MALFORMED],
    ['no scheme', { ':scheme': null }, [], MALFORMED],
    ['a method that is not known', { ':method': 'BREW' }, [], 501],
    ['a method in lower case', { ':method': 'get' }, [], 501],
    ['neither authority nor Host', { ':authority': null }, [], MALFORMED],
    ['Host alone', { ':authority': null }, [['host', 'localhost']], 200],
    ['a foreign Host alone', { ':authority': null }, [['host', 'evil.example']], 421],
    ['Host beside an equal authority', {}, [['host', 'LocalHost']], 200],
    ['Host beside another authority', {}, [['host', 'evil.example']], 400],
    ['an authority beside a foreign Host', { ':authority': 'evil.example' }, [['host', 'localhost']], 400],
    ['a foreign authority', { ':authority': 'evil.example' }, [], 421],
    // A newer nghttp2 (Node 24) refuses it before it gets here.
    ['an authority with a user', { ':authority': 'x@localhost' }, [], IS_NEWER ? MALFORMED : 400],
    ['CONNECT', { ':method': 'CONNECT', ':path': null, ':scheme': null }, [], 405],
    ['CONNECT with a path', { ':method': 'CONNECT' }, [], MALFORMED],
    ['a pseudo-header field that nobody knows', {}, [[':x', 'y']], MALFORMED],
    [
      'one behind a field',
      { ':path': null },
      [
        ['accept', '*/*'],
        [':path', '/a.txt'],
      ],
      MALFORMED,
    ],
    ['a status', {}, [[':status', '200']], MALFORMED],
  ])('%s', async (_, change, more, outcome) => {
    const connection = open(await secured())
    connection.request(1, linesOf(change, more))
    expect(await connection.outcome(1)).toBe(outcome)
  })
})

describe('§8.2 fields', () => {
  it.each<[string, string, number | string]>([
    ['connection', 'keep-alive', MALFORMED],
    ['keep-alive', 'timeout=5', MALFORMED],
    ['proxy-connection', 'close', MALFORMED],
    ['transfer-encoding', 'chunked', MALFORMED],
    ['upgrade', 'websocket', MALFORMED],
    ['te', 'gzip', MALFORMED],
    ['te', 'trailers', 200],
    ['Accept', '*/*', MALFORMED],
    // The library leaves it out.
    ['x', 'a\r\nb', 200],
    ['content-length', 'x', MALFORMED],
    ['content-length', '5', MALFORMED],
    ['expect', '100-continue', 100],
    ['expect', '200-ok', 417],
  ])('%s: %s', async (name, value, outcome) => {
    const connection = open(await secured())
    connection.request(1, linesOf({}, [[name, value]]))
    expect(await connection.outcome(1)).toBe(outcome)
  })

  it.each<[string, string, string, number]>([
    ['if-match', '"x"', '"y"', 412],
    ['range', 'bytes=0-1', 'bytes=2-3', 200],
    ['if-modified-since', 'Fri, 01 Jan 2100 00:00:00 GMT', 'Fri, 01 Jan 2100 00:00:00 GMT', 200],
    ['if-unmodified-since', 'Sat, 01 Jan 2000 00:00:00 GMT', 'Sat, 01 Jan 2000 00:00:00 GMT', 200],
  ])('%s in two lines: %s, %s', async (name, first, second, status) => {
    const connection = open(await secured())
    const more: [string, string][] = [
      [name, first],
      [name, second],
    ]
    connection.request(1, linesOf({}, more))
    expect(await connection.outcome(1)).toBe(status)
  })

  it('if-none-match in two lines is one list', async () => {
    const served = await secured()
    const connection = open(served)
    connection.request(1, linesOf())
    await connection.end(1)
    const { responseFields } = await served.exchange(1)
    const [, etag = ''] = responseFields.find(([name]) => name === 'etag') ?? []
    const other = open(served)
    other.request(
      1,
      linesOf({}, [
        ['if-none-match', '"x"'],
        ['if-none-match', etag],
      ]),
    )
    expect(await other.outcome(1)).toBe(304)
  })

  it('too many of them are refused, and the connection goes on or ends', async () => {
    const served = await secured()
    const connection = open(served)
    const many = Array.from({ length: 400 }, (_, n) => [`x-${n}`, 'y'.repeat(100)] as const)
    connection.request(1, linesOf({}, many.slice(0, 100)))
    expect(await connection.outcome(1)).toBe(200)
    // A section may take several frames; this one, of 40 KiB, is one that is too large itself.
    const other = open(served)
    other.request(1, linesOf({}, many))
    expect(await other.outcome(1)).not.toBe(200)
  })

  it('a section that never ends is not waited for in memory', async () => {
    const connection = open(await secured())
    connection.frame(FRAMES.headers, 1, 1, Buffer.from([0x82, 0x84, 0x87]))
    const some = Buffer.concat([Buffer.of(0, 1), Buffer.from('x'), Buffer.of(100), Buffer.alloc(100, 121)])
    for (let n = 0; n < 2_000 && !connection.closed; n++) {
      connection.frame(9, 0, 1, Buffer.concat(Array.from({ length: 20 }, () => some)))
      if (n % 50 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    await until(() => connection.closed || connection.of(FRAMES.goAway, 0).length > 0, 'an end')
  })
})

const descriptorsInUse = (): number => readdirSync('/proc/self/fd').length

describe('streams', () => {
  it('a hundred at once are answered, and no answer waits for one that nobody reads', async () => {
    const served = await secured()
    const connection = open(served)
    connection.request(1, linesOf({ ':path': '/huge.bin' }))
    // Its 64 KiB fill what the connection may send.
    await until(() => bytesOn(connection, 1) >= 65_535, 'the window')
    for (let n = 0; n < 100; n++) connection.request(3 + 2 * n, linesOf({ ':method': 'HEAD' }))
    for (let n = 0; n < 100; n++) await connection.end(3 + 2 * n)
    expect(bytesOn(connection, 1)).toBe(65_535)
    // Read on: the rest comes.
    connection.allow(0, HUGE)
    connection.allow(1, HUGE)
    await connection.end(1)
    expect(bytesOn(connection, 1)).toBe(HUGE)
    expect(await served.exchange(101)).toMatchObject({ target: '/huge.bin', bytesSent: HUGE, aborted: false })
  })

  it('more than are allowed end the connection, and leave nothing open', async () => {
    const served = await secured()
    const connection = open(served)
    await until(() => connection.of(FRAMES.settings, 0).length >= 2, 'the settings')
    for (let n = 0; n < 150; n++) connection.request(1 + 2 * n, linesOf({ ':path': '/huge.bin' }))
    await until(() => connection.closed, 'the end')
    const other = open(served)
    other.request(1, linesOf())
    expect(await other.outcome(1)).toBe(200)
  })

  it('many that are broken off do not make the connection deaf', async () => {
    const connection = open(await secured())
    connection.allow(0, 2 ** 30)
    for (let n = 0; n < 60; n++) {
      const stream = 1 + 2 * n
      connection.request(stream, linesOf({ ':path': '/huge.bin' }))
      await until(() => bytesOn(connection, stream) >= 65_535, `the beginning of download ${n}`)
      connection.reset(stream)
    }
  })

  it.skipIf(process.platform !== 'linux')('that are reset leave nothing open', async () => {
    const served = await secured({ memory: 0 })
    const connection = open(served)
    connection.request(1, linesOf())
    await connection.end(1)
    const before = descriptorsInUse()
    for (let round = 0; round < 5; round++) {
      const streams = Array.from({ length: 60 }, (_, n) => 3 + 2 * (60 * round + n))
      connection.allow(0, 60 * 70_000)
      for (const stream of streams) connection.request(stream, linesOf({ ':path': '/huge.bin' }))
      for (const stream of streams) await until(() => bytesOn(connection, stream) > 0, 'a beginning')
      for (const stream of streams) connection.reset(stream)
    }
    await served.exchange(301)
    expect(served.exchanges.filter(({ aborted }) => aborted)).toHaveLength(300)
    await until(() => descriptorsInUse() <= before, `${before} descriptors`)
  })

  it.skipIf(process.platform !== 'linux')('of a connection that breaks leave nothing open', async () => {
    const served = await secured({ memory: 0 })
    const before = descriptorsInUse()
    const connection = open(served)
    connection.allow(0, HUGE)
    for (let n = 0; n < 50; n++) connection.request(1 + 2 * n, linesOf({ ':path': '/huge.bin' }))
    for (let n = 0; n < 50; n++) await until(() => bytesOn(connection, 1 + 2 * n) > 0, 'a beginning')
    connection.destroy()
    await served.exchange(50)
    expect(served.exchanges.every(({ aborted }) => aborted)).toBe(true)
    await until(() => descriptorsInUse() <= before, `${before} descriptors`)
  })

  it('opened and reset without an end: no more of them are heard', async () => {
    const served = await secured()
    const connection = open(served)
    await until(() => connection.of(FRAMES.settings, 0).length > 0, 'the settings')
    const isGone = (): boolean => connection.closed || connection.of(FRAMES.goAway, 0).length > 0
    for (let sent = 0; !isGone() && sent < 100_000; ) {
      for (let n = 0; n < 100; n++, sent++) {
        connection.request(1 + 2 * sent, linesOf())
        connection.reset(1 + 2 * sent)
      }
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(isGone()).toBe(true)
    expect(served.exchanges.length).toBeLessThan(10_000)
    // And others are served as before.
    const other = open(served)
    other.request(1, linesOf())
    expect(await other.outcome(1)).toBe(200)
  })
})

const bytesOn = (connection: FrameConnection, stream: number): number =>
  connection.of(FRAMES.data, stream).reduce((sum, { payload }) => sum + payload.length, 0)

describe('content of requests', () => {
  it('that nobody wants is not taken any further than the answer', async () => {
    const connection = open(await secured())
    connection.request(1, linesOf({ ':method': 'POST' }), false)
    expect(await connection.outcome(1)).toBe(405)
    // §8.1: NO_ERROR, as the answer is whole.
    const reset = await until(() => connection.of(FRAMES.reset, 1)[0], 'a reset')
    expect(reset.payload.readUInt32BE()).toBe(0)
  })

  it('that is refused is not taken any further either', async () => {
    const connection = open(await secured({ uploads: {} }))
    const lines = linesOf({ ':method': 'PUT' }, [['content-length', '40000000']])
    connection.request(1, lines, false)
    for (let n = 0; n < 3; n++) connection.frame(FRAMES.data, 0, 1, Buffer.alloc(16_000))
    expect(await connection.outcome(1)).toBe(409)
    const reset = await until(() => connection.of(FRAMES.reset, 1)[0], 'a reset')
    expect(reset.payload.readUInt32BE()).toBe(0)
    // The connection is not held up by what came.
    connection.request(3, linesOf())
    await connection.end(3)
  })

  it('may end with trailers', async () => {
    const served = await secured({ uploads: {} })
    const connection = open(served)
    connection.request(1, linesOf({ ':method': 'PUT', ':path': '/new.txt' }), false)
    connection.frame(FRAMES.data, 0, 1, Buffer.from('new'))
    connection.request(1, [['x-checksum', '1']])
    await connection.end(1)
    expect(await served.exchange(1)).toMatchObject({ status: 201, fileSize: 3 })
  })

  it.each<[string, (connection: FrameConnection) => void, Record<string, string>]>([
    ['cancelled', connection => connection.reset(1), {}],
    ['cut off with its connection', connection => connection.destroy(), {}],
    ['cancelled, of a known length', connection => connection.reset(1), { 'content-length': '6' }],
  ])('that is %s is no file', async (_, cut, fields) => {
    const served = await secured({ uploads: {} })
    const connection = open(served)
    connection.request(1, linesOf({ ':method': 'PUT', ':path': '/new.txt' }, Object.entries(fields)), false)
    connection.frame(FRAMES.data, 0, 1, Buffer.from('new'))
    const own = join(served.root, '.servebar/uploads')
    await until(() => existsSync(own) && readdirSync(own).length > 0, 'a beginning')
    cut(connection)
    expect(await served.exchange(1)).toMatchObject({ status: 499, aborted: true })
    expect(readdirSync(served.root)).not.toContain('new.txt')
  })

  it('that is less, or more, than announced, is no file', async () => {
    for (const length of ['2', '4']) {
      const served = await secured({ uploads: {} })
      const connection = open(served)
      connection.request(
        1,
        linesOf({ ':method': 'PUT', ':path': '/new.txt' }, [['content-length', length]]),
        false,
      )
      connection.frame(FRAMES.data, 1, 1, Buffer.from('new'))
      // For more, a newer node:http2 ends the whole connection with INTERNAL_ERROR, as §5.4.2 allows.
      expect(await connection.outcome(1)).toBe(IS_NEWER && length === '2' ? 'gone 2' : MALFORMED)
      await served.exchange(1)
      expect(readdirSync(served.root)).not.toContain('new.txt')
    }
  })
})

describe('a stop', () => {
  it('lets answers end, and says that no more are given', async () => {
    const served = await secured()
    const connection = open(served)
    connection.request(1, linesOf({ ':path': '/huge.bin' }))
    await until(() => bytesOn(connection, 1) > 0, 'a beginning')
    const closed = served.close(10_000)
    const [away] = await until(() => {
      const found = connection.of(FRAMES.goAway, 0)
      return found.length > 0 && found
    }, 'GOAWAY')
    expect(away?.payload.readUInt32BE(4)).toBe(0)
    connection.allow(0, HUGE)
    connection.allow(1, HUGE)
    await connection.end(1)
    await closed
    expect(bytesOn(connection, 1)).toBe(HUGE)
    await until(() => connection.closed, 'the end')
    expect(served.exchanges).toMatchObject([{ bytesSent: HUGE, aborted: false }])
  })

  it('does not wait for who does not read', async () => {
    const served = await secured()
    const connection = open(served)
    connection.request(1, linesOf({ ':path': '/huge.bin' }))
    await until(() => bytesOn(connection, 1) > 0, 'a beginning')
    await served.close(100)
    expect(served.exchanges).toMatchObject([{ aborted: true }])
  })
})
