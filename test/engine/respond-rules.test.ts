/**
 * The rules of a host over HTTP. What serve.json does was compared with
 * serve-handler 6.1 on these requests; where another answer is wanted, it says why.
 */
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ServerOptions } from '../../electron/engine/types.ts'
import { get, rawRequest } from '../support/raw-request.ts'
import { type Served, serve } from '../support/serve.ts'
import type { Files } from '../support/temp.ts'
import { until } from '../support/until.ts'

const FILES: Files = {
  'index.html': 'home',
  'about.html': 'about',
  '404.html': 'lost',
  'a.txt': 'text',
  'app.js': 'script',
  noext: 'no extension',
  'sub/index.html': 'sub',
  'sub/page.html': 'page',
  'list/one.txt': '1',
  'list/two.map': '2',
  'single/only.txt': 'only',
  'both.html': 'both',
  'both/x.txt': 'x',
}

const open = (files: Files, options: Partial<ServerOptions> = {}): Promise<Served> =>
  serve({ ...FILES, ...files }, { hostRules: 'netlify', ...options })

/** `200 text`, `301 -> /there`, `200 list one.txt two.map`. */
async function ask({ port }: Pick<Served, 'port'>, path: string): Promise<string> {
  const { status, fields, text } = await rawRequest(port, get(path, { Accept: 'text/html' }))
  if (fields.location !== undefined) return `${status} -> ${fields.location}`
  if (!/<html/i.test(text)) return `${status} ${text}`
  const names = [...text.matchAll(/href="\.?\/?([\w.-]+)\/?"/g)].flatMap(([, name = '']) =>
    /^\.*$/.test(name) ? [] : [name],
  )
  return status === 200 ? `200 list ${names.join(' ')}` : String(status)
}

const serveJson = (value: object): Files => ({ 'serve.json': JSON.stringify(value) })

describe('serve.json', () => {
  const rewrites = [{ source: '**', destination: '/index.html' }]
  it.each<[object, string, string]>([
    [{}, '/about', '200 about'],
    [{}, '/about.html', '301 -> /about'],
    [{}, '/about/', '200 about'],
    [{}, '/both', '200 both'],
    [{}, '/both/', '200 both'],
    [{}, '/none', '404 lost'],
    // Its relative links work; `serve` answers without the slash.
    [{}, '/sub', '301 -> /sub/'],
    [{}, '/serve.json', '404'],
    [{ cleanUrls: false }, '/about', '404 lost'],
    [{ cleanUrls: false }, '/about.html', '200 about'],
    [{ cleanUrls: ['/sub/**'] }, '/sub/page', '200 page'],
    [{ cleanUrls: ['/sub/**'] }, '/about', '404 lost'],
    [{ cleanUrls: ['/sub/**'] }, '/about.html', '200 about'],
    [{ trailingSlash: true }, '/about', '301 -> /about/'],
    [{ trailingSlash: true }, '/about?x=1', '301 -> /about/?x=1'],
    [{ trailingSlash: true }, '/about/', '200 about'],
    [{ trailingSlash: true }, '/none', '301 -> /none/'],
    [{ trailingSlash: true }, '/none/', '404 lost'],
    [{ trailingSlash: true }, '/a.txt', '200 text'],
    [{ trailingSlash: true }, '/list', '301 -> /list/'],
    [{ trailingSlash: false }, '/about/', '301 -> /about'],
    [{ trailingSlash: false }, '/a.txt/', '301 -> /a.txt'],
    [{ trailingSlash: false }, '/none/', '301 -> /none'],
    [{ trailingSlash: false }, '/sub/', '301 -> /sub'],
    [{ trailingSlash: false }, '/sub', '200 sub'],
    // A list has links that need the slash.
    [{ trailingSlash: false }, '/list', '301 -> /list/'],
    [{ trailingSlash: false }, '/list/', '200 list one.txt two.map'],
    [{ trailingSlash: false, directoryListing: false }, '/list/', '301 -> /list'],
    [{ trailingSlash: false, directoryListing: false }, '/list', '404 lost'],
    [{ directoryListing: false }, '/list/', '404 lost'],
    [{ directoryListing: ['/list'] }, '/list/', '200 list one.txt two.map'],
    [{ directoryListing: ['/list'] }, '/single/', '404 lost'],
    [{ unlisted: ['*.map'] }, '/list/', '200 list one.txt'],
    [{ unlisted: ['*.map'] }, '/list/two.map', '200 2'],
    [{ unlisted: ['list/one.txt'] }, '/list/', '200 list two.map'],
    [{ renderSingle: true }, '/single/', '200 only'],
    [{ renderSingle: true }, '/single', '301 -> /single/'],
    [{ renderSingle: true, trailingSlash: false }, '/single', '200 only'],
    [{ renderSingle: true }, '/list/', '200 list one.txt two.map'],
    [{ redirects: [{ source: '/list', destination: '/a.txt', type: 302 }] }, '/list', '302 -> /a.txt'],
    [{ redirects: [{ source: '/go/:x*', destination: '/:x' }] }, '/go/evil.test', '301 -> /evil.test'],
    [{ redirects: [{ source: '/go/*', destination: '/:0' }] }, '/go//evil.test', '301 -> /evil.test'],
    [{ rewrites }, '/', '200 home'],
    [{ rewrites }, '/any/where', '200 home'],
    [{ rewrites }, '/list/', '200 home'],
    [{ rewrites }, '/app.js', '200 script'],
    [{ rewrites }, '/none.js', '200 home'],
    [{ rewrites: [{ source: '/x', destination: '/sub' }] }, '/x', '200 sub'],
    [{ rewrites: [{ source: '/noext', destination: '/missing' }] }, '/noext', '200 no extension'],
    [{ public: 'sub' }, '/', '200 sub'],
    [{ public: 'sub' }, '/page.html', '301 -> /page'],
    [{ public: 'sub' }, '/index.html', '301 -> /'],
    [{ public: 'sub' }, '/a.txt', '404'],
    [{ public: 'list' }, '/', '200 list one.txt two.map'],
  ])('%j: %s: %s', async (value, path, expected) => {
    const served = await open(serveJson(value), { cleanUrls: true })
    expect(await ask(served, path)).toBe(expected)
  })

  it('leads nobody round in circles', async () => {
    for (const value of [{}, { trailingSlash: true }, { trailingSlash: false }, { rewrites }]) {
      for (const more of [{}, { cleanUrls: false }, { directoryListing: false }, { renderSingle: true }]) {
        const served = await open(serveJson({ ...value, ...more }), { cleanUrls: true })
        for (const path of [
          '/',
          '/sub',
          '/sub/',
          '/list',
          '/list/',
          '/both',
          '/about/',
          '/index.html',
          '/x/',
        ]) {
          let answer = await ask(served, path)
          for (let hops = 0; answer.includes('->'); hops++) {
            expect(hops, `${JSON.stringify({ ...value, ...more })} ${path}`).toBeLessThan(3)
            answer = await ask(served, answer.split('-> ')[1] ?? '')
          }
        }
        await served.close(0)
      }
    }
  })

  it.each<[object, string, string]>([
    [{}, '403', '403'],
    [{ symlinks: false }, '403', '403'],
    [{ symlinks: true }, '200 text', '403'],
  ])('%j: links inside are %s, those out of the folder %s', async (value, inside, outside) => {
    const served = await open({ ...serveJson(value), 'l/x.txt': 'x' })
    symlinkSync('../a.txt', join(served.root, 'l/in.txt'))
    symlinkSync('/etc/hostname', join(served.root, 'l/out.txt'))
    symlinkSync('/etc', join(served.root, 'l/etc'))
    expect(await ask(served, '/l/in.txt')).toBe(inside)
    expect(await ask(served, '/l/out.txt')).toBe(outside)
    expect(await ask(served, '/l/etc/hostname')).toBe('403')
    expect(await ask(served, '/l/')).toBe(inside === '403' ? '200 list x.txt' : '200 list in.txt x.txt')
  })

  it('follows links no further than the owner lets it', async () => {
    const served = await open(serveJson({ symlinks: true }), { symlinks: 'refuse' })
    symlinkSync('a.txt', join(served.root, 'in.txt'))
    expect(await ask(served, '/in.txt')).toBe('403')
  })

  it('renders no single file that is private, or leads out', async () => {
    const served = await open({ ...serveJson({ renderSingle: true }), 'p/.env': 'secret', 'o/x': '' })
    rmSync(join(served.root, 'o/x'))
    symlinkSync('/etc/hostname', join(served.root, 'o/out'))
    expect(await ask(served, '/p/')).toBe('200 list ')
    expect(await ask(served, '/o/')).toBe('403')
  })

  it('keeps the very answer of a file, with its tag and its parts', async () => {
    const { port } = await open(serveJson({ renderSingle: true, etag: false }))
    const { fields } = await rawRequest(port, get('/single/'))
    expect(fields['content-type']).toContain('text/plain')
    const again = await rawRequest(port, get('/single/', { 'If-None-Match': fields.etag ?? '' }))
    expect(again.status).toBe(304)
    expect((await rawRequest(port, get('/single/', { Range: 'bytes=1-2' }))).text).toBe('nl')
  })

  it('has a site of its own in the folder that it names', async () => {
    const files = {
      'dist/a/b.txt': 'b',
      'dist/404.html': 'lost in dist',
      'dist/_headers': '',
      'dist/c/i': '',
    }
    const served = await open({ ...files, ...serveJson({ public: 'dist' }) })
    expect(await ask(served, '/none')).toBe('404 lost in dist')
    expect(await ask(served, '/a')).toBe('301 -> /a/')
    expect(await ask(served, '/')).toMatch(/^200 list a c/)
    const { text } = await rawRequest(served.port, get('/a/'))
    expect(text).not.toContain('dist')
    rmSync(join(served.root, 'dist/404.html'))
    expect((await rawRequest(served.port, get('/a/none'))).text).not.toContain('dist')
  })
})

describe('lists and archives', () => {
  it('hold no rules, and nothing that is unlisted', async () => {
    const files = { _headers: '/*\n X-A: b', _redirects: '/x /y', ...serveJson({ unlisted: ['*.map'] }) }
    const { port, root } = await open(files, { zip: true, index: [] })
    const list = await rawRequest(port, get('/?json'))
    expect(list.status).toBe(200)
    for (const name of ['_headers', '_redirects', 'serve.json']) expect(list.text).not.toContain(name)
    expect(list.text).toContain('about.html')
    const zip = await rawRequest(port, get('/?zip'))
    expect(zip.text).toContain('about.html')
    for (const name of ['_headers', 'serve.json', 'two.map']) expect(zip.text).not.toContain(name)
    rmSync(join(root, 'serve.json'))
    expect((await rawRequest(port, get('/list/?json'))).text).toContain('two.map')
  })
})

describe('clean URLs', () => {
  it.each([
    ['/* /index.html 200', '/any', '200 home'],
    ['/any /about.html 200', '/any', '200 about'],
    ['/any /about 200', '/any', '200 about'],
    ['/any /sub 200', '/any', '200 sub'],
    ['/any /sub/ 200', '/any', '200 sub'],
    ['/any /about.html 404', '/any', '404 about'],
    ['/any /404.html 410', '/any', '410 lost'],
  ])('do not make a way of what is served in place: %s', async (rule, path, expected) => {
    const served = await open({ _redirects: rule }, { cleanUrls: true })
    expect(await ask(served, path)).toBe(expected)
  })

  it('leave the page for what is not there where it is', async () => {
    const served = await serve(FILES, { cleanUrls: true })
    expect(await ask(served, '/none')).toBe('404 lost')
    expect(await ask(served, '/404.html')).toBe('301 -> /404')
  })
})

describe('a folder without an index, asked for without its slash', () => {
  it.each([
    ['/list /a.txt', '/list', '301 -> /a.txt'],
    ['/list /a.txt', '/list/', '301 -> /a.txt'],
    ['/list/* /a.txt 200', '/list', '200 text'],
    ['/list /list/one.txt 200', '/list', '200 1'],
    ['/other /a.txt', '/list', '301 -> /list/'],
    ['/other /a.txt', '/list?x=1', '301 -> /list/?x=1'],
    // One with an index is a page, and pages come before rules.
    ['/sub /a.txt', '/sub', '301 -> /sub/'],
    ['/sub /a.txt 301!', '/sub', '301 -> /a.txt'],
  ])('%s: %s: %s', async (rule, path, expected) => {
    expect(await ask(await open({ _redirects: rule }), path)).toBe(expected)
  })
})

describe('the hosts differ', () => {
  const files: Files = {
    _redirects: '/old /about.html\n/a.txt /about.html\n/list /x 301!\n/q id=:id /i/:id\n/t/*.html /p/:splat',
    _headers: '/*\n X-A: 1\n! X-Gone\n/A.TXT\n X-A: 2\n',
    '_worker.js': 'code',
    'functions/f.js': 'code',
  }
  it.each([
    ['/old', '301 -> /about.html', '302 -> /about.html'],
    // A file goes first at one of them.
    ['/a.txt', '200 text', '302 -> /about.html'],
    ['/list', '301 -> /x', '301 -> /list/'],
    ['/q?id=7', '301 -> /i/7?id=7', '404 lost'],
    ['/t/y.html', '404 lost', '302 -> /p/y'],
    ['/_worker.js', '200 code', '404'],
    ['/functions/f.js', '200 code', '404'],
    ['/_redirects', '404', '404'],
  ])('%s: %s; %s', async (path, netlify, cloudflare) => {
    expect(await ask(await open(files), path)).toBe(netlify)
    expect(await ask(await open(files, { hostRules: 'cloudflare' }), path)).toBe(cloudflare)
  })

  it('in fields', async () => {
    const field = async (served: Served, path: string) =>
      (await rawRequest(served.port, get(path))).fields['x-a']
    const text = { _headers: '/*\n X-A: 1\n/A.txt\n X-A: 2\n/app.js\n X-A: 3\n! X-A', _redirects: '' }
    const netlify = await open(text)
    const cloudflare = await open(text, { hostRules: 'cloudflare' })
    expect([await field(netlify, '/a.txt'), await field(cloudflare, '/a.txt')]).toEqual(['2', '1'])
    expect([await field(netlify, '/app.js'), await field(cloudflare, '/app.js')]).toEqual(['3', '3'])
  })

  it('and the files of the project say which it is', async () => {
    const served = await open(files, { hostRules: 'auto' })
    // `_worker.js` and `functions` are there.
    expect(await ask(served, '/old')).toBe('302 -> /about.html')
    rmSync(join(served.root, '_worker.js'))
    rmSync(join(served.root, 'functions'), { recursive: true })
    await until(async () => (await ask(served, '/old')).startsWith('301'), 'the other host')
    writeFileSync(join(served.root, 'wrangler.toml'), '')
    await until(async () => (await ask(served, '/old')).startsWith('302'), 'the first host')
  })
})

describe('who may write', () => {
  const writing: Partial<ServerOptions> = { uploads: { overwrite: true }, manage: true }
  const put = (path: string, method = 'PUT', fields = {}) =>
    get(path, { 'Content-Length': method === 'PUT' ? '1' : '0', ...fields }, method) +
    (method === 'PUT' ? 'x' : '')

  it.each(['_redirects', '_headers', 'serve.json'])('may not write %s', async name => {
    const served = await open({ _headers: '/*\n X-A: 1' }, writing)
    const { status } = await rawRequest(served.port, put(`/${name}`))
    expect(status).toBe(403)
    const moved = await rawRequest(served.port, put('/a.txt', 'MOVE', { Destination: `/${name}` }))
    expect(moved.status).toBe(403)
    expect((await rawRequest(served.port, put(`/${name}`, 'DELETE'))).status).toBe(403)
    expect((await rawRequest(served.port, get('/a.txt'))).fields['x-a']).toBe('1')
  })

  it('may while they are files like others', async () => {
    const { port } = await open({}, { ...writing, hostRules: 'off' })
    expect((await rawRequest(port, put('/_headers'))).status).toBe(201)
  })
})
