import { expect, it } from 'vitest'
import { contentTypeOf } from '../../electron/engine/media-types.ts'

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
