/**
 * What the browser panel's host can do. Opening a URL and the clipboard are
 * missing on purpose: the page does both itself, on the user's own click.
 */
import { openWithSystem } from '../app/opener.ts'
import type { Platform } from '../app/platform.ts'

/** `quit` ends the process, after the answer to the page that asked. */
export function createPlatform(quit: () => void): Platform {
  const { platform } = process
  return {
    kind: 'browser',
    os: platform === 'darwin' || platform === 'win32' ? platform : 'linux',
    listFolders: true,
    revealFolder: async path => openWithSystem(path),
    quit: () => void setImmediate(quit),
  }
}
