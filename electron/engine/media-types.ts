/**
 * File name -> Content-Type, with `charset=utf-8` for text (RFC 9110 §8.3).
 * By extension on the `mime` package, corrected where a folder of a developer
 * means something else. Never looks into the file.
 */
import mime from 'mime'

// A Map, as an object also answers to names such as `constructor`.
const CORRECTED = new Map(
  Object.entries({
    jsx: 'text/javascript',
    tsx: 'text/plain',
    mts: 'text/plain',
    cts: 'text/plain',
    vue: 'text/plain',
    svelte: 'text/plain',
    astro: 'text/plain',
    scss: 'text/plain',
    sass: 'text/plain',
    less: 'text/plain',
    lock: 'text/plain',
    py: 'text/plain',
    rb: 'text/plain',
    go: 'text/plain',
    rs: 'text/plain',
    toml: 'text/plain',
    sh: 'text/plain',
    ipynb: 'application/json',
    map: 'application/json',
    opus: 'audio/ogg',
    flac: 'audio/flac',
  }),
)

/** Names without an extension that are text by convention. */
const PLAIN_NAMES = new Set([
  'license',
  'licence',
  'readme',
  'changelog',
  'makefile',
  'dockerfile',
  'copying',
  'authors',
])

const UNKNOWN = 'application/octet-stream'

const UTF8_TYPES = new Set([
  'application/json',
  'application/manifest+json',
  'application/ld+json',
  'application/geo+json',
  'application/javascript',
])

const known = new Map<string, string | null>()

/** With its charset; null when the extension says nothing. In lower case. */
function typeOf(extension: string): string | null {
  let type = known.get(extension)
  if (type === undefined) {
    type = CORRECTED.get(extension) ?? mime.getType(extension)
    if (type !== null) type = withCharset(type)
    // Extensions are few; a folder full of made-up ones must not grow the map for ever.
    if (known.size < 2_000) known.set(extension, type)
  }
  return type
}

/** `name` may be a path with `/`. */
export function contentTypeOf(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1)
  const dot = base.lastIndexOf('.')
  // A dot at the start hides a file; it does not begin an extension.
  if (dot <= 0) {
    return PLAIN_NAMES.has(base.toLowerCase()) ? 'text/plain; charset=utf-8' : UNKNOWN
  }
  return typeOf(base.slice(dot + 1).toLowerCase()) ?? UNKNOWN
}

/** What gets much smaller by a content coding; images, archives and the like are compressed already. */
const COMPRESSIBLE =
  /^(?:application\/(?:json|javascript|xml|wasm|rtf|sql|yaml|toml|x-sh|x-sql|x-ndjson|x-httpd-php|x-subrip|vnd\.ms-fontobject|postscript|graphql|mbox|x-tex|x-latex)(?:;|$)|font\/(?:ttf|otf|collection)|image\/(?:bmp|x-icon|vnd\.microsoft\.icon|x-ms-bmp)|model\/(?:obj|mtl|stl|gltf\+json|vrml)|[^;]*\+(?:json|xml|text|yaml)(?:;|$))/
const compressible = new Map<string, boolean>()

/** `contentType` as contentTypeOf() gives it. */
export function isCompressible(contentType: string): boolean {
  let answer = compressible.get(contentType)
  if (answer === undefined) {
    answer = contentType.startsWith('text/')
      ? !contentType.startsWith('text/event-stream')
      : COMPRESSIBLE.test(contentType)
    compressible.set(contentType, answer)
  }
  return answer
}

/** Whether the end of a name says that it is a file, and not just has a dot in it (`v1.2`). */
export function hasKnownExtension(name: string): boolean {
  const extension = /[^/]\.([^./]+)$/.exec(name)?.[1]?.toLowerCase()
  return extension !== undefined && typeOf(extension) !== null
}

function withCharset(type: string): string {
  return type.startsWith('text/') || UTF8_TYPES.has(type) ? `${type}; charset=utf-8` : type
}
