/**
 * The Response value: what is answered, before a byte of it is written, and the
 * ways to make one. Writing it is reply.ts's business.
 */
import type { Lease } from './chunks.ts'
import {
  type ErrorName,
  type ErrorPageOptions,
  errorPageKind,
  renderErrorPage,
  statusOf,
} from './error-page.ts'
import type { GrowingContent, Reader } from './growing-content.ts'
import { Headroom } from './headroom.ts'
import type { FilePart, Multipart } from './multipart.ts'
import type { OpenFile } from './open-file.ts'
import type { PageKind } from './page.ts'
import type { Exchange } from './types.ts'

export interface Response {
  readonly status: number
  /** Names and values in turn, as writeHead takes them. Date and Connection come when it is written. */
  readonly fields: readonly string[]
  /** What is made ready of an answer that is given again and again: its field lines, and its content with room for them. */
  readonly ready: { readonly lines: string; readonly room: Headroom } | null
  /** Bytes at hand or coming, one or several parts of `file`, or null for none (304, 204, HEAD). */
  readonly content: Buffer | FilePart | Multipart | GrowingContent | Streamed | null
  /** The open file behind it, the memory that it is lent, or its place among the readers; closed by whoever ends the response. */
  readonly file: OpenFile | Lease | Reader | null
  /** For the exchange record. */
  readonly source: { readonly name: string; readonly size: number } | null
  readonly contentCoding: string | null
  readonly cause: string | null
  readonly note: Exchange['note']
}

/** Content that is made while it is sent, from the first request for it on; who stops early ends the making. */
interface Streamed {
  chunks(): AsyncGenerator<Buffer>
  /** The client has gone while nothing was to be sent. */
  close?(): void
}

export function createResponse(
  status: number,
  fields: readonly string[],
  content: Response['content'],
  rest?: Partial<Pick<Response, 'file' | 'source' | 'contentCoding' | 'cause' | 'note'>>,
): Response {
  // Not spread: that would make each answer property by property, slowly.
  return {
    status,
    fields,
    ready: null,
    content,
    file: rest?.file ?? null,
    source: rest?.source ?? null,
    contentCoding: rest?.contentCoding ?? null,
    cause: rest?.cause ?? null,
    note: rest?.note ?? null,
  }
}

/** The same answer with other fields. */
export function withFields(response: Response, fields: readonly string[]): Response {
  return { ...response, fields, ready: null }
}

/** Bytes for what a head has besides the answer's own fields. */
const AROUND = 256

/** The same answer, which will be sent many times over: what can be made ready is. `room` holds its content, where that is kept. */
export function lasting(response: Response, room: Headroom | null = null): Response {
  const { fields, content } = response
  // A string that was put together is copied piece by piece each time; this one is whole.
  const lines = Buffer.from(linesOf(fields), 'latin1').toString('latin1')
  const own = room ?? Headroom.of(Buffer.isBuffer(content) ? [content] : [], lines.length + AROUND)
  return { ...response, content: content && own.content, ready: { lines, room: own } }
}

/** A page of ours. `no-cache`: what it says may be wrong a moment later. */
export function createPageResponse(
  status: number,
  kind: PageKind,
  page: Buffer,
  fields: readonly string[] = [],
  cause: string | null = null,
): Response {
  const all = [
    ...['Content-Type', 'text/html; charset=utf-8', 'Content-Length', String(page.length)],
    ...['Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff'],
    ...['Content-Security-Policy', kind.policy, 'Referrer-Policy', kind.referrer],
    ...fields,
  ]
  return createResponse(status, all, page, { cause })
}

const MAX_KNOWN = 200
/** Errors that hold nothing but their words and the path: a page with a broken link asks for the same one each time. */
const known = new Map<string, Response>()

export function createErrorResponse(
  name: ErrorName,
  options: ErrorPageOptions,
  fields: readonly string[] = [],
  cause: string | null = null,
): Response {
  const { path = '', nearest, hint, range } = options
  if (fields.length > 0 || cause !== null || range !== undefined || path.length > LONGEST_KNOWN) {
    return makeErrorResponse(name, options, fields, cause)
  }
  const key = `${name}\0${hint === true}\0${nearest ?? '//'}\0${options.path ?? '//'}`
  let response = known.get(key)
  if (response === undefined) {
    response = lasting(makeErrorResponse(name, options, fields, cause))
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(key, response)
  }
  return response
}

/** Characters of a path that is worth keeping a page for. */
const LONGEST_KNOWN = 300

function makeErrorResponse(
  name: ErrorName,
  options: ErrorPageOptions,
  fields: readonly string[],
  cause: string | null,
): Response {
  return createPageResponse(statusOf(name), errorPageKind(), renderErrorPage(name, options), fields, cause)
}

/** An error in answer to a request. Hints go to this computer only. */
export function refuse(
  name: ErrorName,
  request: { readonly clientIsLocal: boolean },
  options: ErrorPageOptions,
  fields: readonly string[] = [],
  cause: string | null = null,
): Response {
  return createErrorResponse(name, { ...options, hint: request.clientIsLocal }, fields, cause)
}

/** The same answer with content that is, or will be, there in memory; its length is said when it is known. */
export function withContent(
  response: Response,
  content: Buffer | GrowingContent,
  coding: string | null,
): Response {
  const framing = Buffer.isBuffer(content)
    ? ['Content-Length', String(content.length)]
    : ['Transfer-Encoding', 'chunked']
  const fields: string[] = []
  for (let i = 0; i + 1 < response.fields.length; i += 2) {
    const [name = '', value = ''] = [response.fields[i], response.fields[i + 1]]
    if (name !== 'Content-Length') fields.push(name, value)
  }
  fields.push(...framing)
  if (coding !== null) fields.push('Content-Encoding', coding)
  return { ...withFields(response, fields), content, contentCoding: coding }
}

/** The same answer for HEAD: equal fields, no content (RFC 9110 §9.3.2). */
export function withoutContent(response: Response): Response {
  if (response.content === null && response.file === null) return response
  response.file?.close()
  return { ...response, content: null, file: null, ready: null }
}

/** What no field line may hold (RFC 9110 §5.5), and what is not one byte. */
const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/

/** Field lines (RFC 9112 §5). */
export function linesOf(fields: readonly string[]): string {
  let lines = ''
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const value = fields[i + 1] ?? ''
    if (INVALID_VALUE.test(value))
      throw Object.assign(new Error(`field ${fields[i]}`), { code: 'INVALID_FIELD' })
    lines += `${fields[i]}: ${value}\r\n`
  }
  return lines
}
