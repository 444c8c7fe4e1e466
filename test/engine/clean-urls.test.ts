import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { get, RawConnection, type RawResponse, rawRequest } from '../support/raw-request.ts'
import { type Served, serve } from '../support/serve.ts'
import type { Files } from '../support/temp.ts'

const FILES: Files = {
  'index.html': 'home',
  'about.html': 'about',
  'both.html': 'page of both',
  both: 'file of both',
  'folder.html': 'page of folder',
  'folder/index.html': 'index of folder',
  'docs/index.html': 'docs',
  'docs/index.htm': 'other docs',
  'docs/a b#c.html': 'odd',
  'docs/double.html.html': 'double',
  'bare/x.txt': 'x',
  'index/y.txt': 'y',
  'page.htm': 'htm',
  'UP.HTML': 'up',
  '.hidden.html': 'hidden',
  'evil.com.html': 'evil',
}

async function ask({ port }: Served, target: string, fields = {}, method = 'GET'): Promise<RawResponse> {
  return await rawRequest(port, get(target, fields, method), { head: method === 'HEAD' })
}

describe('the address without its end', () => {
  it.each([
    ['/about', 200, 'about'],
    ['/about?x=1', 200, 'about'],
    ['/%61bout', 200, 'about'],
    ['/docs/a%20b%23c', 200, 'odd'],
    ['/docs/double.html', 200, 'double'],
    // What has the very name goes first.
    ['/both', 200, 'file of both'],
    ['/folder/', 200, 'index of folder'],
    ['/index', 301, ''],
    ['/about/', 404, 'Nothing at this address'],
    ['/about/x', 404, 'Nothing at this address'],
    ['/none', 404, 'Nothing at this address'],
    ['/.hidden', 403, 'stay private'],
    ['/page', 404, 'Nothing at this address'],
    ['/', 200, 'home'],
  ])('%s is %i', async (target, status, text) => {
    const response = await ask(await serve(FILES, { cleanUrls: true }), target)
    expect(response.status).toBe(status)
    expect(response.text).toContain(text)
  })

  it('has the fields of its file', async () => {
    const served = await serve(FILES, { cleanUrls: true })
    const { fields } = await ask(served, '/about')
    expect(fields['content-type']).toBe('text/html; charset=utf-8')
    expect((await ask(served, '/about', { 'If-None-Match': fields.etag })).status).toBe(304)
    expect(await served.exchange(1)).toMatchObject({ file: 'about.html' })
  })

  it('does not lead out', async () => {
    const served = await serve({ 'out.html': { link: '/etc/hostname' } }, { cleanUrls: true })
    expect((await ask(served, '/out')).status).toBe(403)
    expect((await ask(served, '/out.html')).status).toBe(403)
  })
})

describe('the address with its end', () => {
  it.each([
    ['/about.html', '/about'],
    ['/about.html?a=1&b=%20', '/about?a=1&b=%20'],
    ['/about.html?', '/about?'],
    ['/about%2Ehtml', '/about'],
    ['//about.html', '/about'],
    ['http://localhost/about.html', '/about'],
    ['/docs/a%20b%23c.html', '/docs/a%20b%23c'],
    ['/index.html', '/'],
    ['/index.html?q', '/?q'],
    ['/docs/index.html', '/docs/'],
    ['/folder/index.html?x', '/folder/?x'],
    ['/docs/double.html.html', '/docs/double.html'],
    ['//evil.com.html', '/evil.com'],
  ])('%s leads to %s', async (target, location) => {
    const served = await serve(FILES, { cleanUrls: true })
    for (const method of ['GET', 'HEAD']) {
      const response = await ask(served, target, {}, method)
      expect(response).toMatchObject({ status: 301, text: '' })
      expect(response.fields).toMatchObject({ location, 'content-length': '0', 'cache-control': 'no-cache' })
    }
    // And there it ends.
    expect((await ask(served, location)).status).toBe(200)
  })

  it.each([
    // The clean address means something else.
    ['/both.html', 200, 'page of both'],
    ['/folder.html', 200, 'page of folder'],
    ['/docs/index.htm', 200, 'other docs'],
    ['/page.htm', 200, 'htm'],
    ['/UP.HTML', 200, 'up'],
    ['/none.html', 404, 'Nothing'],
    ['/about.html/', 404, 'Nothing'],
    ['/bare/index.html', 404, 'Nothing'],
    ['/.hidden.html', 403, 'private'],
  ])('%s is %i', async (target, status, text) => {
    const response = await ask(await serve(FILES, { cleanUrls: true }), target)
    expect(response.status).toBe(status)
    expect(response.text).toContain(text)
  })

  it.each(['..html', '...html', '.html', 'x/..html', 'x/...html'])(
    '%s is never cut to a dot segment',
    async name => {
      const served = await serve({ [name]: 'odd', 'x/y': '' }, { cleanUrls: true, dotfiles: true })
      expect(await ask(served, `/${name}`)).toMatchObject({ status: 200, text: 'odd' })
    },
  )
})

it('is off by default', async () => {
  const served = await serve(FILES)
  expect((await ask(served, '/about')).status).toBe(404)
  expect((await ask(served, '/about.html')).text).toBe('about')
  expect((await ask(served, '/docs/index.html')).text).toBe('docs')
})

it('the first name of the list that exists is the page, and the clean address leads to that one alone', async () => {
  const served = await serve(FILES, { cleanUrls: true, index: ['missing.html', 'index.htm', 'index.html'] })
  expect((await ask(served, '/docs/')).text).toBe('other docs')
  expect((await ask(served, '/docs/index.htm')).fields.location).toBe('/docs/')
  expect((await ask(served, '/docs/index.html')).text).toBe('docs')
  expect((await ask(served, '/folder/')).text).toBe('index of folder')
  const none = await serve(FILES, { index: [] })
  expect((await ask(none, '/docs/')).text).toContain('href="./index.html"')
})

it('every redirect ends, at the bytes that were asked for', async () => {
  const names = [
    'a',
    'a.html',
    'a.html.html',
    'index',
    'index.html',
    'index.html.html',
    'é.html',
    '%.html',
    '.html',
  ]
  const entry = fc.tuple(fc.constantFrom('', 'd/', 'd/index.html/', 'a/'), fc.constantFrom(...names))
  const tree = fc.uniqueArray(entry, {
    minLength: 1,
    maxLength: 8,
    selector: ([folder, name]) => folder + name,
  })
  await fc.assert(
    fc.asyncProperty(tree, async entries => {
      const paths = entries.map(([folder, name]) => folder + name)
      // A file cannot be a folder too.
      const possible = paths.filter(path => !paths.some(other => other.startsWith(`${path}/`)))
      const served = await serve(Object.fromEntries(possible.map(path => [path, `is ${path}`])), {
        cleanUrls: true,
        dotfiles: true,
      })
      const connection = new RawConnection(served.port)
      for (const path of possible) {
        let target = `/${path.split('/').map(encodeURIComponent).join('/')}`
        let response: RawResponse | undefined
        for (let hops = 0; hops < 3 && (response === undefined || response.status === 301); hops++) {
          connection.send(get(target))
          response = await connection.response()
          target = response.fields.location ?? target
        }
        expect([path, response?.status, response?.text]).toEqual([path, 200, `is ${path}`])
      }
      connection.destroy()
      await served.close(0)
    }),
    { numRuns: process.env.SERVEBAR_LONG === '1' ? 400 : 25 },
  )
})
