import { symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { arrange, type Entry, parseView } from '../../electron/engine/listing.ts'
import { get, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const entry = (name: string, rest: Partial<Entry> = {}): Entry => ({
  name,
  diskName: name,
  folder: false,
  size: 0,
  modified: 0,
  ...rest,
})
const names = (entries: readonly Entry[], query: string) =>
  arrange(entries, parseView(query)).map(({ name }) => name)

describe('order', () => {
  const entries = [
    entry('b10'),
    entry('B2', { size: 5, modified: 2 }),
    entry('a', { size: 5, modified: 1 }),
    entry('z', { folder: true, modified: 1 }),
    entry('y', { folder: true, modified: 9 }),
    entry('ä', { size: 7 }),
  ]
  it.each([
    ['', ['y', 'z', 'a', 'ä', 'B2', 'b10']],
    ['?sort=name&dir=desc', ['z', 'y', 'b10', 'B2', 'ä', 'a']],
    ['?sort=size', ['y', 'z', 'ä', 'a', 'B2', 'b10']],
    ['?sort=size&dir=asc', ['y', 'z', 'b10', 'a', 'B2', 'ä']],
    ['?sort=modified', ['y', 'z', 'B2', 'a', 'ä', 'b10']],
    ['?sort=modified&dir=asc', ['z', 'y', 'ä', 'b10', 'a', 'B2']],
    ['?sort=constructor&dir=x', ['y', 'z', 'a', 'ä', 'B2', 'b10']],
  ])('%s', (query, expected) => {
    expect(names(entries, query)).toEqual(expected)
  })
})

describe('search', () => {
  const entries = [entry('Print.pdf'), entry('blueprint'), entry('cafe\u0301'), entry('50%+.txt')]
  it.each([
    ['?q=print', ['blueprint', 'Print.pdf']],
    ['?q=+PRINT+', ['blueprint', 'Print.pdf']],
    ['?q=caf%C3%A9', ['cafe\u0301']],
    ['?q=50%25%2B', ['50%+.txt']],
    ['?q=', ['50%+.txt', 'blueprint', 'cafe\u0301', 'Print.pdf']],
    ['?q=.*', []],
    ['?q=%', ['50%+.txt']],
  ])('%s', (query, expected) => {
    expect(names(entries, query)).toEqual(expected)
  })
})

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

  it('has thousands of entries in natural order', async () => {
    const files = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`file ${n}.txt`, '']))
    const served = await serve(files)
    const found = links(await list(served))
    expect(found).toHaveLength(2_000)
    expect(found.slice(8, 12)).toEqual([
      './file%208.txt',
      './file%209.txt',
      './file%2010.txt',
      './file%2011.txt',
    ])
  })

  it('shows when it was modified, in local time and as a datetime', async () => {
    const served = await serve({ 'a.txt': '' })
    const time = new Date(2025, 2, 4, 9, 8)
    utimesSync(join(served.root, 'a.txt'), time, time)
    expect(await list(served)).toContain(`<time datetime="${time.toISOString()}">4 Mar 2025, 09:08</time>`)
  })
})
