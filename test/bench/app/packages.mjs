/**
 * The two apps that are measured, on the same Electron: ours, built and packaged
 * as `npm run package` does, and an empty one.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The folder of an Electron runtime that is here; nothing is downloaded. */
function findRuntime() {
  const installed = join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist')
  const runtime = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? installed
  if (!existsSync(join(runtime, 'version'))) {
    throw new Error('no Electron runtime: run `npx install-electron`, or set ELECTRON_OVERRIDE_DIST_PATH')
  }
  return runtime
}

/** Executables of both, in this folder. */
export function packageApps(folder) {
  const runtime = findRuntime()
  const version = readFileSync(join(runtime, 'version'), 'utf8').trim().replace(/^v/, '')
  const node = (...args) =>
    execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  node('build/build.mjs', '--if-needed')
  node(
    ...['node_modules/electron-builder/cli.js', '--config', 'build/electron-builder.yml', '--linux', 'dir'],
    ...['--publish', 'never', `-c.directories.output=${folder}`],
    ...[`-c.electronDist=${runtime}`, `-c.electronVersion=${version}`],
  )
  return {
    version,
    app: join(folder, 'linux-unpacked/servebar'),
    empty: makeEmptyApp(runtime, join(folder, 'empty')),
  }
}

function makeEmptyApp(runtime, folder) {
  const resources = join(folder, 'resources/app')
  cpSync(runtime, folder, { recursive: true })
  mkdirSync(resources)
  cpSync(fileURLToPath(new URL('empty-app.cjs', import.meta.url)), join(resources, 'main.cjs'))
  cpSync(join(root, 'assets/tray/idle-large.png'), join(resources, 'icon.png'))
  writeFileSync(join(resources, 'package.json'), JSON.stringify({ name: 'empty', main: 'main.cjs' }))
  return join(folder, 'electron')
}
