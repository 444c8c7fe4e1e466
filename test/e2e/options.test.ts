/**
 * Options switched on by clicks in the panel, in the packaged app and in a
 * browser, and judged from outside: by a client of HTTP, a page in Chromium,
 * and what is on disk when the host was killed.
 */
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { browserPath, launchBrowser } from '../support/browser.ts'
import { makeAuthority, makeLeaf } from '../support/certificates.ts'
import { launchApp, packageApp, whyNoDesktop } from '../support/packaged-app.ts'
import { startPanel } from '../support/panel-process.ts'
import { tempFolder } from '../support/temp.ts'

const eventually = <T>(ask: () => T | Promise<T>) => expect.poll(ask, { timeout: 15_000 })

interface Host {
  readonly page: Page
  readonly userData: string
  /** Ends it as a crash would. */
  kill(): Promise<unknown>
}

let browser: Browser
beforeAll(async () => {
  if (browserPath) browser = await launchBrowser()
})
afterAll(async () => browser?.close())

async function inApp(folder: string): Promise<Host> {
  const { app, page, userData, ended } = await launchApp({ args: [folder] })
  const kill = () => {
    app.process().kill('SIGKILL')
    return ended
  }
  return { page, userData, kill }
}

async function inBrowser(folder: string): Promise<Host> {
  const home = tempFolder()
  const userData = join(home, 'settings')
  const panel = await startPanel({ home, userData, folders: [folder] })
  onTestFinished(async () => void (await panel.stop()))
  const page = await browser.newPage({ viewport: { width: 400, height: 800 } })
  onTestFinished(() => page.close())
  await page.goto(panel.url)
  return { page, userData, kill: () => panel.stop('SIGKILL') }
}

/** Status and fields, or null while nothing listens. The certificate is the panel's business. */
function ask(origin: string, path: string): Promise<Record<string, unknown> | null> {
  return new Promise(resolve => {
    const session = connect(origin, { rejectUnauthorized: false })
    session.on('error', () => resolve(null))
    const request = session.request({ ':path': path })
    request.on('response', fields => {
      resolve({ ...fields })
      session.destroy()
    })
    request.on('error', () => resolve(null))
  })
}

const hosts = [
  ['the packaged app', whyNoDesktop, inApp],
  ['the panel in a browser', browserPath ? null : 'no Chromium', inBrowser],
] as const

describe.each(hosts)('options in %s', (_name, whyNot, open) => {
  beforeAll(() => {
    if (open === inApp && !whyNot) packageApp()
  })

  it.skipIf(whyNot)('hold for who asks, one after the other and all together', async () => {
    const pair = makeLeaf(makeAuthority())
    const certificates = tempFolder({
      'cert.pem': pair.cert,
      'key.pem': pair.key,
      'other.pem': makeLeaf(makeAuthority()).key,
    })
    const site = tempFolder({
      'index.html': '<!doctype html><title>one</title><link rel="stylesheet" href="a.css"><input>',
      'about.html': 'about',
      'a.css': 'input { color: rgb(1, 0, 0) }',
      '404.html': 'lost',
      _redirects: '/app/* /about.html 200\n/far https://example.com/ 200\n',
    })
    const { page, userData, kill } = await open(site)
    page.setDefaultTimeout(15_000)
    const change = async (name: string) => {
      const control = page.getByRole('switch', { name, exact: true }).first()
      const before = await control.getAttribute('aria-checked')
      await control.click()
      await eventually(() => control.getAttribute('aria-checked')).not.toBe(before)
    }
    const choose = (name: string, label: string) =>
      page.getByRole('combobox', { name }).selectOption({ label })

    // A wide window shows the site beside the list; in a narrow one its name leads there.
    const tab = page.getByRole('tab', { name: 'Options' })
    const name = page.getByRole('heading', { level: 2 }).getByRole('button')
    await tab.or(name).first().waitFor()
    if (!(await tab.isVisible())) await name.first().click()
    const address = page.getByRole('button', { name: /Copy URL http:\/\/localhost:\d+/ }).first()
    const plain = /http:\/\/localhost:\d+/.exec((await address.textContent()) ?? '')?.[0] ?? ''
    await tab.click()

    // Clean addresses, as from the start: what the site itself leads to keeps the visitor's address.
    expect(await (await fetch(`${plain}/about`)).text()).toBe('about')
    const lost = await fetch(`${plain}/nothing`)
    expect([lost.status, await lost.text()]).toEqual([404, 'lost'])
    await choose('Rules of the host', 'Netlify')
    await page.getByText(/_redirects, line 2/).waitFor()
    await eventually(async () => (await fetch(`${plain}/app/x`, { redirect: 'manual' })).status).toBe(200)

    await choose('Cross-origin requests (CORS)', 'Any origin')
    await choose('Cache', '1 hour')
    await change('Cross-origin isolation')
    await change('Download folders as .zip')
    await change('HTTPS')
    const secure = plain.replace('http:', 'https:')
    await eventually(() => ask(secure, '/a.css')).toMatchObject({
      ':status': 200,
      'access-control-allow-origin': '*',
      'cache-control': 'max-age=3600',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    expect((await fetch(`${plain}/a?b`, { redirect: 'manual' })).headers.get('location')).toBe(
      `${secure}/a?b`,
    )

    // Own files that do not belong together: said, and tried again when they are mended.
    await page.getByRole('button', { name: 'Use Own Certificate…' }).click()
    await page.getByRole('textbox', { name: 'Certificate file' }).fill(join(certificates, 'cert.pem'))
    await page.getByRole('textbox', { name: 'Key file' }).fill(join(certificates, 'other.pem'))
    await page.getByRole('button', { name: 'Use Certificate' }).click()
    await page
      .getByText(/does not belong to the certificate/)
      .first()
      .waitFor()
    await page.getByRole('textbox', { name: 'Key file' }).fill(join(certificates, 'key.pem'))
    await page.keyboard.press('Enter')
    await eventually(() => ask(secure, '/')).toMatchObject({ ':status': 200 })

    if (browserPath) {
      const visitor = await browser.newPage({ ignoreHTTPSErrors: true })
      onTestFinished(() => visitor.close())
      await visitor.goto(secure)
      expect(await visitor.evaluate(() => crossOriginIsolated)).toBe(true)
    }
    const text = () => readFileSync(join(userData, 'settings.json'), 'utf8')
    await eventually(() => text().includes('key.pem')).toBe(true)
    await kill()
    expect(JSON.parse(text()).sites).toMatchObject([
      { https: true, cors: true, isolate: true, running: true },
    ])
  })
})
