/**
 * `import text from './client/main.ts?script'`: a script for pages that the
 * engine sends, written as modules and bundled into one classic script, as text.
 * For the build and for the tests, so that both have the same one.
 */
import { build } from 'vite'

const ENDING = '?script'

/** @returns {import('vite').Plugin} */
export function pageScript() {
  return {
    name: 'servebar:page-script',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(ENDING)) return null
      const entry = id.slice(0, -ENDING.length)
      const { text, files } = await bundleScript(entry)
      for (const file of files) this.addWatchFile(file)
      return `export default ${JSON.stringify(text)}`
    },
  }
}

async function bundleScript(entry) {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      // Phones of visitors: Safari 15.4, Firefox 98 and what came with them.
      target: ['es2020', 'safari15'],
      modulePreload: false,
      rollupOptions: { input: entry, output: { format: 'iife' } },
    },
  })
  const outputs = Array.isArray(result) ? result : [result]
  const [chunk] = outputs.flatMap(({ output }) => output)
  // Inside of a page nothing in it may end the element, or begin a comment.
  if (/<\/script|<!--/i.test(chunk.code))
    throw new Error(`${entry}: its text ends or hides the element that holds it`)
  return { text: chunk.code.trim(), files: chunk.moduleIds }
}
