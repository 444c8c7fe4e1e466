import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import other from 'mime/types/other.js'
import standard from 'mime/types/standard.js'
import { expect, it } from 'vitest'
import { contentTypeOf, hasKnownExtension } from '../../electron/engine/media-types.ts'
import { bundle } from '../support/bundle.ts'
import { tempFolder } from '../support/temp.ts'

it.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['INDEX.HTM', 'text/html; charset=utf-8'],
  ['a/b.c/app.mjs', 'text/javascript; charset=utf-8'],
  ['app.js', 'text/javascript; charset=utf-8'],
  ['app.css', 'text/css; charset=utf-8'],
  ['data.json', 'application/json; charset=utf-8'],
  ['app.js.map', 'application/json; charset=utf-8'],
  ['site.webmanifest', 'application/manifest+json; charset=utf-8'],
  ['notes.md', 'text/markdown; charset=utf-8'],
  ['a.txt', 'text/plain; charset=utf-8'],
  ['LICENSE', 'text/plain; charset=utf-8'],
  ['docs/README', 'text/plain; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
  ['feed.xml', 'application/xml'],
  ['a.wasm', 'application/wasm'],
  ['a.woff2', 'font/woff2'],
  ['a.avif', 'image/avif'],
  ['a.webp', 'image/webp'],
  ['a.mp4', 'video/mp4'],
  ['a.webm', 'video/webm'],
  ['a.m4a', 'audio/mp4'],
  ['a.pdf', 'application/pdf'],
  ['seg1.ts', 'video/mp2t'],
  ['a.tar.gz', 'application/gzip'],
  ['no-extension', 'application/octet-stream'],
  ['a.unknownext', 'application/octet-stream'],
  ['.env', 'application/octet-stream'],
  ['folder.d/file', 'application/octet-stream'],
  ['a.', 'application/octet-stream'],
  ['a.constructor', 'application/octet-stream'],
])('%s', (name, type) => {
  expect(contentTypeOf(name)).toBe(type)
})

it.each([
  ['about.html', true],
  ['a/b.PY', true],
  ['a.bin', true],
  ['v1.2', false],
  ['a.constructor', false],
  ['no-extension', false],
  ['.html', false],
])('%s has an extension that is known: %s', (name, known) => {
  expect(hasKnownExtension(name)).toBe(known)
})

it('the tables of a bundle are written otherwise, and say the same of every extension', async () => {
  const extensions = [standard, other].flatMap(Object.values<string[]>).flat()
  const odd = [
    'a b',
    'ez application/andrew-inset\naw',
    'x\\html',
    '*html',
    'HTML',
    'html ',
    '\nez',
    '',
    '\u212a',
  ]
  const names = [...new Set([...extensions, ...odd])].map(extension => `a.${extension}`)
  const module = join(import.meta.dirname, '../../electron/engine/media-types.ts')
  const folder = tempFolder({
    'entry.ts': `import { contentTypeOf, hasKnownExtension } from ${JSON.stringify(module)}
      const names = ${JSON.stringify(names)} as string[]
      console.log(JSON.stringify(names.map(name => [name, contentTypeOf(name), hasKnownExtension(name)])))`,
  })
  const said = execFileSync(process.execPath, [await bundle(join(folder, 'entry.ts'))], { encoding: 'utf8' })
  expect(names.length).toBeGreaterThan(1_200)
  expect(JSON.parse(said)).toEqual(names.map(name => [name, contentTypeOf(name), hasKnownExtension(name)]))
})
