/**
 * Builds everything into out/: the panel (ES modules for Chromium) and the
 * Node side, one CommonJS file per entry with its dependencies inside, so that
 * it also runs where ES modules or node_modules cannot be had (a sandboxed
 * preload script, an asar archive, an older Electron). Built beside out/ and
 * put in its place whole, so that what runs from there always finds its files.
 *
 * --if-needed: nothing, when no source is newer than what is built.
 * --or-last: where nothing can be written, what was built last will do.
 */
import { existsSync } from 'node:fs'
import { mkdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { nodeBuild } from './node-build.mjs'
import { isFresh, putInPlace, removeLeftovers } from './out-folder.mjs'
import { buildTerminal, TERMINAL_FILES } from './terminal.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'out')
const entries = {
  'start.cjs': 'electron/start.ts',
  'main.cjs': 'electron/desktop/main.ts',
  'preload.cjs': 'electron/desktop/preload.ts',
}
const built = [...Object.keys(entries), ...TERMINAL_FILES, 'renderer/index.html']
const sources = ['electron', 'renderer', 'build', 'package.json', 'package-lock.json']
const ifNeeded = process.argv.includes('--if-needed')
const orLast = process.argv.includes('--or-last')

function isBuilt() {
  return isFresh(
    built.map(name => join(out, name)),
    sources.map(name => join(root, name)),
  )
}

async function buildAll() {
  const { build } = await import('vite')
  const began = new Date()
  const folder = `${out}.${process.pid}.tmp`
  await removeLeftovers(out)
  await mkdir(folder) // fails before the packages try to write
  try {
    await build({
      configFile: join(root, 'renderer/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: join(folder, 'renderer') },
    })
    // One build per entry: shared chunks would make the preload script and the terminal command load more than they need.
    for (const [name, entry] of Object.entries(entries)) await build(nodeBuild(entry, folder, name))
    await buildTerminal(folder)
    // A source that was changed meanwhile is newer than this.
    for (const name of built) await utimes(join(folder, name), began, began)
    // Another start may have built the same in the meantime.
    if (!(ifNeeded && isBuilt())) await putInPlace(folder, out)
  } finally {
    await removeLeftovers(out, process.pid)
  }
}

/** Of the file system or of the installation, not of the sources. */
function plainReason({ code }) {
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return 'the packages that Servebar is built with are missing: run `npm ci` first'
  }
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return `${root} cannot be written`
  if (['ENOSPC', 'EDQUOT'].includes(code)) return 'the disk is full'
  return null
}

if (!(ifNeeded && isBuilt())) {
  await buildAll().catch(error => {
    const reason = plainReason(error)
    if (reason !== null && orLast && built.every(name => existsSync(join(out, name)))) {
      console.error(`Could not rebuild (${reason}); starting the last build`)
    } else {
      console.error(`Servebar could not be built: ${reason ?? stripVTControlCharacters(error.message)}`)
      process.exitCode = 1
    }
  })
}
