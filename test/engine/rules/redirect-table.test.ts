import { describe, expect, it } from 'vitest'
import { dialects, type HostName } from '../../../electron/engine/rules/dialects.ts'
import { type Ask, RedirectTable } from '../../../electron/engine/rules/redirect-table.ts'
import { parseRedirects } from '../../../electron/engine/rules/redirects.ts'
import { Slice } from '../../../electron/engine/turns.ts'

async function table(text: string, host: HostName = 'netlify'): Promise<RedirectTable> {
  const { rules, problems } = await parseRedirects(text, dialects[host], new Slice())
  expect(problems).toEqual([])
  return new RedirectTable(rules, dialects[host])
}

function ask(address: string, rest: Partial<Ask> = {}): Ask {
  const mark = address.indexOf('?')
  const path = mark < 0 ? address : address.slice(0, mark)
  return {
    path,
    query: mark < 0 ? '' : address.slice(mark),
    fields: {},
    scheme: 'http',
    host: 'localhost',
    ...rest,
  }
}

/** `301 /b`, with a `!` where it outranks files; null where there is no rule for it. */
async function decide(
  text: string,
  address: string,
  host?: HostName,
  rest?: Partial<Ask>,
): Promise<string | null> {
  const { decision } = (await table(text, host)).find(ask(address, rest))
  if (decision === null) return null
  const to = decision.kind === 'redirect' ? decision.location : decision.target
  return `${decision.status}${decision.outranksFiles ? '!' : ''} ${to}`
}

describe('a rule of Netlify', () => {
  it.each([
    ['/home /', '/home', '301 /'],
    ['/home /', '/home/', '301 /'],
    ['/home/ /x', '/home', '301 /x'],
    ['/home /', '/Home', null],
    ['/home /', '/home/x', null],
    ['/home! /', '/home!', '301 /'],
    ['/home / 302!', '/home', '302! /'],
    ['/ /start', '/', '301 /start'],
    ['/news/* /blog/:splat', '/news/2024/a', '301 /blog/2024/a'],
    ['/news/* /blog/:splat', '/news/a/', '301 /blog/a/'],
    ['/news/* /blog/:splat', '/news', '301 /blog/'],
    ['/news/* /blog/:splat', '/newsletter', null],
    ['/news* /blog/:splat', '/newsletter', '301 /blog/letter'],
    ['/news* /blog/:splat', '/news/a', '301 /blog/a'],
    ['/*/edit /e/:splat', '/a/b/edit', '301 /e/a/b'],
    ['/*/edit /e/:splat', '/edit', '301 /e/'],
    ['/:y/:m/x /n/:y-:m', '/2024/05/x/', '301 /n/2024-05'],
    ['/:y/:m/x /n/:y-:m', '/2024/05/06/x', null],
    ['/:a/* /n/:a/:splat', '/x', '301 /n/x/'],
    ['/:x /:xy/:unknown', '/1', '301 /1y/:unknown'],
    ['/* /index.html 200', '/app/route', '200 /index.html'],
    ['/a /gone.html 410', '/a', '410 /gone.html'],
    ['/a%20b/%C3%A4 /x', '/a b/ä', '301 /x'],
    ['/a/ä /x', '/a/ä', '301 /x'],
    ['/a /b/ä?ö#ü', '/a', '301 /b/%C3%A4?%C3%B6#%C3%BC'],
    // The first that matches counts.
    ['/a/b /first\n/a/* /second', '/a/b', '301 /first'],
    ['/a/* /first\n/a/b /second', '/a/b', '301 /first'],
    ['/x/* /first 200\n/a/* /second', '/a/b', '301 /second'],
  ])('%s: %s is %s', async (text, address, decision) => {
    expect(await decide(text, address)).toBe(decision)
  })

  it.each([
    ['/s /b', '/s?x=1&y=%20', '301 /b?x=1&y=%20'],
    ['/s /b?own=1', '/s?x=1', '301 /b?own=1'],
    ['/s /b?', '/s?x=1', '301 /b?x=1'],
    ['/s https://x.test', '/s?x=1', '301 https://x.test/?x=1'],
    ['/s /b#top', '/s?x=1', '301 /b?x=1#top'],
    ['/s /b 200', '/s?x=1', '200 /b?x=1'],
    ['/s id=:id /b/:id', '/s?id=3', '301 /b/3?id=3'],
    ['/s id=:id /b?item=:id', '/s?id=a%26b%2F', '301 /b?item=a%26b/'],
    ['/s id=:id /b/:id\n/s /all', '/s', '301 /all'],
    ['/s id=7 /b\n/s /all', '/s?id=8', '301 /all?id=8'],
    ['/s id=7 /b', '/s?x=1&id=7', '301 /b?x=1&id=7'],
    ['/s id=:id t=:t /b/:id/:t', '/s?t=x&id=1', '301 /b/1/x?t=x&id=1'],
    ['/s id=:id /b/:id', '/s?id=3&id=4', '301 /b/4?id=3&id=4'],
  ])('and the query: %s: %s is %s', async (text, address, decision) => {
    expect(await decide(text, address)).toBe(decision)
  })

  it.each([
    // Where it leads is where the request is.
    ['/a /a', '/a', null],
    ['/a /a/', '/a', null],
    ['/a/* /a/:splat\n/a/b /c', '/a/b', null],
    ['/a /a?x=1', '/a', '301 /a?x=1'],
    ['/a/* /a/:splat 200', '/a/b', '200 /a/b'],
    // It has led the request there.
    ['/* /en/:splat', '/about', '301 /en/about'],
    ['/* /en/:splat', '/en/about', null],
    ['/* /en/:splat', '/en', null],
    ['/* /en/:splat', '/english', '301 /en/english'],
    ['/a/* /a/b/:splat', '/a/x', '301 /a/b/x'],
    ['/a/* /a/b/:splat', '/a/b/x', null],
    ['/old/* /', '/old/x', '301 /'],
    ['/docs/* /docs 302', '/docs/x', null],
    ['/* https://localhost/en/:splat', '/en/x', '301 https://localhost/en/en/x'],
  ])('that would lead to itself: %s: %s is %s', async (text, address, decision) => {
    expect(await decide(text, address)).toBe(decision)
  })

  it('for one origin is for no other', async () => {
    const text = 'https://old.test/* https://new.test/:splat'
    expect(await decide(text, '/a')).toBeNull()
    expect(await decide(text, '/a', 'netlify', { host: 'old.test' })).toBeNull()
    const there: Partial<Ask> = { host: 'old.test', scheme: 'https' }
    expect(await decide(text, '/a', 'netlify', there)).toBe('301 https://new.test/a')
  })

  it.each([
    [{}, '301 /en'],
    [{ 'accept-language': 'de' }, '301 /de'],
    [{ 'accept-language': 'de-CH, en;q=0.8' }, '301 /de'],
    [{ 'accept-language': 'fr;q=0.5, de;q=0.7' }, '301 /de'],
    [{ 'accept-language': 'fr' }, null],
    [{ 'accept-language': 'de;q=0, *' }, '301 /en'],
    [{ 'accept-language': 'de', cookie: 'a=b; nf_lang=en' }, '301 /en'],
  ])('for a language: %j is %s', async (fields, decision) => {
    const rules = '/ /de 301 Language=de\n/ /en 301 Language=en'
    expect(await decide(rules, '/', 'netlify', { fields })).toBe(decision)
    expect((await table(rules)).find(ask('/', { fields })).vary).toEqual(['Accept-Language', 'Cookie'])
    expect((await table(rules)).find(ask('/other', { fields })).vary).toEqual([])
  })

  it('for a cookie is for those who have it', async () => {
    const rules = '/* /new/:splat 200! Cookie=beta,preview'
    expect(await decide(rules, '/a', 'netlify', { fields: { cookie: 'x=1; preview=' } })).toBe('200! /new/a')
    expect(await decide(rules, '/a', 'netlify', { fields: { cookie: 'betamax=1' } })).toBeNull()
    expect((await table(rules)).find(ask('/a')).vary).toEqual(['Cookie'])
  })
})

describe('a rule of Cloudflare Pages', () => {
  it.each([
    ['/home /', '/home', '302! /'],
    ['/home /', '/home/', null],
    ['/trailing /trailing/ 301', '/trailing', '301! /trailing/'],
    ['/blog/* /posts/:splat', '/blog/a', '302! /posts/a'],
    ['/blog/* /posts/:splat', '/blog', null],
    ['/*.html /:splat', '/a/b.html', '302! /a/b'],
    ['/p-:id/x /q/:id', '/p-7/x', '302! /q/7'],
    ['/:a-:b /:a/:b', '/x-y-z', '302! /x-y/z'],
    ['/a /b 200', '/a', '200! /b'],
    ['/a /a', '/a', null],
    // It goes round in the browser, as it would on the host.
    ['/a/* /a/b/:splat', '/a/b/x', '302! /a/b/b/x'],
  ])('%s: %s is %s', async (text, address, decision) => {
    expect(await decide(text, address, 'cloudflare')).toBe(decision)
  })
})

describe('what comes from a request', () => {
  it.each([
    // A browser takes two slashes, or a backslash, for the start of a host.
    ['/go/* /:splat', '/go/evil.test/x', '301 /evil.test/x'],
    ['/go* /:splat', '/go/evil.test', '301 /evil.test'],
    ['/go/* /:splat', '/go/\\evil.test', '301 /%5Cevil.test'],
    ['/go/* /x:splat', '/go/ \r\nSet-Cookie: a=b', '301 /x%20%0D%0ASet-Cookie%3A%20a%3Db'],
    ['/go/* /x/:splat', '/go/a?b', '301 /x/a?b'],
    ['/go/* /x/:splat', '/go/ü', '301 /x/%C3%BC'],
    ['/go/* https://x.test/:splat', '/go/@evil.test', '301 https://x.test/%40evil.test'],
    ['/go u=:u /x?to=:u', '/go?u=%0d%0aA:%20b%26c%23d', '301 /x?to=%0D%0AA%3A%20b%26c%23d'],
    ['/go/* /x/:splat', '/go/a?\xe4"<', '301 /x/a?%E4%22%3C'],
  ])('can say no more than a path: %s: %j', async (text, address, decision) => {
    const mark = address.includes('?') ? {} : { path: address, query: '' }
    expect(await decide(text, address, 'netlify', mark)).toBe(decision)
  })

  it('is text in a path, whatever it is in a URL', async () => {
    const path = '/go/a?b#c%25'
    expect(await decide('/go/* /x/:splat', '', 'netlify', { path })).toBe('301 /x/a%3Fb%23c%2525')
  })
})
