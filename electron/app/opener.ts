/**
 * Opens a URL in the default browser, or a folder in the file manager, with
 * what the operating system has for it; for hosts without Electron. Says
 * nothing and fails silently: the caller has printed the address already.
 */
import { spawn } from 'node:child_process'

/** No shell is involved, so nothing in the target is ever a command. */
function openerFor(os: NodeJS.Platform, target: string): readonly [program: string, ...parameters: string[]] {
  if (os === 'darwin') return ['open', target]
  if (os !== 'win32') return ['xdg-open', target]
  return /^https?:/.test(target) ? ['rundll32', 'url.dll,FileProtocolHandler', target] : ['explorer', target]
}

/** `target`: an http URL or an absolute path. `BROWSER=none`, as development servers have it, opens nothing. */
export function openWithSystem(target: string): void {
  if (process.env.BROWSER === 'none') return
  const [program, ...parameters] = openerFor(process.platform, target)
  const child = spawn(program, parameters, { stdio: 'ignore', detached: true, windowsHide: true })
  child.on('error', () => {}) // no desktop, or no such program
  child.unref()
}
