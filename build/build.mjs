/**
 * Builds everything into out/: the panel (ES modules for Chromium) and the
 * Node side, one CommonJS file per entry with its dependencies inside, so that
 * it also runs where ES modules or node_modules cannot be had (a sandboxed
 * preload script, an asar archive, an older Electron).
 */
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { nodeBuild } from './node-build.mjs'

const { build } = await import('vite').catch(error => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.error('The packages that Servebar is built with are missing: run `npm ci` first')
  process.exit(1)
})

const root = fileURLToPath(new URL('..', import.meta.url))
const entries = {
  start: 'electron/start.ts',
  main: 'electron/desktop/main.ts',
  preload: 'electron/desktop/preload.ts',
  cli: 'electron/cli/main.ts',
}

await rm(`${root}out`, { recursive: true, force: true })
await build({ configFile: `${root}renderer/vite.config.ts`, logLevel: 'warn' })
// One build per entry: shared chunks would make the preload script and the terminal command load more than they need.
for (const [name, entry] of Object.entries(entries)) {
  await build(nodeBuild(entry, `${root}out`, name))
}
