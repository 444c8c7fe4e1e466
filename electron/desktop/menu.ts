/**
 * The application menu. macOS needs one for copy, paste and ⌘Q to work in the
 * panel, even though it is never seen. Windows and Linux show no menu bar, and
 * Chromium handles the editing keys itself.
 */
import { Menu, type MenuItemConstructorOptions } from 'electron'

export function installMenu(isDevelopment: boolean, quit: () => void): void {
  if (process.platform !== 'darwin') {
    Menu.setApplicationMenu(null)
    return
  }
  const template: MenuItemConstructorOptions[] = [
    {
      label: 'Servebar',
      submenu: [
        { role: 'about' },
        { type: 'separator' },
        { role: 'hide' },
        { type: 'separator' },
        { label: 'Quit Servebar', accelerator: 'Cmd+Q', click: quit },
      ],
    },
    { role: 'editMenu' },
    ...(isDevelopment ? [{ role: 'viewMenu' } as const] : []),
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
