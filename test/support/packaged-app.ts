/**
 * The packaged app on a real Electron: packaged once (again only when something
 * that goes into it is newer), launched with a user data folder of its own and
 * driven by Playwright. Needs `npm run build` first and, on Linux, a display;
 * test/run.mjs sees to both.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { root } from './process.ts'

/** Folder of the Electron runtime that test/run.mjs found, or empty. */
export const runtime = process.env.SERVEBAR_TEST_ELECTRON ?? ''

const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
/** Why the packaged app cannot be driven here, or null. */
export const whyNoDesktop = runtime === '' ? 'no Electron runtime' : needsDisplay ? 'no display' : null

/** Chromium's sandbox refuses to run as root, which is what a container is. */
export const sandboxSwitches =
  process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []

export interface PackagedApp {
  readonly app: ElectronApplication
  /** The panel. */
  readonly page: Page
  readonly userData: string
  /** Resolves to the exit code when it has ended. */
  readonly ended: Promise<number | null>
  /** Quits it as the user would, and waits; answers the exit code. */
  close(): Promise<number | null>
}

export interface LaunchOptions {
  /** Default: a fresh one. */
  readonly userData?: string
  readonly args?: readonly string[]
  /** As if the system had a tray (SERVEBAR_TRAY=1). */
  readonly tray?: boolean
}

export function packageApp(): string {
  const executable = executableIn(join(root, 'dist'))
  const archive = executable && findArchive(executable)
  if (executable && archive && statSync(archive).mtimeMs > newestInput()) return executable
  const version = readFileSync(join(runtime, 'version'), 'utf8').trim().replace(/^v/, '')
  const builder = join(root, 'node_modules/electron-builder/cli.js')
  const config = ['--config', 'build/electron-builder.yml', '--publish', 'never', '--dir']
  const electron = [`-c.electronDist=${runtime}`, `-c.electronVersion=${version}`]
  const result = spawnSync(process.execPath, [builder, ...config, ...electron], {
    cwd: root,
    encoding: 'utf8',
  })
  const built = executableIn(join(root, 'dist'))
  if (result.status !== 0 || !built) throw new Error(`Packaging failed\n${result.stdout}${result.stderr}`)
  return built
}

export async function launchApp(options: LaunchOptions = {}): Promise<PackagedApp> {
  const executablePath = packageApp()
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'servebar-desktop-'))
  const app = await _electron.launch({
    executablePath,
    args: [...sandboxSwitches, ...(options.args ?? [])],
    env: environment(userData, options.tray ?? false),
  })
  const child = app.process()
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  onTestFinished(async () => {
    // Not SIGKILL at once: it would leave Chromium's helper processes behind for a while.
    if (child.exitCode === null) child.kill('SIGTERM')
    const limit = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(limit)
    // Chromium's helper processes may still be writing.
    if (!options.userData) rmSync(userData, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })
  const page = await panelOf(app)
  await page.waitForSelector('.sb')
  return {
    app,
    page,
    userData,
    ended,
    async close() {
      // The answer cannot come back from a process that has ended.
      await app.evaluate(({ app: electron }) => electron.quit()).catch(() => {})
      return ended
    },
  }
}

/**
 * Playwright sees a window that was made while it was connecting only sometimes: Chromium then announces it
 * no more. A look through the window's own debugger makes it announce it again.
 */
async function panelOf(app: ElectronApplication): Promise<Page> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const page = await app.firstWindow({ timeout: 500 }).catch(() => null)
    if (page) return page
    if (Date.now() > deadline) throw new Error('The app has opened no window')
    await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      contents?.debugger.attach()
      contents?.debugger.detach()
    })
  }
}

/** Of this process, without what would change how the app starts; login items go into the folder, too. */
export function environment(userData: string, tray: boolean): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(?:NODE_|ELECTRON_|VITEST)/.test(entry[0]),
  )
  return {
    ...Object.fromEntries(inherited),
    SERVEBAR_USER_DATA: userData,
    SERVEBAR_TRAY: tray ? '1' : '0',
    XDG_CONFIG_HOME: join(userData, 'config'),
  }
}

function executableIn(dist: string): string | null {
  if (!existsSync(dist)) return null
  const places = readdirSync(dist).flatMap(folder => [
    join(dist, folder, 'servebar'),
    join(dist, folder, 'Servebar.app/Contents/MacOS/Servebar'),
    join(dist, folder, 'Servebar.exe'),
  ])
  return places.find(place => existsSync(place)) ?? null
}

/** The app itself: what electron-builder put beside the executable. */
export function archiveOf(executable: string): string {
  const archive = findArchive(executable)
  if (archive === null) throw new Error(`${executable} has no app.asar`)
  return archive
}

function findArchive(executable: string): string | null {
  const places = ['../resources/app.asar', '../../Resources/app.asar'].map(place => join(executable, place))
  return places.find(place => existsSync(place)) ?? null
}

/** When anything that is packaged, or says how, was last written. */
function newestInput(): number {
  const folders = ['out', 'assets', 'build'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name =>
      join(root, folder, name),
    ),
  )
  const files = [...folders, join(root, 'package.json'), join(runtime, 'version')]
  return Math.max(...files.map(file => statSync(file).mtimeMs))
}
