/**
 * How one entry of the Node side is bundled: a CommonJS file with its packages
 * inside. Here, so that tests run what is shipped.
 */
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pageScript } from './page-script.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Options for Vite's `build`. `name`: of the file that is built, without `.cjs`.
 * @param {string} entry
 * @param {string} outDir
 * @param {string} name
 * @returns {import('vite').InlineConfig}
 */
export function nodeBuild(entry, outDir, name) {
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [pageScript()],
    ssr: { noExternal: true, external: ['electron'], target: 'node' },
    build: {
      ssr: resolve(root, entry),
      target: 'node18.15',
      outDir,
      emptyOutDir: false,
      minify: false,
      rollupOptions: {
        external: ['electron', 'bufferutil', 'utf-8-validate', ...builtinModules, /^node:/],
        output: {
          format: 'cjs',
          entryFileNames: `${name}.cjs`,
          codeSplitting: false,
        },
      },
    },
  }
}
