/**
 * How one entry of the Node side is bundled: a CommonJS file with its packages
 * inside. Here, so that tests run what is shipped.
 */
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mediaTypes } from './media-types.mjs'
import { pageScript } from './page-script.mjs'

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
 * Electron's `fs` takes files named .asar for folders, which would keep a site from serving such a file, and looks at
 * each path for it. `original-fs` is Node's own. What is in our own archive is read with `fs`, without `node:`.
 * @type {import('vite').Plugin}
 */
const originalFiles = {
  name: 'original-files',
  renderChunk: code =>
    code
      .replaceAll('require("node:fs/promises")', 'require("original-fs").promises')
      .replaceAll('require("node:fs")', 'require("original-fs")'),
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
    plugins: [
      mediaTypes(),
      pageScript(),
      plainNamespaces,
      ...(entry.includes('/desktop/') ? [originalFiles] : []),
    ],
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
