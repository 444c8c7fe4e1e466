/**
 * Composition root of the menubar app: one instance, the app's core, a window,
 * a tray icon and the bridge between them. Boot is the list in `boot`; each
 * setup below does one thing and decides nothing that is not in a file of its own.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dialog, app as electronApp, ipcMain, nativeTheme, powerMonitor, protocol, shell } from 'electron'
import { type App, createApp } from '../app/app.ts'
import { type Lock, type LockAttempt, type LockHolder, takeLock } from '../app/lock.ts'
import { writePanelLink } from '../app/panel-link.ts'
import { currentFolder, homeFolder, userFolder } from '../app/user-folder.ts'
import type { Problem } from '../contract.ts'
import { createArrivals } from './arrivals.ts'
import { connectPanel } from './ipc.ts'
import { parseLaunchArguments } from './launch-arguments.ts'
import { installMenu } from './menu.ts'
import { answerPanel, panelScheme } from './panel-page.ts'
import { createPlatform, type DesktopPlatform } from './platform.ts'
import { createCollector } from './spare-memory.ts'
import { createTray, type TrayIcon } from './tray.ts'
import { hasTray } from './tray-support.ts'
import { createPanelWindow, type PanelWindow } from './window.ts'

/** How long running answers may take to end when the app quits, in ms. */
const quitLimit = 3000
/** The icon and the desktop introduce themselves over the bus within a few ms; a window made meanwhile holds that up for 80. */
const iconTime = 20
const bugExitCode = 70 // EX_SOFTWARE of sysexits.h

const appFolder = electronApp.getAppPath()
const launch = parseLaunchArguments(process.argv, process.defaultApp ? 2 : 1, currentFolder() ?? homeFolder())
const arrivals = createArrivals()

// Also for error.log, so first.
electronApp.setPath('userData', userFolder(process.platform, process.env, homeFolder()))
reportBugs()
protocol.registerSchemesAsPrivileged([{ scheme: panelScheme, privileges: { standard: true, secure: true } }])
// All of these may come while it boots.
if (launch.folders.length > 0) arrivals.push(launch.folders)
electronApp.on('open-file', (event, path) => {
  event.preventDefault()
  arrivals.push([path])
})
electronApp.on('second-instance', (_event, _argv, _cwd, data) => arrivals.push(foldersOf(data)))
electronApp.on('activate', () => arrivals.push([]))
if (electronApp.requestSingleInstanceLock({ folders: launch.folders })) void boot()
else leaveToFirst()

async function boot(): Promise<void> {
  let tray: TrayIcon | null = null
  /** Made when it is first needed. */
  const panel: () => PanelWindow = once(() =>
    createPanelWindow({
      kind,
      preload: join(appFolder, 'out/preload.cjs'),
      icon: join(appFolder, 'assets/icons/256x256.png'),
      isDark: () => nativeTheme.shouldUseDarkColors,
      anchor: () => tray?.bounds() ?? null,
    }),
  )
  // What is only files and a question to the system is done while Electron gets ready.
  const [core] = await Promise.all([openCore(panel), electronApp.whenReady()])
  becomeMenubarApp()
  if (!core.held) return meetBrowserPanel(core.holder)
  const { kind, lock, app, platform } = core
  followTheme(app)
  // Before the window, which takes longer than all else.
  if (kind === 'menubar') {
    tray = putIntoTray(app, platform, panel)
    await new Promise(resolve => setTimeout(resolve, iconTime))
  }
  servePanelPage()
  installMenu(!electronApp.isPackaged, () => void app.invoke('app.quit', {}))
  connectPanel(ipcMain, app, panel().contents)
  drainBeforeQuit(app, panel(), lock)
  keepFresh(app, panel())
  app.onCalm(createCollector(panel().contents))
  welcomeArrivals(app, panel())
  await panel().load()
  app.restore()
  reviveCrashedPage(panel())
  if (!launch.hidden && !electronApp.getLoginItemSettings().wasOpenedAtLogin) panel().show()
  obeyParent(kind)
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

interface Core {
  readonly held: true
  readonly kind: 'menubar' | 'window'
  /** Null: the folder cannot be written. */
  readonly lock: Lock | null
  readonly platform: DesktopPlatform
  readonly app: App
}

async function openCore(panel: () => PanelWindow): Promise<Core | Extract<LockAttempt, { held: false }>> {
  const kind = (await hasTray(process.platform, process.env.SERVEBAR_TRAY)) ? 'menubar' : 'window'
  // A folder that cannot be written is shown in the panel; there is nothing to protect in it then.
  const lock = await takeLock(electronApp.getPath('userData'), kind).catch(() => null)
  if (lock && !lock.held) return lock
  const platform = createPlatform(kind, panel)
  const app = await createApp({
    platform,
    settingsFile: join(electronApp.getPath('userData'), 'settings.json'),
    version: electronApp.getVersion(),
  })
  return { held: true, kind, lock, platform, app }
}

function reportBugs(): void {
  function report(error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    console.error(stack)
    try {
      const file = join(electronApp.getPath('userData'), 'error.log')
      appendFileSync(file, `${new Date().toISOString()} ${stack}\n`)
    } catch {
      // Nowhere to write; standard error has it.
    }
    dialog.showErrorBox('Servebar has to close', stack)
    electronApp.exit(bugExitCode)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}

/** Another menubar app runs: it got the folders through the lock. */
function leaveToFirst(): void {
  process.send?.({ type: 'handed-over' })
  electronApp.exit(0)
}

/** The panel in the browser has the settings: two at a time would overwrite each other's changes. */
async function meetBrowserPanel({ url, pid }: LockHolder): Promise<void> {
  process.send?.({ type: 'handed-over' })
  const notAdded: string[] = []
  arrivals.deliverTo(folders => notAdded.push(...folders))
  const details = [
    `To use the menubar app, quit that one first (process ${pid}).`,
    ...(notAdded.length > 0 ? [`Not added, so add it there: ${notAdded.join(', ')}`] : []),
  ]
  const { response } = await dialog.showMessageBox({
    type: 'info',
    message: 'Servebar is already running in the browser',
    detail: details.join('\n\n'),
    buttons: url === undefined ? ['Close'] : ['Show It', 'Close'],
  })
  const link =
    url !== undefined && response === 0 ? await writePanelLink(electronApp.getPath('userData'), url) : null
  if (link !== null) await shell.openExternal(pathToFileURL(link).href)
  electronApp.exit(0)
}

function becomeMenubarApp(): void {
  if (process.platform === 'win32') electronApp.setAppUserModelId('app.servebar')
  if (process.platform !== 'darwin') return
  electronApp.setActivationPolicy('accessory')
  electronApp.dock?.hide()
}

function servePanelPage(): void {
  const renderer = join(appFolder, 'out/renderer')
  protocol.handle(panelScheme, request => answerPanel(renderer, request.url))
}

function followTheme(app: App): void {
  function apply(): void {
    nativeTheme.themeSource = app.state.get().settings.theme
  }
  app.state.subscribe(apply)
  apply()
}

function drainBeforeQuit(app: App, panel: PanelWindow, lock: Lock | null): void {
  let isQuitting = false
  let sessionEnds = false
  powerMonitor.on('shutdown', () => {
    sessionEnds = true
  })
  electronApp.on('before-quit', event => {
    panel.release()
    if (!sessionEnds) event.preventDefault() // at a shutdown it would stop the whole computer's
    if (isQuitting) return
    isQuitting = true
    const limit = new Promise(resolve => setTimeout(resolve, quitLimit))
    const closed = app.close().then(() => lock?.release())
    void Promise.race([closed, limit]).finally(() => electronApp.exit(0))
  })
}

function putIntoTray(app: App, platform: DesktopPlatform, panel: () => PanelWindow): TrayIcon {
  return createTray(app, {
    images: join(appFolder, 'assets/tray'),
    togglePanel: () => panel().toggle(),
    showPanel: () => panel().show(),
    async chooseFolders() {
      const folders = await platform.chooseFolders()
      if (folders.length > 0) await addFolders(app, panel(), folders)
    },
    addFolders: folders => void addFolders(app, panel(), folders),
  })
}

/** While nobody looked, or the computer slept, the network may have become another. */
function keepFresh(app: App, panel: PanelWindow): void {
  panel.onShown(() => app.refresh())
  powerMonitor.on('resume', () => app.refresh())
}

function welcomeArrivals(app: App, panel: PanelWindow): void {
  arrivals.deliverTo(folders => {
    if (folders.length > 0) void addFolders(app, panel, folders)
    else panel.show()
  })
}

/** What another instance handed over with the lock: data from another process, so it is parsed. */
function foldersOf(data: unknown): readonly string[] {
  const folders = typeof data === 'object' && data !== null && 'folders' in data ? data.folders : []
  return Array.isArray(folders) ? folders.filter(folder => typeof folder === 'string') : []
}

async function addFolders(app: App, panel: PanelWindow, folders: readonly string[]): Promise<void> {
  const result = await app.invoke('site.add', { folders })
  panel.show()
  if (result.ok) app.show({ name: 'list' })
  else await reportProblem(panel, result.problem)
}

async function reportProblem(panel: PanelWindow, { title, detail }: Problem): Promise<void> {
  console.error(title)
  const box = { type: 'error', message: title, ...(detail ? { detail } : {}) } as const
  await panel.keepOpen(parent => (parent ? dialog.showMessageBox(parent, box) : dialog.showMessageBox(box)))
}

function reviveCrashedPage(panel: PanelWindow): void {
  let lastCrash = Number.NEGATIVE_INFINITY
  panel.contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    if (performance.now() - lastCrash < 10_000) throw new Error(`The panel keeps crashing (${reason})`)
    lastCrash = performance.now()
    void panel.load()
  })
}

/** Started by start.ts: say that it worked, and quit when it asks or goes away. */
function obeyParent(kind: 'menubar' | 'window'): void {
  if (!process.send) return
  process.send({ type: 'ready', kind })
  process.on('message', () => electronApp.quit())
  process.on('disconnect', () => electronApp.quit())
}
