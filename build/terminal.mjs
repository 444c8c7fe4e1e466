/**
 * The terminal command: a file that starts it, its program, and what V8 made of
 * the program by the time that it had answered a request, so that no start has
 * to compile that again. V8 takes it from its own version only; a Node that has
 * another one compiles the program as ever.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeBuild } from './node-build.mjs'

const STARTER = 'cli.cjs'
const PROGRAM = 'terminal.js'
/** Parts of the program that only some runs need, so that no start has to read them: what it imports by import(). */
const PARTS = ['https', 'qr']
const fileOf = part => `terminal-${part}.cjs`

/** What buildTerminal() puts into a folder. */
export const TERMINAL_FILES = [STARTER, PROGRAM, `${PROGRAM}.v8`, ...PARTS.map(fileOf)]

/**
 * Each part is a file of its own, which the starter's require() finds beside itself.
 * @type {import('vite').Plugin}
 */
const partsApart = {
  name: 'parts-apart',
  enforce: 'pre',
  resolveId(source) {
    const part = PARTS.find(name => source === `./${name}.ts`)
    return part === undefined ? null : { id: `./${fileOf(part)}`, external: true }
  },
}

/** The program without import(), for which a plain script has no loader. */
function programBuild(folder) {
  const options = nodeBuild('electron/cli/main.ts', folder, PROGRAM)
  const { rollupOptions } = options.build
  const output = { ...rollupOptions.output, dynamicImportInCjs: false }
  return {
    ...options,
    plugins: [...options.plugins, partsApart],
    build: { ...options.build, rollupOptions: { ...rollupOptions, output } },
  }
}
const COMPILER = fileURLToPath(new URL('compile-terminal.mjs', import.meta.url))

export async function buildTerminal(folder) {
  const { build } = await import('vite')
  await build(nodeBuild('electron/cli/launch.ts', folder, STARTER))
  await build(programBuild(folder))
  for (const part of PARTS) await build(nodeBuild(`electron/cli/${part}.ts`, folder, fileOf(part)))
  const program = join(folder, PROGRAM)
  // A plain script, as Node would wrap and compile a module by itself.
  writeFileSync(program, `(function (require) {${readFileSync(program, 'utf8')}\n})`)
  // In a process of its own, with the switches of V8 that every start has: it refuses what was made with others.
  const { NODE_OPTIONS, ...env } = process.env
  execFileSync(process.execPath, [COMPILER, program], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}
