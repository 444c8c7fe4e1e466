/**
 * Live reload in a real Chromium: what reloads, what does not, and what the page
 * keeps when it does not. Over 350 lines, as all of it needs the same opened page.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browserPath, launchBrowser } from '../support/browser.ts'
import { type LiveServer, type LiveServerOptions, serveLive } from '../support/live-server.ts'
import { type Files, tempFolder, writeFiles } from '../support/temp.ts'

/** Of one colour; the size tells one from the other. */
const picture = (size: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="9" height="9"/></svg>`

const PAGE = (text: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text}</title>

<link rel="stylesheet" href="css/main.css">
</head><body><h1>${text}</h1><p class="box">box</p><input id="field"><img id="picture" src="picture.svg" alt="">
<div style="height: 5000px"></div><script src="app.js"></script></body></html>`

const FILES: Files = {
  'index.html': PAGE('one'),
  'app.js': 'window.loaded = "first"',
  'css/main.css': '@import "part.css"; h1 { color: rgb(1, 0, 0) }',
  'css/part.css': '.box { color: rgb(1, 0, 0); background-image: url(../back.svg) }',
  'css/other.css': 'p { color: red }',
  'picture.svg': picture(10),
  'back.svg': picture(10),
  'other.svg': picture(10),
  'README.md': 'one',
  'favicon.ico': '',
}

const eventually = <T>(ask: () => T | Promise<T>) => expect.poll(ask, { timeout: 10_000 })

describe.skipIf(!browserPath)('live reload in a real browser', () => {
  let browser: Browser
  let context: BrowserContext
  let root: string
  let served: LiveServer
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => browser?.close())
  beforeEach(() => {
    problems.length = 0
  })
  afterEach(async () => {
    await context?.close()
  })

  /** Opened, listening, and with something to lose. */
  async function open(
    files: Files = {},
    options: LiveServerOptions = {},
    origin = 'localhost',
  ): Promise<void> {
    root = tempFolder({ ...FILES, ...files })
    served = await serveLive(root, options)
    context = await browser.newContext()
    page = await newPage(origin)
    await eventually(() => served.live.status.watch).toMatchObject({ phase: 'watching' })
    await eventually(() => served.live.status.pages).toBeGreaterThan(0)
  }

  async function newPage(host = 'localhost', path = '/'): Promise<Page> {
    const opened = await context.newPage()
    opened.setDefaultTimeout(10_000)
    opened.on('pageerror', error => problems.push(String(error)))
    opened.on('console', message => message.type() === 'error' && problems.push(message.text()))
    await opened.goto(`http://${host}:${served.port}${path}`)
    await mark(opened)
    return opened
  }

  async function mark(opened: Page): Promise<void> {
    await opened.evaluate(() => {
      Object.assign(window, { kept: 'yes' })
    })
  }

  const isMarked = (opened: Page = page): Promise<boolean> => opened.evaluate(() => 'kept' in window)
  const write = (files: Files): void => writeFiles(root, files)
  const colorOf = (selector: string, opened: Page = page): Promise<string> =>
    opened.evaluate(found => getComputedStyle(document.querySelector(found) as Element).color, selector)

  it('reloads for HTML, scripts and whatever else, and keeps the place', async () => {
    await open()
    expect(await page.content()).not.toContain('.servebar')
    await page.evaluate(() => scrollTo(0, 1234))
    write({ 'index.html': PAGE('two') })
    await eventually(() => page.title()).toBe('two')
    await eventually(() => page.evaluate(() => scrollY)).toBe(1234)
    expect(await isMarked()).toBe(false)

    await mark(page)
    write({ 'app.js': 'window.loaded = "second"' })
    await eventually(() => page.evaluate(() => (window as { loaded?: string }).loaded)).toBe('second')

    await mark(page)
    write({ 'README.md': 'two' })
    await eventually(() => isMarked()).toBe(false)
    expect(problems).toEqual([])
  })

  it('exchanges a stylesheet, and one that it imports, without a loss', async () => {
    await open()
    await page.fill('#field', 'unsaved')
    write({ 'css/main.css': '@import "part.css"; h1 { color: rgb(2, 0, 0) }' })
    await eventually(() => colorOf('h1')).toBe('rgb(2, 0, 0)')
    write({ 'css/part.css': '.box { color: rgb(2, 0, 0) }' })
    await eventually(() => colorOf('.box')).toBe('rgb(2, 0, 0)')
    // Each time the old one has gone.
    await eventually(() => page.locator('link[rel=stylesheet]').count()).toBe(1)
    for (let n = 3; n < 8; n++) {
      write({ 'css/main.css': `@import "part.css"; h1 { color: rgb(${n}, 0, 0) }` })
      await eventually(() => colorOf('h1')).toBe(`rgb(${n}, 0, 0)`)
    }
    await eventually(() => page.locator('link[rel=stylesheet]').count()).toBe(1)
    expect(await isMarked()).toBe(true)
    expect(await page.inputValue('#field')).toBe('unsaved')
    expect(problems).toEqual([])
  })

  it('exchanges what is imported where caches keep it', async () => {
    await open({}, { fields: { 'Cache-Control': 'max-age=3600' } })
    for (let n = 2; n < 5; n++) {
      write({ 'css/part.css': `.box { color: rgb(${n}, 0, 0) }` })
      await eventually(() => colorOf('.box')).toBe(`rgb(${n}, 0, 0)`)
    }
    expect(await isMarked()).toBe(true)
  })

  it('draws pictures anew in place', async () => {
    await open({
      'index.html': `<!doctype html><link rel="stylesheet" href="css/main.css">
<img id="a" src="picture.svg?v=1"><img id="b" srcset="other.svg 1x, picture.svg 2x" src="other.svg">
<picture><source srcset="picture.svg"><img id="c" src="other.svg"></picture>
<svg><image id="d" href="picture.svg"/><use id="e" href="picture.svg#x"/></svg>
<div class="box"></div><div id="f" style="background: url('back.svg')"></div>`,
    })
    write({ 'picture.svg': picture(20) })
    const widthOf = (id: string) =>
      page.evaluate(id => (document.getElementById(id) as HTMLImageElement).naturalWidth, id)
    await eventually(() => widthOf('a')).toBe(20)
    await eventually(() => widthOf('c')).toBe(20)
    expect(await page.getAttribute('#a', 'src')).toMatch(/\/picture\.svg\?v=1&servebar=\d+$/)
    expect(await page.getAttribute('#b', 'srcset')).toMatch(
      /^other\.svg 1x, http\S+\/picture\.svg\?servebar=\d+ 2x$/,
    )
    expect(await page.getAttribute('#d', 'href')).toMatch(/picture\.svg\?servebar=\d+$/)
    expect(await page.getAttribute('#e', 'href')).toMatch(/picture\.svg\?servebar=\d+#x$/)
    write({ 'back.svg': picture(20) })
    const backgroundOf = (selector: string) =>
      page.evaluate(
        found => getComputedStyle(document.querySelector(found) as Element).backgroundImage,
        selector,
      )
    await eventually(() => backgroundOf('.box')).toMatch(/\/back\.svg\?servebar=\d+"\)$/)
    await eventually(() => backgroundOf('#f')).toMatch(/\/back\.svg\?servebar=\d+"\)$/)
    expect(await isMarked()).toBe(true)
    expect(problems).toEqual([])
  })

  it('reloads for what a script has loaded, and not for styles and pictures that nobody has', async () => {
    await open()
    write({ 'css/other.css': 'p { color: blue }', 'other.svg': picture(20) })
    // What comes after it has been seen.
    write({ 'css/main.css': 'h1 { color: rgb(9, 0, 0) }' })
    await eventually(() => colorOf('h1')).toBe('rgb(9, 0, 0)')
    expect(await isMarked()).toBe(true)

    await page.evaluate(() => fetch('other.svg').then(response => response.text()))
    write({ 'other.svg': picture(30) })
    await eventually(() => isMarked()).toBe(false)
  })

  it('waits for a page that a build has deleted', async () => {
    await open()
    rmSync(join(root, 'index.html'))
    rmSync(join(root, 'app.js'))
    await eventually(() => served.targets.filter(target => target === 'HEAD /').length).toBe(1)
    expect(await isMarked()).toBe(true)
    write({ 'app.js': '' })
    await eventually(() => served.targets.filter(target => target === 'HEAD /').length).toBe(2)
    expect(await isMarked()).toBe(true)
    write({ 'index.html': PAGE('again') })
    await eventually(() => page.title()).toBe('again')
  })

  it('reloads at an address that only its script knows, where the root’s page stands in for it', async () => {
    await open({}, { spa: true })
    await page.evaluate(() => history.pushState(null, '', '/settings'))
    write({ 'README.md': 'two' })
    await eventually(() => isMarked()).toBe(false)
    expect(new URL(page.url()).pathname).toBe('/settings')
    await eventually(() => served.live.status.pages).toBe(1)
    await mark(page)
    rmSync(join(root, 'index.html'))
    rmSync(join(root, 'app.js'))
    await eventually(() => served.targets.filter(target => target === 'HEAD /').length).toBe(2)
    expect(await isMarked()).toBe(true)
    write({ 'index.html': PAGE('two') })
    await eventually(() => page.title()).toBe('two')
  })

  it('waits for a root that has been deleted', async () => {
    await open()
    rmSync(root, { recursive: true })
    await eventually(() => served.live.status.watch).toEqual({ phase: 'gone' })
    write({ ...FILES, 'index.html': PAGE('again') })
    await eventually(() => page.title()).toBe('again')
    write({ 'index.html': PAGE('and again') })
    await eventually(() => page.title()).toBe('and again')
  })

  it('knows after a restart of the server whether anything has changed meanwhile', async () => {
    await open()
    const { port } = served
    const restart = async (meanwhile: () => void): Promise<void> => {
      await served.close()
      meanwhile()
      served = await serveLive(root, { port })
      await eventually(() => served.live.status.pages).toBe(1)
    }
    await restart(() => {})
    await eventually(() => served.targets.filter(target => target.includes('pages=1')).length).toBe(1)
    expect(await isMarked()).toBe(true)
    await restart(() => write({ 'index.html': PAGE('two') }))
    await eventually(() => page.title()).toBe('two')
    await eventually(() => served.targets.some(target => target.endsWith('live.js'))).toBe(true)
    await eventually(() => served.live.status.pages).toBe(1)
    await restart(() => write({ 'css/main.css': 'h1 { color: rgb(7, 0, 0) }' }))
    await eventually(() => colorOf('h1')).toBe('rgb(7, 0, 0)')
  })

  it('misses nothing while it opens its stream', async () => {
    root = tempFolder(FILES)
    served = await serveLive(root)
    context = await browser.newContext()
    let release = (): void => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    await context.route(/live\?since=/, async route => {
      await held
      await route.continue()
    })
    page = await newPage()
    await eventually(() => served.live.status.watch).toMatchObject({ phase: 'watching' })
    write({ 'index.html': PAGE('two') })
    release()
    await eventually(() => page.title()).toBe('two')
  })

  it.each([
    ['kept alive', ''],
    // A page with such a handler is not kept, but read from the cache again.
    ['put together anew', '<script>addEventListener("unload", () => {})</script>'],
  ])('comes back up to date when it is %s', async (_, handler) => {
    await open({ 'index.html': PAGE('one') + handler, 'next.html': PAGE('next') })
    await page.goto(`http://localhost:${served.port}/next.html`)
    write({ 'index.html': PAGE('two') })
    await page.goBack()
    await eventually(() => page.title()).toBe('two')
    write({ 'index.html': PAGE('three') })
    await eventually(() => page.title()).toBe('three')
  })

  it('runs in documents of every kind, and leaves them as they were', async () => {
    const XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
    const utf16 = Buffer.from('\ufeff<!doctype html><html lang="ja"><title>日本</title>', 'utf16le')
    const documents: Files = {
      'doctype-only.html': '<!doctype html>',
      'empty.html': '',
      'text.html': 'just text',
      'no-head.html': '<!-- c --><!doctype html><p>x',
      'frames.html':
        '<html><head><title>x</title></head><frameset cols="*,*"><frame src="text.html"><frame src="no-head.html"></frameset></html>',
      'utf-16le.html': utf16,
      'utf-16be.html': Buffer.from(utf16).swap16(),
      'bom.html': '\ufeff<!doctype html><p>é',
      'page.xhtml': `<?xml version="1.0"?>\n<html ${XHTML}><head><title>x</title></head><body/></html>`,
      'headless.xhtml': `<html ${XHTML}><body><p>x</p></body></html>`,
      'drawing.svg':
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY c ">">]><svg xmlns="http://www.w3.org/2000/svg"><g/></svg>',
      'meta.html': `<head><meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'nonce-abc'">`,
    }
    await open(documents)
    const pages: Page[] = []
    for (const name of Object.keys(documents)) {
      const opened = await newPage('localhost', `/${name}`)
      pages.push(opened)
      const shape = () => {
        const { compatMode, characterSet, documentElement } = document
        return `${compatMode} ${characterSet} ${new XMLSerializer().serializeToString(documentElement)}`
      }
      const live = await opened.evaluate(shape)
      expect(live, name).not.toContain('.servebar')
      // Asked for by a script it comes without ours: the document is the same.
      const plain = await context.newPage()
      await plain.route(`**/${name}`, async route =>
        route.fulfill({ response: await route.fetch({ headers: { 'sec-fetch-dest': 'empty' } }) }),
      )
      await plain.goto(`http://localhost:${served.port}/${name}`)
      expect(await plain.evaluate(shape), name).toBe(live)
      await plain.close()
    }
    // The two frames of one are part of it.
    await eventually(() => served.live.status.pages).toBe(1 + pages.length)
    write({ 'README.md': 'two' })
    for (const opened of pages) await eventually(() => isMarked(opened)).toBe(false)
    expect(served.notes.filter(note => note !== null)).toEqual([])
    expect(problems).toEqual([])
  })

  it('is in frames, and not in what a script fetches', async () => {
    await open({
      'index.html': '<!doctype html><iframe src="inner.html"></iframe>',
      'inner.html': PAGE('inner'),
    })
    await eventually(() => served.targets.filter(target => target.endsWith('live.js')).length).toBe(2)
    await eventually(() => served.live.status.pages).toBe(1)
    const fetched = await page.evaluate(() => fetch('inner.html').then(response => response.text()))
    expect(fetched).toBe(PAGE('inner'))
    const asked = await page.evaluate(
      () =>
        new Promise<string>(resolve => {
          const request = new XMLHttpRequest()
          request.open('GET', 'inner.html')
          request.setRequestHeader('Accept', 'text/html')
          request.onload = () => resolve(request.responseText)
          request.send()
        }),
    )
    expect(asked).toBe(PAGE('inner'))
    write({ 'css/main.css': 'h1 { color: rgb(8, 0, 0) }' })
    const inner = page.frames()[1]
    await eventually(() =>
      inner?.evaluate(() => getComputedStyle(document.querySelector('h1') as Element).color),
    ).toBe('rgb(8, 0, 0)')
    expect(await isMarked()).toBe(true)
    write({ 'inner.html': PAGE('inner two') })
    await eventually(() => page.frames()[1]?.title()).toBe('inner two')
  })

  it.each<[policy: string, injected: boolean]>([
    ["default-src 'self'; style-src 'self' 'unsafe-inline'", true],
    ["script-src 'nonce-r4nd0m'; connect-src 'self'", true],
    ["script-src 'strict-dynamic' 'nonce-r4nd0m'; require-trusted-types-for 'script'", true],
    ["default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:", false],
    ["connect-src 'none'", false],
    ["script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", false],
    ['sandbox allow-scripts', false],
  ])('keeps to the policy %s', async (policy, injected) => {
    const [, rest = ''] = PAGE('one').split('<h1>')
    root = tempFolder({
      ...FILES,
      'index.html': `<!doctype html><link rel="stylesheet" href="css/main.css"><h1>${rest.replace(/<script.*<\/script>/, '')}`,
    })
    served = await serveLive(root, { fields: { 'Content-Security-Policy': policy } })
    context = await browser.newContext()
    page = await newPage()
    expect(served.notes.at(0)).toBe(injected ? null : 'live-policy')
    if (injected) {
      await eventually(() => served.live.status.pages).toBe(1)
      write({ 'css/main.css': 'h1 { color: rgb(4, 0, 0) }' })
      await eventually(() => colorOf('h1')).toBe('rgb(4, 0, 0)')
    }
    expect(problems).toEqual([])
    expect(served.targets.some(target => target.includes('live.js'))).toBe(injected)
  })

  it('leaves a sandboxed frame alone, without a word', async () => {
    await open({
      'index.html': '<!doctype html><iframe sandbox="allow-scripts" src="text.html"></iframe>',
      'text.html': 'text',
    })
    await eventually(() => served.targets.filter(target => target.endsWith('live.js')).length).toBe(2)
    write({ 'README.md': 'two' })
    await eventually(() => isMarked()).toBe(false)
    await eventually(() => served.live.status.pages).toBe(1)
    expect(problems).toEqual([])
  })

  describe('with eight pages', () => {
    it('has one stream, and reloads all', async () => {
      await open()
      const pages = [page]
      for (let n = 1; n < 8; n++) pages.push(await newPage())
      await eventually(() => served.live.status.pages).toBe(8)
      write({ 'index.html': PAGE('two') })
      for (const each of pages) await eventually(() => each.title()).toBe('two')
      write({ 'css/part.css': '.box { color: rgb(3, 0, 0) }' })
      for (const each of pages) await eventually(() => colorOf('.box', each)).toBe('rgb(3, 0, 0)')
      await eventually(() => served.live.status.pages).toBe(8)
      // Whichever listens: the others go on when it has gone.
      for (let n = 7; n > 0; n--) {
        await pages[n]?.close()
        await eventually(() => served.live.status.pages).toBe(n)
        write({ 'css/part.css': `.box { color: rgb(9, 0, ${n}) }` })
        for (const each of pages.slice(0, n))
          await eventually(() => colorOf('.box', each)).toBe(`rgb(9, 0, ${n})`)
      }
      expect(problems).toEqual([])
      await page.close()
      await eventually(() => served.live.status.pages).toBe(0)
    })
  })

  describe('where pages cannot agree on one', () => {
    let other: Browser

    /** A name that browsers do not trust, as that of a computer in the network. */
    beforeAll(async () => {
      other = await launchBrowser(['--host-resolver-rules=MAP site.test 127.0.0.1'])
    })
    afterAll(async () => other?.close())

    it('listens in those that are seen', async () => {
      root = tempFolder(FILES)
      served = await serveLive(root)
      context = await other.newContext()
      await context.addInitScript(() => {
        let seen = true
        Object.defineProperty(document, 'visibilityState', { get: () => (seen ? 'visible' : 'hidden') })
        addEventListener('see', event => {
          seen = (event as CustomEvent).detail
          document.dispatchEvent(new Event('visibilitychange'))
        })
      })
      const see = (opened: Page, seen: boolean) =>
        opened.evaluate(detail => dispatchEvent(new CustomEvent('see', { detail })), seen)
      const pages: Page[] = []
      for (let n = 0; n < 8; n++) {
        const [before] = pages.slice(-1)
        if (before) await see(before, false)
        const opened = await newPage('site.test')
        pages.push(opened)
        expect(await opened.evaluate(() => 'locks' in navigator)).toBe(false)
        await eventually(() => served.live.status.pages).toBe(1)
      }
      const [first, last] = [pages[0], pages[7]] as [Page, Page]
      write({ 'index.html': PAGE('two') })
      await eventually(() => last.title()).toBe('two')
      expect(await first.title()).toBe('one')
      await see(last, false)
      await eventually(() => served.live.status.pages).toBe(0)
      await see(first, true)
      await eventually(() => first.title()).toBe('two')
      expect(problems).toEqual([])
    })
  })
})
