/**
 * `npm start`: the only choice of host. The menubar app where Electron and a
 * display are at hand, else the same panel in the browser, with one plain line
 * that says why. Runs on plain Node.
 */
import { isAbsolute, join, parse, resolve } from 'node:path'
import { currentFolderGone } from './app/problems.ts'
import { currentFolder } from './app/user-folder.ts'
import { chooseHost, parseStartArguments, startUsage } from './start/choose-host.ts'
import { findElectron, runElectron } from './start/runtime.ts'

const appFolder = join(__dirname, '..') // this file is built to out/start.cjs

start().catch(error => {
  console.error(`A bug in Servebar: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(70) // EX_SOFTWARE of sysexits.h
})

async function start(): Promise<void> {
  const options = parseStartArguments(process.argv.slice(2))
  if ('problem' in options) {
    console.error(`${options.problem}\n${startUsage}`)
    process.exitCode = 2
    return
  }
  // npm runs scripts in the package's folder; INIT_CWD is where it was called.
  const cwd = process.env.INIT_CWD || currentFolder()
  if (cwd === null && !options.folders.every(folder => isAbsolute(folder))) {
    console.error(currentFolderGone.title)
    process.exitCode = 1
    return
  }
  const folders = options.folders.map(folder => resolve(cwd ?? '', folder))
  // What is started from here would stumble over it.
  if (currentFolder() === null) process.chdir(parse(process.execPath).root)
  const hasDisplay =
    process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  const choice = chooseHost({
    panelAsked: options.panel,
    hasDisplay,
    isLinuxRoot: process.platform === 'linux' && process.getuid?.() === 0,
    noSandbox: options.noSandbox,
  })
  const reason = choice.host === 'desktop' ? await runDesktop(options.noSandbox, folders) : choice.reason
  if (reason === null) return
  const { runPanel } = await import('./panel/main.ts')
  await runPanel({
    folders,
    openBrowser: hasDisplay,
    ...(reason === undefined ? {} : { reason }),
  })
}

/** Null when the desktop app ran; else why it could not. */
async function runDesktop(noSandbox: boolean, folders: readonly string[]): Promise<string | null> {
  const found = await findElectron(appFolder, line => console.log(line))
  if ('reason' in found) return found.reason
  const switches = noSandbox ? ['--no-sandbox'] : []
  const ending = await runElectron(found.executable, [appFolder, ...switches, '--', ...folders], message => {
    const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : null
    console.log(
      type === 'handed-over' ? 'Servebar is already running.' : 'Servebar is running. Press Ctrl-C to quit.',
    )
  })
  if ('reason' in ending) return ending.reason
  process.exitCode = ending.exitCode
  return null
}
