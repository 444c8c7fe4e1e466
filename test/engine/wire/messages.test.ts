/**
 * RFC 9112, section by section: the message as bytes, and what becomes of the
 * connection behind it. Over 350 lines: it is one table, and read beside the RFC.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, converse } from '../../support/conversation.ts'
import { get, RawConnection } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'

const IN_TLS = process.env.SERVEBAR_TEST_TLS === '1'

let served: Served
beforeAll(async () => {
  served = await serve({
    'a.txt': 'hello',
    'b.txt': 'B',
    'big.bin': Buffer.alloc(300_000, 'x'),
    'sub/x.txt': '',
  })
})
afterAll(() => served.close())

const H = 'Host: localhost\r\n'
/** What an attacker hides in the content of another request: it must never be answered when that one is refused. */
const NEXT = get('/b.txt')

type Case = readonly [name: string, bytes: string, answers: readonly Answer[], after: 'open' | 'closed']
const table = (cases: readonly Case[]): void => {
  it.each(cases)('%s', async (_, bytes, answers, after) => {
    await converse(served, bytes, answers, after)
  })
}
const request = (line: string, fields = H): string => `${line}\r\n${fields}\r\n`
const withFields = (fields: string, method = 'GET'): string =>
  request(`${method} /a.txt HTTP/1.1`, H + fields)

describe('§2.2 message parsing', () => {
  table([
    ['empty lines before the request line', `\r\n\r\n${get('/a.txt')}`, [200], 'open'],
    ['empty lines between requests', `${get('/a.txt')}\r\n${get('/a.txt')}`, [200, 200], 'open'],
    ['space before the request line', ` ${get('/a.txt')}${NEXT}`, [400], 'closed'],
    ['lines that end in a bare LF', `GET /a.txt HTTP/1.1\nHost: localhost\n\n${NEXT}`, [400], 'closed'],
    ['one field line that does', withFields('X: a\nY: b\r\n') + NEXT, [400], 'closed'],
    ['an empty line that does', `GET /a.txt HTTP/1.1\r\n${H}\n${NEXT}`, [400], 'closed'],
    ['CR within a value', withFields('X: a\rb\r\n') + NEXT, [400], 'closed'],
    ['CR within a name', withFields('X\rY: b\r\n') + NEXT, [400], 'closed'],
    ['space before the first field', request('GET /a.txt HTTP/1.1', ` X: y\r\n${H}`) + NEXT, [400], 'closed'],
    ['no HTTP at all', 'hello there\r\n\r\n', [400], 'closed'],
    ['TLS', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'\0'.repeat(50)}`, [400], 'closed'],
  ])
})

describe('§2.3 versions', () => {
  table([
    ['0.9, as it was', 'GET /a.txt\r\n\r\n', [505], 'closed'],
    ['0.9, written out', request('GET /a.txt HTTP/0.9') + NEXT, [505], 'closed'],
    ['1.0', 'GET /a.txt HTTP/1.0\r\n\r\n', [200], 'closed'],
    ['1.2', request('GET /a.txt HTTP/1.2') + NEXT, [505], 'closed'],
    ['2.0', request('GET /a.txt HTTP/2.0') + NEXT, [505], 'closed'],
    ['3.0', request('GET /a.txt HTTP/3.0') + NEXT, [505], 'closed'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [505], 'closed'],
    ['two digits', request('GET /a.txt HTTP/1.10') + NEXT, [400], 'closed'],
    ['one number', request('GET /a.txt HTTP/1') + NEXT, [400], 'closed'],
    ['lower case', request('GET /a.txt http/1.1') + NEXT, [400], 'closed'],
    ['another protocol', request('GET /a.txt HTPP/1.1') + NEXT, [400], 'closed'],
  ])
})

describe('§3 request line', () => {
  table([
    ['tabs for spaces', request('GET\t/a.txt\tHTTP/1.1') + NEXT, [400], 'closed'],
    ['a space at its end', request('GET /a.txt HTTP/1.1 ') + NEXT, [400], 'closed'],
    ['a space in the target', request('GET /a b.txt HTTP/1.1') + NEXT, [400], 'closed'],
    ['a control in the target', request('GET /a\x01b HTTP/1.1') + NEXT, [400], 'closed'],
    ['NUL in the target', request('GET /a\0.txt HTTP/1.1') + NEXT, [400], 'closed'],
    ['a fragment in the target', get('/a.txt#x'), [400], 'open'],
    ['a method that is none', request('G@T /a.txt HTTP/1.1') + NEXT, [400], 'closed'],
    ['§3.1 an unknown method', request('BREW /a.txt HTTP/1.1') + NEXT, [501], 'closed'],
    ['§3.1 a method in lower case', request('get /a.txt HTTP/1.1') + NEXT, [501], 'closed'],
    [
      '§3.1 a method of 5,000 letters',
      request(`${'A'.repeat(5_000)} /a.txt HTTP/1.1`) + NEXT,
      [501],
      'closed',
    ],
    ['§3 a target of 8,000 bytes', get(`/${'a'.repeat(7_999)}`), [404], 'open'],
    ['§3 a target of 8,001 bytes', get(`/${'a'.repeat(8_000)}`), [414], 'open'],
    // In several records of TLS its beginning is not known any more.
    ['§3 a target of 60,000 bytes', get(`/${'a'.repeat(60_000)}`), [IN_TLS ? 431 : 414], 'closed'],
    ['§3.2.1 origin form', get('/a.txt?q=1'), [200], 'open'],
    ['§3.2.2 absolute form', get('http://localhost/a.txt'), [200], 'open'],
    ['§3.2.2 scheme and host in capitals', get('HTTP://LOCALHOST/a.txt'), [200], 'open'],
    ['§3.2.2 without a path', get('http://localhost'), [200], 'open'],
    ['§3.2.2 without a path, with a query', get('http://localhost?x=/../..'), [200], 'open'],
    ['§3.2.2 the authority replaces Host', get('http://other.example/a.txt'), [421], 'open'],
    ['§3.2.2 with a user', get('http://user:secret@localhost/a.txt'), [400], 'open'],
    ['§3.2.2 of another scheme', get('ftp://localhost/a.txt'), [400], 'open'],
    ['§3.2.2 without an authority', get('http:///a.txt'), [400], 'open'],
    ['§3.2.3 authority form is for CONNECT', get('localhost:80'), [400], 'closed'],
    ['§3.2.4 asterisk form is for OPTIONS', get('*'), [400], 'open'],
    ['a path without its slash', get('a.txt'), [400], 'closed'],
  ])
})

describe('§3.2 Host', () => {
  const hosts = (...values: string[]): string =>
    request('GET /a.txt HTTP/1.1', values.map(value => `Host: ${value}\r\n`).join(''))
  table([
    ['none', hosts(), [400], 'open'],
    ['none, in absolute form', request('GET http://localhost/a.txt HTTP/1.1', ''), [400], 'open'],
    ['none, in HTTP/1.0', request('GET /a.txt HTTP/1.0', ''), [200], 'closed'],
    ['two that differ', hosts('localhost', 'evil.example'), [400], 'open'],
    ['two that are equal', hosts('localhost', 'localhost'), [400], 'open'],
    ['two in one', hosts('localhost, localhost'), [400], 'open'],
    ['empty', hosts(''), [400], 'open'],
    ['a path in it', hosts('localhost/x'), [400], 'open'],
    ['a user in it', hosts('user@localhost'), [400], 'open'],
    ['a port that is none', hosts('localhost:http'), [400], 'open'],
    ['an empty port', hosts('localhost:'), [200], 'open'],
    ['an address', hosts('127.0.0.1:80'), [200], 'open'],
    ['an IPv6 address', hosts('[::1]:80'), [200], 'open'],
    ['an IPv6 address that is none', hosts('[::zz]'), [400], 'open'],
    ['another name', hosts('evil.example'), [421], 'open'],
    ['one behind 900 fields', withFields(`${'x:y\r\n'.repeat(900)}Host: evil.example\r\n`), [400], 'open'],
  ])
})

describe('§5 field lines', () => {
  table([
    [
      '§5.1 space before the colon',
      request('GET /a.txt HTTP/1.1', 'Host : localhost\r\n') + NEXT,
      [400],
      'closed',
    ],
    ['§5.1 tab before the colon', withFields('X\t: y\r\n') + NEXT, [400], 'closed'],
    ['§5.1 no space behind the colon', withFields('X:y\r\n'), [200], 'open'],
    ['§5.1 space around the value', withFields('X: \t y \t \r\n'), [200], 'open'],
    ['no colon', withFields('nonsense\r\n') + NEXT, [400], 'closed'],
    ['no name', withFields(': y\r\n') + NEXT, [400], 'closed'],
    ['an empty value', withFields('X:\r\n'), [200], 'open'],
    ['§5.2 obs-fold', withFields('X: a\r\n b\r\n') + NEXT, [400], 'closed'],
    ['§5.2 obs-fold with a tab', withFields('X: a\r\n\tb\r\n') + NEXT, [400], 'closed'],
    [
      '§5.2 obs-fold before the value',
      `${withFields('Transfer-Encoding:\r\n chunked\r\n')}0\r\n\r\n${NEXT}`,
      [400],
      'closed',
    ],
    ['a name in parentheses', withFields('X(y): z\r\n') + NEXT, [400], 'closed'],
    ['a name beyond ASCII', withFields('X\xe9: z\r\n') + NEXT, [400], 'closed'],
    ['NUL in a value', withFields('X: a\0b\r\n') + NEXT, [400], 'closed'],
    ['a control in a value', withFields('X: a\x01b\r\n') + NEXT, [400], 'closed'],
    ['obs-text in a value (RFC 9110 §5.5)', withFields('X: caf\xe9\r\n'), [200], 'open'],
    [
      'fields of 40,000 bytes (RFC 6585 §5)',
      withFields(`X: ${'a'.repeat(40_000)}\r\n`) + NEXT,
      [431],
      'closed',
    ],
    ['1,001 fields (RFC 6585 §5)', withFields('a:b\r\n'.repeat(1_000)) + NEXT, [431], 'closed'],
  ])
})

describe('§6 content and its length', () => {
  table([
    ['§6.2 read and dropped', `${withFields('Content-Length: 3\r\n')}abc${NEXT}`, [200, 200], 'open'],
    ['§6.2 none', withFields('Content-Length: 0\r\n') + NEXT, [200, 200], 'open'],
    [
      '§6.2 up to a bound',
      `${withFields('Content-Length: 1000000\r\n')}${'x'.repeat(1_000_000)}${NEXT}`,
      [200, 200],
      'open',
    ],
    ['§6.2 too long', withFields('Content-Length: 1048577\r\n'), [413], 'closed'],
    ['§6.2 far too long', withFields('Content-Length: 999999999999999\r\n'), [413], 'closed'],
    ['§6.2 beyond 2^64', withFields('Content-Length: 99999999999999999999\r\n') + NEXT, [400], 'closed'],
    [
      '§6.3 two that differ',
      `${withFields('Content-Length: 3\r\nContent-Length: 4\r\n')}abcd${NEXT}`,
      [400],
      'closed',
    ],
    [
      '§6.3 two that are equal',
      `${withFields('Content-Length: 3\r\nContent-Length: 3\r\n')}abc${NEXT}`,
      [400],
      'closed',
    ],
    ['§6.3 a list', `${withFields('Content-Length: 3, 3\r\n')}abc${NEXT}`, [400], 'closed'],
    ...['-1', '+3', '0x3', '3.0', '3e0', '3 3', '', '"3"', '\xb2'].map(
      (value): Case => [
        `§6.2 ${JSON.stringify(value)}`,
        `${withFields(`Content-Length: ${value}\r\n`)}abc${NEXT}`,
        [400],
        'closed',
      ],
    ),
    [
      '§6.3 with Transfer-Encoding',
      `${withFields('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n${NEXT}`,
      [400],
      'closed',
    ],
    [
      '§6.3 behind Transfer-Encoding',
      `${withFields('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n')}0\r\n\r\n${NEXT}`,
      [400],
      'closed',
    ],
    ['§6.1 identity', `${withFields('Transfer-Encoding: identity\r\n')}${NEXT}`, [400], 'closed'],
    [
      '§6.1 twice in one field',
      `${withFields('Transfer-Encoding: chunked, chunked\r\n')}0\r\n\r\n${NEXT}`,
      [400],
      'closed',
    ],
    [
      '§6.1 twice in two fields',
      `${withFields('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n${NEXT}`,
      [400],
      'closed',
    ],
    [
      '§6.1 identity in another field',
      `${withFields('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n')}0\r\n\r\n${NEXT}`,
      [400],
      'closed',
    ],
    [
      '§6.1 a coding that is not known',
      `${withFields('Transfer-Encoding: gzip, chunked\r\n')}0\r\n\r\n${NEXT}`,
      [501],
      'closed',
    ],
    [
      '§6.3 chunked is not the last',
      `${withFields('Transfer-Encoding: chunked, gzip\r\n')}0\r\n\r\n${NEXT}`,
      [400],
      'closed',
    ],
    [
      '§6.1 in HTTP/1.0',
      `${request('GET /a.txt HTTP/1.0', 'Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n${NEXT}`,
      [400],
      'closed',
    ],
    ...['xchunked', 'chunked;q=1', '"chunked"', '\x0bchunked', 'chu\tnked', '', 'chunkedx'].map(
      (value): Case => [
        `§6.1 ${JSON.stringify(value)}`,
        `${withFields(`Transfer-Encoding: ${value}\r\n`)}0\r\n\r\n${NEXT}`,
        [400],
        'closed',
      ],
    ),
    [
      '§6.1 in capitals',
      `${withFields('Transfer-Encoding: CHUNKED\r\n')}0\r\n\r\n${NEXT}`,
      [200, 200],
      'open',
    ],
    [
      'of a method that takes none',
      `${withFields('Content-Length: 3\r\n', 'POST')}abc${NEXT}`,
      [405, 200],
      'open',
    ],
    [
      'too long, of a method that takes none',
      withFields('Content-Length: 99999999\r\n', 'PUT'),
      [405],
      'closed',
    ],
    ['of HEAD', `${withFields('Content-Length: 3\r\n', 'HEAD')}abc${NEXT}`, ['HEAD 200', 200], 'open'],
    ['of OPTIONS', `${withFields('Content-Length: 3\r\n', 'OPTIONS')}abc${NEXT}`, [204, 200], 'open'],
  ])
})

describe('§7.1 chunked', () => {
  const chunked = (content: string): string => withFields('Transfer-Encoding: chunked\r\n') + content + NEXT
  table([
    ['one chunk', chunked('3\r\nabc\r\n0\r\n\r\n'), [200, 200], 'open'],
    ['size in capitals, with zeros', chunked('00A\r\n0123456789\r\n0\r\n\r\n'), [200, 200], 'open'],
    ['§7.1.1 extensions are ignored', chunked('3;a=b;c="d;e"\r\nabc\r\n0;x\r\n\r\n'), [200, 200], 'open'],
    ['§7.1.2 trailers are ignored', chunked('0\r\nX: y\r\nHost: evil.example\r\n\r\n'), [200, 200], 'open'],
    ['no size', chunked('\r\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['a size that is none', chunked('xyz\r\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['a negative size', chunked('-3\r\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['0x3', chunked('0x3\r\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['a size beyond 2^64', chunked('10000000000000003\r\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['space before the size', chunked(' 3\r\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['a bare LF behind the size', chunked('3\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['a bare LF in an extension', chunked('3;a\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['a bare CR in an extension', chunked('3;a\rb\r\nabc\r\n0\r\n\r\n'), [400], 'closed'],
    ['longer than its size', chunked('3\r\nabcde\r\n0\r\n\r\n'), [400], 'closed'],
    ['a bare LF behind the chunk', chunked('3\r\nabc\n0\r\n\r\n'), [400], 'closed'],
    ['a trailer that frames', chunked('0\r\nContent-Length: 5\r\n\r\n'), [400], 'closed'],
    ['extensions of 60,000 bytes', chunked(`3;${'a'.repeat(60_000)}\r\nabc\r\n0\r\n\r\n`), [400], 'closed'],
    ['more than is dropped', chunked(`180000\r\n${'x'.repeat(0x180000)}\r\n0\r\n\r\n`), [413], 'closed'],
  ])
})

describe('§9 connections', () => {
  table([
    ['§9.3 goes on', get('/a.txt'), [200], 'open'],
    [
      '§9.3 HTTP/1.0 does when asked',
      request('GET /a.txt HTTP/1.0', 'Connection: Keep-Alive\r\n'),
      [200],
      'open',
    ],
    ['§9.3.2 pipelined', get('/a.txt').repeat(20), Array<Answer>(20).fill(200), 'open'],
    [
      '§9.3.2 answers in their order, whatever they are',
      get('/big.bin') +
        get('/none') +
        get('/a.txt', { Range: 'bytes=99-' }) +
        get('/a.txt', {}, 'HEAD') +
        get('/a.txt', { 'If-None-Match': '*' }) +
        `${get('/a.txt', { 'Content-Length': '2' }, 'POST')}xx` +
        get('/sub') +
        get('*', {}, 'OPTIONS') +
        NEXT,
      [200, 404, 416, 'HEAD 200', 304, 405, 301, 204, 200],
      'open',
    ],
    [
      '§9.3.2 a malformed one ends it behind the others',
      `${get('/big.bin')}${get('/a.txt')}BAD\r\n\r\n${NEXT}`,
      [200, 200, 400],
      'closed',
    ],
    [
      '§9.3.2 malformed content too',
      `${get('/big.bin')}${withFields('Transfer-Encoding: chunked\r\n')}zz\r\n${NEXT}`,
      [200, 400],
      'closed',
    ],
    ['§9.6 close', get('/a.txt', { Connection: 'close' }) + NEXT, [200], 'closed'],
    ['§9.6 Close in a list', get('/a.txt', { Connection: 'foo, Close' }) + NEXT, [200], 'closed'],
    [
      '§9.6 close behind others',
      get('/big.bin') + get('/none', { Connection: 'close' }) + NEXT,
      [200, 404],
      'closed',
    ],
    [
      '§9.6 close, with content',
      `${get('/a.txt', { Connection: 'close', 'Content-Length': '3' })}abc${NEXT}`,
      [200],
      'closed',
    ],
  ])

  it('§9.6 what comes behind a close is not even recorded', async () => {
    const before = served.exchanges.length
    await converse(served, get('/a.txt', { Connection: 'close' }) + NEXT.repeat(5), [200], 'closed')
    expect(served.exchanges.slice(before)).toMatchObject([{ target: '/a.txt', aborted: false }])
  })

  it('a request in pieces of one byte is a request', async () => {
    const connection = new RawConnection(served.port)
    connection.socket.setNoDelay(true)
    for (const byte of `${withFields('Transfer-Encoding: chunked\r\n')}3\r\nabc\r\n0\r\n\r\n`) {
      connection.send(byte)
      await new Promise(resolve => setImmediate(resolve))
    }
    expect((await connection.response()).text).toBe('hello')
    connection.destroy()
  })

  it('a client that ends its side still gets its answers', async () => {
    const connection = new RawConnection(served.port)
    connection.send(get('/big.bin') + get('/a.txt'))
    connection.socket.end()
    expect((await connection.response()).body).toHaveLength(300_000)
    expect((await connection.response()).text).toBe('hello')
    await connection.closed()
  })
})
