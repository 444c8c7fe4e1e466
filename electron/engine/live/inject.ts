/**
 * Puts the live-reload script into a page on its way out. Decides from the
 * request who gets it, and from the first bytes where it goes; the rest of the
 * file is not looked at, and can be streamed. Where it cannot be done rightly
 * the page stays as it is, and a note says why.
 */

import type { IncomingHttpHeaders } from 'node:http'
import { crypto } from '../built-ins.ts'
import { NO_VALIDATORS, type Validators } from '../conditional.ts'
import type { FilePart } from '../multipart.ts'
import { mediaQuality } from '../negotiation.ts'
import type { Syntax } from './markup.ts'
import { findPlace } from './place.ts'
import { judge, type OriginParts } from './policy.ts'
import { SCRIPT_PATH, STREAM_PATH } from './reserved.ts'

/** Why a page was left as it is; for the log. */
export type LiveNote =
  /** Not in an encoding that the script can be written in. */
  | 'live-encoding'
  /** No place in it where a script could stand. */
  | 'live-markup'
  /** Its policy forbids the script, or its stream. */
  | 'live-policy'

/** As much of a file's beginning as planInjection() looks at. */
export const WINDOW = 64 * 1024

const SYNTAXES: ReadonlyMap<string, Syntax> = new Map([
  ['text/html', 'html'],
  ['application/xhtml+xml', 'xml'],
  ['image/svg+xml', 'xml'],
])

/** Of what `Vary` has to tell for every type that isInjectable() names. */
export const INJECTION_FIELDS = 'Accept, Sec-Fetch-Dest'

const DOCUMENTS = ['document', 'iframe', 'frame']

/** Whether files of this type are documents that can run scripts. */
export function isInjectable(contentType: string): boolean {
  return SYNTAXES.has(essenceOf(contentType))
}

/**
 * Whether a request is for a document, and not for a piece of one that a script puts somewhere. Browsers say so to
 * origins that they trust; to others (a phone, over the network) only Accept tells, and then the page itself has to
 * look like a document.
 */
export function asksForDocument(fields: IncomingHttpHeaders): 'yes' | 'perhaps' | 'no' {
  const destination = fields['sec-fetch-dest']
  if (destination !== undefined) return DOCUMENTS.includes(String(destination)) ? 'yes' : 'no'
  return mediaQuality(fields.accept, 'text/html', true) > 0 ? 'perhaps' : 'no'
}

export interface Page {
  /** As it is sent. */
  readonly contentType: string
  /** The first bytes: all, or at least WINDOW of them. */
  readonly beginning: Buffer
  /** Of the whole, in bytes. */
  readonly size: number
  /** What asksForDocument() said. */
  readonly asked: 'yes' | 'perhaps'
  /** Values of its Content-Security-Policy fields. */
  readonly policies: readonly string[]
  readonly origin: OriginParts
}

export interface Injection {
  /** How many bytes of the file come first. */
  readonly position: number
  /** What comes between them and the rest. */
  readonly content: Buffer
}

/** What to put in and where; or nothing, and why. */
export function planInjection(
  page: Page,
): Injection | { readonly content: null; readonly note: LiveNote | null } {
  const encoding = encodingOf(page.beginning, page.contentType)
  if (encoding === null) return untouched('live-encoding')
  const syntax = SYNTAXES.get(essenceOf(page.contentType))
  const text = decode(page.beginning.subarray(encoding.mark, WINDOW), encoding)
  const place = syntax && findPlace(text, syntax, page.size <= WINDOW)
  if (syntax === undefined || !place) return untouched('live-markup')
  if (page.asked === 'perhaps' && !place.isDocument) return untouched(null)
  const verdict = judge({ fields: page.policies, metas: place.policies }, page.origin, PATHS)
  if (!verdict.allowed) return untouched('live-policy')
  return {
    position: encoding.mark + place.position * (encoding.name === 'ascii' ? 1 : 2),
    content: encode(element(syntax, verdict.nonce), encoding),
  }
}

/** The page with it, as parts of a file of this size: what is sent one after the other, and how long it is. */
export function splice(
  size: number,
  { position, content }: Injection,
): { readonly segments: readonly (Buffer | FilePart)[]; readonly length: number } {
  const segments = [{ first: 0, length: position }, content, { first: position, length: size - position }]
  return { segments: segments.filter(segment => segment.length > 0), length: size + content.length }
}

/** The changed page is another representation: it needs another strong tag (RFC 9110 §8.8.3.3), and gets no date alone. */
export function injectedValidators(
  { etag, lastModified }: Validators,
  { position, content }: Injection,
): Validators {
  if (etag === null) return NO_VALIDATORS
  const mark = crypto().createHash('sha256').update(`${position} `).update(content).digest('hex').slice(0, 12)
  return { etag: `${etag.slice(0, -1)}-live-${mark}"`, lastModified }
}

const PATHS = { script: SCRIPT_PATH, stream: STREAM_PATH }

function untouched(note: LiveNote | null): { readonly content: null; readonly note: LiveNote | null } {
  return { content: null, note }
}

/** `async`: nothing of the page waits for it. In XML its namespace cannot be taken for granted. */
function element(syntax: Syntax, nonce: string | null): string {
  const namespace = syntax === 'xml' ? ' xmlns="http://www.w3.org/1999/xhtml"' : ''
  const attribute = syntax === 'xml' ? 'async=""' : 'async'
  return `<script${namespace}${nonce === null ? '' : ` nonce="${nonce}"`} ${attribute} src="${SCRIPT_PATH}"></script>`
}

function essenceOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}

interface Encoding {
  /** `ascii`: any in which the characters of markup are the bytes of ASCII, which is all but these two. */
  readonly name: 'ascii' | 'utf-16le' | 'utf-16be'
  /** Length of its byte order mark. */
  readonly mark: 0 | 2 | 3
}

const CHARSET = /;[\t ]*charset[\t ]*=[\t ]*"?([^\s;"]+)/i

/** As browsers decide (Encoding Standard §6): the mark comes before the field. Null: none that we can write in. */
function encodingOf(bytes: Buffer, contentType: string): Encoding | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { name: 'ascii', mark: 3 }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { name: 'utf-16le', mark: 2 }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { name: 'utf-16be', mark: 2 }
  const name = standardName(CHARSET.exec(contentType)?.[1])
  if (name === 'utf-16le' || name === 'utf-16be') return { name, mark: 0 }
  // Its bytes for two thirds of Japanese are those of markup.
  if (name === 'iso-2022-jp') return null
  // UTF-16 without a mark, or no text at all.
  return bytes.subarray(0, 4).includes(0) ? null : { name: 'ascii', mark: 0 }
}

/** A label that nobody knows is ignored by browsers, too. */
function standardName(label: string | undefined): string | null {
  if (label === undefined) return null
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}

/** One character per code unit, so that an index leads back to the bytes. */
function decode(bytes: Buffer, { name }: Encoding): string {
  if (name === 'ascii') return bytes.toString('latin1')
  const even = bytes.subarray(0, bytes.length & ~1)
  return name === 'utf-16le' ? even.toString('utf16le') : Buffer.from(even).swap16().toString('utf16le')
}

function encode(text: string, { name }: Encoding): Buffer {
  if (name === 'ascii') return Buffer.from(text, 'latin1')
  const bytes = Buffer.from(text, 'utf16le')
  return name === 'utf-16be' ? bytes.swap16() : bytes
}
