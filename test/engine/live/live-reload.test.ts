/**
 * The two addresses over real sockets: what the stream tells and when, what it
 * tells to whom, and that nothing is watched while nobody listens.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type LiveServer, serveLive } from '../../support/live-server.ts'
import { get, type RawResponse, rawRequest } from '../../support/raw-request.ts'
import { type Files, tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

interface News {
  readonly id: number
  readonly changed: readonly string[]
  readonly gone: readonly string[]
  readonly all: boolean
  readonly stream?: string
}

interface Listener {
  readonly response: Response
  readonly news: readonly News[]
  readonly text: () => string
  readonly ended: () => boolean
  /** The n-th, from 1. */
  next(n: number): Promise<News>
  /** The first like this. A change may be told twice, where it was looked for and watched at once. */
  find(isIt: (news: News) => boolean): Promise<News>
  close(): void
}

async function listen(
  served: LiveServer,
  query = '',
  fields: Record<string, string> = {},
): Promise<Listener> {
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const response = await fetch(`${served.origin}/.servebar/live${query}`, {
    signal: controller.signal,
    headers: fields,
  })
  let text = ''
  let ended = false
  const read = async (): Promise<void> => {
    try {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true })
    } catch {
      // Closed by us.
    }
    ended = true
  }
  void read()
  const all = (): News[] => [...text.matchAll(/^data: (.*)$/gm)].map(match => JSON.parse(match[1] ?? ''))
  return {
    response,
    get news() {
      return all()
    },
    text: () => text,
    ended: () => ended,
    next: n => until(() => all()[n - 1], `news ${n} after ${text}`),
    find: isIt => until(() => all().find(isIt), `news in ${text}`),
    close: () => controller.abort(),
  }
}

async function scriptOf(served: LiveServer): Promise<number> {
  const text = await (await fetch(`${served.origin}/.servebar/live.js`)).text()
  return Number(/Number\('(\d+)'\)/.exec(text)?.[1])
}

const FILES: Files = { 'index.html': '<!doctype html><p>x', 'css/a.css': 'a', '.env': 'x' }

/** The time, when no clock can take it for that of before. */
async function anotherTime(before = Date.now()): Promise<number> {
  await until(() => Date.now() > before + 50, 'the clock')
  return Date.now()
}

/** Of files that were there before anybody could have asked for them. */
async function oldFolder(): Promise<string> {
  const root = tempFolder(FILES)
  await anotherTime()
  return root
}

const ask = (served: LiveServer, target: string, fields = {}, method = 'GET'): Promise<RawResponse> =>
  rawRequest(served.port, get(target, fields, method), { head: method === 'HEAD' })

describe('the script', () => {
  it('is sent with the moment it was sent', async () => {
    const served = await serveLive(await oldFolder())
    const before = Date.now()
    const response = await ask(served, '/.servebar/live.js')
    expect(response.status).toBe(200)
    expect(response.fields).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(Buffer.byteLength(response.text)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    expect(response.text).not.toContain('__')
    expect(() => new Function(response.text)).not.toThrow()
    const first = await scriptOf(served)
    expect(first).toBeGreaterThanOrEqual(before)
    expect(await scriptOf(served)).toBeGreaterThan(first)
  })

  it('is for everybody, and begins to watch for the site alone', async () => {
    const served = await serveLive(await oldFolder())
    const other = await ask(served, '/.servebar/live.js', { 'Sec-Fetch-Site': 'cross-site' })
    expect(other.status).toBe(200)
    expect((await ask(served, '/.servebar/live.js', {}, 'HEAD')).status).toBe(200)
    expect(served.live.status.watch).toBeNull()
    await ask(served, '/.servebar/live.js', { 'Sec-Fetch-Site': 'same-origin' })
    expect(served.live.status.watch).not.toBeNull()
  })

  it.each([
    '/.servebar',
    '/.servebar/',
    '/.servebar/live/x',
    '/.servebar/live.jsx',
    '/live',
    '/x/.servebar/live',
  ])('has no other address: %s', async target => {
    const served = await serveLive(await oldFolder())
    expect(served.live.respond({ method: 'GET', path: target.slice(1), query: '', fields: {} })).toBeNull()
  })
})

describe('the stream', () => {
  it('says what changes, in order', async () => {
    const root = await oldFolder()
    const served = await serveLive(root)
    const listener = await listen(served, `?since=${await scriptOf(served)}`)
    expect(listener.response.status).toBe(200)
    expect(Object.fromEntries(listener.response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
    const first = await listener.next(1)
    expect(first).toMatchObject({ changed: [], gone: [], all: false, stream: expect.any(String) })
    writeFileSync(join(root, 'css/a.css'), 'b')
    const second = await listener.find(({ changed }) => changed.length > 0)
    expect(second).toEqual({ id: expect.any(Number), changed: ['css/a.css'], gone: [], all: false })
    rmSync(join(root, 'css/a.css'))
    const third = await listener.find(({ gone }) => gone.length > 0)
    expect(third).toMatchObject({ changed: [], gone: ['css/a.css'] })
    expect(third.id).toBeGreaterThan(second.id)
    expect(second.id).toBeGreaterThan(first.id)
    expect(listener.text()).toMatch(/^retry: \d+\n\nid: \d+\ndata: \{.*\}\n\nid: /)
    // What is not served is not told.
    writeFileSync(join(root, '.env'), 'secret')
    writeFileSync(join(root, 'last.html'), '')
    await listener.find(({ changed }) => changed.includes('last.html'))
    expect(new Set(listener.news.flatMap(({ changed }) => changed))).toEqual(
      new Set(['css/a.css', 'last.html']),
    )
  })

  it('tells who comes back what was missed: by its own word, or the browser’s', async () => {
    const root = await oldFolder()
    const served = await serveLive(root)
    await scriptOf(served)
    await until(() => served.live.status.watch?.phase === 'watching', 'the watch')
    await anotherTime()
    const stays = await listen(served)
    const { id } = await stays.next(1)
    writeFileSync(join(root, 'css/a.css'), 'b')
    const missed = await stays.next(2)
    for (const [query, fields] of [
      [`?since=${id}`, {}],
      ['?since=0', { 'Last-Event-ID': String(id) }],
    ] as const) {
      const back = await listen(served, query, fields)
      expect(await back.next(1)).toEqual(missed)
      expect(await back.next(2)).toHaveProperty('stream')
    }
    const current = await listen(served, `?since=${missed.id}`)
    expect(await current.next(1)).toHaveProperty('stream')
    const vague = await listen(served, '?since=yesterday')
    expect(await vague.next(1)).toHaveProperty('stream')
  })

  it('tells after a restart what has changed meanwhile', async () => {
    const root = await oldFolder()
    const before = await serveLive(root)
    const { id } = await (await listen(before)).next(1)
    await before.close()
    const unchanged = await serveLive(root)
    const bored = await listen(unchanged, `?since=${id}`)
    expect(await bored.next(1)).toHaveProperty('stream')
    // Had there been anything, it would have come before.
    writeFileSync(join(root, 'index.html'), '')
    expect((await bored.next(2)).changed).toEqual(['index.html'])
    await unchanged.close()
    const later = await anotherTime()
    writeFileSync(join(root, 'css/a.css'), 'b')
    const changed = await serveLive(root)
    const listener = await listen(changed, `?since=${later}`)
    const [first, news] = [await listener.next(1), await listener.next(2)]
    expect(first).toHaveProperty('stream')
    expect(news).toEqual({ id: expect.any(Number), changed: ['css/a.css'], gone: [], all: false })
    expect(news.id).toBeGreaterThan(first.id)
  })

  it('is for the pages of this site', async () => {
    const served = await serveLive(await oldFolder())
    for (const site of ['cross-site', 'same-site']) {
      const response = await ask(served, '/.servebar/live', { 'Sec-Fetch-Site': site })
      expect(response.status).toBe(403)
      expect(response.text).toBe('')
    }
    expect(served.live.status).toEqual({ pages: 0, watch: null })
    const own = await listen(served, '', { 'Sec-Fetch-Site': 'same-origin' })
    expect(own.response.status).toBe(200)
  })

  it('answers HEAD without being one', async () => {
    const served = await serveLive(await oldFolder())
    const response = await ask(served, '/.servebar/live', {}, 'HEAD')
    expect(response.status).toBe(200)
    expect(response.fields['content-type']).toBe('text/event-stream')
    expect(served.live.status.pages).toBe(0)
  })

  it('ends when live reload ends', async () => {
    const served = await serveLive(await oldFolder())
    const listener = await listen(served)
    await listener.next(1)
    served.live.close()
    await until(() => listener.ended(), 'the end')
    expect(served.live.status).toEqual({ pages: 0, watch: null })
  })
})

describe('the count of pages', () => {
  it('follows the streams, and what they tell', async () => {
    const served = await serveLive(await oldFolder())
    const [one, two] = [await listen(served), await listen(served)]
    expect(served.live.status.pages).toBe(2)
    const { stream } = await one.next(1)
    const tell = (query: string) => ask(served, `/.servebar/live?${query}`)
    expect((await tell(`stream=${stream}&pages=8`)).status).toBe(204)
    expect(served.live.status.pages).toBe(9)
    for (const query of [
      'stream=other&pages=5',
      `stream=${stream}`,
      `stream=${stream}&pages=-1`,
      `stream=${stream}&pages=1.5`,
      `stream=${stream}&pages=999999`,
    ]) {
      expect((await tell(query)).status).toBe(204)
      expect(served.live.status.pages).toBe(9)
    }
    one.close()
    await until(() => served.live.status.pages === 1, 'one page less')
    two.close()
    await until(() => served.live.status.pages === 0, 'none')
    expect(served.statuses.map(({ pages }) => pages)).toEqual(expect.arrayContaining([1, 2, 9, 0]))
  })

  it('has an end', async () => {
    const served = await serveLive(await oldFolder())
    const respond = () =>
      served.live.respond({ method: 'GET', path: '.servebar/live', query: '', fields: {} })
    for (let n = 0; n < 200; n++) expect(respond()?.status).toBe(200)
    expect(respond()).toMatchObject({ status: 503, content: null })
  })
})

describe('documents', () => {
  const DOCUMENT = { 'Sec-Fetch-Dest': 'document' }

  it('have tag and length of their own, and the same for HEAD', async () => {
    const served = await serveLive(await oldFolder())
    const [live, plain] = [
      await ask(served, '/', DOCUMENT),
      await ask(served, '/', { 'Sec-Fetch-Dest': 'empty' }),
    ]
    expect(live.text).toBe('<!doctype html><script async src="/.servebar/live.js"></script><p>x')
    expect(plain.text).toBe('<!doctype html><p>x')
    expect(live.fields['content-length']).toBe(String(live.text.length))
    expect(live.fields.etag).not.toBe(plain.fields.etag)
    expect(live.fields.vary).toBe('Accept, Sec-Fetch-Dest')
    expect(plain.fields.vary).toBe('Accept, Sec-Fetch-Dest')
    expect(live.fields['server-timing']).toMatch(/^servebar-live;desc="\d+"$/)
    const head = await ask(served, '/', DOCUMENT, 'HEAD')
    const same = ({ fields }: RawResponse) => ({ ...fields, date: '', 'server-timing': '' })
    expect(same(head)).toEqual(same(live))
    for (const [response, fields] of [
      [live, DOCUMENT],
      [plain, { 'Sec-Fetch-Dest': 'empty' }],
    ] as const) {
      const again = { ...fields, 'If-None-Match': response.fields.etag }
      expect((await ask(served, '/', again)).status).toBe(304)
    }
    expect((await ask(served, '/', { ...DOCUMENT, 'If-None-Match': plain.fields.etag })).status).toBe(200)
  })
})
