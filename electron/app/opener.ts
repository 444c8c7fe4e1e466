/**
 * Opens a URL or a page in the default browser, or shows a folder in the file
 * manager, with what the operating system has for it; for hosts without
 * Electron. A program that is missing or fails is not reported: the caller has
 * printed the address already. `BROWSER=none`, as development servers have it,
 * opens nothing.
 */
import { spawn } from 'node:child_process'

type Program = readonly [program: string, ...parameters: string[]]

/** `page`: an http URL, or the absolute path of a HTML file. Every user of the computer can see it. */
export function openInBrowser(page: string): void {
  run(browserFor(process.platform, page))
}

/** Absolute path of what is a folder: a file would be run. */
export function showFolder(folder: string): void {
  run(fileManagerFor(process.platform, folder))
}

export function browserFor(os: NodeJS.Platform, page: string): Program {
  if (os === 'darwin') return ['open', page]
  return os === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', page] : ['xdg-open', page]
}

export function fileManagerFor(os: NodeJS.Platform, folder: string): Program {
  // -R: a folder whose name ends in .app would be run.
  if (os === 'darwin') return ['open', '-R', folder]
  return [os === 'win32' ? 'explorer' : 'xdg-open', folder]
}

/** No shell is involved, so nothing in a parameter is ever a command. */
function run([program, ...parameters]: Program): void {
  if (process.env.BROWSER === 'none') return
  const child = spawn(program, parameters, { stdio: 'ignore', detached: true, windowsHide: true })
  child.on('error', () => {}) // no desktop, or no such program
  child.unref()
}
