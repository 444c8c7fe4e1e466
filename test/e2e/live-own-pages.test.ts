/**
 * Live reload of what the server itself shows, and of what a host's rules say, in
 * a real Chromium on the whole engine: pages that say why there is nothing, lists
 * of files, and how many pages are counted.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../electron/engine/server.ts'
import type { Exchange, ServerOptions } from '../../electron/engine/types.ts'
import { browserPath, launchBrowser } from '../support/browser.ts'
import { type Files, tempFolder, writeFiles } from '../support/temp.ts'

const PAGE = (text: string) => `<!doctype html><meta charset="utf-8"><title>${text}</title><h1>${text}</h1>`

const eventually = <T>(ask: () => T | Promise<T>) => expect.poll(ask, { timeout: 10_000 })

describe.skipIf(!browserPath)('live reload of what the server shows', () => {
  let browser: Browser
  let page: Page
  let root: string
  let origin: string
  let counts: number[]
  let exchanges: Exchange[]
  let problems: string[]

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => browser?.close())
  beforeEach(() => {
    counts = []
    exchanges = []
    problems = []
  })

  async function open(path: string, files: Files, options: Partial<ServerOptions> = {}): Promise<void> {
    root = tempFolder(files)
    const server = await startServer(
      {
        ...{ root, host: 'localhost', port: 0, portFallback: false, name: 'site' },
        ...{ listing: true, dotfiles: false, liveReload: true, ...options },
      },
      exchange => exchanges.push(exchange),
      { onLivePages: count => counts.push(count) },
    )
    onTestFinished(() => server.close(0))
    origin = `http://localhost:${server.port}`
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    page = await context.newPage()
    page.on('pageerror', error => problems.push(String(error)))
    page.on('console', message => {
      // That the page itself is a 404 is said there, too, and that there is no icon.
      const { text, location } = { text: message.text(), location: message.location().url }
      if (message.type() === 'error' && !/status of 404/.test(text)) problems.push(`${text} ${location}`)
    })
    await page.goto(origin + path)
    await eventually(() => counts.at(-1)).toBe(1)
  }

  const write = (files: Files): void => writeFiles(root, files)
  const titleOf = (): Promise<string> => page.title()

  it.each<[string, Files, Partial<ServerOptions>, RegExp]>([
    ['the page of ours', {}, {}, /^404 /],
    ['its own 404.html', { '404.html': PAGE('not here') }, {}, /^not here$/],
    ['a page for a folder without one', { 'new/a.txt': '' }, { listing: false }, /^404 /],
  ])('what was missing appears when it is made: %s', async (_, files, options, before) => {
    await open('/new/', files, options)
    // It may reload once, as the folder is only just made.
    await eventually(titleOf).toMatch(before)
    write({ 'new/index.html': PAGE('here') })
    await eventually(titleOf).toBe('here')
    rmSync(join(root, 'new/index.html'))
    rmSync(join(root, 'new'), { recursive: true })
    mkdirSync(join(root, 'new'))
    write({ 'new/index.html': PAGE('again') })
    await eventually(titleOf).toBe('again')
    expect(problems).toEqual([])
  })

  it('a list of files follows its folder, whatever comes and goes', async () => {
    await open('/', { 'a.txt': 'a', 'sub/x.txt': 'x' })
    const names = () => page.locator('.ls tbody .f bdi').allTextContents()
    write({ 'photo.png': 'p' })
    await eventually(names).toContain('photo.png')
    write({ 'style.css': '' })
    await eventually(names).toContain('style.css')
    rmSync(join(root, 'photo.png'))
    await eventually(names).not.toContain('photo.png')
    await page.goto(`${origin}/sub/`)
    await eventually(() => counts.at(-1)).toBe(1)
    rmSync(join(root, 'sub'), { recursive: true })
    await eventually(titleOf).toMatch(/^404 /)
    write({ 'sub/y.txt': 'y' })
    await eventually(names).toContain('y.txt')
    expect(problems).toEqual([])
  })

  it('a list of files stays as it is while nothing changes', async () => {
    await open('/', { 'a.txt': 'a' })
    const others = [await page.context().newPage(), await page.context().newPage()]
    // Twice, as the folder is only just made when the first one asks.
    for (const [n, other] of others.entries()) {
      await other.goto(`${origin}/a.txt`)
      await other.goto(origin)
      await eventually(() => counts.at(-1)).toBe(n + 2)
    }
    await page.evaluate(() => Object.assign(window, { isTheSame: true }))
    for (let n = 0; n < 3; n++) {
      // Each takes longer than a list that reloads for nothing.
      await others[0]?.reload()
      await eventually(() => counts.at(-1)).toBe(3)
    }
    expect(await page.evaluate(() => 'isTheSame' in window)).toBe(true)
    expect(problems).toEqual([])
  })

  it('a list that can be added to follows without losing what is under way', async () => {
    await open('/', { 'a.txt': 'a' }, { uploads: {}, manage: true })
    const names = () => page.locator('.ls tbody .f bdi').allTextContents()
    await page.getByRole('button', { name: 'Rename or delete a.txt' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('half typed')
    write({ 'b.txt': 'b' })
    await eventually(names).toContain('b.txt')
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('half typed')
    expect(problems).toEqual([])
  })

  it('frames reload, and are no pages', async () => {
    await open('/', {
      'index.html':
        '<!doctype html><title>outer</title><iframe src="inner.html"></iframe><iframe src="inner.html"></iframe>',
      'inner.html': PAGE('inner'),
      'strict.html': `<!doctype html><meta http-equiv="Content-Security-Policy" content="script-src 'none'"><iframe src="inner.html"></iframe>`,
    })
    await eventually(() => page.frames().length).toBe(3)
    const second = await page.context().newPage()
    await second.goto(origin)
    await eventually(() => counts.at(-1)).toBe(2)
    write({ 'inner.html': PAGE('changed') })
    for (const each of [page, second]) await eventually(() => each.frames()[2]?.title()).toBe('changed')
    await eventually(() => counts.at(-1)).toBe(2)
    await second.close()
    await eventually(() => counts.at(-1)).toBe(1)
    // Within a page that does not take the script.
    await page.goto(`${origin}/strict.html`)
    await eventually(() => page.frames()[1]?.title()).toBe('changed')
    await eventually(() => counts.at(-1)).toBe(0)
    write({ 'inner.html': PAGE('changed again') })
    await eventually(() => page.frames()[1]?.title()).toBe('changed again')
    expect(Math.max(...counts)).toBe(2)
    expect(problems).toEqual([])
  })

  it('keeps to a policy that _headers gives', async () => {
    const headers = (policy: string) => `/*\n  Content-Security-Policy: ${policy}\n`
    const files = { 'index.html': PAGE('one') }
    await open(
      '/',
      { ...files, _headers: headers("script-src 'nonce-abc'; connect-src 'self'") },
      { hostRules: 'netlify' },
    )
    write({ 'index.html': PAGE('two') })
    await eventually(titleOf).toBe('two')
    write({ _headers: headers("script-src 'none'") })
    await page.reload()
    await eventually(() => exchanges.at(-1)?.note).toBe('live-policy')
    expect(problems).toEqual([])
  })
})
