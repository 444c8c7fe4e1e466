/**
 * One entry of the Node side, bundled as build/build.mjs does it, into a folder
 * of its own: for tests that run it as a process.
 */
import { join } from 'node:path'
import { build } from 'vite'
import { nodeBuild } from '../../build/node-build.mjs'
import { buildTerminal } from '../../build/terminal.mjs'
import { tempFolder } from './temp.ts'

/** Path of the built file. `entry`: absolute, or from the root of the repository. */
export async function bundle(entry: string): Promise<string> {
  const outDir = tempFolder()
  await build(nodeBuild(entry, outDir, 'entry.cjs'))
  return join(outDir, 'entry.cjs')
}

/** The terminal command with all its files; path of the one that is started. */
export async function bundleTerminal(): Promise<string> {
  const outDir = tempFolder()
  await buildTerminal(outDir)
  return join(outDir, 'cli.cjs')
}
