/**
 * What the desktop host can do, for the app: native dialog, browser, file
 * manager, clipboard, login item, the panel's window. A capability that this
 * system lacks is left out.
 */
import { clipboard, dialog, app as electronApp, shell } from 'electron'
import { operatingSystem, type Platform } from '../app/platform.ts'
import { configHome, homeFolder } from '../app/user-folder.ts'
import { createAutostart } from './autostart.ts'
import type { PanelWindow } from './window.ts'

const folderDialog: Electron.OpenDialogOptions = {
  title: 'Choose a folder to serve',
  buttonLabel: 'Serve',
  properties: ['openDirectory', 'multiSelections', 'createDirectory'],
}
const privacySettings = 'x-apple.systempreferences:com.apple.preference.security?Privacy_FilesAndFolders'

export type DesktopPlatform = Platform & Required<Pick<Platform, 'chooseFolders'>>

export function createPlatform(kind: 'menubar' | 'window', panel: () => PanelWindow): DesktopPlatform {
  const os = operatingSystem()
  const startAtLogin = loginItem(os)
  return {
    kind,
    os,
    dropPaths: true,

    async chooseFolders() {
      const { canceled, filePaths } = await panel().keepOpen(window =>
        window ? dialog.showOpenDialog(window, folderDialog) : dialog.showOpenDialog(folderDialog),
      )
      return canceled ? [] : filePaths
    },

    async openUrl(url) {
      // Other schemes could start any program.
      if (!/^https?:\/\//i.test(url)) throw new TypeError(`Not a web address: ${url}`)
      await shell.openExternal(url)
    },

    // Not openPath: a folder whose name ends in .app would be run.
    revealFolder: async path => shell.showItemInFolder(path),
    trash: path => shell.trashItem(path),
    writeClipboard: text => clipboard.writeText(text),
    ...(startAtLogin ? { startAtLogin } : {}),
    ...(os === 'darwin' ? { allowAccess: () => shell.openExternal(privacySettings) } : {}),
    closePanel: () => panel().hide(),
    ...(kind === 'menubar' ? { resizePanel: height => panel().resize(height) } : {}),

    quit(servedOthers) {
      void confirmQuit(servedOthers).then(isConfirmed => {
        if (isConfirmed) electronApp.quit()
      })
    },
  }

  async function confirmQuit(servedOthers: boolean): Promise<boolean> {
    if (!servedOthers) return true
    const box: Electron.MessageBoxOptions = {
      type: 'question',
      message: 'Quit Servebar?',
      detail: 'Another device opened one of your sites in the last minute.',
      buttons: ['Quit', 'Cancel'],
      defaultId: 0,
      cancelId: 1,
    }
    const { response } = await panel().keepOpen(window =>
      window ? dialog.showMessageBox(window, box) : dialog.showMessageBox(box),
    )
    return response === 0
  }
}

/** Only for the packaged app: in development it would start a bare Electron at login. */
function loginItem(os: Platform['os']): Platform['startAtLogin'] | null {
  if (!electronApp.isPackaged) return null
  if (os === 'linux') {
    // An AppImage runs from a mount that is gone at the next login; $APPIMAGE is the file itself.
    return createAutostart(configHome(process.env, homeFolder()), process.env.APPIMAGE ?? process.execPath)
  }
  const args = os === 'win32' ? ['--hidden'] : []
  return {
    get: () => electronApp.getLoginItemSettings({ args }).openAtLogin,
    set: openAtLogin => electronApp.setLoginItemSettings({ openAtLogin, args }),
  }
}
