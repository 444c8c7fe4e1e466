import { symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
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
