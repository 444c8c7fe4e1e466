/**
 * The Response value, and the only code that writes one to a connection.
 * Promises that the file of a response is closed on every way out: sent whole,
 * no content (304, HEAD), client gone, read error, file shrunk. A file that
 * ends early cuts the connection, since its length was already promised.
 */
import { ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { inTurn } from './bulk.ts'
import { GrowingContent } from './content-cache.ts'
import {
  type ErrorName,
  type ErrorPageOptions,
  errorPageKind,
  renderErrorPage,
  statusOf,
} from './error-page.ts'
import { currentHttpDate } from './http-date.ts'
import type { FilePart, Multipart } from './multipart.ts'
import { type OpenFile, readInto } from './open-file.ts'
import type { PageKind } from './page.ts'
import type { Request } from './request.ts'
import type { Soon } from './soon.ts'
import type { Exchange } from './types.ts'

export interface Response {
  readonly status: number
  /** Names and values in turn, as writeHead takes them. Date and Connection come when it is written. */
  readonly fields: readonly string[]
  /** The same as they are written, for an answer that is given again and again; null: made when it is sent. */
  readonly lines: string | null
  /** Bytes at hand or coming, one or several parts of `file`, or null for none (304, 204, HEAD). */
  readonly content: Buffer | FilePart | Multipart | GrowingContent | null
  /** The open file behind it, closed by whoever ends the response; null when there is none (any more). */
  readonly file: OpenFile | null
  /** For the exchange record. */
  readonly source: { readonly name: string; readonly size: number } | null
  readonly contentCoding: string | null
  readonly cause: string | null
  readonly note: Exchange['note']
}

export function createResponse(
  status: number,
  fields: readonly string[],
  content: Response['content'],
  rest?: Partial<Pick<Response, 'file' | 'source' | 'contentCoding' | 'cause'>>,
): Response {
  return {
    status,
    fields,
    lines: null,
    content,
    file: null,
    source: null,
    contentCoding: null,
    cause: null,
    note: null,
    ...rest,
  }
}

/** The same answer with other fields. */
export function withFields(response: Response, fields: readonly string[]): Response {
  return { ...response, fields, lines: null }
}

/** The same answer, which will be sent many times over: what can be made ready is. */
export function lasting(response: Response): Response {
  return { ...response, lines: linesOf(response.fields) }
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
    ...['Content-Security-Policy', kind.policy, 'Referrer-Policy', 'no-referrer'],
    ...fields,
  ]
  return createResponse(status, all, page, { cause })
}

export function createErrorResponse(
  name: ErrorName,
  options: ErrorPageOptions,
  fields: readonly string[] = [],
  cause: string | null = null,
): Response {
  return createPageResponse(statusOf(name), errorPageKind(), renderErrorPage(name, options), fields, cause)
}

/** An error in answer to a request. Hints go to this computer only. */
export function refuse(
  name: ErrorName,
  request: Pick<Request, 'clientIsLocal'>,
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
  response.file?.close()
  return { ...response, content: null, file: null }
}

/** What became of a response. */
export interface Delivery {
  readonly bytesSent: number
  readonly aborted: boolean
  readonly cause: string | null
}

/** The one who asked. The server calls `leave` when the connection closes. */
export class Client {
  gone = false
  #wake: (() => void) | null = null

  leave(): void {
    this.gone = true
    this.#wake?.()
  }

  /** Resolves with the event, or when the client has gone: whether it is still there. One at a time. */
  until(out: ServerResponse, event: 'drain' | 'finish'): Promise<boolean> {
    if (this.gone) return Promise.resolve(false)
    return new Promise(resolve => {
      const done = (): void => {
        this.#wake = null
        out.off(event, done)
        resolve(!this.gone)
      }
      this.#wake = done
      out.once(event, done)
    })
  }
}

const CHUNK = 256 * 1024

/** What no field line may hold (RFC 9110 §5.5), and what is not one byte. */
const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/

/** Field lines (RFC 9112 §5). */
function linesOf(fields: readonly string[]): string {
  let lines = ''
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const value = fields[i + 1] ?? ''
    if (INVALID_VALUE.test(value))
      throw Object.assign(new Error(`field ${fields[i]}`), { code: 'INVALID_FIELD' })
    lines += `${fields[i]}: ${value}\r\n`
  }
  return lines
}

/** What stands around an answer's own fields. */
export interface Envelope {
  /** The Date field. */
  readonly date: string
  /** What is said of the connection. */
  readonly fields: readonly string[]
  readonly lines: string
}

/** Says of the connection whether it goes on; `date` is filled in for each answer. */
export function createEnvelope(fields: readonly string[]): () => Envelope {
  const lines = linesOf(fields)
  let envelope: Envelope = { date: '', fields, lines }
  return () => {
    const date = currentHttpDate()
    // The same text for a whole second.
    if (envelope.date !== date) envelope = { date, fields, lines }
    return envelope
  }
}

/** All fields of an answer as it goes out; names and values in turn. */
export function sentFields(fields: readonly string[], envelope: Envelope): string[] {
  return ['Date', envelope.date, ...fields, ...envelope.fields]
}

const statusLines: string[] = []

/** Everything up to the content (RFC 9112 §2). */
function headOf({ status, lines, fields }: Response, { date, lines: around }: Envelope): string {
  statusLines[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  return `${statusLines[status]}Date: ${date}\r\n${lines ?? linesOf(fields)}${around}\r\n`
}

const NOTHING = Buffer.alloc(0)

/**
 * node:http's response, which can also send an answer that is whole in one go. That saves what writeHead() and end()
 * do for answers of unknown shape, a quarter of the time that a small one takes.
 */
export class Reply extends ServerResponse {
  /**
   * Hands all of it to the system: `sent`, or `waiting` for a slow reader ('finish' comes when it has been taken).
   * `null`: it has to be sent the ordinary way, and nothing is done yet. For an answer that the connection outlives.
   */
  sendWhole(response: Response, envelope: Envelope, content: Buffer): 'sent' | 'waiting' | null {
    const { socket } = this
    // Behind another answer, or nobody to tell that it has ended.
    if (socket === null || socket.writableLength > 0 || this.listenerCount('finish') === 0) return null
    const head = headOf(response, envelope)
    // One system call for both, without a copy of the content.
    socket.cork()
    socket.write(head, 'latin1')
    if (content.length > 0) socket.write(content)
    socket.uncork()
    if (socket.writableLength === 0) {
      // node:http goes on to the next request by this event.
      this.emit('finish')
      return 'sent'
    }
    socket.write('', () => this.emit('finish'))
    return 'waiting'
  }
}

/**
 * Writes all of it, or as much as the client takes. `persistent`: the connection outlives it. Never throws or rejects;
 * resolves when nothing more will happen.
 */
export function send(
  response: Response,
  envelope: Envelope,
  out: Reply,
  client: Client,
  persistent: boolean,
): Soon<Delivery> {
  const { content } = response
  if (!client.gone && persistent && (content === null || Buffer.isBuffer(content))) {
    try {
      const whole = content ?? NOTHING
      const bytesSent = whole.length
      const state = out.sendWhole(response, envelope, whole)
      if (state !== null) response.file?.close()
      if (state === 'sent') return { bytesSent, aborted: false, cause: null }
      if (state === 'waiting') {
        return client.until(out, 'finish').then(whole => ({ bytesSent, aborted: !whole, cause: null }))
      }
    } catch (error) {
      return failed(response, out, 0, error)
    }
  }
  return sendInParts(response, envelope, out, client)
}

function failed({ file }: Response, out: ServerResponse, bytesSent: number, error: unknown): Delivery {
  file?.close()
  out.destroy()
  return { bytesSent, aborted: true, cause: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' }
}

async function sendInParts(
  response: Response,
  envelope: Envelope,
  out: ServerResponse,
  client: Client,
): Promise<Delivery> {
  const { content, file } = response
  let bytesSent = 0
  try {
    if (client.gone) return { bytesSent, aborted: true, cause: null }
    out.sendDate = false
    out.writeHead(response.status, sentFields(response.fields, envelope))
    if (Buffer.isBuffer(content)) {
      bytesSent = content.length
      out.end(content)
    } else {
      for await (const chunk of chunksOf(content, file)) {
        if (client.gone) return { bytesSent, aborted: true, cause: null }
        bytesSent += chunk.length
        if (!out.write(chunk)) await client.until(out, 'drain')
      }
      out.end()
    }
    const whole = await client.until(out, 'finish')
    return { bytesSent, aborted: !whole, cause: null }
  } catch (error) {
    return failed(response, out, bytesSent, error)
  } finally {
    file?.close()
  }
}

/** What is to be written one after the other; each is read when the one before has been taken. */
async function* chunksOf(content: Exclude<Response['content'], Buffer>, file: OpenFile | null) {
  if (content instanceof GrowingContent) {
    for (let n = 0, chunk = await content.chunk(n); chunk !== null; chunk = await content.chunk(++n))
      yield chunk
    return
  }
  const segments = content === null ? [] : 'segments' in content ? content.segments : [content]
  for (const segment of segments) {
    if (Buffer.isBuffer(segment)) {
      yield segment
      continue
    }
    for (let done = 0; done < segment.length; ) {
      const chunk = await readChunk(file, segment.first + done, segment.length - done)
      done += chunk.length
      yield chunk
    }
  }
}

/** As much as one read gives, at least a byte. */
async function readChunk(file: OpenFile | null, position: number, wanted: number): Promise<Buffer> {
  const chunk = await inTurn(async () => {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, wanted))
    const count = file === null ? 0 : await readInto(file.fd, buffer, buffer.length, position)
    return count < buffer.length ? buffer.subarray(0, count) : buffer
  })
  if (chunk.length === 0) throw Object.assign(new Error('shorter than its length'), { code: 'TRUNCATED' })
  return chunk
}

/** 100: the client may send the content that it announced. Comes behind the answers before. */
export function sendContinue(out: ServerResponse): void {
  out.writeContinue()
}

/** A response for a connection whose request never became one: written by hand. */
export function sendRaw(
  response: Response,
  envelope: Envelope,
  socket: Socket,
  withContent: boolean,
): Delivery {
  const content = withContent && Buffer.isBuffer(response.content) ? response.content : NOTHING
  socket.write(Buffer.concat([Buffer.from(headOf(response, envelope), 'latin1'), content]))
  return { bytesSent: content.length, aborted: false, cause: null }
}
