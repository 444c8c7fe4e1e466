/**
 * A plugin of Vite's: the `mime` package as one text, a line per extension,
 * that is searched when an extension is first asked for. What the package
 * makes of its tables when it is loaded costs every start some 8 ms and 4 MB.
 * Promises the package's own answers about extensions
 * (test/engine/media-types.test.ts compares all of them), and nothing else of it.
 */
import mime from 'mime'
import other from 'mime/types/other.js'
import standard from 'mime/types/standard.js'

const ID = '\0mime'

/** @returns {import('vite').Plugin} */
export function mediaTypes() {
  return {
    name: 'media-types',
    enforce: 'pre',
    resolveId: source => (source === 'mime' ? ID : null),
    load: id => (id === ID ? code() : null),
  }
}

function code() {
  // A star says that the extension is better known for another type.
  const names = [standard, other].flatMap(Object.values).flat()
  const extensions = new Set(names.map(name => name.replace('*', '')))
  const lines = [...extensions].flatMap(extension => {
    const type = mime.getType(extension)
    return type === null ? [] : [`${extension} ${type}`]
  })
  return `
const LINES = ${JSON.stringify(`\n${lines.join('\n')}\n`)}
export default {
  getType(extension) {
    const line = LINES.indexOf(\`\\n\${extension} \`)
    // Space would go on into the next column, or line.
    if (line < 0 || /\\s/.test(extension)) return null
    return LINES.slice(line + extension.length + 2, LINES.indexOf('\\n', line + 1))
  },
}`
}
