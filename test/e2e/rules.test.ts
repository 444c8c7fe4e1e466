/**
 * The Pages options in a real Chromium on the browser panel: index files and
 * the rules of a host are switched there, hold for the next request, and what
 * is wrong in their files is shown by file and line until it is mended.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { browserPath, launchBrowser } from '../support/browser.ts'
import { startPanel } from '../support/panel-process.ts'
import { tempFolder, writeFiles } from '../support/temp.ts'

const eventually = <T>(ask: () => T | Promise<T>) => expect.poll(ask, { timeout: 10_000 })

describe.skipIf(!browserPath)('the rules of a host in the panel', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => browser?.close())

  async function open(): Promise<{ page: Page; site: string; origin: string }> {
    const home = tempFolder()
    const site = join(home, 'portfolio')
    writeFiles(site, {
      'index.html': '<h1>home</h1>',
      'home.htm': '<h1>other</h1>',
      'list/a.txt': 'a',
      _redirects: '/old /new\n/blog/*  /news/:splat\n',
      _headers: '/*\n  X-Robots-Tag: none\n',
    })
    const panel = await startPanel({ home, userData: join(home, 'settings'), folders: [site] })
    onTestFinished(async () => {
      await panel.stop()
    })
    const context = await browser.newContext({ viewport: { width: 400, height: 900 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    await page.goto(panel.url)
    await page
      .getByRole('button', { name: 'Show All' })
      .or(page.getByRole('link', { name: 'Show All' }))
      .click()
    const [, origin = ''] = /(localhost:\d+)/.exec((await page.textContent('body')) ?? '') ?? []
    await page.getByRole('tab', { name: /^Options/ }).click()
    return { page, site, origin: `http://${origin.replace('localhost', '127.0.0.1')}` }
  }

  it('hold when they are chosen, are counted, and what is wrong is shown until it is mended', async () => {
    const { page, site, origin } = await open()
    const old = async () => (await fetch(`${origin}/old`, { redirect: 'manual' })).status
    const rules = page.getByRole('combobox', { name: 'Rules of the host' })
    expect(await old()).toBe(404)
    await rules.selectOption('Netlify')
    await eventually(old).toBe(301)
    await page.getByText('3 rules applied', { exact: true }).waitFor()
    await rules.selectOption('Cloudflare Pages')
    await eventually(old).toBe(302)
    await writeFile(join(site, 'wrangler.toml'), '')
    await rules.selectOption('Automatic')
    await page.getByText('3 rules, as Cloudflare Pages (wrangler.toml)', { exact: true }).waitFor()

    await writeFile(join(site, '_headers'), '/*\n  X-Robots-Tag: none\n  nonsense\n')
    await writeFile(join(site, 'serve.json'), '{\n  "rewrites": [\n    { "source": 1 }\n  ]\n}')
    const list = page.getByRole('list', { name: 'Problems in the rules' })
    await list.waitFor()
    await eventually(async () => await list.getByRole('listitem').allTextContents()).toEqual([
      '_headers, line 3: "nonsense" is neither a path nor a field such as X-Frame-Options: DENY',
      'serve.json, line 3: the source of rewrites is not a text',
    ])
    await page.getByRole('tab', { name: 'Options, 2 problems' }).waitFor()
    const pictures = process.env.SERVEBAR_RULES_PICTURE
    if (pictures !== undefined) await page.screenshot({ path: pictures, fullPage: true })
    await writeFile(join(site, '_headers'), '/*\n  X-Robots-Tag: none\n')
    await writeFile(join(site, 'serve.json'), '{}')
    await list.waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Options', exact: true }).waitFor()
    await rules.selectOption('Off')
    await eventually(old).toBe(404)
  })

  it('and so do index files', async () => {
    const { page, origin } = await open()
    const home = async () => await (await fetch(`${origin}/`)).text()
    const names = page.getByRole('textbox', { name: 'Index files' })
    expect(await names.inputValue()).toBe('index.html')
    await names.fill('home.htm, index.html')
    await names.press('Enter')
    await eventually(home).toContain('other')
    await names.fill('../secret')
    await names.press('Enter')
    await page.getByText('is not a file name').waitFor()
    await names.press('Escape')
    expect(await names.inputValue()).toBe('home.htm, index.html')
    await names.fill('')
    await names.press('Enter')
    await eventually(home).toContain('list')
    await page.getByText('Folders have no page').waitFor()
  })
})
