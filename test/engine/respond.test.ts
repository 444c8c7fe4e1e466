/**
 * The pipeline over real sockets, a table per step. Longer than 350 lines
 * because the steps act on one another and are read against respond.ts as one.
 */
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { get, overHttp2, RawConnection, type RawResponse, rawRequest } from '../support/raw-request.ts'
import { type Served, serve } from '../support/serve.ts'
import { siteOf } from '../support/site.ts'

const ASCII = 'abcdefghijklmnopqrstuvwxyz'
const FILES = {
  'a.txt': ASCII,
  'empty.txt': '',
  '100%#1?.txt': 'percent',
  '.env': 'SECRET=1',
  'sub/index.html': '<h1>sub</h1>',
  'sub/.git/config': 'secret',
  'plain/b.txt': 'b',
  '.well-known/x.txt': 'well known',
  'odd/index.html/inside.txt': 'x',
}
const STRICT = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' }

async function ask(
  served: Served,
  target: string,
  fields: Record<string, string> = {},
  method = 'GET',
): Promise<RawResponse> {
  return await rawRequest(served.port, get(target, fields, method), { head: method === 'HEAD' })
}

/** No page may tell where the folder is or what runs. */
function expectNothingTold(response: RawResponse, root: string): void {
  const all = JSON.stringify(response.fields) + response.text
  expect(all).not.toContain(root)
  expect(all).not.toMatch(/node\/|v\d+\.\d+\.\d+|ENOENT|EACCES/i)
  expect(response.fields).not.toHaveProperty('server')
  expect(response.fields).not.toHaveProperty('x-powered-by')
}

describe('files', () => {
  it('answers with every field of a representation', async () => {
    const served = await serve(FILES)
    utimesSync(join(served.root, 'a.txt'), 1_000_000_000, 1_000_000_000)
    const response = await ask(served, '/a.txt')
    expect(response).toMatchObject({ status: 200, reason: 'OK', text: ASCII })
    expect(response.fields).toEqual({
      date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/),
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '26',
      etag: expect.stringMatching(/^"[^"]+"$/),
      'last-modified': 'Sun, 09 Sep 2001 01:46:40 GMT',
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding',
      // HTTP/2 says nothing of connections.
      ...(overHttp2 ? {} : { connection: 'keep-alive', 'keep-alive': 'timeout=30' }),
    })
  })

  it.each(['/a.txt', '/empty.txt', '/sub', '/sub/', '/plain/', '/none', '/.env', '/%00'])(
    'HEAD %s has the fields of GET and no content',
    async target => {
      const served = await serve(FILES)
      const whole = await ask(served, target)
      const connection = new RawConnection(served.port)
      connection.send(get(target, {}, 'HEAD'))
      const head = await connection.response({ head: true })
      expect(head.status).toBe(whole.status)
      expect({ ...head.fields, date: '' }).toEqual({ ...whole.fields, date: '' })
      // Nothing of the content comes after the header section: the next answer does.
      connection.send(get('/a.txt'))
      expect((await connection.response()).text).toBe(ASCII)
      connection.destroy()
    },
  )

  it.each([
    ['/sub/', '<h1>sub</h1>'],
    ['/100%25%231%3F.txt', 'percent'],
    ['http://localhost/a.txt', ASCII],
    ['//a.txt', ASCII],
    ['/sub/../a.txt', ASCII],
    ['/.well-known/x.txt', 'well known'],
    ['/a.txt?v=2', ASCII],
    ['/empty.txt', ''],
    ['/odd/index.html/inside.txt', 'x'],
  ])('%s', async (target, text) => {
    expect(await ask(await serve(FILES), target)).toMatchObject({ status: 200, text })
  })
})

describe('what is not there', () => {
  it.each([
    ['/none.txt', 404, 'Nothing at this address'],
    ['/a.txt/', 404, 'Nothing at this address'],
    ['/a.txt/b', 404, 'Nothing at this address'],
    ['/..%2f..%2fetc/passwd', 404, 'Nothing at this address'],
    ['/x\\..\\..\\etc', 404, 'Nothing at this address'],
    [`/${'x'.repeat(300)}`, 404, 'Nothing at this address'],
    ['/.env', 403, 'Names that start with a dot stay private.'],
    ['/.not-even-there', 403, 'Names that start with a dot stay private.'],
    ['/sub/.git/config', 403, 'Names that start with a dot stay private.'],
    ['/.well-known/.x', 403, 'Names that start with a dot stay private.'],
    ['/../a.txt', 400, 'makes no sense'],
    ['/%2e%2e/a.txt', 400, 'makes no sense'],
    ['/%', 400, 'makes no sense'],
    ['/a%00.txt', 400, 'makes no sense'],
    ['*', 400, 'makes no sense'],
    ['a.txt', 400, 'makes no sense'],
  ])('%s is %i', async (target, status, words) => {
    const served = await serve(FILES)
    const response = await ask(served, target)
    expect(response.status).toBe(status)
    expect(response.text).toContain(words)
    expect(response.fields).toMatchObject({
      ...STRICT,
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(response.body.length),
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    expectNothingTold(response, served.root)
  })

  it('links the nearest folder that exists', async () => {
    const served = await serve({ 'a b/c/x.txt': '' })
    expect((await ask(served, '/a%20b/c/d/e.txt')).text).toContain(
      'href="/a%20b/c/"><span>Go to <bdi>c/</bdi>',
    )
    expect((await ask(served, '/none/e.txt')).text).not.toContain('Go to')
  })

  it('shows what was asked for, escaped', async () => {
    const { text } = await ask(await serve(FILES), '/%3Cscript%3Ealert(1)%3C/script%3E&%22')
    expect(text).toContain('/&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;')
    expect(text).not.toContain('<script')
  })

  it('says that the whole folder has gone, and comes back with it', async () => {
    const { mkdirSync, rmSync, writeFileSync } = await import('node:fs')
    const served = await serve(FILES)
    rmSync(served.root, { recursive: true })
    expect((await ask(served, '/a.txt')).status).toBe(500)
    expect(await served.exchange(1)).toMatchObject({ status: 500, cause: 'ENOENT' })
    mkdirSync(served.root)
    writeFileSync(join(served.root, 'a.txt'), 'again')
    expect((await ask(served, '/a.txt')).text).toBe('again')
  })
})

describe('folders', () => {
  it.each([
    ['/sub', '/sub/'],
    ['/sub?a=1&b=%20', '/sub/?a=1&b=%20'],
    ['/sub?', '/sub/?'],
    ['//sub', '/sub/'],
    ['/./sub', '/sub/'],
    ['http://localhost/sub', '/sub/'],
    ['/%73ub', '/sub/'],
  ])('%s redirects to %s', async (target, location) => {
    const response = await ask(await serve(FILES), target)
    expect(response).toMatchObject({ status: 301, text: '' })
    expect(response.fields).toMatchObject({ location, 'content-length': '0', 'cache-control': 'no-cache' })
  })

  it.each(['//evil.com', '///evil.com', '/\\evil.com', '/%5Cevil.com', '/%0d%0aX:%20y', '/%09/evil.com'])(
    '%s never redirects to another origin',
    async target => {
      const files = { 'evil.com/x': '', '\\evil.com/x': '', '\r\nX: y/x': '', '\t/evil.com/x': '' }
      const response = await ask(await serve(files), target)
      expect(response.status).toBe(301)
      expect(new URL(response.fields.location ?? '', 'http://localhost').origin).toBe('http://localhost')
      expect(response.fields).not.toHaveProperty('x')
    },
  )

  it('lists, or says that it does not', async () => {
    const served = await serve(FILES, { listing: false })
    const response = await ask(served, '/plain/')
    expect(response.status).toBe(404)
    expect(response.text).toContain('“Directory listing”')
    served.server.configure({ name: 'site', listing: true, dotfiles: false })
    expect((await ask(served, '/plain/')).text).toContain('href="./b.txt"')
  })

  it('an index.html that is a folder is no page', async () => {
    const response = await ask(await serve(FILES), '/odd/')
    expect(response.status).toBe(200)
    expect(response.text).toContain('href="./index.html/"')
  })

  it('serves private names when told to', async () => {
    const served = await serve(FILES, { dotfiles: true })
    expect((await ask(served, '/.env')).text).toBe('SECRET=1')
    expect((await ask(served, '/')).text).toContain('href="./.env"')
  })
})

describe('methods', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])('%s is 405', async method => {
    const response = await ask(await serve(FILES), '/a.txt', { 'Content-Length': '0' }, method)
    expect(response.status).toBe(405)
    expect(response.fields).toMatchObject({ ...STRICT, allow: 'GET, HEAD, OPTIONS' })
  })

  it.each(['*', '/a.txt', '/none'])('OPTIONS %s', async target => {
    const response = await ask(await serve(FILES), target, {}, 'OPTIONS')
    expect(response).toMatchObject({ status: 204, text: '' })
    expect(response.fields.allow).toBe('GET, HEAD, OPTIONS')
    expect(response.fields).not.toHaveProperty('content-length')
  })
})

describe('Host', () => {
  const request = (...hosts: string[]) =>
    `GET /a.txt HTTP/1.1\r\n${hosts.map(host => `Host: ${host}\r\n`).join('')}\r\n`
  it.each([
    ['missing', request(), 400],
    ['twice the same', request('localhost', 'localhost'), 400],
    ['empty', request(''), 400],
    ['no authority', request('a b'), 400],
    ['foreign', request('evil.com'), 421],
    ['own', request('localhost:1'), 200],
    ['HTTP/1.0 without', 'GET /a.txt HTTP/1.0\r\n\r\n', 200],
    ['HTTP/1.0, foreign', 'GET /a.txt HTTP/1.0\r\nHost: evil.com\r\n\r\n', 421],
    ['absolute-form, foreign', 'GET http://evil.com/a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n', 421],
    // RFC 9112 §3.2.2: Host is ignored there.
    ['absolute-form, foreign Host', 'GET http://localhost/a.txt HTTP/1.1\r\nHost: evil.com\r\n\r\n', 200],
    ['absolute-form without authority', 'GET http:///a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['foreign, before all else', 'POST /.env HTTP/1.1\r\nHost: evil.com\r\nContent-Length: 0\r\n\r\n', 421],
  ])('%s', async (_, bytes, status) => {
    const served = await serve(FILES)
    const response = await rawRequest(served.port, bytes)
    expect(response.status).toBe(status)
    if (status !== 200) expectNothingTold(response, served.root)
  })
})

describe('conditional requests', () => {
  it('304 carries what guides a cache, and nothing else', async () => {
    const served = await serve(FILES)
    const { fields } = await ask(served, '/a.txt')
    for (const method of ['GET', 'HEAD']) {
      const response = await ask(served, '/a.txt', { 'If-None-Match': fields.etag ?? '' }, method)
      expect(response).toMatchObject({ status: 304, text: '' })
      expect(Object.keys(response.fields).sort()).toEqual(
        ['cache-control', 'connection', 'date', 'etag', 'keep-alive', 'vary'].sort(),
      )
      expect(response.fields.etag).toBe(fields.etag)
    }
    const since = { 'If-Modified-Since': fields['last-modified'] ?? '' }
    expect((await ask(served, '/a.txt', since)).status).toBe(304)
    expect((await ask(served, '/a.txt', { 'If-Match': '"x"' })).status).toBe(412)
    const before = { 'If-Unmodified-Since': 'Sun, 09 Sep 2001 01:46:40 GMT' }
    expect((await ask(served, '/a.txt', before)).status).toBe(412)
    expect((await ask(served, '/plain/', { 'If-Match': '"x"' })).status).toBe(412)
    expect((await ask(served, '/plain/', { 'If-None-Match': '*' })).status).toBe(304)
    expect((await ask(served, '/none', { 'If-Match': '"x"' })).status).toBe(404)
  })

  it('a file of the same size and second has another ETag at once', async () => {
    const { renameSync, writeFileSync } = await import('node:fs')
    const served = await serve({ 'a.txt': '0' })
    const file = join(served.root, 'a.txt')
    const seen = new Set<string>()
    for (let n = 0; n < 10; n++) {
      if (n % 2 === 0) writeFileSync(file, String(n))
      else {
        writeFileSync(`${file}.new`, String(n))
        renameSync(`${file}.new`, file)
      }
      utimesSync(file, 1_000_000_000, 1_000_000_000)
      const { text, fields } = await ask(served, '/a.txt', { 'If-None-Match': [...seen].join(', ') })
      expect(text).toBe(String(n))
      expect(seen).not.toContain(fields.etag)
      seen.add(fields.etag ?? '')
    }
  })
})

describe('ranges', () => {
  it.each([
    ['bytes=0-4', 'abcde', 'bytes 0-4/26'],
    ['bytes=-3', 'xyz', 'bytes 23-25/26'],
    ['bytes=24-', 'yz', 'bytes 24-25/26'],
    ['bytes=20-99999999999999999999', 'uvwxyz', 'bytes 20-25/26'],
  ])('%s', async (range, text, contentRange) => {
    const response = await ask(await serve(FILES), '/a.txt', { Range: range })
    expect(response).toMatchObject({ status: 206, text })
    expect(response.fields).toMatchObject({
      'content-range': contentRange,
      'content-length': String(text.length),
      'content-type': 'text/plain; charset=utf-8',
      'accept-ranges': 'bytes',
      etag: expect.any(String),
    })
  })

  it('416 says how long the file is and what was asked', async () => {
    const response = await ask(await serve(FILES), '/a.txt', { Range: 'bytes=90000-' })
    expect(response.status).toBe(416)
    expect(response.fields['content-range']).toBe('bytes */26')
    expect(response.text).toContain('The file ends at byte 26. The request starts at byte 90,000.')
    const empty = await ask(await serve(FILES), '/empty.txt', { Range: 'bytes=0-' })
    expect(empty.fields['content-range']).toBe('bytes */0')
  })

  it('is for GET, for files, and for the version that If-Range names', async () => {
    const served = await serve(FILES)
    const range = { Range: 'bytes=0-4' }
    expect((await ask(served, '/a.txt', range, 'HEAD')).status).toBe(200)
    expect((await ask(served, '/plain/', range)).status).toBe(200)
    expect((await ask(served, '/a.txt', { ...range, 'If-Range': '"other"' })).status).toBe(200)
    const { etag = '' } = (await ask(served, '/a.txt')).fields
    expect((await ask(served, '/a.txt', { ...range, 'If-Range': etag })).status).toBe(206)
    expect((await ask(served, '/a.txt', { ...range, 'If-Range': `W/${etag}` })).status).toBe(200)
    expect((await ask(served, '/a.txt', { ...range, 'If-None-Match': etag })).status).toBe(304)
    expect((await ask(served, '/a.txt', { Range: 'bytes=99-', 'If-Match': '"x"' })).status).toBe(412)
  })
})

describe('hints', () => {
  it('go to this computer', async () => {
    const served = await serve(FILES)
    expect((await ask(served, '/.env')).text).toContain('Your own site?')
  })

  it('do not go to others', async () => {
    const { respond } = await import('../../electron/engine/respond.ts')
    const served = await serve(FILES)
    const site = siteOf(served.root)
    const request = {
      method: 'GET',
      target: '/.env',
      fields: {},
      hosts: ['x'],
      httpVersion: '1.1',
      clientIsLocal: false,
      client: '192.0.2.1',
    }
    const { content } = await respond(request, site)
    expect(String(content)).not.toContain('Your own site?')
    expect(String(content)).toContain('isn’t shared')
  })
})

it('an error that nobody thought of is a 500 with its code, not a hanging request', async () => {
  const { respond } = await import('../../electron/engine/respond.ts')
  const checkHost = () => {
    throw Object.assign(new Error('at /secret/path'), { code: 'EWHATEVER' })
  }
  const site = siteOf('/', {}, { checkHost })
  const request = {
    method: 'GET',
    target: '/',
    fields: {},
    hosts: ['x'],
    httpVersion: '1.1',
    clientIsLocal: true,
    client: '127.0.0.1',
  }
  const response = await respond(request, site)
  expect(response).toMatchObject({ status: 500, cause: 'EWHATEVER' })
  expect(String(response.content)).not.toContain('/secret')
})

it('leaves no file open', async () => {
  const served = await serve(FILES)
  const open = () => readdirSync('/proc/self/fd').length
  const { fields } = await ask(served, '/a.txt')
  const before = open()
  for (const extra of [
    { 'If-None-Match': fields.etag ?? '' },
    { 'If-Match': '"x"' },
    { Range: 'bytes=0-1' },
    { Range: 'bytes=99-' },
    {},
  ]) {
    for (const method of ['GET', 'HEAD']) await ask(served, '/a.txt', extra, method)
  }
  await served.exchange(11)
  await expect.poll(open).toBeLessThanOrEqual(before)
})
