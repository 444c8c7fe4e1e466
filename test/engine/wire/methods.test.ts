/** RFC 9110 §9 methods, §10.1.1 Expect, §7.8 Upgrade: what a request asks for besides its target. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, converse } from '../../support/conversation.ts'
import { get, RawConnection } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'

let served: Served
beforeAll(async () => {
  served = await serve({ 'a.txt': 'hello', 'b.txt': 'B', 'sub/x.txt': '', 'big.bin': Buffer.alloc(200_000) })
})
afterAll(() => served.close())

const NEXT = get('/b.txt')
const ALLOW = 'GET, HEAD, OPTIONS'

describe('§9.1 methods', () => {
  it.each([
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'TRACE',
    'PROPFIND',
    'MKCOL',
    'LOCK',
    'REPORT',
    'PURGE',
    'LINK',
  ])('%s is known and not allowed: 405 with Allow, for every target', async method => {
    for (const target of ['/a.txt', '/', '/none', '/sub']) {
      const [response] = await converse(served, get(target, {}, method), [405], 'open')
      expect(response?.fields.allow).toBe(ALLOW)
    }
  })

  it.each(['BREW', 'get', 'Get', 'GETS', 'X', 'LABEL', "!#$%&'*+-.^_`|~09"])(
    '%s is not known: 501',
    async method => {
      await converse(served, get('/a.txt', {}, method) + NEXT, [501], 'closed')
    },
  )

  it('§9.3.6 CONNECT is known and not allowed', async () => {
    const [response] = await converse(
      served,
      `CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n${NEXT}`,
      [405],
      'closed',
    )
    expect(response?.fields.allow).toBe(ALLOW)
  })

  it.each(['*', '/a.txt', '/', '/none', '/sub'])('§9.3.7 OPTIONS %s', async target => {
    const [response] = await converse(served, get(target, {}, 'OPTIONS'), [204], 'open')
    expect(response?.fields.allow).toBe(ALLOW)
    // §8.6: none in a 204.
    expect(response?.fields).not.toHaveProperty('content-length')
    expect(response?.fields).not.toHaveProperty('content-type')
  })

  it('a target that is none is none for every method', async () => {
    for (const method of ['GET', 'OPTIONS', 'POST'])
      await converse(served, get('/%zz', {}, method), [400], 'open')
  })

  it.each([
    ['/a.txt', {}, 200],
    ['/big.bin', {}, 200],
    ['/', {}, 200],
    ['/sub', {}, 301],
    ['/none', {}, 404],
    ['/a.txt', { 'If-None-Match': '*' }, 304],
    ['/a.txt', { 'If-Match': '"x"' }, 412],
    ['/.hidden', {}, 403],
    ['/%00', {}, 400],
    ['/a.txt', { Host: 'evil.example' }, 421],
  ] as const)('§9.3.2 HEAD %s %j has the fields of GET and no content', async (target, fields, status) => {
    const [whole] = await converse(served, get(target, fields), [status], 'open')
    const [head] = await converse(served, get(target, fields, 'HEAD'), [`HEAD ${status}`], 'open')
    expect({ ...head?.fields, date: '' }).toEqual({ ...whole?.fields, date: '' })
    expect(head?.body).toHaveLength(0)
  })
})

describe('§10.1.1 Expect', () => {
  const expecting = (value: string, fields: Record<string, string> = {}, method = 'GET') =>
    get('/a.txt', { Expect: value, ...fields }, method)
  it.each<[string, string, Answer[], 'open' | 'closed']>([
    ['without content there is nothing to wait for', expecting('100-continue') + NEXT, [200, 200], 'open'],
    [
      'in any case',
      `${expecting('100-Continue', { 'Content-Length': '3' })}abc${NEXT}`,
      [100, 200, 200],
      'open',
    ],
    [
      'chunked',
      `${expecting('100-continue', { 'Transfer-Encoding': 'chunked' })}0\r\n\r\n${NEXT}`,
      [100, 200, 200],
      'open',
    ],
    [
      'behind another answer',
      `${get('/big.bin')}${expecting('100-continue', { 'Content-Length': '3' })}abc`,
      [200, 100, 200],
      'open',
    ],
    [
      'content that nobody wants is not asked for',
      expecting('100-continue', { 'Content-Length': '3' }, 'POST'),
      [405],
      'closed',
    ],
    [
      'content that is too long neither',
      expecting('100-continue', { 'Content-Length': '99999999' }),
      [413],
      'closed',
    ],
    [
      'nor in a framing that is refused',
      expecting('100-continue', { 'Transfer-Encoding': 'gzip, chunked' }),
      [501],
      'closed',
    ],
    ['another expectation', expecting('200-ok') + NEXT, [417], 'closed'],
    ['another beside it', expecting('100-continue, 200-ok') + NEXT, [417], 'closed'],
    ['behind a close', get('/a.txt', { Connection: 'close' }) + expecting('x'), [200], 'closed'],
    ['ignored in HTTP/1.0', 'GET /a.txt HTTP/1.0\r\nExpect: 100-continue\r\n\r\n', [200], 'closed'],
  ])('%s', async (_, bytes, answers, after) => {
    await converse(served, bytes, answers, after)
  })

  it('is met before the content comes', async () => {
    const connection = new RawConnection(served.port)
    connection.send(expecting('100-continue', { 'Content-Length': '3' }))
    expect((await connection.response()).status).toBe(100)
    connection.send('abc')
    expect((await connection.response()).text).toBe('hello')
    connection.destroy()
  })
})

describe('§7.8 Upgrade is ignored', () => {
  it.each([
    ['websocket', { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }],
    [
      'h2c',
      { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA' },
    ],
    ['TLS/1.2', { Connection: 'upgrade', Upgrade: 'TLS/1.2' }],
    ['without Connection', { Upgrade: 'websocket' }],
  ])('%s', async (_, fields: Record<string, string>) => {
    const [response] = await converse(served, get('/a.txt', fields), [200], 'open')
    expect(response?.text).toBe('hello')
    expect(response?.fields).not.toHaveProperty('upgrade')
  })

  it('with content, the connection ends', async () => {
    const fields = { Connection: 'Upgrade', Upgrade: 'websocket', 'Content-Length': '3' }
    await converse(served, `${get('/a.txt', fields)}abc${NEXT}`, [200], 'closed')
    await converse(served, `${get('/a.txt', fields, 'POST')}abc${NEXT}`, [405], 'closed')
  })

  it('what comes behind it in one packet is answered, or the connection ends', async () => {
    await converse(
      served,
      get('/a.txt', { Connection: 'Upgrade', Upgrade: 'websocket' }) + NEXT,
      [200],
      'closed',
    )
  })
})
