/**
 * The icon in the menu bar: follows the app's state (glyph, tooltip, menu), and
 * hands clicks, drops and menu actions on. What it shows is decided in
 * tray-model.ts; it knows the app and the panel window, they do not know it.
 */
import { Menu, type MenuItemConstructorOptions, nativeImage, type Rectangle, Tray } from 'electron'
import type { App } from '../app/app.ts'
import {
  type TrayAction,
  type TrayGlyph,
  type TrayItem,
  trayGlyph,
  trayMenu,
  trayTooltip,
} from './tray-model.ts'

export interface TrayHost {
  /** Folder of the tray's images. */
  readonly images: string
  togglePanel(): void
  showPanel(): void
  chooseFolders(): Promise<void>
  addFolders(folders: readonly string[]): void
}

export interface TrayIcon {
  /** Where it is on the screen; null where the system does not tell. */
  bounds(): Rectangle | null
}

export function createTray(app: App, host: TrayHost): TrayIcon {
  const isLinux = process.platform === 'linux'
  let menu = Menu.buildFromTemplate([])
  let shown = ''
  const tray = new Tray(image(trayGlyph(app.state.get())))

  function image(glyph: TrayGlyph): Electron.NativeImage {
    const variant = { darwin: 'Template', linux: '-large' }[process.platform as string] ?? ''
    return nativeImage.createFromPath(`${host.images}/${glyph}${variant}.png`)
  }

  function render(): void {
    const state = app.state.get()
    const items = trayMenu(state, isLinux)
    const glyph = trayGlyph(state)
    const tooltip = trayTooltip(state)
    // Most changes of the state are none of the tray's; rebuilding would close an open menu.
    const next = JSON.stringify([glyph, tooltip, items])
    if (next === shown) return
    shown = next
    tray.setImage(image(glyph))
    tray.setToolTip(tooltip)
    menu = Menu.buildFromTemplate(items.map(menuItem))
    // Elsewhere a set menu would also take the left click.
    if (isLinux) tray.setContextMenu(menu)
  }

  function menuItem(item: TrayItem): MenuItemConstructorOptions {
    if ('separator' in item) return { type: 'separator' }
    const label = item.label.replaceAll('&', '&&') // a single & marks the access key
    if ('items' in item) return { label, submenu: item.items.map(menuItem) }
    const { action } = item
    return action ? { label, click: () => void perform(action) } : { label, enabled: false }
  }

  async function perform(action: TrayAction): Promise<void> {
    switch (action.name) {
      case 'show':
        host.showPanel()
        break
      case 'start': {
        const result = await app.invoke('site.start', { id: action.id })
        const site = app.state.get().sites.find(({ id }) => id === action.id)
        // Its row says what is wrong and offers the remedies.
        if (!result.ok || site?.status.phase === 'failed') showSite(action.id)
        break
      }
      case 'stop':
        await app.invoke('site.stop', { id: action.id })
        break
      case 'open':
        await app.invoke('site.open', { id: action.id })
        break
      case 'copy':
        await app.invoke('clipboard.write', { text: action.text })
        break
      case 'choose-folder':
        await host.chooseFolders()
        break
      case 'stop-all':
        await app.invoke('site.stopAll', {})
        break
      case 'settings':
        host.showPanel()
        app.show({ name: 'settings' })
        break
      case 'quit':
        await app.invoke('app.quit', {})
    }
  }

  function showSite(id: string): void {
    host.showPanel()
    app.show({ name: 'site', id })
  }

  tray.setIgnoreDoubleClickEvents(true) // macOS: each click of a fast pair counts
  tray.on('click', () => host.togglePanel())
  tray.on('right-click', () => {
    if (!isLinux) tray.popUpContextMenu(menu)
  })
  tray.on('drop-files', (_event, files) => host.addFolders(files))
  // The open folder: what letting go here would do.
  tray.on('drag-enter', () => tray.setImage(image('running')))
  for (const event of ['drag-leave', 'drag-end'] as const) {
    tray.on(event as 'drag-leave', () => tray.setImage(image(trayGlyph(app.state.get()))))
  }
  app.state.subscribe(render)
  render()

  return {
    bounds() {
      const bounds = tray.isDestroyed() ? null : tray.getBounds()
      return bounds && bounds.width > 0 && bounds.height > 0 ? bounds : null
    },
  }
}
