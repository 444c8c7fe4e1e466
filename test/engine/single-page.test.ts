import { describe, expect, it } from 'vitest'
import { get, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const FILES = {
  'index.html': 'the app',
  'app.js': 'script',
  'sub/x.txt': 'x',
  'about.html': 'about',
  '.env': 'SECRET',
  'out.js': { link: '/etc/hostname' },
}
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
const VARY = 'Accept, Sec-Fetch-Dest, Sec-Fetch-Mode'

describe('a navigation', () => {
  it.each<[target: string, fields: Record<string, string>, status: number]>([
    ['/settings', { Accept: BROWSER }, 200],
    ['/settings/', { Accept: BROWSER }, 200],
    ['/users/1/edit?tab=2', { Accept: BROWSER }, 200],
    ['/users/jane.doe', { Accept: BROWSER }, 200],
    ['/v1.2', { Accept: BROWSER }, 200],
    ['/caf%C3%A9', { Accept: 'text/html' }, 200],
    ['/app.js/route', { Accept: BROWSER }, 200],
    ['/settings', { Accept: 'text/html;q=0.1' }, 200],
    ['/settings', { Accept: BROWSER, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }, 200],
    ['/settings', { Accept: BROWSER, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' }, 200],
    // Not one.
    ['/settings', {}, 404],
    ['/settings', { Accept: '*/*' }, 404],
    ['/settings', { Accept: 'text/*' }, 404],
    ['/settings', { Accept: 'application/json' }, 404],
    ['/settings', { Accept: 'text/html;q=0' }, 404],
    ['/settings', { Accept: BROWSER, 'Sec-Fetch-Mode': 'cors' }, 404],
    ['/settings', { Accept: BROWSER, 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' }, 404],
    ['/settings', { Accept: BROWSER, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'object' }, 404],
    // A file that is missing.
    ['/missing.js', { Accept: BROWSER }, 404],
    ['/assets/missing.CSS', { Accept: BROWSER }, 404],
    ['/missing.png?v=2', { Accept: BROWSER }, 404],
    ['/missing.html', { Accept: BROWSER }, 404],
    ['/missing.js.map', { Accept: BROWSER }, 404],
    ['/app.js/', { Accept: BROWSER }, 404],
    // What is refused stays refused.
    ['/.env', { Accept: BROWSER }, 403],
    ['/.git/config', { Accept: BROWSER }, 403],
    ['/out.js', { Accept: BROWSER }, 403],
    ['/%00', { Accept: BROWSER }, 400],
    ['/a%2fb', { Accept: BROWSER }, 404],
    ['/../x', { Accept: BROWSER }, 400],
  ])('%s %j is %i', async (target, fields, status) => {
    const served = await serve(FILES, { spa: true })
    const response = await rawRequest(served.port, get(target, fields))
    expect(response.status).toBe(status)
    expect(response.text === 'the app').toBe(status === 200)
    if (status === 200) expect(response.fields.vary).toContain(VARY)
    const head = await rawRequest(served.port, get(target, fields, 'HEAD'), { head: true })
    expect({ ...head.fields, date: '' }).toEqual({ ...response.fields, date: '' })
  })

  it('what is there is served as it is', async () => {
    const served = await serve(FILES, { spa: true, cleanUrls: true })
    const ask = async (target: string) =>
      (await rawRequest(served.port, get(target, { Accept: BROWSER }))).text
    expect(await ask('/app.js')).toBe('script')
    expect(await ask('/about')).toBe('about')
    expect(await ask('/')).toBe('the app')
    expect(await ask('/sub/')).toContain('href="./x.txt"')
    const unlisted = await serve(FILES, { spa: true, listing: false })
    expect((await rawRequest(unlisted.port, get('/sub/', { Accept: BROWSER }))).text).toBe('the app')
    const other = await rawRequest(unlisted.port, get('/sub/'))
    expect(other).toMatchObject({ status: 404, fields: { vary: VARY } })
  })

  it('gets the page with its own validators, kept for no longer than it may be', async () => {
    const served = await serve(FILES, { spa: true, cache: 'immutable' })
    const accept = { Accept: BROWSER }
    const page = await rawRequest(served.port, get('/', accept))
    const fallback = await rawRequest(served.port, get('/settings', accept))
    const { etag = '' } = fallback.fields
    expect(page.fields).toMatchObject({ etag, 'cache-control': 'max-age=31536000, immutable' })
    expect(fallback.fields).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
    })
    const kept = await rawRequest(served.port, get('/settings', { ...accept, 'If-None-Match': etag }))
    expect(kept).toMatchObject({ status: 304, fields: { 'cache-control': 'no-cache' } })
    expect(kept.fields.vary).toContain(VARY)
    const part = await rawRequest(served.port, get('/settings', { ...accept, Range: 'bytes=0-2' }))
    expect(part).toMatchObject({ status: 206, text: 'the' })
    expect(await served.exchange(2)).toMatchObject({ file: 'index.html', status: 200 })
    const missing = await rawRequest(served.port, get('/missing.js'))
    expect(missing).toMatchObject({ status: 404, fields: { vary: VARY } })
  })

  it('without a page there is nothing to fall back to', async () => {
    const served = await serve({ 'a.txt': '' }, { spa: true })
    expect((await rawRequest(served.port, get('/settings', { Accept: BROWSER }))).status).toBe(404)
    const off = await serve(FILES)
    expect((await rawRequest(off.port, get('/settings', { Accept: BROWSER }))).status).toBe(404)
  })
})
