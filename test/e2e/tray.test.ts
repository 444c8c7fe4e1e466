/**
 * The packaged app with a tray (SERVEBAR_TRAY=1: a display without a tray still
 * lets Electron make one). Its Tray object is caught from outside by patching
 * Electron's own class, so the app needs no hook for it.
 */
import type { ElectronApplication, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DesktopBridge } from '../../electron/contract.ts'
import { launchApp, packageApp, whyNoDesktop } from '../support/packaged-app.ts'
import { tempFolder } from '../support/temp.ts'

interface Caught {
  tray: Electron.Tray
  tooltip: string
  menu: Electron.Menu
}

/** From the next change of the state on, `globalThis.caught` holds the tray and what it shows. */
async function catchTray(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ Tray }) => {
    const caught: Partial<Caught> = {}
    Object.assign(globalThis, { caught })
    const { setToolTip, setContextMenu } = Tray.prototype
    Tray.prototype.setToolTip = function (tooltip) {
      caught.tray = this
      caught.tooltip = tooltip
      setToolTip.call(this, tooltip)
    }
    Tray.prototype.setContextMenu = function (menu) {
      if (menu) caught.menu = menu
      setContextMenu.call(this, menu)
    }
  })
}

async function caught<T>(app: ElectronApplication, read: (caught: Caught) => T): Promise<T> {
  const handle = await app.evaluateHandle(() => (globalThis as unknown as { caught: Caught }).caught)
  return handle.evaluate(read as (caught: unknown) => T)
}

interface WindowLook {
  visible: boolean
  bounds: { x: number; y: number; width: number; height: number }
  alwaysOnTop: boolean
  frameless: boolean
}
function look(app: ElectronApplication): Promise<WindowLook> {
  return app.evaluate(({ BrowserWindow }) => {
    const [panel] = BrowserWindow.getAllWindows()
    if (!panel) throw new Error('no window')
    const bounds = panel.getBounds()
    return {
      visible: panel.isVisible(),
      bounds,
      alwaysOnTop: panel.isAlwaysOnTop(),
      frameless: panel.getContentBounds().height === bounds.height,
    }
  })
}

/** With Ctrl or ⌘, as the system would deliver it: Playwright's own keys go past Electron. */
async function press(app: ElectronApplication, key: string): Promise<void> {
  const modifier = process.platform === 'darwin' ? 'meta' : 'control'
  await app.evaluate(
    ({ BrowserWindow }, [keyCode, ...modifiers]) => {
      BrowserWindow.getAllWindows()[0]?.webContents.sendInputEvent({
        type: 'keyDown',
        keyCode,
        modifiers: modifiers as 'meta'[],
      })
    },
    [key, modifier] as [string, string],
  )
}

async function addFolder(page: Page, folder: string): Promise<void> {
  await page.evaluate(
    path =>
      (window as unknown as { servebar: { invoke(c: string, i: object): Promise<unknown> } }).servebar.invoke(
        'site.add',
        { folders: [path] },
      ),
    folder,
  )
}

describe.skipIf(whyNoDesktop)(`the tray${whyNoDesktop ? ` (${whyNoDesktop})` : ''}`, () => {
  beforeAll(() => void packageApp())

  it('opens a frameless panel that follows its content and stays on the screen', async () => {
    const { app, page } = await launchApp({ tray: true })
    await page.getByText('Drop a folder to serve it').waitFor()
    const content = await page.evaluate(
      () => document.querySelector('.sb')?.getBoundingClientRect().height ?? 0,
    )
    await expect.poll(async () => (await look(app)).bounds.height).toBe(Math.ceil(content))
    const { visible, bounds, alwaysOnTop, frameless } = await look(app)
    expect({ visible, alwaysOnTop, frameless, width: bounds.width }).toEqual({
      visible: true,
      alwaysOnTop: true,
      frameless: true,
      width: 400,
    })
    const area = await app.evaluate(({ screen }) => screen.getPrimaryDisplay().workArea)
    expect(bounds.x).toBeGreaterThanOrEqual(area.x)
    expect(bounds.x + bounds.width).toBeLessThanOrEqual(area.x + area.width)
    expect(bounds.y + bounds.height).toBeLessThanOrEqual(area.y + area.height)
  })

  it('grows and shrinks with Ctrl and +, −, 0, and is as large again after a relaunch', async () => {
    const userData = tempFolder()
    const first = await launchApp({ tray: true, userData })
    const { app, page } = first
    await page.getByText('Drop a folder to serve it').waitFor()
    const width = (running: ElectronApplication) => look(running).then(({ bounds }) => bounds.width)
    await press(app, '=')
    await expect.poll(() => width(app)).toBe(440)
    await press(app, '-')
    await expect.poll(() => width(app)).toBe(400)
    for (let count = 0; count < 5; count++) await press(app, '+')
    await expect.poll(() => width(app)).toBe(600)
    const content = () =>
      page.evaluate(() => [
        window.innerWidth,
        document.querySelector('.sb')?.getBoundingClientRect().height ?? 0,
      ])
    await expect.poll(async () => (await content())[0]).toBe(400)
    const [, height = 0] = await content()
    await expect.poll(async () => (await look(app)).bounds.height).toBe(Math.round(Math.ceil(height) * 1.5))
    await first.close()

    const second = await launchApp({ tray: true, userData })
    await expect.poll(() => width(second.app)).toBe(600)
    await press(second.app, '0')
    await expect.poll(() => width(second.app)).toBe(400)
    expect(await second.close()).toBe(0)
  })

  it('tells the truth in tooltip and menu, and its actions work', async () => {
    const folder = tempFolder({ 'tide & pool/index.html': 'hello' })
    const { app, page } = await launchApp({ tray: true })
    await catchTray(app)
    await addFolder(page, `${folder}/tide & pool`)
    await expect.poll(() => caught(app, ({ tooltip }) => tooltip)).toBe('Servebar: 1 of 1 running')
    const labels = () => caught(app, ({ menu }) => menu.items.map(item => item.label))
    expect(await labels()).toEqual([
      'Show Servebar',
      '',
      '1 of 1 running',
      expect.stringMatching(/^tide && pool: localhost:\d+$/),
      '',
      'Choose Folder…',
      'Stop All',
      'Settings…',
      '',
      'Quit Servebar',
    ])
    // By the menu: copy, then stop.
    const press = (label: string) =>
      app.evaluate((_electron, wanted) => {
        const { menu } = (globalThis as unknown as { caught: Caught }).caught
        const all = menu.items.flatMap(item => [item, ...(item.submenu?.items ?? [])])
        all.find(item => item.label === wanted)?.click()
      }, label)
    await press('Copy URL')
    const clipboard = () => app.evaluate(electron => electron.clipboard.readText())
    await expect.poll(clipboard).toMatch(/^http:\/\/localhost:\d+$/)
    const origin = await clipboard()
    expect(await (await fetch(origin)).text()).toBe('hello')
    await press('Stop')
    await expect.poll(() => caught(app, ({ tooltip }) => tooltip)).toBe('Servebar: 0 of 1 running')
    await expect(fetch(origin)).rejects.toThrow()
    await press('Settings…')
    await page.getByRole('switch', { name: 'Restore servers on launch' }).waitFor()
  })

  it('toggles the panel with a click', async () => {
    const { app, page } = await launchApp({ tray: true })
    await catchTray(app)
    await addFolder(page, tempFolder({ 'index.html': 'x' }))
    await expect.poll(() => caught(app, ({ tray }) => tray !== undefined)).toBe(true)
    const click = () => caught(app, ({ tray }) => void tray.emit('click'))
    for (const visible of [false, true, false, true]) {
      await click()
      expect((await look(app)).visible).toBe(visible)
    }
  })

  it('tells the addresses of now when the panel is shown again', async () => {
    const { app, page } = await launchApp({ tray: true })
    await catchTray(app)
    await addFolder(page, tempFolder({ 'index.html': 'x' }))
    await expect.poll(() => caught(app, ({ tray }) => tray !== undefined)).toBe(true)
    await page.evaluate(async () => {
      const { servebar } = window as unknown as { servebar: DesktopBridge }
      servebar.subscribe(message => {
        if (message.type === 'state') Object.assign(window, { sites: message.state.sites })
      })
      const [id = ''] = await new Promise<string[]>(resolve => {
        servebar.subscribe(
          message => message.type === 'state' && resolve(message.state.sites.map(site => site.id)),
        )
      })
      await servebar.invoke('site.configure', { id, options: { share: true } })
    })
    await caught(app, ({ tray }) => void tray.emit('click'))
    await app.evaluate(() => {
      const os = process.mainModule?.require('node:os')
      const address = { address: '192.0.2.77', family: 'IPv4', internal: false }
      os.networkInterfaces = () => ({ en9: [address] })
    })
    await caught(app, ({ tray }) => void tray.emit('click'))
    const sites = () => page.evaluate(() => JSON.stringify((window as unknown as { sites: unknown }).sites))
    await expect.poll(sites).toContain('http://192.0.2.77:')
  })

  it('hides when the focus goes elsewhere, but not under an open dialog', async () => {
    const { app, page } = await launchApp({ tray: true })
    await page.getByText('Drop a folder to serve it').waitFor()
    await app.evaluate(({ dialog }) => {
      dialog.showOpenDialog = () =>
        new Promise(resolve =>
          Object.assign(globalThis, { answer: () => resolve({ canceled: true, filePaths: [] }) }),
        )
    })
    const blur = () =>
      app.evaluate(({ BrowserWindow }) => void BrowserWindow.getAllWindows()[0]?.emit('blur'))
    await page.getByRole('button', { name: 'Choose Folder…' }).click()
    await expect.poll(() => app.evaluate(() => 'answer' in globalThis)).toBe(true)
    await blur()
    expect((await look(app)).visible).toBe(true)
    await app.evaluate(() => (globalThis as unknown as { answer(): void }).answer())
    await expect
      .poll(async () => {
        await blur()
        return (await look(app)).visible
      })
      .toBe(false)
  })

  it('draws glyphs that stand out on light and on dark bars', async () => {
    const { app } = await launchApp({ tray: true })
    const contrasts = await app.evaluate(({ app: electron, nativeImage }) => {
      const channel = (value: number) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
      const luminance = (r: number, g: number, b: number) =>
        0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255)
      return ['idle', 'running', 'failed'].map(glyph => {
        const bitmap = nativeImage
          .createFromPath(`${electron.getAppPath()}/assets/tray/${glyph}-large.png`)
          .toBitmap()
        let worst = Number.POSITIVE_INFINITY
        let opaque = 0
        for (let at = 0; at < bitmap.length; at += 4) {
          if (bitmap[at + 3] !== 255) continue
          opaque += 1
          const own = luminance(bitmap[at + 2] ?? 0, bitmap[at + 1] ?? 0, bitmap[at] ?? 0) // BGRA
          worst = Math.min(worst, 1.05 / (own + 0.05), (own + 0.05) / (luminance(36, 36, 36) + 0.05))
        }
        return { glyph, enough: worst >= 3, drawn: opaque > 40 }
      })
    })
    expect(contrasts).toEqual(
      ['idle', 'running', 'failed'].map(glyph => ({ glyph, enough: true, drawn: true })),
    )
  })
})
