/**
 * How one entry of the Node side is bundled: a CommonJS file with its packages
 * inside. Here, so that tests run what is shipped.
 */
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mediaTypes } from './media-types.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * `import * as fs from 'node:fs'` is the module itself. The bundler makes a copy of it with a getter for each of its
 * names, which takes a start time and makes every use of one six times as slow.
 * @type {import('vite').Plugin}
 */
const plainNamespaces = {
  name: 'plain-namespaces',
  renderChunk: code =>
    code.replace(/^(node_\w+) = __toESM\(\1, 1\);\n/gm, (copy, name) =>
      code.includes(`${name}.default`) ? copy : '',
    ),
}

/**
 * Options for Vite's `build`. `name`: of the file that is built.
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
    plugins: [mediaTypes(), plainNamespaces],
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
          entryFileNames: name,
          codeSplitting: false,
          comments: { legal: true, annotation: false, jsdoc: false },
        },
      },
    },
  }
}
