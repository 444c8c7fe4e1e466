/** Sentences of RFC 9110 and 9112 that are easily overlooked, each found missing once. */
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { get, RawConnection, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'

let served: Served
beforeAll(async () => {
  served = await serve({ 'a.txt': 'hello', 'd/x.txt': 'x', 'p.png': 'p'.repeat(2000) })
})
afterAll(() => served.close())

const statusOf = async (bytes: string): Promise<number> => (await rawRequest(served.port, bytes)).status

describe('§13.2.1 preconditions count only where the answer would be 2xx', () => {
  it.each([
    [{ 'If-None-Match': '*' }, 304],
    [{ 'If-Match': '"x"' }, 412],
    [{ 'Accept-Encoding': 'identity;q=0', 'If-None-Match': '*' }, 406],
    [{ 'Accept-Encoding': 'identity;q=0', 'If-Match': '"x"' }, 406],
  ])('a list with %j: %i', async (fields, status) => {
    expect(await statusOf(get('/d/', fields))).toBe(status)
  })
})

describe('RFC 9112 §3.2.2, RFC 9110 §7.4: absolute form', () => {
  it.each([
    ['http://localhost/a.txt', 'evil.test', 200],
    ['http://evil.test/a.txt', 'localhost', 421],
    ['http://localhost/a.txt', 'not a host', 400],
    ['https://localhost/a.txt', 'localhost', 421],
    ['HTTPS://localhost/a.txt', 'localhost', 421],
  ])('%s with Host: %s: %i', async (target, host, status) => {
    expect(await statusOf(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toBe(status)
  })
})

it.each([
  ['If-Unmodified-Since', 'Sat, 01 Jan 2000 00:00:00 GMT', 'Sat, 01 Jan 2000 00:00:00 GMT'],
  ['If-Modified-Since', 'Fri, 01 Jan 2038 00:00:00 GMT', 'Sat, 01 Jan 2000 00:00:00 GMT'],
])('§13.1.3, §13.1.4 %s that is sent twice is ignored', async (name, first, second) => {
  const fields = `${name}: ${first}\r\n${name}: ${second}`
  expect(await statusOf(`GET /a.txt HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n`)).toBe(200)
})

it('§10.2.2 Location is a URI reference, whatever the query was', async () => {
  const { fields } = await rawRequest(served.port, get('/d?a=%zz&b="<>\\^`{|}'))
  expect(fields.location).toBe('/d/?a=%zz&b=%22%3C%3E%5C%5E%60%7B%7C%7D')
})

describe('§9.1 a method that is not known', () => {
  it.each(['PLAY', 'SETUP', 'FLUSH', 'PRI', 'FOO'])('%s: 501', async method => {
    expect(await statusOf(`${method} /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toBe(501)
  })

  it.each(['FO', 'FOO /a'])('that ends in a later packet (%j): 501', async begun => {
    // The parser refuses it at once; what would come after does not matter.
    const connection = new RawConnection(served.port)
    connection.send(begun)
    expect((await connection.response()).status).toBe(501)
    connection.destroy()
  })
})

describe('content codings', () => {
  it('§12.5.5 Vary stands wherever Accept-Encoding may change the answer', async () => {
    for (const accepted of ['gzip', 'identity;q=0, gzip']) {
      const { fields } = await rawRequest(served.port, get('/p.png', { 'Accept-Encoding': accepted }))
      expect(fields.vary).toContain('Accept-Encoding')
    }
  })

  it('a sibling that is new is used by the next request', async () => {
    const file = join(served.root, 'y.js')
    writeFileSync(file, 'let y\n'.repeat(1000))
    utimesSync(file, 1, 1)
    const ask = () => rawRequest(served.port, get('/y.js', { 'Accept-Encoding': 'gzip' }))
    expect(gunzipSync((await ask()).body).toString()).toContain('let y')
    expect(gunzipSync((await ask()).body).toString()).toContain('let y')
    writeFileSync(`${file}.gz`, gzipSync('a sibling'))
    expect(gunzipSync((await ask()).body).toString()).toBe('a sibling')
  })
})
