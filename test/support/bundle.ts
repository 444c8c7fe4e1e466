/**
 * One entry of the Node side, bundled as build/build.mjs does it, into a folder
 * of its own: for tests that run a host as the process that users start.
 */
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { build } from 'vite'
import { tempFolder } from './temp.ts'

const root = join(import.meta.dirname, '../..')

/** Path of the built file. `entry`: from the root of the repository. */
export async function bundle(entry: string): Promise<string> {
  const outDir = tempFolder()
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['electron'], target: 'node' },
    build: {
      ssr: join(root, entry),
      target: 'node18.15',
      outDir,
      emptyOutDir: true,
      minify: false,
      rollupOptions: {
        external: ['electron', 'bufferutil', 'utf-8-validate', ...builtinModules, /^node:/],
        output: { format: 'cjs', entryFileNames: 'entry.cjs', codeSplitting: false },
      },
    },
  })
  return join(outDir, 'entry.cjs')
}
