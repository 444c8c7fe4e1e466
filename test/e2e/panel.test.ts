/**
 * The main job, end to end, in a real Chromium on the browser panel: first run,
 * choose a folder, it is served, its requests appear, copy, stop, relaunch.
 */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browserPath, launchBrowser } from '../support/browser.ts'
import { type PanelProcess, startPanel } from '../support/panel-process.ts'
import { tempFolder } from '../support/temp.ts'

/** Names that a careless server or page breaks on. */
const nastyNames = [
  '100%#1?.txt',
  'a b+c.txt',
  'quote\'s "and" more.txt',
  '<script>.txt',
  'emoji 🦀.txt',
  'naïve.txt',
]

/** Within the time that a loaded machine may need, not the one second of `expect.poll`. */
const eventually = <T>(ask: () => T | Promise<T>) => expect.poll(ask, { timeout: 10_000 })

describe.skipIf(!browserPath)('the panel in a real browser', () => {
  let browser: Browser
  let home: string
  let userData: string
  let panel: PanelProcess
  let page: Page
  const problems: string[] = []

  async function open(): Promise<void> {
    panel = await startPanel({ home, userData })
    const context = await browser.newContext({
      viewport: { width: 400, height: 640 },
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    context.setDefaultTimeout(10_000)
    page = await context.newPage()
    page.on('pageerror', error => problems.push(String(error)))
    page.on('console', message => message.type() === 'error' && problems.push(message.text()))
    await page.goto(panel.url)
  }

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => browser?.close())

  beforeEach(async () => {
    problems.length = 0
    home = await tempFolder()
    userData = join(home, 'settings')
    const site = join(home, 'Sites', 'portfolio')
    await mkdir(join(site, 'assets'), { recursive: true })
    await writeFile(join(site, 'index.html'), '<!doctype html><title>Portfolio</title><h1>Portfolio</h1>')
    await writeFile(join(site, 'assets', 'app.css'), 'h1 { color: green }\n'.repeat(200))
    for (const name of nastyNames) await writeFile(join(site, 'assets', name), name)
    await symlink('/etc', join(site, 'assets', 'way-out'))
    await open()
  })
  afterEach(async () => {
    await page?.context().close()
    await panel?.stop()
  })

  /** In the wide layout the site stands twice: in the list and as the detail. */
  const serveSwitch = () => page.getByRole('switch', { name: 'Serve portfolio' }).first()

  /** From the first run to a running site, by the panel's own folder chooser. */
  async function serveBySites(): Promise<URL> {
    await page.getByRole('button', { name: 'Choose Folder…' }).click()
    const path = page.getByRole('combobox', { name: 'Folder path' })
    await path.fill('~/Sites/')
    await page.getByRole('option', { name: 'portfolio' }).click()
    await page.getByRole('button', { name: 'Serve “portfolio”' }).click()
    const copy = page.getByRole('button', { name: /^Copy URL http:\/\/localhost:\d+$/ })
    await copy.waitFor()
    return new URL((await copy.getAttribute('title'))?.split(' ')[0] ?? '')
  }

  it('serves a chosen folder, shows its requests, copies its address, stops, and comes back after a relaunch', async () => {
    await eventually(() =>
      page.getByRole('heading', { name: 'Choose a folder to serve it' }).isVisible(),
    ).toBe(true)
    const url = await serveBySites()

    const response = await fetch(url)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<h1>Portfolio</h1>')
    await page.getByRole('button', { name: /^GET \/, 200, .* from this computer/ }).waitFor()

    await page.getByRole('button', { name: `Copy URL ${url.origin}` }).click()
    await page
      .getByRole('status')
      .filter({ hasText: `Copied ${url.origin}` })
      .waitFor({ state: 'attached' })
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url.origin)

    await serveSwitch().click()
    await eventually(() => serveSwitch().getAttribute('aria-checked')).toBe('false')
    await expect(fetch(url)).rejects.toThrow()

    await serveSwitch().click()
    // The address is there, dimmed, before it is served; and a killed process remembers what it has written.
    await eventually(() => readFile(join(userData, 'settings.json'), 'utf8')).toContain('"running": true')
    await page.context().close()
    await panel.stop('SIGKILL')
    await open()
    await eventually(() => page.getByRole('button', { name: `Copy URL ${url.origin}` }).isEnabled()).toBe(
      true,
    )
    expect((await fetch(url)).status).toBe(200)
    expect(problems).toEqual([])
  })

  it('serves files with nasty names, and a page of the site works in the browser', async () => {
    const url = await serveBySites()
    const site = await page.context().newPage()
    await site.goto(new URL('/assets/', url).href)
    for (const name of nastyNames) {
      const [answer] = await Promise.all([
        site.waitForResponse(candidate => candidate.request().isNavigationRequest()),
        site.getByRole('link', { name, exact: false }).first().click(),
      ])
      expect(answer.status(), name).toBe(200)
      expect(await answer.text(), name).toBe(name)
      await site.goBack()
    }
    const outside = await site.goto(new URL('/assets/way-out/passwd', url).href)
    expect([403, 404]).toContain(outside?.status())
    const hidden = await site.goto(new URL('/.env', url).href)
    expect(hidden?.status()).toBe(403)
  })

  it('does everything by keyboard alone, and never loses the focus', async () => {
    /** What has the focus, by its name. */
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: element } = document
        return element === document.body
          ? 'NOTHING'
          : (element?.getAttribute('aria-label') ?? element?.textContent ?? '')
      })
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const title = () => page.getByRole('heading', { level: 1 }).textContent()

    await eventually(focused).toContain('Choose Folder…')
    await press('Enter')
    await eventually(title).toBe('Choose a folder')
    await page.keyboard.type('Sites/portfolio')
    await page.getByRole('button', { name: 'Serve “portfolio”' }).waitFor()
    await press('Enter')
    await eventually(focused).toContain('Copy URL http://localhost:')
    await press('Enter')
    await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^http:\/\/localhost:\d+$/,
    )

    await press('Control+.')
    await eventually(title).toBe('No site running')
    await eventually(focused).toBe('Serve portfolio')
    await press('Control+.')
    await eventually(title).toBe('1 site running')
    expect(await focused()).toBe('Serve portfolio')

    await press('Shift+Tab', 'Enter') // the site's name, before its switch
    await page.getByRole('tab', { name: 'Requests' }).waitFor()
    await fetch(new URL('/missing', await page.evaluate(() => navigator.clipboard.readText())))
    await page.getByRole('button', { name: /^GET \/missing, 404/ }).waitFor()
    await press('Control+f')
    await page.keyboard.type('missing')
    await eventually(() => page.locator('mark').count()).toBeGreaterThan(0)
    // Clear, errors, not found, pause, clear log, export, the first row.
    for (let tabs = 0; tabs < 7 && !(await focused()).startsWith('GET '); tabs++) await press('Tab')
    await eventually(focused).toMatch(/^GET \/missing/)
    await press('Enter')
    await page.getByText('content-type').first().waitFor()
    await press('ArrowLeft')
    await eventually(() => page.getByText('content-type').count()).toBe(0)
    await press('Control+k')
    await page.getByRole('status').filter({ hasText: 'Log cleared' }).waitFor({ state: 'attached' })
    await press('Control+z')
    await page.getByRole('button', { name: /^GET \/missing, 404/ }).waitFor()

    await page.getByRole('tab', { name: 'Requests' }).focus()
    await press('ArrowRight')
    await page.getByRole('switch', { name: 'Hidden files' }).focus()
    await press('Space')
    await eventually(() =>
      page.getByRole('switch', { name: 'Hidden files' }).getAttribute('aria-checked'),
    ).toBe('true')
    await page.getByRole('textbox', { name: 'Port' }).fill('70000')
    await press('Enter')
    await page.getByText('Use a number from 1 to 65535').waitFor()
    await press('Escape')

    await press('Control+Shift+S')
    await page.getByRole('dialog', { name: /Share/ }).waitFor()
    await press('Escape')
    await eventually(focused).toBe('Share…')
    await press('Control+Backspace')
    await page.getByText('Remove portfolio?').waitFor()
    await press('Escape')
    await eventually(focused).toBe('Share…')
    await press('Control+,')
    await eventually(title).toBe('Settings')
    await page.getByRole('radio', { name: 'Dark' }).focus()
    await press('Space')
    await eventually(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    await press('Escape')
    await eventually(focused).toBe('Settings')
    expect(problems).toEqual([])
  })

  it('refuses a page without the token', async () => {
    const stranger = await page.context().newPage()
    await stranger.goto(`${new URL(panel.url).origin}/#token=wrong`)
    await stranger.getByText(/address .* terminal/i).waitFor()
    expect(await stranger.getByText('Choose a folder to serve it').isVisible()).toBe(false)
  })

  it('says so when its engine is gone', async () => {
    await serveBySites()
    await panel.stop()
    await page.getByText('Servebar is not responding').waitFor()
  })
})
