import { describe, expect, it } from 'vitest'
import { get, RawConnection, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const FILES = { 'a.txt': 'hello', 'sub/index.html': 'sub' }

describe('the record of an exchange', () => {
  it('holds all of request and answer', async () => {
    const served = await serve(FILES)
    const before = Date.now()
    await rawRequest(served.port, get('/a.txt?x=%20', { 'X-One': 'a', 'x-one': ' b ' }))
    const record = await served.exchange(1)
    const { requestFields, responseFields } = record
    expect({ ...record, requestFields, responseFields }).toEqual({
      time: expect.any(Number),
      method: 'GET',
      target: '/a.txt?x=%20',
      httpVersion: '1.1',
      status: 200,
      bytesSent: 5,
      duration: expect.any(Number),
      clientAddress: '127.0.0.1',
      clientIsLocal: true,
      requestFields: [
        ['host', 'localhost'],
        ['x-one', 'a'],
        ['x-one', 'b'],
      ],
      responseFields: [
        ['date', expect.any(String)],
        ['content-type', 'text/plain; charset=utf-8'],
        ['etag', expect.any(String)],
        ['last-modified', expect.any(String)],
        ['content-length', '5'],
        ['accept-ranges', 'bytes'],
        ['cache-control', 'no-cache'],
        ['vary', 'Accept-Encoding'],
        ['connection', 'keep-alive'],
        ['keep-alive', 'timeout=30'],
      ],
      file: 'a.txt',
      fileSize: 5,
      contentCoding: null,
      aborted: false,
      cause: null,
      note: null,
    })
    const { time, duration } = await served.exchange(1)
    expect(time).toBeGreaterThanOrEqual(before)
    expect(duration).toBeGreaterThan(0)
    expect(duration).toBeLessThan(5_000)
  })

  it.each([
    [get('/sub/'), { status: 200, bytesSent: 3, file: 'sub/index.html', fileSize: 3 }],
    [get('/sub'), { status: 301, bytesSent: 0, file: null }],
    [get('/a.txt', {}, 'HEAD'), { status: 200, bytesSent: 0, file: 'a.txt', fileSize: 5 }],
    [get('/a.txt', { Range: 'bytes=1-2' }), { status: 206, bytesSent: 2, fileSize: 5 }],
    [get('/a.txt', { 'If-None-Match': '*' }), { status: 304, bytesSent: 0, file: 'a.txt' }],
    [get('/none'), { status: 404, file: null, fileSize: null, cause: null }],
    [get('/'), { status: 200, file: null }],
    ['GET /a.txt HTTP/1.0\r\n\r\n', { status: 200, httpVersion: '1.0' }],
    ['FOO /x HTTP/1.1\r\nHost: a\r\n\r\n', { status: 501, method: 'FOO', target: '/x' }],
    ['GET /x y HTTP/1.1\r\n\r\n', null],
    ['CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', { status: 405, method: 'CONNECT', target: 'a:1' }],
    [get('/a.txt', { Expect: '200-ok' }), { status: 417, target: '/a.txt' }],
  ])('%j', async (bytes, expected) => {
    const served = await serve(FILES)
    const response = await rawRequest(served.port, bytes, { head: bytes.startsWith('HEAD') })
    // A second exchange marks the end of the first: had there been none, this would be number 1.
    await rawRequest(served.port, get('/a.txt?end'))
    await served.exchange(expected === null ? 1 : 2)
    expect(served.exchanges).toHaveLength(expected === null ? 1 : 2)
    if (expected !== null) {
      expect(served.exchanges[0]).toMatchObject({ ...expected, aborted: false })
      expect(served.exchanges[0]?.status).toBe(response.status)
      expect(served.exchanges[0]?.bytesSent).toBe(response.body.length)
    }
  })

  it('is made once per request, also when the client has gone', async () => {
    const served = await serve({ ...FILES, 'big.bin': Buffer.alloc(8_000_000) })
    const connection = new RawConnection(served.port)
    connection.send(get('/big.bin').repeat(3))
    await new Promise(resolve => connection.socket.once('data', resolve))
    connection.destroy()
    await served.exchange(3)
    await rawRequest(served.port, get('/a.txt'))
    await served.exchange(4)
    expect(served.exchanges.map(({ aborted }) => aborted)).toEqual([true, true, true, false])
  })
})

describe('connections', () => {
  it('stay open after 200, 304, 404, 405, 416, 301 and HEAD', async () => {
    const { port } = await serve(FILES)
    const connection = new RawConnection(port)
    for (const [request, status] of [
      [get('/a.txt'), 200],
      [get('/a.txt', { 'If-None-Match': '*' }), 304],
      [get('/none'), 404],
      [get('/a.txt', { 'Content-Length': '0' }, 'POST'), 405],
      [get('/a.txt', { Range: 'bytes=9-' }), 416],
      [get('/sub'), 301],
      [get('/a.txt', {}, 'HEAD'), 200],
      [get('/a.txt', { Host: 'evil.com' }), 421],
      [get('/a.txt', { 'Content-Length': '5' }).concat('hello'), 200],
      [get('/a.txt', { 'Transfer-Encoding': 'chunked' }).concat('3\r\nabc\r\n0\r\n\r\n'), 200],
      [get('/a.txt', { Connection: 'Upgrade', Upgrade: 'websocket' }), 200],
      [get('/a.txt', { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c' }), 200],
    ] as const) {
      connection.send(request)
      expect((await connection.response({ head: request.startsWith('HEAD') })).status).toBe(status)
    }
    expect(connection.rest).toHaveLength(0)
    expect(connection.isClosed).toBe(false)
    connection.destroy()
  })

  it.each([
    ['HTTP/1.1 with close', get('/a.txt', { Connection: 'close' })],
    ['HTTP/1.0', 'GET /a.txt HTTP/1.0\r\n\r\n'],
  ])('%s ends after the answer', async (_, bytes) => {
    const connection = new RawConnection((await serve(FILES)).port)
    connection.send(bytes)
    expect((await connection.response()).fields.connection).toBe('close')
    await connection.closed()
  })

  it('HTTP/1.0 with keep-alive stays open', async () => {
    const connection = new RawConnection((await serve(FILES)).port)
    for (let n = 0; n < 2; n++) {
      connection.send('GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
      expect((await connection.response()).fields.connection).toBe('keep-alive')
    }
    connection.destroy()
  })

  it('Expect: 100-continue is met', async () => {
    const connection = new RawConnection((await serve(FILES)).port)
    connection.send(get('/a.txt', { Expect: '100-continue', 'Content-Length': '3' }))
    expect((await connection.response()).status).toBe(100)
    connection.send('abc')
    expect((await connection.response()).status).toBe(200)
    connection.destroy()
  })

  it.each(['Content-Length: 99999999', 'Transfer-Encoding: chunked'])(
    'drops content up to a bound, then the connection: %s',
    async framing => {
      const served = await serve(FILES)
      const connection = new RawConnection(served.port)
      connection.send(`GET /a.txt HTTP/1.1\r\nHost: localhost\r\n${framing}\r\n\r\n`)
      if (framing.startsWith('T')) connection.send('ffffff\r\n')
      for (let n = 0; n < 40 && connection.rest.length === 0; n++) {
        connection.send(Buffer.alloc(65_536))
        await new Promise(resolve => setImmediate(resolve))
      }
      expect((await connection.response()).status).toBe(413)
      await connection.closed()
      expect(served.exchanges).toMatchObject([{ status: 413, target: '/a.txt' }])
    },
  )

  it('a malformed request waits for the answers before it', async () => {
    const served = await serve({ ...FILES, 'big.bin': Buffer.alloc(1_000_000) })
    const connection = new RawConnection(served.port)
    connection.send(`${get('/big.bin')}${get('/a.txt')}GET /bad HTTP/1.1\r\nno colon\r\n\r\n`)
    expect((await connection.response()).body).toHaveLength(1_000_000)
    expect((await connection.response()).text).toBe('hello')
    expect((await connection.response()).status).toBe(400)
    await connection.closed()
    expect(connection.rest).toHaveLength(0)
    const recorded = served.exchanges.map(({ target, status }) => [target, status])
    expect(recorded).toEqual([
      ['/big.bin', 200],
      ['/a.txt', 200],
      ['/bad', 400],
    ])
  })

  it('malformed content gets one answer', async () => {
    const served = await serve(FILES)
    const connection = new RawConnection(served.port)
    connection.send(get('/a.txt', { 'Transfer-Encoding': 'chunked' }))
    connection.send(`nonsense\r\n${get('/a.txt')}`)
    expect((await connection.response()).status).toBe(400)
    await connection.closed()
    expect(connection.rest).toHaveLength(0)
    expect(served.exchanges).toMatchObject([{ status: 400, target: '/a.txt' }])
  })

  it('a client that goes away before its answer disturbs nobody', async () => {
    const served = await serve(FILES)
    for (let n = 0; n < 50; n++) {
      const connection = new RawConnection(served.port)
      connection.send(n % 2 === 0 ? get('/a.txt') : 'GET /a.t')
      connection.socket.once('connect', () => connection.reset())
    }
    expect((await rawRequest(served.port, get('/a.txt'))).text).toBe('hello')
  })
})
