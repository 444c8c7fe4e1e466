/**
 * What the browser panel's host can do. Opening a URL and the clipboard are
 * missing on purpose: the page does both itself, on the user's own click.
 */
import { showFolder } from '../app/opener.ts'
import { operatingSystem, type Platform } from '../app/platform.ts'

/** `quit` ends the process, after the answer to the page that asked. */
export function createPlatform(quit: () => void): Platform {
  return {
    kind: 'browser',
    os: operatingSystem(),
    listFolders: true,
    revealFolder: async path => showFolder(path),
    quit: () => void setImmediate(quit),
  }
}
