/**
 * Which form of a file a request gets: as it is, from a compressed sibling
 * (`app.js.br`) that is not older, or compressed now. Promises a validator of
 * its own for each form, nothing compressed in the event loop, and nothing
 * large at all. For ranges it stays with the file as it is, so that parts of
 * different forms are never put together.
 */
import { once } from 'node:events'
import * as zlib from 'node:zlib'
import type { Validators } from './conditional.ts'
import type { GrowingContent } from './content-cache.ts'
import { contentTypeOf, isCompressible } from './media-types.ts'
import { CODINGS, type Coding, parseAcceptEncoding } from './negotiation.ts'
import { type OpenFile, readInto } from './open-file.ts'
import { openSibling } from './representation.ts'
import type { Request, Site } from './request.ts'

/** The form that is sent. */
export interface Selected {
  /** What is read: the file, or its sibling. Its holder closes it. */
  readonly file: OpenFile
  /** The file that was asked for. */
  readonly source: { readonly name: string; readonly size: number }
  readonly contentType: string
  readonly coding: Coding | null
  /** `file` is not what is sent, but compressed to it. */
  readonly made: boolean
  readonly validators: Validators
  /** `Vary`, where another request could get another form. */
  readonly vary: readonly string[]
}

/** Below, fields and packets weigh more than what is saved. */
const SMALLEST = 1024
/** Above, it would take too long and too much memory. */
const LARGEST = 4 * 1024 * 1024
const EXTENSIONS: Readonly<Record<Coding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' }

/** Takes `file` over; null when no acceptable form can be had. */
export async function selectForm(file: OpenFile, request: Request, site: Site): Promise<Selected | null> {
  const contentType = contentTypeOf(file.name)
  const identity: Selected = {
    file,
    source: { name: file.name, size: file.size },
    contentType,
    coding: null,
    made: false,
    validators: file.validators,
    vary: [],
  }
  if (!site.live.codings) return identity
  const wish = parseAcceptEncoding(request.fields['accept-encoding'])
  const varying = { ...identity, vary: ['Vary', 'Accept-Encoding'] }
  // Who refuses identity gets anything compressed; a range is then ignored, which RFC 9110 §14.2 allows.
  if (wish.identity && !isCompressible(contentType)) return varying
  const isRange = request.method === 'GET' && request.fields.range !== undefined
  if (isRange && wish.identity) return varying

  for (const codings of wish.groups) {
    // Looked for each time: one that is new is used by the next request.
    for (const coding of codings) {
      const sibling = await openSibling(site.root, file, EXTENSIONS[coding], site.live)
      if (sibling !== null && sibling.modified >= file.modified) {
        file.close()
        return { ...varying, file: sibling, coding, validators: codedValidators(sibling.validators, coding) }
      }
      sibling?.close()
    }
    const [first] = codings
    if (first !== undefined && isMade(varying, first, site)) return made(varying, first)
    const coding = codings.find(isSupported)
    if (coding !== undefined && mayMake(varying, wish.identity, request, site)) return made(varying, coding)
  }
  if (wish.identity) return varying
  file.close()
  return null
}

function made(form: Selected, coding: Coding): Selected {
  return { ...form, coding, made: true, validators: codedValidators(form.validators, coding) }
}

/** §8.8.3.3: another form is another representation, and has another strong tag. */
function codedValidators({ etag, lastModified }: Validators, coding: Coding): Validators {
  return { etag: etag === null ? null : `${etag.slice(0, -1)}-${coding}"`, lastModified }
}

function mayMake({ source, validators }: Selected, identity: boolean, request: Request, site: Site): boolean {
  if (source.size > LARGEST) return false
  if (!identity) return true
  // RFC 9111 §5.2.1.6. A file that is being written is not worth it: nobody could use it again.
  if (/(?:^|,)[ \t]*no-transform[ \t]*(?:,|$)/i.test(request.fields['cache-control'] ?? '')) return false
  return source.size > SMALLEST && validators.etag !== null && !site.coded.isBusy
}

function isMade(form: Selected, coding: Coding, site: Site): boolean {
  return form.validators.etag !== null && site.coded.get(keyOf(form, coding)) !== undefined
}

function keyOf({ source, validators }: Selected, coding: Coding): string {
  return `${coding} ${validators.etag} ${source.name}`
}

/** Where the form is made: up to here the answer waits for all of it, to say how long it is. */
const SHORT = 64 * 1024

/**
 * The compressed content: whole, or growing where its first bytes come long before its last. Takes the form's file
 * over. Rejects with CHANGED when the file is not any more what its validators name.
 */
export async function makeForm(
  form: Selected,
  request: Request,
  site: Site,
): Promise<Buffer | GrowingContent> {
  const { file, coding } = form
  if (coding === null) throw new Error('no coding')
  const original = { ...form, validators: file.validators }
  const key = file.validators.etag === null ? `once ${file.fd}` : keyOf(original, coding)
  let content = site.coded.get(key)
  if (content === undefined) content = site.coded.make(key, into => compress(file, coding, into))
  else file.close()
  if (Buffer.isBuffer(content)) return content
  // Brotli gives nothing before its end; HTTP/1.0 knows no chunks.
  const waits = file.size <= SHORT || coding === 'br' || request.httpVersion === '1.0'
  return content.whole ?? (waits ? await content.finished() : content)
}

const CHANGED = 'CHANGED'
const CHUNK = 256 * 1024
/** Small, so that the first byte comes soon. */
const FIRST_CHUNK = 16 * 1024

/** In the thread pool, a chunk at a time. Closes the file. */
async function compress(file: OpenFile, coding: Coding, content: GrowingContent): Promise<void> {
  const encoder = createEncoder(coding, file.size)
  try {
    // Rejects with the encoder's error, whenever it comes.
    const ended = once(encoder, 'end')
    ended.catch(() => {})
    encoder.on('data', (chunk: Buffer) => content.add(chunk))
    for (let at = 0; at < file.size; ) {
      const wanted = at === 0 && coding !== 'br' ? FIRST_CHUNK : CHUNK
      const buffer = Buffer.allocUnsafeSlow(Math.min(wanted, file.size - at))
      const count = await readInto(file.fd, buffer, buffer.length, at)
      if (count === 0) throw changed()
      at += count
      if (!encoder.write(buffer.subarray(0, count))) await Promise.race([once(encoder, 'drain'), ended])
    }
    encoder.end()
    await ended
    if (!(await file.isUnchanged())) throw changed()
  } finally {
    encoder.destroy()
    file.close()
  }
}

function changed(): Error {
  return Object.assign(new Error('the file has changed'), { code: CHANGED })
}

export function isChanged(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === CHANGED
}

/** What newer versions of Node have besides. */
const zstd = zlib as { readonly createZstdCompress?: (options?: object) => zlib.Gzip }

function isSupported(coding: Coding): boolean {
  return coding !== 'zstd' || zstd.createZstdCompress !== undefined
}

/** Quick rather than small: somebody waits. */
function createEncoder(coding: Coding, size: number): zlib.BrotliCompress | zlib.Gzip {
  if (coding === 'zstd' && zstd.createZstdCompress !== undefined) return zstd.createZstdCompress()
  if (coding !== 'br') return zlib.createGzip({ level: 6 })
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants
  return zlib.createBrotliCompress({ params: { [BROTLI_PARAM_QUALITY]: 5, [BROTLI_PARAM_SIZE_HINT]: size } })
}

/** A page that is made for this request alone; null when no acceptable form can be had. */
export async function encodePage(
  page: Buffer,
  acceptEncoding: string | undefined,
): Promise<{ readonly content: Buffer; readonly coding: Coding | null } | null> {
  const wish = parseAcceptEncoding(acceptEncoding)
  const coding = CODINGS.find(coding => wish.groups[0]?.includes(coding) && isSupported(coding))
  if (coding === undefined || (page.length <= SMALLEST && wish.identity)) {
    return wish.identity ? { content: page, coding: null } : null
  }
  const encoder = createEncoder(coding, page.length)
  encoder.end(page)
  const chunks: Buffer[] = []
  for await (const chunk of encoder) chunks.push(chunk as Buffer)
  return { content: Buffer.concat(chunks), coding }
}
