/**
 * Writes a Response to its connection; no other code does. Promises that the
 * file of a response is closed on every way out: sent whole, no content (304,
 * HEAD), client gone, read error, file shrunk. A file that ends early cuts the
 * connection, since its length was already promised.
 */
import { ServerResponse, STATUS_CODES } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { Lease } from './chunks.ts'
import { chunksOf } from './content-chunks.ts'
import { type Envelope, sentFields } from './envelope.ts'
import { transfer } from './file-transfer.ts'
import { GrowingContent } from './growing-content.ts'
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
  #onLeave: (() => void) | null = null

  leave(): void {
    this.gone = true
    this.#wake?.()
    this.#onLeave?.()
  }

  /** For what waits for something else than the client. */
  onLeave(action: () => void): void {
    if (this.gone) action()
    else this.#onLeave = action
  }

  /** Resolves with the event, or when the client has gone: whether it is still there. One at a time. */
  until(out: ServerResponse | Writable, event: 'drain' | 'finish'): Promise<boolean> {
    if (this.gone) return Promise.resolve(false)
    return new Promise(resolve => {
      const done = (): void => {
        this.#wake = null
        out.removeListener(event, done)
        resolve(!this.gone)
      }
      this.#wake = done
      out.once(event, done)
    })
  }
}

const statusLines: string[] = []

/** Everything up to the content (RFC 9112 §2). */
function headOf({ status, ready, fields }: Response, { date, lines: around }: Envelope): string {
  statusLines[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  return `${statusLines[status]}Date: ${date}\r\n${ready?.lines ?? linesOf(fields)}${around}\r\n`
}

const NOTHING = Buffer.alloc(0)

/** Head and content, where there is room for the head before the content, or nothing behind it. */
function inOnePiece(response: Response, content: Buffer, envelope: Envelope): Buffer | string | null {
  const { ready, file } = response
  if (ready !== null) return ready.room.put(response, envelope, headOf(response, envelope))
  if (content.length === 0) return headOf(response, envelope)
  return file instanceof Lease ? file.withHead(headOf(response, envelope), content) : null
}

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
    const room = response.ready?.room
    const whole = room?.whole(response, envelope) ?? inOnePiece(response, content, envelope)
    if (typeof whole === 'string') socket.write(whole, 'latin1')
    else if (whole !== null) socket.write(whole)
    else {
      // One system call for both, without a copy of the content.
      const head = headOf(response, envelope)
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
    if (whole !== null) room?.lend()
    socket.write('', () => {
      if (whole !== null) room?.giveBack()
      this.emit('finish')
    })
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
    return sendFromFile(response, content, envelope, out, client, persistent)
  }
  return sendInParts(response, envelope, out, client)
}

/** Parts of a file, which go to the socket itself: what node:http does for each chunk of an answer is not needed. */
async function sendFromFile(
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
    // What is compressed now takes its time; what kind of answer it is, the client may know at once.
    if (content instanceof GrowingContent) {
      out.flushHeaders()
      client.onLeave(() => file?.close())
    }
    if (content !== null && 'chunks' in content && content.close) {
      const close = content.close.bind(content)
      client.onLeave(close)
      // Who says no more hears no more of what has no end.
      out.socket?.once('end', close)
    }
    if (content instanceof GrowingContent || (content !== null && 'chunks' in content)) {
      for await (const chunk of chunksOf(content, null)) {
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

/** The same over HTTP/2, where the stream does the framing. */
export async function sendOnStream(
  response: Response,
  envelope: Envelope,
  out: Http2ServerResponse,
  client: Client,
): Promise<Delivery> {
  const { content, file, status } = response
  const { stream } = out
  let bytesSent = 0
  try {
    if (client.gone) return { bytesSent, aborted: true, cause: null }
    const fields = sentFields(response.fields, envelope)
    const headers: Record<string, string | string[]> = {}
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const [name, value] = [(fields[i] ?? '').toLowerCase(), fields[i + 1] ?? '']
      const before = headers[name]
      headers[name] = before === undefined ? value : [before, value].flat()
    }
    out.sendDate = false
    out.writeHead(status, headers)
    if (Buffer.isBuffer(content)) {
      bytesSent = content.length
      out.end(content)
    } else {
      if (content !== null && 'chunks' in content) client.onLeave(() => content.close?.())
      if (content instanceof GrowingContent) client.onLeave(() => file?.close())
      for await (const chunk of chunksOf(content, file)) {
        if (client.gone) return { bytesSent, aborted: true, cause: null }
        bytesSent += chunk.length
        if (!out.write(chunk)) await client.until(out, 'drain')
      }
      out.end()
    }
    // That of `out` comes when the client, too, has said all that it has to say.
    const whole = stream.writableFinished || (await client.until(stream, 'finish'))
    return { bytesSent, aborted: !whole, cause: null }
  } catch (error) {
    // INTERNAL_ERROR (RFC 9113 §7), not as if that had been all.
    stream.close(2)
    return { bytesSent, aborted: true, cause: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' }
  } finally {
    file?.close()
  }
}

/** 100: the client may send the content that it announced. Comes behind the answers before. */
export function sendContinue(out: ServerResponse | Http2ServerResponse): void {
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
