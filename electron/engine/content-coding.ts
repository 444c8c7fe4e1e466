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
import type { GrowingContent } from './growing-content.ts'
import { KeptFile, type SourceFile } from './kept-file.ts'
import type { Injection, LiveNote } from './live/inject.ts'
import { isCompressible } from './media-types.ts'
import { CODINGS, type Coding, type CodingWish, parseAcceptEncoding } from './negotiation.ts'
import { readInto } from './open-file.ts'
import type { Request, Site } from './request.ts'
import { type Soon, whenReady } from './soon.ts'

/** The form that is sent. */
export interface Selected {
  /** What is read: the file, or its sibling. Its holder closes it. */
  readonly file: SourceFile
  /** The file that was asked for. */
  readonly source: { readonly name: string; readonly size: number }
  readonly contentType: string
  readonly coding: Coding | null
  /** `file` is not what is sent, but compressed to it. */
  readonly made: boolean
  readonly validators: Validators
  /** `Vary`, where another request could get another form. */
  readonly vary: readonly string[]
  /** What is put into it on its way out. */
  readonly injection?: Injection
  /** Fields of that form alone. */
  readonly stamp?: readonly string[]
  /** For the record: why nothing was put in. */
  readonly note?: LiveNote | null
}

/** Below, fields and packets weigh more than what is saved. */
const SMALLEST = 1024
/** Above, it would take too long and too much memory. */
const LARGEST = 4 * 1024 * 1024
const EXTENSIONS: Readonly<Record<Coding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' }

/** Takes `file` over; null when no acceptable form can be had. */
export function selectForm(file: SourceFile, request: Request, site: Site): Soon<Selected | null> {
  const { contentType } = file
  const { codings } = site.live
  const identity: Selected = {
    file,
    source: file,
    contentType,
    coding: null,
    made: false,
    validators: file.validators,
    vary: codings ? VARY : [],
  }
  if (!codings) return identity
  const wish = parseAcceptEncoding(request.fields['accept-encoding'])
  // Who refuses identity gets anything compressed; a range is then ignored, which RFC 9110 §14.2 allows.
  if (wish.identity) {
    const isRange = request.method === 'GET' && request.fields.range !== undefined
    if (wish.groups.length === 0 || isRange || !isCompressible(contentType)) return identity
  }
  return whenReady(firstOf(waysTo(wish, identity, request, site)), form => {
    if (form === null && wish.identity) return identity
    if (form === null || form.file !== file) file.close()
    return form
  })
}

const VARY = ['Vary', 'Accept-Encoding']

type Way = () => Soon<Selected | null>

/** What to try, best first: for each quality the siblings, then what has been made or can be. */
function* waysTo(wish: CodingWish, identity: Selected, request: Request, site: Site): Generator<Way> {
  for (const codings of wish.groups) {
    // Looked for each time: one that is new is used by the next request.
    for (const coding of codings) yield () => siblingForm(identity, coding, site)
    yield () => {
      const [first] = codings
      if (first !== undefined && isMade(identity, first, site)) return made(identity, first)
      const coding = codings.find(isSupported)
      return coding !== undefined && mayMake(identity, wish.identity, request, site)
        ? made(identity, coding)
        : null
    }
  }
}

/** Goes from one way to the next until one leads somewhere. */
function firstOf(ways: Generator<Way>): Soon<Selected | null> {
  // By hand, as leaving `for … of` would end the ways.
  for (let next = ways.next(); !next.done; next = ways.next()) {
    const form = next.value()
    if (form instanceof Promise) return form.then(form => form ?? firstOf(ways))
    if (form !== null) return form
  }
  return null
}

function siblingForm(identity: Selected, coding: Coding, site: Site): Soon<Selected | null> {
  return whenReady(site.files.sibling(identity.file, EXTENSIONS[coding], site.live), file => {
    if (file === null) return null
    if (file.modified >= identity.file.modified) {
      return { ...identity, file, coding, validators: codedValidators(file.validators, coding) }
    }
    file.close()
    return null
  })
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
  const { file } = form
  if (form.validators.etag === null) return false
  if (file instanceof KeptFile && file.coded.get(coding)?.room) return true
  return site.coded.get(keyOf(form, coding)) !== undefined
}

function keyOf({ source, validators }: Selected, coding: Coding): string {
  return `${coding} ${validators.etag} ${source.name}`
}

/** Where the form is made: up to here the answer waits for all of it, to say how long it is. */
const SHORT = 64 * 1024

/**
 * The compressed content: whole, or growing where its first bytes come long before its last. Takes the form's file
 * over. Rejects with CHANGED when the file is not any more what its validators name, or has to be opened.
 */
export function makeForm(form: Selected, request: Request, site: Site): Soon<Buffer | GrowingContent> {
  const { file, coding } = form
  if (coding === null) throw new Error('no coding')
  const original = { ...form, validators: file.validators }
  const key = file.validators.etag === null ? `once ${++onces}` : keyOf(original, coding)
  let content = site.coded.get(key)
  if (content !== undefined) {
    file.close()
    const kept = site.coded.kept(key)
    // From here on without a key to be put together.
    if (kept !== undefined && file instanceof KeptFile) file.coded.set(coding, kept)
  } else if (file instanceof KeptFile && file.content === null) throw changed()
  else content = site.coded.make(key, into => compress(file, coding, into))
  if (Buffer.isBuffer(content)) return content
  // Brotli gives nothing before its end; HTTP/1.0 knows no chunks.
  const waits = file.size <= SHORT || coding === 'br' || request.httpVersion === '1.0'
  return content.whole ?? (waits ? content.finished() : content)
}

/** What has no name to be found by again. */
let onces = 0

const CHANGED = 'CHANGED'
const CHUNK = 256 * 1024
/** Small, so that the first byte comes soon; the next ones grow, so that what is abandoned early ends early. */
const FIRST_CHUNK = 16 * 1024

/** In the thread pool, a chunk at a time. Closes the file. */
async function compress(file: SourceFile, coding: Coding, content: GrowingContent): Promise<void> {
  const encoder = createEncoder(coding, file.size)
  try {
    // Rejects with the encoder's error, whenever it comes.
    const ended = once(encoder, 'end')
    ended.catch(() => {})
    content.onAbandoned(() => encoder.destroy(new Error('nobody waits for it')))
    encoder.on('data', (chunk: Buffer) => content.add(chunk))
    for (let at = 0; at < file.size; ) {
      const wanted = coding === 'br' ? CHUNK : Math.min(CHUNK, Math.max(FIRST_CHUNK, at))
      const chunk = await readFrom(file, at, Math.min(wanted, file.size - at))
      at += chunk.length
      if (!encoder.write(chunk)) await Promise.race([once(encoder, 'drain'), ended])
    }
    encoder.end()
    await ended
    if (!(file instanceof KeptFile) && !(await file.isUnchanged())) throw changed()
  } finally {
    encoder.destroy()
    file.close()
  }
}

async function readFrom(file: SourceFile, position: number, length: number): Promise<Buffer> {
  if (file instanceof KeptFile) return file.content?.subarray(position, position + length) ?? Buffer.alloc(0)
  const buffer = Buffer.allocUnsafeSlow(length)
  const count = await readInto(file.fd, buffer, length, position)
  if (count === 0) throw changed()
  return buffer.subarray(0, count)
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
