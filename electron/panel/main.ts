/**
 * Composition root of the browser panel: the app's core, the built renderer
 * served by our own engine on loopback, and the WebSocket end of the bridge on
 * the same port. Whoever has the token in the printed address is the user;
 * nobody else gets past the files of the page. Ends by signal or by Quit.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { version } from '../../package.json'
import { createApp } from '../app/app.ts'
import { type LockHolder, takeLock } from '../app/lock.ts'
import { openInBrowser } from '../app/opener.ts'
import { removePanelLink, writePanelLink } from '../app/panel-link.ts'
import { panelPolicy } from '../app/panel-policy.ts'
import { internalProblem, isListenError, listenProblem, systemError } from '../app/problems.ts'
import { homeFolder, userFolder } from '../app/user-folder.ts'
import type { Field, Problem } from '../contract.ts'
import { type RunningServer, startServer } from '../engine/server.ts'
import { handOver } from './hand-over.ts'
import { createPlatform } from './platform.ts'
import { createSocketEnd } from './socket.ts'

export interface PanelOptions {
  readonly folders: readonly string[]
  readonly openBrowser: boolean
  /** Why it is not the menubar app: the beginning of a sentence. Absent: the panel was asked for. */
  readonly reason?: string
  /** Default: 4600 or the next free one. */
  readonly port?: number
}

const FIRST_PORT = 4600
const DRAIN = 500
const STOP_LIMIT = 3000
const REFRESH_INTERVAL = 10_000

/** Returns when it has started, or has found out that it need not; the process then lives until it is told to stop. */
export async function runPanel(options: PanelOptions): Promise<void> {
  process.on('uncaughtException', error => {
    process.stderr.write(`A bug in Servebar\n${error.stack}\n`, () => process.exit(70))
  })
  process.stdout.on('error', () => {}) // the terminal is gone; the panel need not be
  const { folders, openBrowser, reason } = options
  const settingsFolder = userFolder(process.platform, process.env, homeFolder())
  // A folder that cannot be written is shown in the panel; there is nothing to protect in it then.
  const lock = await takeLock(settingsFolder, 'browser').catch(() => null)
  if (lock && !lock.held) {
    await meetRunning(lock.holder, settingsFolder, options)
    return
  }
  await removePanelLink(settingsFolder) // of one that crashed

  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(0)
    stopping = true
    // Whatever hangs, the user is not kept waiting.
    setTimeout(() => process.exit(0), STOP_LIMIT)
    await removePanelLink(settingsFolder)
    await panel?.close()
    await lock?.release()
    process.exit(0)
  }
  let panel: Panel | null = null
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())

  try {
    panel = await startPanel({
      rendererFolder: join(__dirname, 'renderer'), // beside the built file
      settingsFile: join(settingsFolder, 'settings.json'),
      port: options.port ?? FIRST_PORT,
      quit: () => void stop(),
    })
  } catch (error) {
    console.error(startFailure(error, options.port ?? FIRST_PORT))
    await lock?.release()
    process.exit(1)
  }
  // Without it a second launch cannot say where this one is, no more.
  await lock?.publish(panel.url).catch(() => {})
  if (reason !== undefined) console.log(`${reason}, so the panel opens in the browser.`)
  console.log(`Servebar is at ${panel.url}`)
  if (openBrowser) await openPanel(settingsFolder, panel.url)
  panel.restore()
  if (folders.length > 0) {
    const problem = await panel.add(folders)
    if (problem) console.error(problem.title)
  }
}

function startFailure(error: unknown, port: number): string {
  const { code, path } = systemError(error)
  if (code === 'ENOENT') return `${path} is missing; npm run build makes it`
  if (isListenError(error)) return listenProblem(error, { port }).title
  const { title, detail } = internalProblem(error)
  return detail === undefined ? title : `${title}: ${detail}`
}

/** Another Servebar has the settings: two at a time would overwrite each other's changes. */
async function meetRunning(
  { kind, url, pid }: LockHolder,
  settingsFolder: string,
  { folders, openBrowser }: PanelOptions,
): Promise<void> {
  if (url === undefined) {
    const where = {
      browser: `as process ${pid}`,
      menubar: 'as the menubar app',
      window: 'in a window of its own',
    }[kind]
    console.error(`Servebar is already running ${where}; use that one, or quit it and try again`)
    process.exitCode = 1
    return
  }
  try {
    const problem = folders.length > 0 ? await handOver(url, folders) : null
    if (problem) console.error(problem.title)
  } catch (error) {
    console.error(`${(error as Error).message}; end process ${pid} and try again`)
    process.exitCode = 1
    return
  }
  console.log(`Servebar is already running at ${url}`)
  if (openBrowser) await openPanel(settingsFolder, url)
}

/** Where the file cannot be written, the printed address has to do. */
async function openPanel(settingsFolder: string, url: string): Promise<void> {
  const link = await writePanelLink(settingsFolder, url)
  if (link !== null) openInBrowser(link)
}

export interface Panel {
  /** With the token. */
  readonly url: string
  /** Starts the sites that ran when it was last seen. */
  restore(): void
  /** Serves these folders; a problem when it could not. */
  add(folders: readonly string[]): Promise<Problem | null>
  /** Pages are told, answers under way may end, settings are written. */
  close(): Promise<void>
}

export async function startPanel(options: {
  readonly rendererFolder: string
  readonly settingsFile: string
  readonly port: number
  readonly quit: () => void
}): Promise<Panel> {
  const token = randomBytes(32).toString('base64url')
  const app = await createApp({
    platform: createPlatform(options.quit),
    settingsFile: options.settingsFile,
    version,
  })
  // A page says nothing when somebody comes back to it.
  const refreshing = setInterval(() => app.refresh(), REFRESH_INTERVAL)
  const sockets = createSocketEnd({ app, token, port: () => server.port })
  const server: RunningServer = await startServer(
    {
      root: options.rendererFolder,
      name: 'Servebar',
      host: '127.0.0.1',
      port: options.port,
      portFallback: options.port !== 0,
      listing: false,
      dotfiles: false,
    },
    () => {},
    { fields: () => pageFields(server.port), onUpgrade: sockets.upgrade },
  ).catch(async error => {
    clearInterval(refreshing)
    await app.close()
    throw error
  })
  return {
    url: `http://127.0.0.1:${server.port}/#token=${token}`,
    restore: app.restore,
    async add(folders) {
      const result = await app.invoke('site.add', { folders })
      return result.ok ? null : result.problem
    },
    async close() {
      clearInterval(refreshing)
      await Promise.all([sockets.close(), app.close()])
      await server.close(DRAIN)
    },
  }
}

function pageFields(port: number): readonly Field[] {
  return [
    ['content-security-policy', panelPolicy(`ws://127.0.0.1:${port} ws://localhost:${port}`)],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['referrer-policy', 'no-referrer'],
  ]
}
