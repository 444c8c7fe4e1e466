/**
 * `npm test`: builds, finds what the tests need (a Chromium, and for the
 * packaged app a real Electron and a display), runs every test and says in
 * plain words what could not run. Arguments go on to vitest:
 * `npm test -- --project unit range`.
 *
 * SERVEBAR_TEST_ALL=1 (set by CI) makes anything left out a failure.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const mustRunAll = process.env.SERVEBAR_TEST_ALL === '1'
const leftOut = []

function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const files = names.flatMap(name => folders.map(folder => join(folder, name)))
  return files.find(file => existsSync(file))
}

/** Where it may (root on Debian or Ubuntu), installs packages; says so, for it takes a while. */
function aptInstall(...packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !onPath('apt-get')) return false
  console.log(`Installing ${packages.join(', ')} …`)
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  spawnSync('apt-get', ['update', '-qq'], options)
  return (
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options).status ===
    0
  )
}

function findBrowser() {
  const { CHROME_PATH, LOCALAPPDATA, PROGRAMFILES, 'PROGRAMFILES(X86)': PROGRAMFILES_X86 } = process.env
  if (CHROME_PATH) return existsSync(CHROME_PATH) ? CHROME_PATH : undefined
  const windows = [PROGRAMFILES, PROGRAMFILES_X86, LOCALAPPDATA].filter(Boolean)
  const installed = {
    darwin: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ],
    win32: windows.flatMap(folder => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Chromium/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
  }
  return (
    installed[process.platform]?.find(file => existsSync(file)) ??
    onPath(
      'chromium',
      'chromium-browser',
      'google-chrome-stable',
      'google-chrome',
      'microsoft-edge',
      'microsoft-edge-stable',
    )
  )
}

/** The folder of an Electron runtime that is already here; nothing is downloaded for a test. */
function findElectron() {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (given) return existsSync(join(given, 'version')) ? given : undefined
  const dist = join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist')
  return existsSync(join(dist, 'version')) ? dist : undefined
}

const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY

const browser = findBrowser() ?? (aptInstall('chromium', 'fonts-dejavu-core') ? findBrowser() : undefined)
if (!browser) {
  leftOut.push(
    `the panel in a real browser: ${process.env.CHROME_PATH ? 'CHROME_PATH names no file' : 'install Chrome, Chromium or Edge (Debian: apt-get install chromium), or set CHROME_PATH'}`,
  )
}

// Chromium on Linux trusts what NSS does, which only its own tool can tell it.
if (process.platform === 'linux' && browser && !onPath('certutil') && !aptInstall('libnss3-tools')) {
  leftOut.push('a page over HTTPS in Chromium: no certutil of NSS (Debian: apt-get install libnss3-tools)')
}

let electron = findElectron()
if (!electron) {
  leftOut.push(
    'the packaged app: no Electron runtime at hand (run `npx install-electron`, or set ELECTRON_OVERRIDE_DIST_PATH to the folder of one)',
  )
} else if (needsDisplay && !onPath('xvfb-run') && !aptInstall('xvfb', 'xauth')) {
  leftOut.push('the packaged app: no display (install xvfb)')
  electron = undefined
}

const build = spawnSync(process.execPath, ['build/build.mjs', '--if-needed'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) process.exit(build.status ?? 1)

const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const command = [
  process.execPath,
  vitest,
  'run',
  '--config',
  'test/vitest.config.ts',
  ...process.argv.slice(2),
]
if (electron && needsDisplay) command.unshift('xvfb-run', '-a')
const [file, ...args] = command
const run = spawnSync(file, args, {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    SERVEBAR_TEST_BROWSER: browser ?? '',
    SERVEBAR_TEST_ELECTRON: electron ?? '',
  },
})

for (const what of leftOut) console.log(`${mustRunAll ? 'NOT RUN' : 'Skipped'}: ${what}`)
// Without a browser most of the panel is untested: that is no pass. A missing Electron runtime is named, and allowed.
process.exit(run.status || (leftOut.length > 0 && (mustRunAll || !browser)) ? run.status || 1 : 0)
