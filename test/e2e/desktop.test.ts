/**
 * The packaged menubar app on a real Electron: the main job from first run to
 * relaunch, what a hostile page cannot do, launches with folders, the tray, and
 * how it ends.
 */
import { execFile } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ElectronApplication, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  archiveOf,
  environment,
  launchApp,
  packageApp,
  sandboxSwitches,
  whyNoDesktop,
} from '../support/packaged-app.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

const site = { 'index.html': '<!doctype html><title>Portfolio</title><h1>Portfolio</h1>' }

/** The native dialog cannot be driven from here: it answers with these folders at once. */
async function stubFolderDialog(app: ElectronApplication, filePaths: readonly string[]): Promise<void> {
  await app.evaluate(({ dialog }, paths) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [...paths] })
  }, filePaths)
}

async function servedAt(page: Page): Promise<string> {
  const copy = page.getByRole('button', { name: /Copy URL http:\/\/localhost:\d+/ }).first()
  return /http:\/\/localhost:\d+/.exec((await copy.textContent()) ?? '')?.[0] ?? ''
}

function isVisible(app: ElectronApplication): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false)
}

describe.skipIf(whyNoDesktop)(`the packaged app${whyNoDesktop ? ` (${whyNoDesktop})` : ''}`, () => {
  beforeAll(() => void packageApp())

  it('serves a chosen folder, logs, copies, stops; a relaunch restores what ran', async () => {
    const folder = join(tempFolder({ 'portfolio/index.html': site['index.html'] }), 'portfolio')
    const first = await launchApp()
    const { app, page, userData } = first
    const problems: string[] = []
    page.on('pageerror', error => problems.push(String(error)))
    page.on('console', message => message.type() === 'error' && problems.push(message.text()))

    await page.getByText('Drop a folder to serve it').waitFor()
    await stubFolderDialog(app, [folder])
    await page.getByRole('button', { name: 'Choose Folder…' }).click()
    const origin = await servedAt(page)

    const response = await fetch(`${origin}/`)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(site['index.html'])
    await page.getByRole('button', { name: /^GET \/, 200, .* from this computer/ }).waitFor()

    await page
      .getByRole('button', { name: `Copy URL ${origin}` })
      .first()
      .click()
    await page.getByText(`Copied ${origin}`).waitFor()
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe(origin)

    const serve = page.getByRole('switch', { name: 'Serve portfolio' }).first()
    await serve.click()
    await expect.poll(() => serve.getAttribute('aria-checked')).toBe('false')
    await expect(fetch(origin)).rejects.toThrow()

    await serve.click()
    await expect.poll(() => serve.getAttribute('aria-checked')).toBe('true')
    expect(await first.close()).toBe(0)
    await expect(fetch(origin)).rejects.toThrow()

    const second = await launchApp({ userData })
    expect(await servedAt(second.page)).toBe(origin)
    expect((await fetch(origin)).status).toBe(200)
    expect(await second.close()).toBe(0)
    expect(problems).toEqual([])
  })

  it('keeps its page locked in, whatever the page tries', async () => {
    const { app, page, close } = await launchApp()
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      // Electron's types leave this method out.
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as
        | { getLastWebPreferences(): object }
        | undefined
      return contents?.getLastWebPreferences()
    })
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    })
    const inside = await page.evaluate(async () => {
      const attempt = (work: () => Promise<unknown>) =>
        work().then(
          () => 'allowed',
          () => 'refused',
        )
      const code = document.createElement('script')
      code.textContent = 'window.injected = true'
      document.body.append(code)
      return {
        bridge: Object.keys((window as unknown as { servebar: object }).servebar).sort(),
        node: ['require', 'process', 'module', 'Buffer'].filter(name => name in window),
        inlineScript: 'injected' in window,
        evaluated: await new Promise(resolve => {
          setTimeout('window.evaluated = true', 0)
          setTimeout(() => resolve('evaluated' in window), 0)
        }),
        fetched: await attempt(() => fetch('http://127.0.0.1:1/')),
        fetchedOwn: await attempt(() => fetch('app://servebar/index.html')),
        notification: await Notification.requestPermission(),
        geolocation: await attempt(
          () => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
        ),
        window: window.open('https://example.com/') === null,
      }
    })
    expect(inside).toEqual({
      bridge: ['invoke', 'pathOf', 'subscribe'],
      node: [],
      inlineScript: false,
      evaluated: false,
      fetched: 'refused',
      fetchedOwn: 'refused',
      notification: 'denied',
      geolocation: 'refused',
      window: true,
    })
    // A navigation away is refused, so the panel is still there and still works.
    await page.evaluate(() => {
      location.href = 'http://127.0.0.1:1/'
    })
    await page.evaluate(() => {
      location.href = 'file:///etc/passwd'
    })
    // Not by a locator: Playwright would wait for the refused navigation to end.
    expect(await page.evaluate(() => document.body.textContent)).toContain('Drop a folder to serve it')
    expect(page.url()).toBe('app://servebar/index.html')
    expect(app.windows()).toHaveLength(1)
    expect(await close()).toBe(0)
  })

  it('answers the panel only: no frame in it, no other window', async () => {
    const { app, page } = await launchApp()
    const answer = await app.evaluate(async ({ BrowserWindow, app: electron }) => {
      const preload = `${electron.getAppPath()}/out/preload.cjs`
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
      await stranger.loadURL('app://servebar/index.html')
      const reply: string = await stranger.webContents.executeJavaScript(
        `window.servebar.invoke('port.next', {}).then(JSON.stringify)`,
      )
      stranger.destroy()
      return reply
    })
    expect(JSON.parse(answer)).toMatchObject({ ok: false, problem: { type: 'unsupported' } })
    const own = await page.evaluate(() =>
      (window as unknown as { servebar: { invoke(c: string, i: object): Promise<unknown> } }).servebar.invoke(
        'port.next',
        {},
      ),
    )
    expect(own).toMatchObject({ ok: true })
  })

  it('learns the path of a folder or file given to the page', async () => {
    const folder = tempFolder({ 'a b.txt': 'x' })
    const { page } = await launchApp()
    await page.evaluate(() => {
      const input = document.createElement('input')
      input.type = 'file'
      document.body.append(input)
    })
    await page.locator('input[type=file]').setInputFiles(join(folder, 'a b.txt'))
    const paths = await page.evaluate(() => {
      const { servebar } = window as unknown as { servebar: { pathOf(file: object): string | null } }
      const file = document.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0]
      return [file && servebar.pathOf(file), servebar.pathOf(new File(['x'], 'made-up.txt'))]
    })
    expect(paths).toEqual([join(folder, 'a b.txt'), null])
  })

  it('serves folders of the command line; a second launch hands its folders over and shows the panel', async () => {
    const folder = tempFolder({ 'one/index.html': '1', 'two/index.html': '2' })
    const { app, page, userData, close } = await launchApp({ args: [join(folder, 'one')] })
    await page.getByRole('switch', { name: 'Serve one' }).first().waitFor()
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())

    await promisify(execFile)(packageApp(), [...sandboxSwitches, 'two'], {
      cwd: folder,
      env: environment(userData, false),
    }) // rejects unless it ends with 0
    await page.getByRole('switch', { name: 'Serve two' }).first().waitFor()
    await expect.poll(() => isVisible(app)).toBe(true)
    expect(await close()).toBe(0)
  })

  it.runIf(process.platform === 'linux')(
    'loses no folder of a launch that comes while it boots',
    async () => {
      const folder = tempFolder({ 'early/index.html': '1' })
      const userData = tempFolder()
      const launching = launchApp({ userData, args: ['--hidden'] })
      // Chromium's own lock: from here on a second launch is handed to the first.
      await until(
        () => lstatSync(join(userData, 'SingletonLock'), { throwIfNoEntry: false }),
        'the lock',
        20_000,
      )
      await promisify(execFile)(packageApp(), [...sandboxSwitches, join(folder, 'early')], {
        env: environment(userData, false),
      })
      const { app, page } = await launching
      await page.getByRole('switch', { name: 'Serve early' }).first().waitFor()
      await expect.poll(() => isVisible(app)).toBe(true)
    },
  )

  it('shows a folder that is not there as a plain message', async () => {
    const { app, page, userData } = await launchApp()
    await app.evaluate(({ dialog }) => {
      const shown: string[] = []
      Object.assign(globalThis, { shown })
      dialog.showMessageBox = async (...parameters: unknown[]) => {
        shown.push((parameters.at(-1) as Electron.MessageBoxOptions).message)
        return { response: 0, checkboxChecked: false }
      }
    })
    await promisify(execFile)(packageApp(), [...sandboxSwitches, '/nowhere/at-all'], {
      env: environment(userData, false),
    })
    const shown = () => app.evaluate(() => (globalThis as unknown as { shown: string[] }).shown)
    await expect.poll(shown).toHaveLength(1)
    expect((await shown())[0]).toMatch(/at-all|folder/i)
    await page.getByText('Drop a folder to serve it').waitFor()
  })

  it('serves archives of Electron apps as the files that they are', async () => {
    const folder = tempFolder({ 'broken.asar': 'hello', 'folder.asar/x.txt': 'x' })
    const archive = readFileSync(archiveOf(packageApp()))
    writeFileSync(join(folder, 'app.asar'), archive)
    const { page } = await launchApp({ args: [folder] })
    const origin = await servedAt(page)
    const bodies = await Promise.all(
      ['app.asar', 'broken.asar', 'folder.asar/x.txt'].map(async name => {
        const response = await fetch(`${origin}/${name}`)
        return Buffer.from(await response.arrayBuffer())
      }),
    )
    expect(bodies[0]?.equals(archive)).toBe(true)
    expect(bodies.slice(1).map(String)).toEqual(['hello', 'x'])
  })

  it.runIf(process.platform === 'linux')('starts at login through an autostart entry', async () => {
    const { page, userData } = await launchApp()
    const entry = join(userData, 'config/autostart/servebar.desktop')
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('switch', { name: 'Start at login' }).click()
    await expect.poll(() => existsSync(entry)).toBe(true)
    expect(readFileSync(entry, 'utf8')).toContain(`Exec="${packageApp()}" --hidden\n`)
    await page.getByRole('switch', { name: 'Start at login' }).click()
    await expect.poll(() => existsSync(entry)).toBe(false)
  })

  it('stays hidden when it is started at login', async () => {
    const { app, page } = await launchApp({ args: ['--hidden'] })
    await page.getByText('Drop a folder to serve it').waitFor()
    // It would be shown in the turn in which the page has loaded; each call to the page takes several more.
    await app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (contents?.isLoading())
        await new Promise(resolve => contents.once('did-stop-loading', () => resolve(null)))
      for (let turn = 0; turn < 10; turn++) await contents?.executeJavaScript('0')
    })
    expect(await isVisible(app)).toBe(false)
  })

  it('closing the window keeps serving; quitting lets an answer end', async () => {
    const folder = tempFolder({ 'big.bin': new Uint8Array(30_000_000) })
    const { app, page, close } = await launchApp({ args: [folder] })
    const origin = await servedAt(page)
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await expect.poll(() => isVisible(app)).toBe(false)

    const response = await fetch(`${origin}/big.bin`)
    const ended = close()
    expect((await response.arrayBuffer()).byteLength).toBe(30_000_000)
    expect(await ended).toBe(0)
  })

  it('ends with SIGTERM as with Quit', async () => {
    const { app, ended } = await launchApp({ args: [tempFolder(site)] })
    app.process().kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it('reports a bug with its stack and ends with 70', async () => {
    const { app, ended, userData } = await launchApp()
    await app.evaluate(({ dialog }) => {
      dialog.showErrorBox = () => {}
      setTimeout(() => {
        throw new Error('a bug for the test')
      }, 0)
    })
    expect(await ended).toBe(70)
    expect(readFileSync(join(userData, 'error.log'), 'utf8')).toMatch(/a bug for the test\n\s+at /)
  })
})
