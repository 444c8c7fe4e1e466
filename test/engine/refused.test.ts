import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Connection } from '../../electron/engine/connection.ts'
import { type Context, refuseMalformed } from '../../electron/engine/exchange.ts'
import { get, RawConnection, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const FILES = { 'a.txt': 'hello' }

describe('messages that the parser refuses', () => {
  const H = 'Host: localhost\r\n'
  const cases: [name: string, bytes: string, status: number][] = [
    ['unknown method', `FOO / HTTP/1.1\r\n${H}\r\n`, 501],
    ['method in lower case', `get / HTTP/1.1\r\n${H}\r\n`, 501],
    ['no HTTP at all', 'hello there\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
    ['version 3.0', `GET / HTTP/3.0\r\n${H}\r\n`, 505],
    ['version 1.x', `GET / HTTP/1.x\r\n${H}\r\n`, 400],
    ['no version', `GET /\r\n\r\n`, 505],
    ['space in the target', `GET /a b HTTP/1.1\r\n${H}\r\n`, 400],
    ['control in the target', `GET /a\x01b HTTP/1.1\r\n${H}\r\n`, 400],
    ['NUL in a value', `GET / HTTP/1.1\r\n${H}X: a\0b\r\n\r\n`, 400],
    ['space before the colon', `GET / HTTP/1.1\r\n${H}X : a\r\n\r\n`, 400],
    ['obs-fold', `GET / HTTP/1.1\r\n${H}X: a\r\n b\r\n\r\n`, 400],
    ['space before the first field', `GET / HTTP/1.1\r\n ${H}\r\n`, 400],
    ['field without a colon', `GET / HTTP/1.1\r\n${H}nonsense\r\n\r\n`, 400],
    ['bare LF', `GET / HTTP/1.1\nHost: localhost\n\n`, 400],
    ['bare CR', `GET / HTTP/1.1\r\n${H}X: a\rb: c\r\n\r\n`, 400],
    [
      'Content-Length with Transfer-Encoding',
      `POST / HTTP/1.1\r\n${H}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'differing Content-Length',
      `GET / HTTP/1.1\r\n${H}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
      400,
    ],
    ['negative Content-Length', `GET / HTTP/1.1\r\n${H}Content-Length: -1\r\n\r\n`, 400],
    ['Content-Length +1', `GET / HTTP/1.1\r\n${H}Content-Length: +1\r\n\r\nx`, 400],
    ['chunked not last', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, 400],
    ['fields too large', `GET / HTTP/1.1\r\n${H}X: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
    ['target far too long', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${H}\r\n`, 414],
    ['target too long', `GET /${'a'.repeat(10_000)} HTTP/1.1\r\n${H}\r\n`, 414],
  ]
  it.each(cases)('%s', async (_, bytes, status) => {
    const { port, exchanges } = await serve(FILES)
    const connection = new RawConnection(port)
    connection.send(bytes)
    const response = await connection.response()
    expect(response.status).toBe(status)
    expect(response.fields).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(response.body.length),
      date: expect.stringMatching(/ GMT$/),
    })
    expect(response.text).toContain('</html>')
    if (!bytes.includes('a'.repeat(10_000)) || status !== 414) await connection.closed()
    expect(connection.rest).toHaveLength(0)
    connection.destroy()
    // Recorded when there is a request line to record, and then as it was answered.
    const line = /^([A-Za-z]+) (\S+) HTTP\/\d\.\d\r?\n/.exec(bytes)
    if (status !== 414 && !/^(?:PRI|GET \/\r)/.test(bytes))
      expect(exchanges).toMatchObject(line ? [{ method: line[1], target: line[2], status }] : [])
    // It goes on answering others.
    expect((await rawRequest(port, get('/a.txt'))).text).toBe('hello')
  })
})

it('any bytes at all leave the server answering', async () => {
  const served = await serve(FILES)
  const piece = fc.oneof(
    fc.constantFrom(
      'GET ',
      'HEAD ',
      'POST ',
      '/a.txt',
      ' HTTP/1.1',
      '\r\n',
      '\n',
      '\r',
      'Host: localhost',
      ': ',
    ),
    fc.constantFrom(
      'Content-Length: ',
      'Transfer-Encoding: chunked',
      '0\r\n\r\n',
      '5',
      '-1',
      'Range: bytes=',
      'Expect: ',
    ),
    fc.constantFrom(
      'Connection: Upgrade',
      'Upgrade: h2c',
      'CONNECT a:1',
      '%2e%2e/',
      '\0',
      '\xff',
      'PRI * HTTP/2.0',
    ),
    fc.uint8Array({ maxLength: 8 }).map(bytes => Buffer.from(bytes).toString('latin1')),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 15 }), async pieces => {
      const connection = new RawConnection(served.port)
      await new Promise(resolve => connection.socket.once('connect', resolve))
      connection.send(pieces.join(''))
      connection.socket.end()
      await connection.closed()
      const answer = connection.rest.toString('latin1')
      if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 \d{3} /)
    }),
    { numRuns: 500 },
  )
  expect((await rawRequest(served.port, get('/a.txt'))).text).toBe('hello')
  for (const { status } of served.exchanges) expect(status).not.toBe(500)
})

it('a connection that never says anything is closed without a word', () => {
  const socket = {
    writable: true,
    bytesRead: 0,
    destroyed: false,
    once: () => {},
    destroy: () => (destroyed = true),
  }
  let destroyed = false
  const connection = new Connection(socket as unknown as Socket)
  const context = { onExchange: () => expect.unreachable(), isClosing: () => false } as unknown as Context
  refuseMalformed(context, connection, Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }))
  expect(destroyed).toBe(true)
})
