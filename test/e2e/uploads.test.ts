/**
 * What visitors do in the listing page, in a real Chromium: add many files and
 * folders, over connections that break, and rename and delete them. Over 350
 * lines, as all of it shares one browser and the same few helpers.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ServerOptions } from '../../electron/engine/types.ts'
import { browserPath, launchBrowser } from '../support/browser.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { type Served, serve } from '../support/serve.ts'
import { type Files, tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

/** Bytes that no part repeats. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0, state = length; i < length; i += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes.writeUInt32LE(state, Math.min(i, length - 4))
  }
  return bytes
}

describe.skipIf(!browserPath)('uploads in a real browser', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let served: Served
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

  async function openPage(url: string, options = {}): Promise<Page> {
    context = await browser.newContext({ viewport: { width: 960, height: 800 }, ...options })
    context.setDefaultTimeout(20_000)
    page = await context.newPage()
    page.on('pageerror', error => problems.push(String(error)))
    page.on('console', message => {
      // Chromium tells each answer that is an error; a refused policy is what must not be.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        problems.push(message.text())
    })
    await page.goto(url)
    return page
  }

  async function open(files: Files = {}, options: Partial<ServerOptions> = {}, path = '/'): Promise<string> {
    served = await serve(files, { uploads: {}, ...options })
    await openPage(`${served.origin}${path}`)
    return served.root
  }

  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' })
  const uploads = () => page.getByRole('region', { name: 'Uploads' })

  async function choose(
    label: 'Upload Files…' | 'Upload Folder…',
    files: Parameters<Page['setInputFiles']>[1],
  ): Promise<void> {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button(label).click()])
    await chooser.setFiles(files)
  }

  const file = (name: string, content: string | Buffer) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  })

  it('adds two hundred files, and shows them', async () => {
    const root = await open({}, {}, '/')
    const source = tempFolder({})
    const paths = Array.from({ length: 200 }, (_, i) => {
      const path = join(source, `file ${i} naïve.bin`)
      writeFileSync(path, noise(500 + i * 37))
      return path
    })
    await choose('Upload Files…', paths)
    await uploads().getByText('200 files added').waitFor()
    for (const path of paths) {
      const name = path.slice(source.length + 1)
      expect(readFileSync(join(root, name)).equals(readFileSync(path))).toBe(true)
    }
    await page.getByText('200 files ·').waitFor()
    await page.getByRole('link', { name: 'file 199 naïve.bin' }).waitFor()
    expect(statSync(join(root, 'file 0 naïve.bin')).mtimeMs).toBe(
      Math.floor(statSync(paths[0] ?? '').mtimeMs / 1000) * 1000,
    )
    expect(problems).toEqual([])
  })

  it('adds a folder with all that is in it, but for private names and what systems leave', async () => {
    const root = await open({ 'inbox/x': 'x' }, {}, '/inbox/')
    const source = tempFolder({
      'trip/a.txt': 'a',
      'trip/day 1/b.txt': 'b',
      'trip/.git/config': 'c',
      'trip/.DS_Store': 'd',
    })
    await choose('Upload Folder…', join(source, 'trip'))
    await uploads().getByText('2 files added').waitFor()
    expect(readFileSync(join(root, 'inbox/trip/day 1/b.txt'), 'utf8')).toBe('b')
    await page.getByText('1 file was left out: names that start with a dot stay private.').waitFor()
    await page.getByRole('link', { name: /^trip/ }).waitFor()
    expect(existsSync(join(root, 'inbox/trip/.git'))).toBe(false)
  })

  it('adds what is dropped anywhere on the page', async () => {
    const root = await open({ 'a.txt': 'a' })
    const data = await page.evaluateHandle(() => {
      const data = new DataTransfer()
      data.items.add(new File(['dropped'], 'dropped.txt'))
      return data
    })
    await page.dispatchEvent('body', 'dragenter', { dataTransfer: data })
    await page.getByText('Release to add to site').waitFor()
    await page.dispatchEvent('body', 'drop', { dataTransfer: data })
    await uploads().getByText('1 file added').waitFor()
    expect(await page.getByText('Release to add').count()).toBe(0)
    expect(readFileSync(join(root, 'dropped.txt'), 'utf8')).toBe('dropped')
  })

  it.each([
    [960, 800],
    [375, 640],
  ])('keeps in sight how far it is, in a long folder in a window of %d by %d', async (width, height) => {
    const names = Array.from({ length: 120 }, (_, i) => `file ${i}.txt`)
    served = await serve(Object.fromEntries(names.map(name => [name, name])), { uploads: {} })
    const proxy = await startCuttingProxy(() => served.port)
    await openPage(`http://127.0.0.1:${proxy.port}/`, { viewport: { width, height } })
    proxy.breakAfter(1_000_000)
    const data = await page.evaluateHandle(() => {
      const data = new DataTransfer()
      for (let i = 0; i < 12; i++) data.items.add(new File([new Uint8Array(3e6)], `new ${i}.bin`))
      data.items.add(new File(['x'], '.hidden'))
      return data
    })
    await page.dispatchEvent('body', 'drop', { dataTransfer: data })
    const bar = page.getByRole('progressbar', { name: 'All files' })
    const note = page.getByRole('main').getByText('1 file was left out')
    const inSight = async (place: typeof bar): Promise<void> => {
      const { y, height: own } = (await place.boundingBox()) ?? { y: -1, height: 0 }
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y + own).toBeLessThanOrEqual(height)
    }
    await bar.waitFor()
    expect(await page.evaluate(() => scrollY)).toBe(0)
    for (const place of [bar, note, button('Cancel All')]) await inSight(place)
    const { height: whole } = (await page.locator('.upd').boundingBox()) ?? { height }
    expect(whole).toBeLessThan(height * 0.7)

    // By keyboard nothing comes to be behind it.
    await page.getByRole('link', { name: 'file 0.txt' }).focus()
    for (let i = 0; i < 30; i++) await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => document.activeElement?.getBoundingClientRect().bottom ?? 0)
    expect(focused).toBeLessThanOrEqual((await page.locator('.upd').boundingBox())?.y ?? 0)

    await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
    for (const place of [bar, note, button('Upload Files…')]) await inSight(place)
    expect(problems.filter(problem => !/ERR_/.test(problem))).toEqual([])
  })

  it('goes on where it was when the connection is cut twice, byte by byte', async () => {
    const root = tempFolder({})
    served = await serve(root, { uploads: {} })
    const proxy = await startCuttingProxy(() => served.port)
    await openPage(`http://127.0.0.1:${proxy.port}/`)
    const content = noise(24_000_000)
    const source = join(tempFolder({}), 'film.mp4')
    writeFileSync(source, content)
    proxy.cutAfter(5_000_000, 8_000_000)
    await choose('Upload Files…', source)
    await uploads().getByText('1 file added').waitFor()
    expect(proxy.cuts).toBe(2)
    expect(readFileSync(join(root, 'film.mp4')).equals(content)).toBe(true)
    const parts = served.exchanges.filter(({ method }) => method === 'PATCH')
    expect(parts.length).toBeGreaterThanOrEqual(3)
    const offsets = parts.map(({ requestFields }) =>
      Number(requestFields.find(([name]) => name === 'upload-offset')?.[1]),
    )
    expect(offsets[0]).toBe(0)
    // A browser sends what was cut once more by itself; that is refused, as the server has some of it by then. How
    // much that is when a connection is reset, only the system knows.
    expect(Math.max(...offsets)).toBeGreaterThan(0)
    expect(served.exchanges.filter(({ method }) => method === 'PUT')).toHaveLength(1)
    expect(parts.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(problems).toEqual([])
  })

  it('goes on with a server that has started anew, and with a page that was closed', async () => {
    const root = tempFolder({})
    served = await serve(root, { uploads: {} })
    let port = served.port
    const proxy = await startCuttingProxy(() => port)
    await openPage(`http://127.0.0.1:${proxy.port}/`)
    const content = noise(12_000_000)
    const source = join(tempFolder({}), 'film.mp4')
    writeFileSync(source, content)
    proxy.breakAfter(4_000_000)
    await choose('Upload Files…', source)
    await uploads()
      .getByText(/Connection lost/)
      .waitFor()
    await button('Pause film.mp4').click()
    await served.close(0)
    served = await serve(root, { uploads: {} })
    port = served.port
    proxy.mend()
    await button('Resume film.mp4').click()
    await uploads().getByText('1 file added').waitFor()
    expect(readFileSync(join(root, 'film.mp4')).equals(content)).toBe(true)

    const second = join(tempFolder({}), 'second.mp4')
    writeFileSync(second, content)
    proxy.breakAfter(6_000_000)
    await choose('Upload Files…', second)
    await uploads()
      .getByText(/Connection lost/)
      .waitFor()
    await button('Pause second.mp4').click()
    proxy.mend()
    await page.reload()
    await choose('Upload Files…', second)
    await uploads().getByText('1 file added').waitFor()
    const last = served.exchanges.filter(({ method }) => method === 'PATCH').at(-1)
    expect(Number(last?.requestFields.find(([name]) => name === 'upload-offset')?.[1])).toBeGreaterThan(0)
    expect(readFileSync(join(root, 'second.mp4')).equals(content)).toBe(true)
  })

  it('asks what to do with names that are taken', async () => {
    const root = await open({ 'a.txt': 'old a', 'b.txt': 'old b', 'c.txt': 'old c' })
    await choose('Upload Files…', [file('a.txt', 'new a'), file('b.txt', 'new b'), file('d?.txt', 'd')])
    await uploads().getByText('1 file added, 2 files exist already').waitFor()
    expect(await button(/Replace/).count()).toBe(0)
    await button('Skip a.txt').click()
    await button('Keep Both b.txt').click()
    await uploads().getByText('2 files added').waitFor()
    expect(
      readdirSync(root)
        .filter(name => !name.startsWith('.'))
        .sort(),
    ).toEqual(['a.txt', 'b (2).txt', 'b.txt', 'c.txt', 'd_.txt'])
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('old a')
    expect(readFileSync(join(root, 'b (2).txt'), 'utf8')).toBe('new b')

    served.server.configure({ name: 'site', listing: true, dotfiles: false, uploads: { overwrite: true } })
    await page.reload()
    await choose('Upload Files…', [file('a.txt', 'new a'), file('c.txt', noise(2_000_000))])
    await button('Replace All').click()
    await uploads().getByText('2 files added').waitFor()
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('new a')
    expect(statSync(join(root, 'c.txt')).size).toBe(2_000_000)
  })

  it('says why a file was not added', async () => {
    await open({}, { uploads: { maxSize: 1_000_000 } })
    await page.getByText('Drop files or folders here, up to 1.0 MB each').waitFor()
    await choose('Upload Files…', [
      file('large.bin', noise(1_000_001)),
      file('huge.bin', noise(3_000_000)),
      file('ok.txt', 'ok'),
    ])
    await uploads().getByText('1 file added, 2 not added').waitFor()
    expect(await uploads().getByText('The file is too large. Files may have 1,000,000 bytes.').count()).toBe(
      2,
    )
    await button('Clear').click()
    await expect.poll(() => uploads().isVisible()).toBe(false)
  })

  it('can be paused, and cancelled without a trace', async () => {
    const root = tempFolder({})
    served = await serve(root, { uploads: {} })
    const proxy = await startCuttingProxy(() => served.port)
    await openPage(`http://127.0.0.1:${proxy.port}/`)
    proxy.breakAfter(2_000_000)
    await choose('Upload Files…', file('a.bin', noise(8_000_000)))
    await uploads()
      .getByText(/Connection lost/)
      .waitFor()
    await button('Pause a.bin').click()
    await uploads()
      .getByText(/^Paused at/)
      .waitFor()
    proxy.mend()
    await button('Cancel a.bin').click()
    await until(() => readdirSync(join(root, '.servebar/uploads')).length === 0, 'the half of it to go')
    expect(existsSync(join(root, 'a.bin'))).toBe(false)
  })

  it('is used by keyboard and heard', async () => {
    await open({ 'taken.txt': 'x' }, { manage: true, zip: true })
    const opened = page.waitForEvent('filechooser')
    await button('Upload Files…').focus()
    await page.keyboard.press('Enter')
    const chooser = await opened
    await chooser.setFiles([file('taken.txt', 'y'), file('ok.txt', 'ok')])
    await uploads().getByText('1 file added, 1 file exists already').waitFor()
    await expect
      .poll(() => page.getByRole('status').textContent())
      .toBe('1 file exists already. Choose what to do.')
    await button('Keep Both taken.txt').focus()
    await page.keyboard.press('Enter')
    await uploads().getByText('2 files added').waitFor()
    await expect.poll(() => page.getByRole('status').textContent()).toBe('2 files added')
    // What had the focus is gone; the focus is not.
    expect(
      await page.evaluate(() => document.activeElement?.closest('section')?.getAttribute('aria-label')),
    ).toBe('Uploads')
  })

  it.each(['light', 'dark'] as const)('has nothing that axe can fault, %s', async colorScheme => {
    served = await serve({ 'taken.txt': 'x', 'a.txt': 'a' }, { uploads: {}, manage: true, zip: true })
    await openPage(served.origin, { colorScheme })
    await choose('Upload Files…', [file('taken.txt', 'y'), file('.hidden', 'y'), file('ok.txt', 'ok')])
    await uploads().getByText('1 file added, 1 file exists already').waitFor()
    const check = async (): Promise<void> => {
      await page.evaluate(axe.source)
      const violations = await page.evaluate(async () => {
        // biome-ignore lint/suspicious/noExplicitAny: axe puts itself on window, untyped here
        const { violations } = await (window as any).axe.run(document, { resultTypes: ['violations'] })
        return violations.map((each: { id: string; nodes: { failureSummary: string }[] }) => [
          each.id,
          each.nodes[0]?.failureSummary,
        ])
      })
      expect(violations).toEqual([])
    }
    await check()
    await button('Rename or delete a.txt').click()
    await check()
    await button('Delete…').click()
    await check()
    await page.setViewportSize({ width: 375, height: 800 })
    await check()
  })

  it('renames and deletes, by dialog', async () => {
    const root = await open(
      { 'a b.txt': 'a', 'b.txt': 'b', 'folder/x.txt': 'x' },
      { uploads: null, manage: true },
    )
    await button('Rename or delete a b.txt').click()
    expect(await page.evaluate(() => String(getSelection()))).toBe('a b')
    await page.keyboard.type('naïve 100%')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'naïve 100%.txt' }).waitFor()
    expect(existsSync(join(root, 'naïve 100%.txt'))).toBe(true)
    await button('Rename or delete b.txt').click()
    await page.getByRole('textbox', { name: 'Name' }).fill('folder')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('There is a folder with this name.').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Rename or delete b.txt',
    )
    await button('Rename or delete folder').click()
    await button('Delete…').click()
    await page.getByText('The folder and all in it goes for good.').waitFor()
    await button('Delete').click()
    await expect.poll(() => page.getByRole('link', { name: /^folder/ }).count()).toBe(0)
    expect(
      readdirSync(root)
        .filter(name => !name.startsWith('.'))
        .sort(),
    ).toEqual(['b.txt', 'naïve 100%.txt'])
    expect(problems).toEqual([])
  })

  it('needs no script to add files', async () => {
    served = await serve({ 'sub/a.txt': 'old' }, { uploads: {} })
    await openPage(`${served.origin}/sub/`, { javaScriptEnabled: false })
    await page.setInputFiles('input[type=file]', [file('a.txt', 'new'), file('naïve 日本.txt', 'b')])
    await button('Upload').click()
    await page.getByRole('link', { name: /a \(2\)\.txt/ }).waitFor()
    expect(page.url()).toBe(`${served.origin}/sub/`)
    expect(readFileSync(join(served.root, 'sub/naïve 日本.txt'), 'utf8')).toBe('b')
  })

  it('does nothing for pages of other sites', async () => {
    served = await serve({ 'a.txt': 'a' }, { uploads: { overwrite: true }, manage: true, cors: 'any' })
    const evil = await serve({
      'index.html': `<!doctype html><form id=f method=post enctype=multipart/form-data action="${served.origin}/">
        <input name=token><input type=file name=files></form>`,
    })
    await openPage(evil.origin.replace('127.0.0.1', 'localhost'))
    const results = await page.evaluate(async target => {
      const token = /name="token" value="([^"]+)"/.exec(await (await fetch(`${target}/`)).text())?.[1] ?? ''
      const tries: [string, RequestInit][] = [
        ['/b.txt', { method: 'PUT', body: 'x' }],
        ['/b.txt', { method: 'PUT', body: 'x', headers: { 'Servebar-Token': token } }],
        ['/a.txt', { method: 'DELETE', headers: { 'Servebar-Token': token } }],
        ['/b.txt', { method: 'PUT', body: 'x', mode: 'no-cors' }],
      ]
      const outcomes: string[] = []
      for (const [path, init] of tries) {
        outcomes.push(
          await fetch(target + path, init).then(
            answer => `${answer.type} ${answer.status}`,
            () => 'refused',
          ),
        )
      }
      const form = new FormData()
      form.append('token', token)
      form.append('files', new File(['x'], 'c.txt'))
      outcomes.push(
        await fetch(`${target}/`, { method: 'POST', body: form, mode: 'no-cors' }).then(
          answer => answer.type,
          () => 'refused',
        ),
      )
      return outcomes
    }, served.origin)
    expect(results.slice(0, 4)).toEqual(['refused', 'refused', 'refused', 'refused'])
    expect(results[4]).toBe('opaque')
    expect(served.exchanges.filter(({ method }) => method === 'POST').map(({ status }) => status)).toEqual([
      403,
    ])
    await Promise.all([
      page.waitForURL(`${served.origin}/`),
      page.evaluate(() => document.querySelector<HTMLFormElement>('#f')?.submit()),
    ])
    expect(served.exchanges.filter(({ method }) => method === 'POST').map(({ status }) => status)).toEqual([
      403, 403,
    ])
    expect(readdirSync(served.root)).toEqual(['a.txt'])
  })
})
