/**
 * The Response value, and the only code that writes one to a connection.
 * Promises that the file of a response is closed on every way out: sent whole,
 * no content (304, HEAD), client gone, read error, file shrunk. A file that
 * ends early cuts the connection, since its length was already promised.
 */
import type { ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
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
import type { Exchange } from './types.ts'

export interface Response {
  readonly status: number
  /** Names and values in turn, as writeHead takes them. Date and Connection come when it is written. */
  readonly fields: readonly string[]
  /** Bytes at hand or coming, one or several parts of `file`, or null for none (304, 204, HEAD). */
  readonly content: Buffer | FilePart | Multipart | GrowingContent | Streamed | null
  /** The open file behind it, closed by whoever ends the response; null when there is none (any more). */
  readonly file: OpenFile | null
  /** For the exchange record. */
  readonly source: { readonly name: string; readonly size: number } | null
  readonly contentCoding: string | null
  readonly cause: string | null
  readonly note: Exchange['note']
}

/** Content that is made while it is sent, from the first request for it on; who stops early ends the making. */
interface Streamed {
  chunks(): AsyncGenerator<Buffer>
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
    content,
    file: null,
    source: null,
    contentCoding: null,
    cause: null,
    note: null,
    ...rest,
  }
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

export function createErrorResponse(
  name: ErrorName,
  options: ErrorPageOptions,
  fields: readonly string[] = [],
  cause: string | null = null,
): Response {
  return createPageResponse(statusOf(name), errorPageKind(), renderErrorPage(name, options), fields, cause)
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
  return { ...response, fields, content, contentCoding: coding }
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

/**
 * Writes all of it, or as much as the client takes. `fields` are the response's with Date and Connection.
 * Never rejects; resolves when nothing more will happen.
 */
export async function send(
  response: Response,
  fields: readonly string[],
  out: ServerResponse,
  client: Client,
): Promise<Delivery> {
  const { content, file } = response
  let bytesSent = 0
  let whole = false
  let cause: string | null = null
  try {
    if (client.gone) return { bytesSent, aborted: true, cause }
    out.sendDate = false
    out.writeHead(response.status, [...fields])
    if (Buffer.isBuffer(content)) {
      bytesSent = content.length
      out.end(content)
    } else {
      for await (const chunk of chunksOf(content, file)) {
        if (client.gone) return { bytesSent, aborted: true, cause }
        bytesSent += chunk.length
        if (!out.write(chunk)) await client.until(out, 'drain')
      }
      out.end()
    }
    whole = await client.until(out, 'finish')
  } catch (error) {
    cause = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
    out.destroy()
  } finally {
    file?.close()
  }
  return { bytesSent, aborted: !whole, cause }
}

/** What is to be written one after the other; each is read when the one before has been taken. */
async function* chunksOf(content: Exclude<Response['content'], Buffer>, file: OpenFile | null) {
  if (content instanceof GrowingContent) {
    for (let n = 0, chunk = await content.chunk(n); chunk !== null; chunk = await content.chunk(++n))
      yield chunk
    return
  }
  if (content !== null && 'chunks' in content) {
    yield* content.chunks()
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
  fields: readonly string[],
  socket: Socket,
  withContent: boolean,
): Delivery {
  let head = `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}\r\n`
  for (let i = 0; i + 1 < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`
  const content = withContent && Buffer.isBuffer(response.content) ? response.content : Buffer.alloc(0)
  socket.write(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), content]))
  return { bytesSent: content.length, aborted: false, cause: null }
}

export function datedFields(response: Response): string[] {
  return ['Date', currentHttpDate(), ...response.fields]
}
