/**
 * Finds an Electron runtime and starts the app on it, for start.ts, which runs on
 * plain Node. The runtime is the one that ELECTRON_OVERRIDE_DIST_PATH names, or
 * the `electron` package's own, fetched on the first start. Failing is an answer
 * here (a reason in words), never an exception: the panel opens in the browser then.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export type Found = { readonly executable: string } | { readonly reason: string }
export type Ending =
  /** It never got ready. */
  { readonly reason: string } | { readonly exitCode: number }

const fetchLimit = 5 * 60_000
/** How long it may fetch without a word, in ms. */
const silence = 20_000
const readyLimit = 30_000

const executables: Readonly<Record<string, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
}

/** `announce` is told before a download begins. */
export async function findElectron(appFolder: string, announce: (line: string) => void): Promise<Found> {
  const name = executables[process.platform] ?? 'electron'
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) {
    const executable = join(override, name)
    return existsSync(executable) ? { executable } : { reason: `There is no Electron in ${override}` }
  }
  const packageFolder = electronPackage(appFolder)
  if (packageFolder === null) return { reason: 'Electron is not installed' }
  const installed = installedExecutable(packageFolder)
  if (installed !== null) return { executable: installed }
  announce('Fetching Electron, once…')
  const patience = setInterval(announce, silence, 'Still fetching Electron…')
  await runInstaller(packageFolder)
  clearInterval(patience)
  const fetched = installedExecutable(packageFolder)
  return fetched === null ? { reason: 'Electron could not be fetched' } : { executable: fetched }
}

function electronPackage(appFolder: string): string | null {
  try {
    return dirname(createRequire(join(appFolder, 'package.json')).resolve('electron/package.json'))
  } catch {
    return null
  }
}

/** What the package's own installer leaves behind: path.txt, and the file that it names in dist/. */
function installedExecutable(packageFolder: string): string | null {
  try {
    const executable = join(packageFolder, 'dist', readFileSync(join(packageFolder, 'path.txt'), 'utf8'))
    return existsSync(executable) ? executable : null
  } catch {
    return null
  }
}

function runInstaller(packageFolder: string): Promise<void> {
  return new Promise(resolve => {
    const installer = spawn(process.execPath, [join(packageFolder, 'install.js')], {
      stdio: 'ignore', // its stack traces help nobody here
      timeout: fetchLimit,
      windowsHide: true,
    })
    installer.once('error', () => resolve())
    installer.once('exit', () => resolve())
  })
}

/** Runs the app until it ends. `onReady` is called when its panel is there. */
export function runElectron(
  executable: string,
  args: readonly string[],
  onReady: (message: unknown) => void,
): Promise<Ending> {
  return new Promise(resolve => {
    // These would make it a plain Node, or load something into it.
    const { ELECTRON_RUN_AS_NODE, NODE_OPTIONS, ...env } = process.env
    const child = spawn(executable, args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], env })
    let isReady = false
    let errors = ''

    process.stderr.on('error', () => {}) // the terminal is gone; the app need not be
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (isReady) process.stderr.write(text)
      else errors = (errors + text).slice(-20_000)
    })
    const limit = setTimeout(() => child.kill('SIGKILL'), readyLimit)
    child.once('message', message => {
      isReady = true
      clearTimeout(limit)
      onReady(message)
    })
    const stopPassing = passSignals(child)

    child.once('error', error => finish({ reason: `Electron could not start (${error.message})` }))
    child.once('close', (code, signal) => {
      if (isReady) finish({ exitCode: code ?? 1 })
      else if (code === 0) finish({ exitCode: 0 })
      else finish({ reason: explainFailure(errors, signal) })
    })
    function finish(ending: Ending): void {
      clearTimeout(limit)
      stopPassing()
      resolve(ending)
    }
  })
}

/**
 * Asks by message, not by signal: a terminal's Ctrl-C reaches the child as well, and a second signal would
 * end Electron before it has drained its servers.
 */
function passSignals(child: ChildProcess): () => void {
  function ask(): void {
    if (child.connected) child.send({ type: 'quit' })
    else child.kill()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, ask)
  return () => {
    for (const signal of signals) process.off(signal, ask)
  }
}

/** One plain clause from what Chromium and the loader print. */
export function explainFailure(errors: string, signal: NodeJS.Signals | null): string {
  const library = /error while loading shared libraries: ([^\s:]+)/.exec(errors)?.[1]
  if (library) return `Electron could not start: the library ${library} is not installed`
  if (/Missing X server|cannot open display|Failed to connect to Wayland/i.test(errors)) {
    return 'Electron could not start: the display cannot be reached'
  }
  if (/SUID sandbox|usable sandbox/i.test(errors)) {
    return "Electron could not start: this system does not allow Chromium's sandbox"
  }
  return signal === 'SIGKILL' ? 'Electron did not start in time' : 'Electron could not start'
}
