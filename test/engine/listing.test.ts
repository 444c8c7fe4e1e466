import { symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Window } from 'happy-dom'
import { describe, expect, it } from 'vitest'
import { get, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

describe('what is listed', () => {
  const list = async (served: { port: number }, target = '/') =>
    (await rawRequest(served.port, get(target))).text
  const links = (text: string) =>
    [...text.matchAll(/<td role="cell" class="f"><a href="([^"]*)"/g)].map(match => match[1])

  it('is what a request would get', async () => {
    const served = await serve({
      'a.txt': 'a',
      'dir/x': '',
      '.env': '',
      '.git/config': '',
      '.well-known/x': '',
      in: { link: 'a.txt' },
      'in-dir': { link: 'dir' },
      out: { link: '/etc' },
      dangling: { link: 'nowhere' },
    })
    expect(links(await list(served))).toEqual(['./.well-known/', './dir/', './in-dir/', './a.txt', './in'])
    served.server.configure({ name: 'site', listing: true, dotfiles: true })
    expect(links(await list(served))).toContain('./.env')
  })

  it('a link counts as what it leads to', async () => {
    const served = await serve({ 'a.txt': 'x'.repeat(1234), in: { link: 'a.txt' } })
    expect(await list(served, '/?q=in')).toContain('<td role="cell" class="n">1.2 KB</td>')
  })

  it('never shows the folders above the root', async () => {
    const served = await serve({ 'dir/x': '' })
    expect(links(await list(served))).toEqual(['./dir/'])
    expect(links(await list(served, '/dir/'))).toEqual(['../', './x'])
    symlinkSync('..', join(served.root, 'up'))
    expect((await rawRequest(served.port, get('/up/'))).status).toBe(403)
  })

  it('has thousands of entries in natural order, a thousand on a page', async () => {
    const files = Object.fromEntries(Array.from({ length: 2_500 }, (_, n) => [`file ${n}.txt`, '']))
    const served = await serve(files)
    const found: (string | undefined)[] = []
    for (const page of [1, 2, 3]) found.push(...links(await list(served, `/?page=${page}`)))
    expect(found).toEqual(Array.from({ length: 2_500 }, (_, n) => `./file%20${n}.txt`))
  })

  it('shows when it was modified, in local time and as a datetime', async () => {
    const served = await serve({ 'a.txt': '' })
    const time = new Date(2025, 2, 4, 9, 8)
    utimesSync(join(served.root, 'a.txt'), time, time)
    expect(await list(served)).toContain(`<time datetime="${time.toISOString()}">4 Mar 2025, 09:08</time>`)
  })
})

describe('HTML or JSON', () => {
  const HTML = 'text/html; charset=utf-8'
  const JSON_TYPE = 'application/json'
  it.each<[accept: string | null, type: string]>([
    [null, HTML],
    ['*/*', HTML],
    ['text/html', HTML],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', HTML],
    ['application/json', JSON_TYPE],
    ['Application/JSON', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['application/json, text/plain, */*', JSON_TYPE],
    ['application/json, text/html', HTML],
    ['text/html;q=0.5, application/json', JSON_TYPE],
    ['text/html, application/json;q=0.9', HTML],
    ['text/html;q=0.8, application/json;q=0.9', JSON_TYPE],
    ['text/html;q=0, application/json;q=0.1', JSON_TYPE],
    ['application/json;q=0, */*', HTML],
    ['text/*, application/json;q=0.5', HTML],
    ['image/png', HTML],
    ['', HTML],
    ['application/json;q=2, text/html', HTML],
  ])('Accept: %s', async (accept, type) => {
    const { port } = await serve({ a: '' })
    const response = await rawRequest(port, get('/', accept === null ? {} : { Accept: accept }))
    expect(response.status).toBe(200)
    expect(response.fields['content-type']).toBe(type)
    expect(response.fields.vary).toMatch(/^Accept\b/)
  })

  it.each(['/?json', '/?json=', '/?q=a&json', '/?json=1&page=1'])(
    '%s is JSON whatever Accept says',
    async target => {
      const { port } = await serve({ a: '' })
      const response = await rawRequest(port, get(target, { Accept: 'text/html' }))
      expect(response.fields['content-type']).toBe(JSON_TYPE)
      expect(JSON.parse(response.text)).toMatchObject({ total: 1 })
    },
  )

  it.each(['', '?json'])('HEAD has the fields of GET (%s)', async query => {
    const { port } = await serve({ 'a<b': 'x', 'dir/y': '' })
    const without = ({ fields: { date: _, ...fields } }: { fields: Record<string, string> }) => fields
    for (const coding of ['identity', 'gzip']) {
      const fields = { 'Accept-Encoding': coding }
      const got = await rawRequest(port, get(`/${query}`, fields))
      const head = await rawRequest(port, get(`/${query}`, fields, 'HEAD'), { head: true })
      expect(without(head)).toEqual(without(got))
      expect(head.body).toHaveLength(0)
    }
  })

  it('both forbid everything that a name could smuggle in', async () => {
    const { port } = await serve({ a: '' })
    for (const target of ['/', '/?json']) {
      const { fields } = await rawRequest(port, get(target))
      expect(fields['content-security-policy']).toMatch(/^default-src 'none';/)
      expect(fields['x-content-type-options']).toBe('nosniff')
      expect(fields['cache-control']).toBe('no-cache')
    }
  })

  it('without the listing there is none in JSON either, and a page of its own stays a page', async () => {
    const served = await serve({ 'a/b': '', 'c/index.html': 'page' }, { listing: false })
    expect((await rawRequest(served.port, get('/a/?json'))).status).toBe(404)
    served.server.configure({ name: 'site', listing: true, dotfiles: false })
    expect((await rawRequest(served.port, get('/c/?json', { Accept: 'application/json' }))).text).toBe('page')
  })
})

describe('pages', () => {
  // 12 folders and 2,300 files of sizes 0 to 9.
  const files: Record<string, string | null> = {}
  for (let n = 0; n < 12; n++) files[`folder ${n}`] = null
  for (let n = 0; n < 2_300; n++) files[`file ${n}.txt`] = 'x'.repeat(n % 10)

  function parse(html: string) {
    const window = new Window()
    // Without the rows, which take the parser seconds.
    window.document.write(html.replace(/<tbody.*<\/tbody>/s, ''))
    return window.document
  }
  const hrefOf = (element: { getAttribute(name: string): string | null } | null) =>
    element?.getAttribute('href') ?? null

  it('the same entries in the same order as HTML and as JSON, each exactly once', async () => {
    const { port } = await serve(files)
    for (const view of [
      '',
      'sort=name&dir=desc',
      'sort=size',
      'sort=size&dir=asc',
      'sort=modified',
      'q=1&sort=size',
    ]) {
      const all: string[] = []
      for (let page = 1, pages = 1; page <= pages; page++) {
        const query = `${view}&page=${page}`
        const json = JSON.parse((await rawRequest(port, get(`/?${query}&json`))).text)
        pages = json.pages
        const hrefs = json.entries.map(({ href }: { href: string }) => href)
        const { text } = await rawRequest(port, get(`/?${query}`))
        expect([...text.matchAll(/<td role="cell" class="f"><a href="(\.\/[^"]*)"/g)].map(m => m[1])).toEqual(
          hrefs,
        )
        all.push(...hrefs)
      }
      expect(new Set(all).size).toBe(all.length)
      expect([view, all.length]).toEqual([view, view.startsWith('q=') ? expect.any(Number) : 2_312])
      const isFolder = all.map(href => href.endsWith('/'))
      expect(isFolder).toEqual([...isFolder].sort((a, b) => Number(b) - Number(a)))
    }
  })

  it('links keep what is searched for and its order, and say which is which', async () => {
    const { port } = await serve(files)
    const document = parse((await rawRequest(port, get('/?q=file&sort=size&dir=asc&page=2'))).text)
    const nav = document.querySelector('nav[aria-label="Pages"]')
    expect(hrefOf(nav?.querySelector('[rel="prev"]') ?? null)).toBe('?q=file&sort=size&dir=asc')
    expect(hrefOf(nav?.querySelector('[rel="next"]') ?? null)).toBe('?q=file&sort=size&dir=asc&page=3')
    expect(nav?.querySelector('[aria-current="page"]')?.textContent).toBe('Page 2')
    expect(document.querySelector('.sum')?.textContent).toBe(
      '2,300 of 2,312 match “file”, smallest first, page 2 of 3',
    )
    // Another order begins at its first page.
    for (const link of document.querySelectorAll('th a')) expect(hrefOf(link)).not.toContain('page=')
    expect(document.querySelector('input[name="page"]')).toBeNull()
    expect(document.querySelector('input[name="sort"]')?.getAttribute('value')).toBe('size')
  })

  it('first and last have one way each; one page has none; what is past the end is the last', async () => {
    const { port } = await serve({ ...files, 'small/x': '' })
    const first = parse((await rawRequest(port, get('/'))).text)
    expect(first.querySelector('[rel="prev"]')).toBeNull()
    expect(hrefOf(first.querySelector('[rel="next"]'))).toBe('?page=2')
    expect(first.querySelector('.sum')?.textContent).toBe('13 folders, 2,300 files, page 1 of 3')
    const { text } = await rawRequest(port, get('/?page=999'))
    const last = parse(text)
    expect(hrefOf(last.querySelector('[rel="prev"]'))).toBe('?page=2')
    expect(last.querySelector('[rel="next"]')).toBeNull()
    expect(text.match(/<td role="cell" class="f">/g)).toHaveLength(313)
    expect(
      parse((await rawRequest(port, get('/small/'))).text).querySelector('[aria-label="Pages"]'),
    ).toBeNull()
    expect(JSON.parse((await rawRequest(port, get('/?json&page=2'))).text)).toMatchObject({
      ...{ page: 2, pages: 3, total: 2_313, previous: '?json=', next: '?page=3&json=' },
    })
  })
})

it('many at once get the same list, and one that asks later gets the later state', async () => {
  const served = await serve({ a: '' })
  const names = async () =>
    JSON.parse((await rawRequest(served.port, get('/?json'))).text).entries.map(
      (e: { name: string }) => e.name,
    )
  const many = Array.from({ length: 40 }, names)
  expect(new Set((await Promise.all(many)).map(String))).toEqual(new Set(['a']))
  const before = Array.from({ length: 20 }, names)
  writeFileSync(join(served.root, 'b'), '')
  const after = Array.from({ length: 20 }, names)
  await Promise.all(before)
  for (const list of await Promise.all(after)) expect(list).toEqual(['a', 'b'])
})
