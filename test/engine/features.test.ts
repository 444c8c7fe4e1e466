/** What a site has beside its files, as a client sees it: each switched on and off while it runs. */
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../electron/engine/server.ts'
import type { LiveOptions } from '../../electron/engine/types.ts'
import { identity } from '../support/identity.ts'
import { get, overHttp2, RawConnection, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'
import { until } from '../support/until.ts'
import { unzip } from '../support/unzip.ts'

const DOCUMENT = { Accept: 'text/html', 'Sec-Fetch-Dest': 'document' }
const LIVE: LiveOptions = { name: 'site', listing: true, dotfiles: false }
const PAGE = '<!doctype html><html><head><title>x</title></head><body>hello</body></html>'

describe('live reload', () => {
  const FILES = { 'index.html': PAGE, 'part.html': '<li>part</li>', 'a.css': 'p{}', 'utf7.html': '\u2028x' }
  const live = () => serve(FILES, { liveReload: true })

  it('puts its script into documents, and says how long they are', async () => {
    const { port } = await live()
    const page = await rawRequest(port, get('/', DOCUMENT))
    expect(page.text).toContain('/.servebar/live.js')
    expect(page.text.replace(/<script[^>]*><\/script>/, '')).toBe(PAGE)
    expect(Number(page.fields['content-length'])).toBe(page.body.length)
    expect(page.fields.vary).toContain('Sec-Fetch-Dest')
    expect(page.fields).not.toHaveProperty('accept-ranges')
    const again = await rawRequest(port, get('/', { ...DOCUMENT, 'If-None-Match': page.fields.etag ?? '' }))
    expect(again.status).toBe(304)
  })

  it('leaves alone what scripts fetch, with another tag', async () => {
    const { port } = await live()
    const page = await rawRequest(port, get('/', DOCUMENT))
    const fetched = await rawRequest(port, get('/', { 'Sec-Fetch-Dest': 'empty', Accept: '*/*' }))
    expect(fetched.text).toBe(PAGE)
    expect(fetched.fields.etag).not.toBe(page.fields.etag)
    const part = await rawRequest(port, get('/part.html', { Accept: 'text/html' }))
    expect(part.text).toBe('<li>part</li>')
  })

  it('serves the script and tells of a change, and neither is in the log', async () => {
    const served = await live()
    const script = await rawRequest(served.port, get('/.servebar/live.js'))
    expect(script.fields['content-type']).toContain('javascript')
    const connection = new RawConnection(served.port)
    connection.send(get('/.servebar/live'))
    await until(() => String(connection.rest).includes('"stream"'), 'the stream')
    writeFileSync(join(served.root, 'a.css'), 'p{color:red}')
    await until(() => String(connection.rest).includes('a.css'), 'the change')
    connection.destroy()
    await rawRequest(served.port, get('/a.css'))
    expect(served.exchanges.map(each => each.target)).toEqual(['/a.css'])
  })

  it('hears at once that a page has gone', async () => {
    const pages: number[] = []
    const root = (await live()).root
    const server = await startServer(
      { ...LIVE, root, host: '127.0.0.1', port: 0, portFallback: false, liveReload: true },
      () => {},
      { onLivePages: count => pages.push(count) },
    )
    onTestFinished(() => server.close(0))
    const connection = new RawConnection(server.port)
    connection.send(get('/.servebar/live'))
    await until(() => pages.at(-1) === 1, 'the page')
    connection.socket.end()
    await until(() => pages.at(-1) === 0, 'its leaving')
  })

  it('is off when it is switched off', async () => {
    const { port, server } = await live()
    server.configure(LIVE)
    expect((await rawRequest(port, get('/', DOCUMENT))).text).toBe(PAGE)
    expect((await rawRequest(port, get('/.servebar/live.js'))).status).toBe(403)
    server.configure({ ...LIVE, liveReload: true })
    expect((await rawRequest(port, get('/', DOCUMENT))).text).toContain('live.js')
  })

  it('stops at once, though pages listen', async () => {
    const { port, close } = await live()
    const connection = new RawConnection(port)
    connection.send(get('/.servebar/live'))
    await until(() => connection.rest.length > 0, 'the stream')
    await close(60_000)
    await connection.closed()
  })
})

it('HEAD says of a page that reloads itself what GET says', async () => {
  const { port } = await serve({ 'a.html': '<!doctype html><head></head>a' }, { liveReload: true })
  const fields = async (method: string) => {
    const request = get('/a.html', DOCUMENT).replace('GET', method)
    const { fields } = await rawRequest(port, request, { head: method === 'HEAD' })
    return { etag: fields.etag, length: fields['content-length'] }
  }
  const first = await fields('GET')
  expect(first.etag).toContain('-live-')
  for (const method of ['HEAD', 'GET', 'HEAD']) expect(await fields(method)).toEqual(first)
})

describe('the rules of a host', () => {
  const FILES = {
    'index.html': 'home',
    'app.html': 'app',
    'old.txt': 'old',
    '404.html': 'own page',
    _redirects:
      '/old.txt /new.txt 301!\n/to /index.html 302\n/app/* /app.html 200\n/gone /404.html 410\nnonsense\n',
    _headers: '/*.txt\n  X-Text: yes\n/index.html\n  X-Home: yes\n',
  }

  it('hold', async () => {
    const problems: unknown[] = []
    const { port } = await serve(FILES, { hostRules: 'netlify' })
    const ask = (path: string) => rawRequest(port, get(path))
    expect(await ask('/old.txt')).toMatchObject({ status: 301, fields: { location: '/new.txt' } })
    expect(await ask('/to')).toMatchObject({ status: 302, fields: { location: '/index.html' } })
    expect(await ask('/app/any/where')).toMatchObject({ status: 200, text: 'app' })
    expect(await ask('/gone')).toMatchObject({ status: 410, text: 'own page' })
    expect((await ask('/index.html')).fields['x-home']).toBe('yes')
    expect((await ask('/_redirects')).status).toBe(404)
    expect((await ask('/app/../.env')).status).toBe(403)
    expect(problems).toEqual([])
  })

  it('are in no list and no archive, nor is what they keep out of lists', async () => {
    const files = {
      'serve.json': JSON.stringify({ unlisted: ['secret.txt', '*.map'] }),
      _headers: '/*\n  X-A: 1\n',
      'a.txt': 'a',
      'secret.txt': 's',
      'sub/b.txt': 'b',
      'sub/b.map': 'm',
      'sub/_headers': 'a file like others',
    }
    const { port, server } = await serve(files, { hostRules: 'netlify', zip: true })
    const namesIn = async (path: string): Promise<string[]> => {
      const { text } = await rawRequest(port, get(path, { Accept: 'application/json' }))
      return (JSON.parse(text) as { entries: { name: string }[] }).entries.map(entry => entry.name)
    }
    expect(await namesIn('/')).toEqual(['sub', 'a.txt'])
    expect(await namesIn('/sub/')).toEqual(['_headers', 'b.txt'])
    const archive = unzip((await rawRequest(port, get('/?zip'))).body)
    expect(archive.map(({ name }) => name)).toEqual([
      'site/a.txt',
      'site/sub/',
      'site/sub/_headers',
      'site/sub/b.txt',
    ])
    server.configure(LIVE)
    expect(await namesIn('/')).toContain('_headers')
  })

  it('lead to the page itself, not to its clean address', async () => {
    const { port } = await serve(FILES, { hostRules: 'netlify', cleanUrls: true })
    const ask = (path: string) => rawRequest(port, get(path))
    expect(await ask('/app/any/where')).toMatchObject({ status: 200, text: 'app' })
    expect(await ask('/gone')).toMatchObject({ status: 410, text: 'own page' })
    expect(await ask('/app.html')).toMatchObject({ status: 301, fields: { location: '/app' } })
  })

  it('are those of the files as they are now, and none when they are off', async () => {
    const { port, root, server } = await serve(FILES, { hostRules: 'netlify' })
    writeFileSync(join(root, '_redirects'), '/to /other 307\n')
    expect(await rawRequest(port, get('/to'))).toMatchObject({ status: 307, fields: { location: '/other' } })
    rmSync(join(root, '_redirects'))
    expect((await rawRequest(port, get('/to'))).status).toBe(404)
    server.configure(LIVE)
    expect((await rawRequest(port, get('/_headers'))).status).toBe(200)
  })
})

describe('404.html', () => {
  it('is what a visitor gets who asks for what is not there', async () => {
    const { port, root } = await serve({ '404.html': '<h1>Lost</h1>', 'a.txt': 'a' })
    const lost = await rawRequest(port, get('/none', { 'If-None-Match': '*', Range: 'bytes=0-1' }))
    expect([lost.status, lost.text]).toEqual([404, '<h1>Lost</h1>'])
    expect((await rawRequest(port, get('/404.html'))).status).toBe(200)
    rmSync(join(root, '404.html'))
    expect((await rawRequest(port, get('/none'))).text).toContain('Nothing at this address')
  })

  it('is so where addresses are clean, too', async () => {
    const { port } = await serve({ '404.html': '<h1>Lost</h1>' }, { cleanUrls: true })
    expect(await rawRequest(port, get('/none'))).toMatchObject({ status: 404, text: '<h1>Lost</h1>' })
  })
})

it('isolates its pages', async () => {
  const { port, server } = await serve({ 'index.html': PAGE })
  expect((await rawRequest(port, get('/'))).fields).not.toHaveProperty('cross-origin-opener-policy')
  server.configure({ ...LIVE, isolate: true })
  const { fields } = await rawRequest(port, get('/'))
  expect(fields['cross-origin-opener-policy']).toBe('same-origin')
  expect(fields['cross-origin-embedder-policy']).toBe('require-corp')
})

it.each([
  ['by HTTP', null, null],
  ['by HTTPS', identity, null],
  ['by HTTPS over a slow network', identity, { latency: 1, download: 1e9, upload: 1e9, loss: 0 }],
])('knows the device and refuses it when it is blocked, %s', async (_how, tls, throttle) => {
  const served = await serve({ 'a.txt': 'a' }, { tls, throttle, blocked: ['::FFFF:127.0.0.1'] })
  const scheme = tls === null ? 'http' : 'https'
  expect(await statusOf(scheme, served.port)).toBe(403)
  expect(await served.exchange(1)).toMatchObject({ clientAddress: '127.0.0.1', clientIsLocal: true })
  if (tls === null) return
  const session = connectHttp2(`https://127.0.0.1:${served.port}`, { rejectUnauthorized: false })
  const [head] = await once(session.request({ ':path': '/a.txt' }), 'response')
  expect(head[':status']).toBe(403)
  session.destroy()
})

it('tells nothing more to a device that is blocked, nor without a password that is set', async () => {
  for (const change of [{ blocked: ['127.0.0.1'] }, { auth: { user: 'anna', password: 'secret' } }]) {
    const { port, server } = await serve({ 'a.txt': 'a' }, { liveReload: true })
    const connection = new RawConnection(port)
    connection.send(get('/.servebar/live'))
    await until(() => String(connection.rest).includes('"stream"'), 'the stream')
    server.configure({ ...LIVE, liveReload: true, ...change })
    if (overHttp2) await connection.closed()
    else await until(() => connection.isClosed || /\r\n0\r\n\r\n$/.test(String(connection.rest)), 'its end')
    connection.destroy()
  }
})

/** Whatever its certificate is. */
function statusOf(scheme: 'http' | 'https', port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/a.txt', agent: false }
    const asked =
      scheme === 'http' ? httpRequest(options) : httpsRequest({ ...options, rejectUnauthorized: false })
    asked.on('error', reject)
    asked.on('response', answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.end()
  })
}

it('refuses devices that are blocked', async () => {
  const { port, server } = await serve({ 'a.txt': 'a' })
  server.configure({ ...LIVE, blocked: ['127.0.0.1'] })
  expect((await rawRequest(port, get('/a.txt'))).status).toBe(403)
  server.configure(LIVE)
  expect((await rawRequest(port, get('/a.txt'))).status).toBe(200)
})

it('slows a network down, and stops doing so', async () => {
  const slow = { latency: 400, download: 1_000_000, upload: 1_000_000, loss: 0 }
  const { port, server } = await serve({ 'a.txt': 'a' })
  server.configure({ ...LIVE, throttle: slow })
  const started = performance.now()
  expect((await rawRequest(port, get('/a.txt'))).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(350)
  server.configure(LIVE)
  expect((await rawRequest(port, get('/a.txt'))).status).toBe(200)
})

it('hands out the certificate of this computer, where there is one', async () => {
  const { port } = await serve({ 'a.txt': 'a' })
  expect((await rawRequest(port, get('/.servebar/ca'))).status).toBe(403)
})
