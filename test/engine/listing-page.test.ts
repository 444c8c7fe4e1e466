import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../electron/engine/entries.ts'
import {
  formatSize,
  type ListingPage,
  listingPageKind,
  markMatches,
  renderListing,
} from '../../electron/engine/listing-page.ts'
import { parseView } from '../../electron/engine/listing-view.ts'

const entry = (name: string, rest: Partial<Entry> = {}): Entry => ({
  name,
  diskName: name,
  folder: false,
  size: 1_000,
  modified: Date.UTC(2025, 2, 4),
  ...rest,
})

const NOTHING: ListingPage['access'] = {
  token: 'token',
  uploads: null,
  manage: false,
  trash: false,
  hidden: false,
  zip: false,
}

async function render(
  entries: readonly Entry[],
  query = '',
  rest: Partial<ListingPage> = {},
): Promise<string> {
  const folders = entries.filter(({ folder }) => folder).length
  const page: ListingPage = {
    siteName: 'portfolio',
    segments: ['media', 'prints'],
    unfiltered: entries.length,
    entries,
    view: parseView(query),
    page: 1,
    pages: 1,
    folders,
    files: entries.length - folders,
    bytes: entries.reduce((sum, { size }) => sum + size, 0),
    access: NOTHING,
    ...rest,
  }
  return String(await renderListing(page))
}

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 KB'],
  [3_200, '3.2 KB'],
  [99_949, '99.9 KB'],
  [99_950, '100 KB'],
  [412_000, '412 KB'],
  [999_499, '999 KB'],
  [999_500, '1.0 MB'],
  [47_000_000, '47.0 MB'],
  [2 ** 40, '1.1 TB'],
  [Number.MAX_SAFE_INTEGER, '9.0 PB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text)
})

describe('marks', () => {
  it.each([
    ['proof-prints', 'print', 'proof-<mark>print</mark>s'],
    ['PrintPRINT', 'print', '<mark>Print</mark><mark>PRINT</mark>'],
    ['a<b', '<', 'a<mark>&lt;</mark>b'],
    ['a&lt;b', 'lt', 'a&amp;<mark>lt</mark>;b'],
    ['cafe\u0301', 'é', 'caf<mark>é</mark>'],
    ['İstanbul', 'stan', 'İstanbul'],
    ['abc', '', 'abc'],
  ])('%s for %s', (name, search, html) => {
    expect(markMatches(name, search)).toBe(html)
  })
})

describe('the summary', () => {
  const folder = entry('d', { folder: true, size: 0 })
  const file = entry('f')
  it.each([
    [[folder, file], '', '1 folder, 1 file · 1.0 KB'],
    [[folder, folder], '', '2 folders'],
    [[file, file], '?sort=modified', '2 files · 2.0 KB, newest first'],
    [[file, file], '?sort=size&dir=asc', '2 files · 2.0 KB, smallest first'],
    [[], '', 'Empty'],
    [[file, file], '?q=f', '2 of 13 match “f”'],
    [[file, file], '?q=f&sort=modified', '2 of 13 match “f”, newest first'],
    [[file], '?q=f', '1 of 13 matches “f”'],
    [[], '?q=<b>', '0 of 13 match “&lt;b&gt;”'],
  ])('%j %s', async (entries, query, summary) => {
    const unfiltered = query.includes('q=') ? 13 : entries.length
    expect(await render(entries, query, { unfiltered })).toContain(`<p class="sum">${summary}</p>`)
  })
})

describe('the page', () => {
  it('has the path as title and as a way up', async () => {
    const html = await render([entry('a')])
    expect(html).toContain('<title>portfolio/media/prints</title>')
    expect(html).toContain(
      '<li><a href="../../"><bdi>portfolio</bdi></a></li><li><a href="../"><bdi>media</bdi></a></li>',
    )
    expect(html).toContain('Up to <bdi>media</bdi>')
    expect(await render([entry('a')], '', { segments: ['media'] })).toContain('Up to <bdi>portfolio</bdi>')
    expect(await render([entry('a')], '', { segments: [] })).not.toContain('Up to')
  })

  it('sorts by links that keep the search, and turns round the active one', async () => {
    const html = await render([entry('a')], '?q=a&sort=size')
    expect(html).toContain('aria-sort="descending"><a href="?q=a&amp;sort=size&amp;dir=asc">Size')
    expect(html).toContain('<a href="?q=a">Name</a>')
    expect(html).toContain('<a href="?q=a&amp;sort=modified&amp;dir=desc">Modified</a>')
    expect(await render([entry('a')])).toContain(
      'aria-sort="ascending"><a href="?sort=name&amp;dir=desc">Name',
    )
  })

  it('searches by a form that keeps the order, and clears by a link', async () => {
    const html = await render([entry('a')], '?q="a&sort=size')
    expect(html).toContain('value="&quot;a"')
    expect(html).toContain(
      '<input type="hidden" name="sort" value="size"><input type="hidden" name="dir" value="desc">',
    )
    expect(html).toContain('<a class="clear" href="?sort=size&amp;dir=desc"')
    expect(await render([entry('a')], '?q=a')).toContain('<a class="clear" href="./"')
    expect(await render([entry('a')])).not.toContain('class="clear"')
  })

  it('says that it is empty, or that nothing matches', async () => {
    expect(await render([])).toContain('<b>This folder is empty</b>')
    expect(await render([], '?q=zzz', { unfiltered: 3 })).toContain('<b>Nothing here matches “zzz”</b>')
  })

  it('escapes names everywhere', async () => {
    const nasty = `"><script>alert('1')</script>&`
    const html = await render([entry(nasty)], `?q=${encodeURIComponent('script>')}`, {
      siteName: nasty,
      segments: [nasty, nasty, nasty],
    })
    expect(html).not.toContain('<script')
    expect(html).not.toContain(`alert('1')`)
    expect(html).not.toMatch(/href="[^"]*[<>' ]/)
  })

  it('has no script, no style attribute and nothing from elsewhere', async () => {
    const html = await render([entry('a'), entry('b.png'), entry('d', { folder: true })], '?q=a')
    expect(html).not.toMatch(/<script|style=|https?:|\son\w+=/)
  })

  it('draws in the icons it uses, each once', async () => {
    const html = await render(
      ['a.png', 'b.mp4', 'c.mp3', 'd.woff2', 'e.zip', 'f.txt', 'g.js', 'h'].map(name => entry(name)),
    )
    const used = new Set([...html.matchAll(/<use href="#([\w-]+)"/g)].map(match => match[1]))
    const drawn = [...html.matchAll(/<symbol id="([\w-]+)"/g)].map(match => match[1])
    expect(new Set(drawn)).toEqual(used)
    expect(drawn).toHaveLength(used.size)
    expect(drawn).not.toContain('f-dir')
  })
})

it('times are those of the file, to the millisecond and in any order', async () => {
  const times = [0, 1, 59_999, 60_000, 1_700_000_000_123.9, 1_700_000_000_123.9, 951_782_399_999, -1, -60_001]
  const html = await render(times.map((modified, n) => entry(`f${n}`, { modified })))
  const found = [...html.matchAll(/datetime="([^"]*)"/g)].map(match => match[1])
  expect(found).toEqual(times.map(time => new Date(Math.floor(time)).toISOString()))
  expect(await render([entry('x', { modified: Number.NaN })])).toContain('datetime=""')
})

describe('what may be done besides reading', () => {
  const uploads = { maxSize: Number.POSITIVE_INFINITY, overwrite: false }

  it('is not in the page where nothing may', async () => {
    const html = await render([entry('a')])
    for (const trace of ['<script', 'class="put"', 'data-access', '?zip', 'token'])
      expect(html).not.toContain(trace)
    expect(listingPageKind(NOTHING).policy).not.toContain('script-src')
    expect(listingPageKind(NOTHING).referrer).toBe('no-referrer')
  })

  it('is a form that works without script, and a script that the policy names', async () => {
    const access = { ...NOTHING, token: 'secret', uploads }
    const html = await render([entry('a')], '', { access })
    expect(html).toContain('<form class="put" method="post" enctype="multipart/form-data" action="./">')
    expect(html).toContain('<input type="hidden" name="token" value="secret">')
    const script = /<script>(.*)<\/script>/s.exec(html)?.[1] ?? ''
    const hash = createHash('sha256').update(script).digest('base64')
    const { policy, referrer } = listingPageKind(access)
    expect(policy).toContain(`script-src 'sha256-${hash}'; connect-src 'self'`)
    // With no-referrer, the form would come from the origin null.
    expect(referrer).toBe('same-origin')
    expect(html.match(/<script/g)).toHaveLength(1)
  })

  it('is told to the script as data', async () => {
    const access = { ...NOTHING, token: 'a"b', uploads: { maxSize: 5, overwrite: true }, manage: true }
    const html = await render([], '', { access, unfiltered: 0 })
    const told = /data-access="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? ''
    expect(JSON.parse(told)).toEqual({
      token: 'a"b',
      uploads: { maxSize: 5, overwrite: true },
      manage: true,
      trash: false,
      hidden: false,
    })
    expect(html).toContain('This folder is empty')
  })

  it('needs no form to rename and delete', async () => {
    const html = await render([entry('a')], '', { access: { ...NOTHING, manage: true } })
    expect(html).not.toContain('class="put"')
    expect(html).toContain('<script>')
  })

  it('is a link to the whole folder, where there is something in it', async () => {
    const access = { ...NOTHING, zip: true }
    expect(await render([entry('a')], '', { access })).toContain('href="./?zip" download')
    expect(await render([], '', { access, unfiltered: 0 })).not.toContain('?zip')
  })
})
