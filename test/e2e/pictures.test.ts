/**
 * Takes the pictures of the panel, light and dark, from the real thing, and
 * checks in each state what a picture cannot promise: no violation that axe
 * finds, nothing clipped. They go to dist/pictures, and to assets/pictures (the
 * README's) with SERVEBAR_PICTURES=1.
 */
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, launchBrowser } from '../support/browser.ts'
import { type PanelProcess, root, startPanel } from '../support/panel-process.ts'
import { tempFolder } from '../support/temp.ts'

const folder = join(root, process.env.SERVEBAR_PICTURES === '1' ? 'assets/pictures' : 'dist/pictures')
const isOnNetwork = Object.values(networkInterfaces()).some(list =>
  list?.some(({ family, internal }) => family === 'IPv4' && !internal),
)
const names = ['portfolio', 'handbook-docs', 'tide-pool']

describe.skipIf(!browserPath)('pictures of the panel', () => {
  let browser: Browser
  let panel: PanelProcess
  let page: Page
  let blocker: Server
  let home: string

  beforeAll(async () => {
    await mkdir(folder, { recursive: true })
    home = await tempFolder()
    for (const name of names) {
      await mkdir(join(home, 'Sites', name, 'assets'), { recursive: true })
      await writeFile(join(home, 'Sites', name, 'index.html'), `<!doctype html><h1>${name}</h1>`)
      await writeFile(join(home, 'Sites', name, 'assets', 'app.css'), 'h1 { color: green }\n'.repeat(700))
    }
    blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    panel = await startPanel({ home, userData: join(home, 'settings') })
    browser = await launchBrowser()
    const context = await browser.newContext({
      viewport: { width: 400, height: 640 },
      deviceScaleFactor: 2,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    context.setDefaultTimeout(10_000)
    page = await context.newPage()
    await page.goto(panel.url)
  })
  afterAll(async () => {
    await browser?.close()
    await panel?.stop()
    blocker?.close()
  })

  /** One picture a theme, and the checks. */
  async function picture(
    name: string,
    themes: readonly ('light' | 'dark')[] = ['light', 'dark'],
  ): Promise<void> {
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme })
      await page.mouse.move(0, 0)
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: 'disabled' })
      // By evaluate, not by a script element: the panel's own CSP allows no foreign script.
      await page.evaluate(axe.source)
      const violations = await page.evaluate(async () => {
        // biome-ignore lint/suspicious/noExplicitAny: axe puts itself on window, untyped here
        const { violations } = await (window as any).axe.run(document, { resultTypes: ['violations'] })
        return violations.map((violation: { id: string; nodes: { html: string }[] }) => [
          violation.id,
          violation.nodes.map(node => node.html.slice(0, 160)),
        ])
      })
      expect.soft(violations, `${name}, ${theme}`).toEqual([])
    }
    expect.soft(await clipped(), name).toEqual([])
  }

  /** Texts that are cut off without an ellipsis, and controls that stick out of the window. */
  function clipped(): Promise<string[]> {
    return page.evaluate(() => {
      const found: string[] = []
      for (const element of document.querySelectorAll<HTMLElement>(
        'button, a, h1, h2, h3, p, span, label, dt, dd',
      )) {
        const style = getComputedStyle(element)
        if (!element.textContent?.trim() || element.closest('.vh') || style.visibility === 'hidden') continue
        const box = element.getBoundingClientRect()
        if (box.width === 0) continue
        if (
          style.overflowX === 'hidden' &&
          style.textOverflow !== 'ellipsis' &&
          element.scrollWidth > element.clientWidth + 1
        ) {
          found.push(`cut: ${element.className} ${element.textContent}`)
        }
        if (box.right > innerWidth + 1) found.push(`outside: ${element.className} ${element.textContent}`)
      }
      return found
    })
  }

  async function add(name: string): Promise<void> {
    const choose = page.getByRole('button', { name: /^Choose (Folder…|a folder)/ })
    await choose.first().click()
    await page.getByRole('combobox', { name: 'Folder path' }).fill('~/Sites/')
    await page.getByRole('option', { name }).click()
    if (name === 'portfolio') await picture('choose-folder')
    await page.getByRole('button', { name: `Serve “${name}”` }).click()
    await page.getByRole('switch', { name: `Serve ${name}` }).waitFor()
  }

  it('first run', async () => {
    await page.getByRole('heading', { name: 'Choose a folder to serve it' }).waitFor()
    await picture('first-run')
  })

  it('one site', async () => {
    await add('portfolio')
    const copy = page.getByRole('button', { name: /^Copy URL http/ })
    const origin = (await copy.getAttribute('title'))?.split(' ')[0] ?? ''
    const paths = ['/', '/assets', '/assets/app.css?v=41', '/missing.webp', '/.env', '/assets/']
    for (const path of [...paths, ...paths])
      await (await fetch(origin + path, { redirect: 'manual' })).arrayBuffer()
    const tag = (await fetch(`${origin}/assets/app.css`)).headers.get('etag') ?? ''
    await fetch(`${origin}/assets/app.css`, { headers: { 'if-none-match': tag } })
    await fetch(`${origin}/assets/app.css?v=42`, { headers: { range: 'bytes=0-99' } })
    await page.getByText('?v=42').first().waitFor()
    await picture('one-site')
  })

  it('the log, and a request opened', async () => {
    await page
      .getByRole('button', { name: 'Show All' })
      .or(page.getByRole('link', { name: 'Show All' }))
      .click()
    await page.getByRole('searchbox', { name: 'Filter requests' }).waitFor()
    await picture('log')
    await page
      .getByRole('button', { name: /^GET \/assets\/app\.css\?v=41, 200/ })
      .first()
      .click()
    await page.getByText('content-type').first().waitFor()
    await picture('request')
    const buttons = page.locator('.req-acts > button')
    expect(await buttons.allTextContents()).toEqual(['Copy Row', 'Copy as cURL', 'Open', 'Replay'])
    const tops = await buttons.evaluateAll(all => all.map(each => each.getBoundingClientRect().top))
    expect(new Set(tops).size, 'lines of buttons').toBe(1)
    await page
      .getByRole('button', { name: /^GET \/assets\/app\.css\?v=41, 200/ })
      .first()
      .click()
    await page.getByRole('searchbox', { name: 'Filter requests' }).fill('fonts/old')
    await page.getByText('Nothing matches “fonts/old”').waitFor()
    await picture('no-match')
    await page.getByRole('button', { name: 'Clear Filter', exact: true }).click()
  })

  it.skipIf(!isOnNetwork)('the names of addresses to share are not cut', async () => {
    await page.getByRole('button', { name: /^Share/ }).click()
    const sheet = page.getByRole('dialog', { name: 'Share portfolio' })
    await sheet.getByRole('switch', { name: 'Share on network' }).click()
    await sheet.getByRole('radiogroup', { name: 'Address shown as QR code' }).waitFor()
    const isCut = await sheet
      .locator('.iface-name')
      .first()
      .evaluate(name => {
        // What the second address of an interface is called.
        name.textContent = 'Ethernet (IPv6)'
        return name.scrollWidth > name.clientWidth || name.scrollHeight > name.clientHeight
      })
    expect(isCut).toBe(false)
    await sheet.getByRole('switch', { name: 'Share on network' }).click()
    await page.keyboard.press('Escape')
  })

  it('options', async () => {
    await page.getByRole('tab', { name: 'Options' }).click()
    await page.getByRole('textbox', { name: 'Port' }).waitFor()
    await picture('options')
    await page.getByLabel('Slow network').selectOption('slow-3g')
    await page.getByRole('note').getByText('Slow 3G').waitFor()
    await page.getByRole('switch', { name: 'Uploads' }).click()
    await page.getByRole('switch', { name: 'Delete and rename' }).waitFor()
    await page.getByRole('switch', { name: 'Password' }).click()
    await page.getByRole('textbox', { name: 'User name' }).waitFor()
    await picture('options-password')
    await page.keyboard.press('Escape')
    await page.getByRole('switch', { name: 'HTTPS' }).click()
    await page.getByText('Fingerprint (SHA-256)').scrollIntoViewIfNeeded()
    await picture('options-https')
    await page.getByRole('switch', { name: 'HTTPS' }).click()
    await page.getByRole('switch', { name: 'Uploads' }).click()
    await page.getByRole('button', { name: 'Turn off Slow 3G' }).click()
    await page.getByRole('note').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: /Copy URL/ }).waitFor()
    await picture('menu')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Sites' }).click()
  })

  it('three sites: running, stopped, port in use', async () => {
    await add('handbook-docs')
    await page.getByRole('switch', { name: 'Serve handbook-docs' }).click()
    await page.getByText(/Stopped · port \d+/).waitFor()
    await add('tide-pool')
    await page.getByRole('link', { name: /^tide-pool/ }).click()
    await page.getByRole('tab', { name: 'Options' }).click()
    const { port } = blocker.address() as { port: number }
    await page.getByRole('textbox', { name: 'Port' }).fill(String(port))
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Sites' }).click()
    await page
      .getByText(new RegExp(`Port ${port} is in use by`))
      .first()
      .waitFor()
    await picture('three-sites')
  })

  it('settings', async () => {
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('textbox', { name: 'Default port' }).waitFor()
    await picture('settings')
    await page.getByRole('button', { name: 'Sites' }).click()
  })

  it('a wide window', async () => {
    await page.setViewportSize({ width: 1180, height: 680 })
    await page.getByRole('link', { name: /^portfolio/ }).click()
    await page
      .getByRole('button', { name: /^GET \/assets\/app\.css\?v=41, 200/ })
      .first()
      .click()
    await page.getByText('content-type').first().waitFor()
    await picture('wide')
    await page.getByRole('tab', { name: 'Options' }).click()
    await picture('wide-options')
  })
})
