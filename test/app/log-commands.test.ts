import { request } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import type { LogEntry } from '../../electron/contract.ts'
import { type StartedApp, startApp } from '../support/start-app.ts'

const files = { 'index.html': '<p>hello', 'about.html': '<p>about' }

async function started(options: { readonly https?: boolean } = {}) {
  const app = await startApp()
  const [id = ''] = await app.invoke('site.add', { folders: [await app.folder('portfolio', files)] })
  if (options.https) await app.invoke('site.configure', { id, options: { https: true } })
  const { batches } = app.messages()
  const entries = () => batches().flatMap(batch => batch.entries)
  return { ...app, id, entries }
}

/** The status of the answer. */
function ask(app: StartedApp, id: string, path: string, headers = {}): Promise<number | undefined> {
  const { options } = app.site(id)
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: options.port, path, headers, agent: false }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function entry(entries: () => readonly LogEntry[], n: number): Promise<LogEntry> {
  return vi.waitFor(() => {
    const found = entries()[n - 1]
    if (!found) throw new Error(`no entry ${n}`)
    return found
  })
}

describe('a request sent again', () => {
  it('is the same, but for credentials and what belongs to its connection, and appears in the log', async () => {
    const app = await started()
    const { id, invoke, entries } = app
    const headers = {
      'x-own': 'yes',
      authorization: 'Basic aHVzaDpodXNo',
      connection: 'close, x-hop',
      'x-hop': '1',
      'if-none-match': '"no such"',
    }
    expect(await ask(app, id, '/?a=1', headers)).toBe(200)
    const first = await entry(entries, 1)
    expect(await invoke('log.replay', { site: id, entry: first.id })).toEqual({ status: 200 })
    const second = await entry(entries, 2)
    expect(second).toMatchObject({ method: 'GET', target: '/?a=1', status: 200, bytesSent: first.bytesSent })
    const { requestFields } = await invoke('log.read', { site: id, entry: second.id })
    const fields = new Map(requestFields)
    expect(fields.get('host')).toBe(`127.0.0.1:${app.site(id).options.port}`)
    expect(fields.get('x-own')).toBe('yes')
    expect(fields.get('if-none-match')).toBe('"no such"')
    expect(fields.has('authorization')).toBe(false)
    expect(fields.has('x-hop')).toBe(false)
  })

  it.each([
    ['sid=1; theme=2', 'sid=1; theme=2'],
    // As the files of an earlier run have it.
    ['sid=***; theme=***', undefined],
  ])('with the cookies %s, has the cookies %s', async (cookie, again) => {
    const app = await started()
    const { id, invoke, entries } = app
    await ask(app, id, '/', { cookie })
    await invoke('log.replay', { site: id, entry: (await entry(entries, 1)).id })
    const { requestFields } = await invoke('log.read', { site: id, entry: (await entry(entries, 2)).id })
    expect(new Map(requestFields).get('cookie')).toBe(again)
  })

  it('goes by HTTPS where the site does, with its own certificate', async () => {
    const app = await started({ https: true })
    const { id, invoke, entries } = app
    // A plain request is led to HTTPS.
    await ask(app, id, '/about')
    const first = await entry(entries, 1)
    const { status } = await invoke('log.replay', { site: id, entry: first.id })
    expect(status).toBe(200)
    expect(await entry(entries, 2)).toMatchObject({ target: '/about', status: 200 })
  })

  it('is refused where it cannot be', async () => {
    const app = await started()
    const { id, invoke, entries, refuse } = app
    await ask(app, id, '/')
    const { id: entryId } = await entry(entries, 1)
    expect((await refuse('log.replay', { site: id, entry: 99 })).title).toBe('No longer kept')
    await invoke('site.stop', { id })
    expect((await refuse('log.replay', { site: id, entry: entryId })).title).toBe('This site is stopped')
  })

  it('is refused for what had a body', async () => {
    const app = await started()
    const { port } = app.site(app.id).options
    await fetch(`http://127.0.0.1:${port}/`, { method: 'DELETE' })
    const { id: entryId } = await entry(app.entries, 1)
    const problem = await app.refuse('log.replay', { site: app.id, entry: entryId })
    expect(problem.title).toBe('Only GET and HEAD requests can be sent again')
  })
})

it('tells what is missing, from where, and what may have been meant', async () => {
  const app = await started()
  await ask(app, app.id, '/abuot.html', { referer: 'http://localhost/' })
  await ask(app, app.id, '/abuot.html?again')
  await entry(app.entries, 2)
  expect(await app.invoke('log.missing', { site: app.id })).toMatchObject([
    {
      path: '/abuot.html',
      count: 2,
      referrer: 'http://localhost/',
      suggestion: { path: '/about.html', reason: 'similar' },
    },
  ])
})

it('exports what is kept', async () => {
  const app = await started()
  await ask(app, app.id, '/about.html')
  await entry(app.entries, 1)
  const { name, text } = await app.invoke('log.export', { site: app.id, format: 'har' })
  expect(name).toMatch(/^portfolio .+\.har$/)
  expect(JSON.parse(text)).toMatchObject({ log: { creator: { name: 'Servebar', version: '1.0.0' } } })
  const csv = await app.invoke('log.export', { site: app.id, format: 'csv' })
  expect(csv.text.split('\r\n')).toHaveLength(3)
})

it('keeps requests beyond a restart', async () => {
  const app = await startApp({ settings: { preferences: { keepRequests: '1d' } } })
  const [id = ''] = await app.invoke('site.add', { folders: [await app.folder('portfolio', files)] })
  await ask(app, id, '/before')
  await vi.waitFor(async () => {
    expect((await app.invoke('log.export', { site: id, format: 'combined' })).text).toContain('/before')
  })
  await app.app.close()
  const next = await startApp({ home: app.home })
  const { batches } = next.messages()
  await vi.waitFor(() => {
    const entries = batches().flatMap(batch => batch.entries)
    expect(entries.map(({ target }) => target)).toContain('/before')
  })
})
