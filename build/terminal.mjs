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

/** What buildTerminal() puts into a folder. */
export const TERMINAL_FILES = ['cli.cjs', 'terminal.js', 'terminal.js.v8']

const [STARTER = '', PROGRAM = ''] = TERMINAL_FILES
const COMPILER = fileURLToPath(new URL('compile-terminal.mjs', import.meta.url))

export async function buildTerminal(folder) {
  const { build } = await import('vite')
  await build(nodeBuild('electron/cli/launch.ts', folder, STARTER))
  await build(nodeBuild('electron/cli/main.ts', folder, PROGRAM))
  const program = join(folder, PROGRAM)
  // A plain script (without import(), for it has no loader), as Node would wrap and compile a module by itself.
  writeFileSync(program, `(function (require) {${readFileSync(program, 'utf8')}\n})`)
  // In a process of its own, with the switches of V8 that every start has: it refuses what was made with others.
  const { NODE_OPTIONS, ...env } = process.env
  execFileSync(process.execPath, [COMPILER, program], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}
