/**
 * Where the packaged app is measured: a virtual display whose pixels can be
 * read, a session bus with a place for tray icons, a user data folder for each
 * run; and the app on it, started plainly or with a driver.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { watchTray } from './tray-watcher.mjs'

const WIDTH = 1280
const HEIGHT = 1024
/** Chromium's sandbox refuses to run as root, which is what a container is. */
const sandboxSwitches = process.getuid() === 0 ? ['--no-sandbox'] : []

/** The first line that it writes to its descriptor 3. */
function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdio[3].on('data', chunk => {
      text += chunk
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${child.spawnfile} has ended at once`)))
  })
}

/** @typedef {Awaited<ReturnType<typeof openStage>>} Stage */

export async function openStage() {
  const folder = mkdtempSync(join(tmpdir(), 'servebar-bench-'))
  const running = new Set()
  function launch(command, args, options) {
    const child = spawn(command, args, options)
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }
  // Whatever happens, nothing stays behind.
  const clean = () => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', clean)

  const silent = { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }
  const display = await firstLine(
    launch(
      'Xvfb',
      ['-displayfd', '3', '-screen', '0', `${WIDTH}x${HEIGHT}x24`, '-fbdir', folder, '-nolisten', 'tcp'],
      silent,
    ),
  )
  const address = await firstLine(
    launch('dbus-daemon', ['--session', '--nofork', '--print-address=3'], silent),
  )
  const tray = await watchTray(address)
  let runs = 0

  function environment(sites) {
    const userData = join(folder, `run-${++runs}`)
    mkdirSync(userData)
    const preferences = { restoreOnLaunch: true, defaultPort: 8080, theme: 'light' }
    writeFileSync(join(userData, 'settings.json'), JSON.stringify({ version: 1, preferences, sites }))
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(?:NODE_|ELECTRON_|SERVEBAR_|WAYLAND_)/.test(name),
    )
    return {
      ...Object.fromEntries(inherited),
      DISPLAY: `:${display}`,
      DBUS_SESSION_BUS_ADDRESS: address,
      SERVEBAR_USER_DATA: userData,
      XDG_CONFIG_HOME: join(userData, 'config'),
      XDG_CURRENT_DESKTOP: 'KDE', // it has a place for tray icons
    }
  }

  async function end(child) {
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    const limit = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(limit)
  }

  return {
    folder,
    tray,
    /** As a user would. Resolves when its tray icon is there; `toTray`: how long that took, in ms. */
    async start(executable, { sites = [], args = [] } = {}) {
      const env = environment(sites)
      const began = performance.now()
      const child = launch(executable, [...sandboxSwitches, ...args], { env, stdio: 'ignore' })
      const icon = await tray.icon()
      return { pid: child.pid, icon, toTray: icon.at - began, close: () => end(child) }
    },
    /** With a driver for its page. */
    async drive(executable, { sites = [] } = {}) {
      const app = await _electron.launch({
        executablePath: executable,
        args: sandboxSwitches,
        env: environment(sites),
      })
      const child = app.process()
      running.add(child)
      await tray.icon()
      const page = await panelOf(app)
      await page.waitForSelector('.sb')
      return { page, pid: child.pid, close: () => end(child) }
    },
    /** The display's pixels, from the file that is its memory (XWD format, 32 bits a pixel). */
    screen() {
      const file = openSync(join(folder, 'Xvfb_screen0'), 'r')
      const head = Buffer.alloc(100)
      readSync(file, head, 0, 100, 0)
      const [headSize, lineSize, colours] = [0, 48, 76].map(at => head.readUInt32BE(at))
      const start = headSize + colours * 12
      return {
        /** Every so many lines, one below the other, as they are now. */
        read(step) {
          const lines = Math.floor(HEIGHT / step)
          const pixels = Buffer.alloc(lines * lineSize)
          for (let line = 0; line < lines; line++) {
            readSync(file, pixels, line * lineSize, lineSize, start + line * step * lineSize)
          }
          return pixels
        },
        close: () => closeSync(file),
      }
    },
    close() {
      tray.close()
      process.off('exit', clean)
      clean()
    },
  }
}

/** As in test/support/packaged-app.ts: a window that was made while Playwright connected is announced again. */
async function panelOf(app) {
  const deadline = performance.now() + 20_000
  for (;;) {
    const page = await app.firstWindow({ timeout: 500 }).catch(() => null)
    if (page) return page
    if (performance.now() > deadline) throw new Error('the app has opened no window')
    await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      contents?.debugger.attach()
      contents?.debugger.detach()
    })
  }
}
