/** What each option of a site comes to in the engine, over real sockets and the settings file. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { liveOptions } from '../../electron/app/servers.ts'
import { newSite } from '../../electron/app/sites.ts'
import { resolveLive } from '../../electron/engine/options.ts'
import { throttlePresets } from '../../electron/engine/throttle.ts'
import { originOf, reaches, startApp } from '../support/start-app.ts'
import { until } from '../support/until.ts'

const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` })

describe('the engine is told', () => {
  const site = newSite('/a', 8080, '/')

  it('what a new site is: pages that reload, clean URLs, a listing, and nothing else', () => {
    expect(liveOptions(site, undefined)).toEqual({
      name: 'a',
      index: ['index.html'],
      listing: true,
      dotfiles: false,
      liveReload: true,
      spa: false,
      cleanUrls: true,
      hostRules: 'off',
      cors: false,
      isolate: false,
      cache: 'no-cache',
      fields: [],
      throttle: null,
      auth: null,
      uploads: null,
      manage: false,
      zip: false,
      blocked: [],
    })
  })

  it('every option', () => {
    const options = {
      ...site.options,
      hostRules: 'auto',
      cors: true,
      isolate: true,
      cache: 3600,
      fields: [['X-A', 'b']],
      throttle: 'fast-3g',
      password: { user: 'ann' },
      uploads: true,
      overwrite: true,
      manage: true,
      zip: true,
    } as const
    const live = liveOptions({ ...site, options, blocked: ['192.168.1.42'] }, 'the hash')
    expect(live).toMatchObject({
      hostRules: 'auto',
      cors: 'any',
      isolate: true,
      cache: 3600,
      fields: [['X-A', 'b']],
      throttle: throttlePresets['fast-3g'],
      auth: { user: 'ann', hash: 'the hash' },
      uploads: { overwrite: true },
      manage: true,
      zip: true,
      blocked: ['192.168.1.42'],
    })
  })

  it('nothing that lets everybody in where the hash of a password is lost', () => {
    const secured = { ...site, options: { ...site.options, password: { user: 'ann' } } }
    expect(() => resolveLive(liveOptions(secured, undefined))).toThrow('auth')
  })
})

describe('a password', () => {
  it('is asked for at once, is nowhere to be seen, and outlives the app', async () => {
    const first = await startApp()
    const { app, invoke, folder, site, settingsFile } = first
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const origin = originOf(site(id))
    await invoke('site.setPassword', { id, user: 'ann', password: 'wörd 1234' })
    expect(site(id).options.password).toEqual({ user: 'ann' })
    expect((await fetch(origin)).status).toBe(401)
    expect((await fetch(origin, { headers: basic('ann:wörd 1234') })).status).toBe(200)
    expect((await fetch(origin, { headers: basic('ann:other') })).status).toBe(401)
    await app.close()
    const text = await readFile(settingsFile, 'utf8')
    expect(text).toContain('$scrypt$')
    expect(text).not.toContain('1234')
    expect(JSON.stringify(app.state.get())).not.toContain('scrypt')

    const second = await startApp({ home: first.home })
    await reaches(second, id, 'listening')
    expect((await fetch(origin)).status).toBe(401)
    expect((await fetch(origin, { headers: basic('ann:wörd 1234') })).status).toBe(200)
    await second.invoke('site.setPassword', { id, user: 'ann', password: null })
    expect(second.site(id).options.password).toBeNull()
    expect((await fetch(origin)).status).toBe(200)
    await second.app.close()
    expect(await readFile(settingsFile, 'utf8')).not.toContain('scrypt')
  })

  it('cannot be set by the way', async () => {
    const { refuse, invoke, folder } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    expect(await refuse('site.configure', { id, options: { password: null } })).toMatchObject({
      type: 'bad-input',
      field: 'password',
    })
    expect(await refuse('site.setPassword', { id: 'b', user: 'ann', password: 'x' })).toMatchObject({
      type: 'not-found',
    })
  })
})

it('options reach a running site without an interruption, and the next launch', async () => {
  const first = await startApp()
  const { app, invoke, folder, site } = first
  const files = { 'index.html': '<title>a</title>', 'about.html': 'about' }
  const [id = ''] = await invoke('site.add', { folders: [await folder('a', files)] })
  const origin = originOf(site(id))
  const phases = new Set<string>()
  app.state.subscribe(state => {
    for (const other of state.sites) phases.add(other.status.phase)
  })
  const options = {
    cors: true,
    isolate: true,
    cache: 60,
    fields: [['X-Robots-Tag', 'none'] as const],
    spa: true,
    cleanUrls: true,
  }
  await invoke('site.configure', { id, options })
  const { headers } = await fetch(`${origin}/about`)
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(headers.get('cache-control')).toBe('max-age=60')
  expect(headers.get('x-robots-tag')).toBe('none')
  expect([...phases]).toEqual(['listening'])
  await app.close()
  const second = await startApp({ home: first.home })
  expect(second.site(id).options).toMatchObject(options)
})

it('a device that is blocked gets nothing, until it is no longer', async () => {
  const { invoke, refuse, folder, site } = await startApp()
  const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
  const url = originOf(site(id)).replace('localhost', '127.0.0.1')
  await invoke('site.block', { id, address: '127.0.0.1', blocked: true })
  await invoke('site.block', { id, address: '127.0.0.1', blocked: true })
  expect(site(id).blocked).toEqual(['127.0.0.1'])
  expect((await fetch(url)).status).toBe(403)
  await invoke('site.block', { id, address: '127.0.0.1', blocked: false })
  expect(site(id).blocked).toEqual([])
  expect((await fetch(url)).status).toBe(200)
  expect(await refuse('site.block', { id: 'b', address: '127.0.0.1', blocked: true })).toMatchObject({
    type: 'not-found',
  })
})

it('index files are those that are named, at once, and only names of files', async () => {
  const { invoke, refuse, folder, site } = await startApp()
  const files = { 'index.html': 'html', 'home.htm': 'home', 'a.txt': '' }
  const [id = ''] = await invoke('site.add', { folders: [await folder('a', files)] })
  const page = async () => await (await fetch(originOf(site(id)))).text()
  expect(await page()).toBe('html')
  await invoke('site.configure', { id, options: { index: ['none.html', 'home.htm', 'index.html'] } })
  expect(await page()).toBe('home')
  await invoke('site.configure', { id, options: { index: [] } })
  expect(await page()).toContain('a.txt')
  for (const name of ['', '..', 'a/b.html', 'C:\\x', 'a\r\nb']) {
    expect(await refuse('site.configure', { id, options: { index: [name] } })).toMatchObject({
      type: 'bad-input',
      field: 'index',
      detail: expect.stringContaining('is not a file name'),
    })
  }
  expect(site(id).options.index).toEqual([])
})

it('the rules of a host are those of the one that is chosen, at once', async () => {
  const { invoke, folder, site } = await startApp()
  const files = { 'index.html': '', _redirects: '/old /new', 'wrangler.toml': '' }
  const [id = ''] = await invoke('site.add', { folders: [await folder('a', files)] })
  const status = async () => (await fetch(`${originOf(site(id))}/old`, { redirect: 'manual' })).status
  const report = { files: ['_redirects'], count: 1, problems: [] }
  expect(await status()).toBe(404)
  await invoke('site.configure', { id, options: { hostRules: 'netlify' } })
  expect(await status()).toBe(301)
  await until(() => site(id).rules !== null, 'the report')
  expect(site(id).rules).toEqual({ ...report, host: 'netlify', toldBy: null })
  await invoke('site.configure', { id, options: { hostRules: 'auto' } })
  expect(await status()).toBe(302)
  await until(() => site(id).rules?.host === 'cloudflare', 'the other report')
  expect(site(id).rules).toEqual({ ...report, host: 'cloudflare', toldBy: 'wrangler.toml' })
  await invoke('site.configure', { id, options: { hostRules: 'off' } })
  expect(await status()).toBe(404)
  await until(() => site(id).rules === null, 'that none shall hold')
})

it('lines of the host’s rules that cannot be followed are told, and go with the option', async () => {
  const started = await startApp()
  const { invoke, folder, site } = started
  const [id = ''] = await invoke('site.add', {
    folders: [await folder('a', { 'index.html': '', _redirects: '/only-one-word\n' })],
  })
  expect(site(id).rules).toBeNull()
  await invoke('site.configure', { id, options: { hostRules: 'auto' } })
  await until(() => (site(id).rules?.problems.length ?? 0) > 0, 'the problems')
  expect(site(id).rules?.problems).toMatchObject([{ file: '_redirects', line: 1 }])
  await invoke('site.stop', { id })
  expect(site(id).rules).toBeNull()
})

it('pages that reload are counted', async () => {
  const { invoke, folder, site } = await startApp()
  const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
  const origin = originOf(site(id))
  const asked = new AbortController()
  const stream = await fetch(`${origin}/.servebar/live`, {
    headers: { Accept: 'text/event-stream' },
    signal: asked.signal,
  })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  await until(() => site(id).livePages === 1, 'the page')
  await invoke('site.configure', { id, options: { liveReload: false } })
  await until(() => site(id).livePages === 0, 'its end')
  asked.abort()
})
