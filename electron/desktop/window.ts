/**
 * The panel's window: made once at start, hidden and shown from then on, so that
 * it is there at once. Two kinds: `menubar`, frameless under the tray icon, which
 * hides when it loses the focus; `window`, an ordinary one where there is no tray.
 * Whatever its page tries, it stays our page: no other address, no second window,
 * no webview, no permission, no network; it may have the user save what it made.
 */
import {
  BrowserWindow,
  type DownloadItem,
  type Rectangle,
  type Session,
  screen,
  session,
  type WebContents,
} from 'electron'
import { isPanelDownload, panelScheme, panelUrl } from './panel-page.ts'
import { placePanel } from './panel-position.ts'
import { zoomAfter } from './zoom.ts'

export interface PanelWindow {
  readonly contents: WebContents
  load(): Promise<void>
  show(): void
  hide(): void
  toggle(): void
  onShown(listener: () => void): void
  /** Height in CSS px that the content wants. */
  resize(height: number): void
  /**
   * While the work goes on (a native dialog), losing the focus does not hide the panel. The dialog belongs
   * to the panel's window, or to none while that is hidden.
   */
  keepOpen<T>(work: (parent: BrowserWindow | null) => Promise<T>): Promise<T>
  /** From here on closing it really closes it. */
  release(): void
}

export interface PanelWindowOptions {
  readonly kind: 'menubar' | 'window'
  readonly preload: string
  /** Icon file for taskbars, where windows carry one. */
  readonly icon: string
  readonly isDark: () => boolean
  /** Where the tray icon is; null where there is none, or the system does not tell. */
  readonly anchor: () => Rectangle | null
}

/** A click on the tray icon takes the focus first; within this time it means "close", not "open again". */
const clickAfterBlur = 250
const firstHeight = 420

export function createPanelWindow(options: PanelWindowOptions): PanelWindow {
  const isMenubar = options.kind === 'menubar'
  const browserWindow = new BrowserWindow({
    show: false,
    title: 'Servebar',
    icon: options.icon,
    backgroundColor: options.isDark() ? '#1e2120' : '#f3f5f4', // until the page has painted
    ...(isMenubar
      ? {
          width: 400, // panel-position.ts has the rest
          height: firstHeight,
          frame: false,
          resizable: false,
          movable: false,
          minimizable: false,
          maximizable: false,
          fullscreenable: false,
          skipTaskbar: true,
          alwaysOnTop: true,
        }
      : { width: 1080, height: 720, minWidth: 360, minHeight: 400 }),
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false, // it would fetch dictionaries
    },
  })
  const contents = browserWindow.webContents
  let wantedHeight = firstHeight
  let openDialogs = 0
  let blurredAt = Number.NEGATIVE_INFINITY
  let released = false

  contents.on('before-input-event', (event, input) => {
    const zoom = zoomAfter(input, contents.getZoomFactor(), process.platform === 'darwin')
    if (zoom === null) return
    event.preventDefault()
    contents.setZoomFactor(zoom)
    place()
  })

  guardSession(session.defaultSession, item => {
    // Electron asks where to, and the dialog takes the focus.
    openDialogs += 1
    item.once('done', () => {
      openDialogs -= 1
    })
  })
  guardContents(contents)

  function place(): void {
    if (!isMenubar) return
    const anchor = options.anchor()
    const display = anchor ? screen.getDisplayMatching(anchor) : nearestDisplay()
    browserWindow.setBounds(placePanel(anchor, display, wantedHeight, contents.getZoomFactor()))
  }

  function show(): void {
    place()
    if (browserWindow.isMinimized()) browserWindow.restore()
    browserWindow.show()
    browserWindow.focus()
  }

  if (isMenubar) {
    if (process.platform === 'darwin') {
      browserWindow.setAlwaysOnTop(true, 'pop-up-menu')
      browserWindow.setVisibleOnAllWorkspaces(true, {
        visibleOnFullScreen: true,
        skipTransformProcessType: true, // no Dock icon comes and goes
      })
    } else {
      browserWindow.setVisibleOnAllWorkspaces(true)
    }
    browserWindow.on('blur', () => {
      if (!browserWindow.isVisible() || openDialogs > 0 || contents.isDevToolsOpened()) return
      blurredAt = performance.now()
      browserWindow.hide()
    })
  }
  browserWindow.on('close', event => {
    if (released) return
    event.preventDefault() // the sites go on; a click or a launch shows it again
    browserWindow.hide()
  })
  browserWindow.on('page-title-updated', event => event.preventDefault())

  return {
    contents,
    load: () => browserWindow.loadURL(panelUrl),
    show,
    hide: () => browserWindow.hide(),
    onShown: listener => void browserWindow.on('show', listener),
    toggle() {
      if (browserWindow.isVisible() && (isMenubar || browserWindow.isFocused())) browserWindow.hide()
      else if (performance.now() - blurredAt > clickAfterBlur) show()
    },
    resize(height) {
      if (!isMenubar || !Number.isFinite(height)) return
      wantedHeight = height
      place()
    },
    async keepOpen(work) {
      openDialogs += 1
      try {
        return await work(browserWindow.isVisible() ? browserWindow : null)
      } finally {
        openDialogs -= 1
        if (browserWindow.isVisible()) browserWindow.focus()
      }
    },
    release() {
      released = true
    },
  }
}

function nearestDisplay(): Electron.Display {
  return screen.getDisplayNearestPoint(screen.getCursorScreenPoint())
}

function guardContents(contents: WebContents): void {
  contents.on('will-navigate', event => event.preventDefault())
  contents.on('will-redirect', event => event.preventDefault())
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

function guardSession(panelSession: Session, onSave: (item: DownloadItem) => void): void {
  panelSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  panelSession.setPermissionCheckHandler(() => false)
  panelSession.setDevicePermissionHandler(() => false)
  panelSession.on('will-download', (event, item) => {
    if (isPanelDownload(item.getURL())) onSave(item)
    else event.preventDefault()
  })
  // The page's policy says the same; this also holds for what no policy covers.
  panelSession.webRequest.onBeforeRequest((details, answer) => {
    const isOwn =
      details.url.startsWith(`${panelScheme}://`) ||
      details.url.startsWith('devtools://') ||
      isPanelDownload(details.url)
    answer({ cancel: !isOwn })
  })
}
