/**
 * Writes a Response to its connection; no other code does. Promises that the
 * file of a response is closed on every way out: sent whole, no content (304,
 * HEAD), client gone, read error, file shrunk. A file that ends early cuts the
 * connection, since its length was already promised.
 */
import { ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { GrowingContent } from './content-cache.ts'
import { transfer } from './file-transfer.ts'
import { currentHttpDate } from './http-date.ts'
import type { FilePart, Multipart } from './multipart.ts'
import { OpenFile } from './open-file.ts'
import { linesOf, type Response } from './response.ts'
import type { Soon } from './soon.ts'

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
function headOf({ status, ready, fields }: Response, { date, lines: around }: Envelope): string {
  statusLines[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  return `${statusLines[status]}Date: ${date}\r\n${ready?.lines ?? linesOf(fields)}${around}\r\n`
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
    const text = content.length === 0 ? '' : (response.ready?.text ?? null)
    if (text !== null) socket.write(head + text, 'latin1')
    else {
      // One system call for both, without a copy of the content.
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(content)
      socket.uncork()
    }
    if (socket.writableLength === 0) {
      // node:http goes on to the next request by this event.
      this.emit('finish')
      return 'sent'
    }
    socket.write('', () => this.emit('finish'))
    return 'waiting'
  }

  /** Sends what comes before the content, which others then write to the socket. */
  begin(response: Response, envelope: Envelope, persistent: boolean): void {
    if (persistent && this.listenerCount('finish') > 0)
      this.socket?.write(headOf(response, envelope), 'latin1')
    else {
      this.sendDate = false
      this.writeHead(response.status, sentFields(response.fields, envelope))
      this.flushHeaders()
    }
  }

  /** The content has been written: node:http goes on to the next request, or ends the connection. */
  finish(): void {
    if (this.headersSent) this.end()
    else this.emit('finish')
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
      if (state === 'sent') {
        response.file?.close()
        return { bytesSent, aborted: false, cause: null }
      }
      if (state === 'waiting') {
        return client.until(out, 'finish').then(whole => {
          response.file?.close()
          return { bytesSent, aborted: !whole, cause: null }
        })
      }
    } catch (error) {
      return failed(response, out, 0, error)
    }
  }
  if (content !== null && 'length' in content && !Buffer.isBuffer(content)) {
    return sendParts(response, content, envelope, out, client, persistent)
  }
  return sendInParts(response, envelope, out, client)
}

/** Parts of a file. */
async function sendParts(
  response: Response,
  content: FilePart | Multipart,
  envelope: Envelope,
  out: Reply,
  client: Client,
  persistent: boolean,
): Promise<Delivery> {
  const { file } = response
  const { socket } = out
  let bytesSent = 0
  try {
    if (client.gone || socket === null || !(file instanceof OpenFile)) {
      return { bytesSent, aborted: true, cause: null }
    }
    out.begin(response, envelope, persistent)
    bytesSent = await transfer(socket, file, content)
    if (bytesSent < content.length) return { bytesSent, aborted: true, cause: null }
    const finished = client.until(out, 'finish')
    out.finish()
    return { bytesSent, aborted: !(await finished), cause: null }
  } catch (error) {
    return failed(response, out, bytesSent, error)
  } finally {
    file?.close()
  }
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
    if (content instanceof GrowingContent) {
      for (let n = 0, chunk = await content.chunk(n); chunk !== null; chunk = await content.chunk(++n)) {
        if (client.gone) return { bytesSent, aborted: true, cause: null }
        bytesSent += chunk.length
        if (!out.write(chunk)) await client.until(out, 'drain')
      }
      out.end()
    } else if (Buffer.isBuffer(content)) {
      bytesSent = content.length
      out.end(content)
    } else out.end()
    const whole = await client.until(out, 'finish')
    return { bytesSent, aborted: !whole, cause: null }
  } catch (error) {
    return failed(response, out, bytesSent, error)
  } finally {
    file?.close()
  }
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
