/**
 * The bridge of the desktop host, as `window.servebar` and nothing else. Runs
 * sandboxed, so it may require only 'electron'.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { createDesktopBridge } from './desktop-bridge.ts'

function pathOf(object: object): string | null {
  const file = object as File & { readonly path?: string }
  // Electron 29 brought webUtils; Electron 32 took `path` away from File.
  const utils: typeof webUtils | undefined = webUtils
  return (utils ? utils.getPathForFile(file) : file.path) || null
}

contextBridge.exposeInMainWorld('servebar', createDesktopBridge(ipcRenderer, pathOf))
