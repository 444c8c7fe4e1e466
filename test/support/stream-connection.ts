/**
 * A connection of HTTP/2 that is used as one of HTTP/1.1 is: takes requests as
 * the bytes that they are there, makes a stream of each, and gives the answers in
 * the order of the requests. What HTTP/2 has no words for it refuses to send.
 */

import { STATUS_CODES } from 'node:http'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type RawResponse, readChunks } from './byte-connection.ts'

/** RFC 9113 §8.2.2 */
const OF_CONNECTIONS = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te']

/** A stream, and what came of it. */
class Asked {
  readonly stream: ClientHttp2Stream
  /** Those with 1xx come before the answer. */
  readonly interim: RawResponse[] = []
  /** Bytes of its content that are still to be sent; null: it comes in chunks. */
  left: number | null
  #answer: Omit<RawResponse, 'body' | 'text'> | null = null
  #chunks: Buffer[] = []
  readonly #wake: () => void
  whole = false
  failure: Error | null = null

  constructor(stream: ClientHttp2Stream, left: number | null, wake: () => void) {
    this.stream = stream
    this.left = left
    this.#wake = wake
    stream.on('headers', headers => this.#interim(headers))
    // As they stand in the frame: node:http2 leaves out what it takes for a mistake.
    stream.on('response', (headers, _, raw: string[]) => {
      const fields: Record<string, string> = {}
      for (let i = 0; i + 1 < raw.length; i += 2) {
        const [name = '', value = ''] = [raw[i], raw[i + 1]]
        if (!name.startsWith(':')) fields[name] = name in fields ? `${fields[name]}, ${value}` : value
      }
      const status = Number(headers[':status'])
      // What HTTP/1.1 would say besides; it has no place here.
      this.#answer = { status, reason: STATUS_CODES[status] ?? '', fields }
      wake()
    })
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      wake()
    })
    // It may still have much to send.
    stream.on('end', () => stream.rstCode === 0 && this.#end(null))
    stream.on('error', error => this.#end(error))
    stream.on('close', () =>
      this.#end(stream.rstCode === 0 ? null : new Error(`RST_STREAM ${stream.rstCode}`)),
    )
  }

  get answer(): RawResponse | null {
    if (this.#answer === null) return null
    const body = Buffer.concat(this.#chunks)
    return { ...this.#answer, body, text: body.toString() }
  }

  #interim(headers: Record<string, unknown>): void {
    const body = Buffer.alloc(0)
    this.interim.push({ status: Number(headers[':status']), reason: '', fields: {}, body, text: '' })
    this.#wake()
  }

  #end(failure: Error | null): void {
    this.whole = true
    this.failure ??= failure
    this.#wake()
  }
}

export class StreamConnection {
  readonly socket: Socket
  readonly session: ClientHttp2Session
  #toSend = Buffer.alloc(0)
  /** Whose content is being sent. */
  #sending: Asked | null = null
  readonly #asked: Asked[] = []
  readonly #streams: Asked[] = []
  readonly #raw: Socket
  #closed = false
  readonly #waiting = new Set<() => void>()

  constructor(port: number, host = '127.0.0.1') {
    this.#raw = connectTcp({ port, host })
    this.socket = connectTls({ socket: this.#raw, rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    this.session = connect(`https://${host.includes(':') ? `[${host}]` : host}:${port}`, {
      createConnection: () => this.socket,
      // What is sent all at once.
      maxSessionMemory: 1000,
    })
    const close = (): void => {
      this.#closed = true
      this.#wake()
    }
    this.session.on('error', close)
    this.session.on('close', close)
  }

  send(bytes: string | Uint8Array): void {
    const more = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
    this.#toSend = Buffer.concat([this.#toSend, more])
    while (this.#sending === null ? this.#begin() : this.#goOn(this.#sending));
  }

  /** The next answer. */
  async response({ deadline = 5_000 }: { head?: boolean; deadline?: number } = {}): Promise<RawResponse> {
    const [asked] = this.#asked
    if (asked === undefined) throw new Error('No whole request was sent')
    return this.#until(() => {
      const interim = asked.interim.shift()
      if (interim !== undefined) return interim
      if (!asked.whole) return null
      this.#asked.shift()
      const { answer } = asked
      if (answer !== null) return answer
      throw asked.failure ?? new Error('No answer')
    }, deadline)
  }

  /** What came of answers that were not read. */
  get rest(): Buffer {
    return Buffer.concat(this.#asked.map(({ answer }) => answer?.body ?? Buffer.alloc(0)))
  }

  /** Where HTTP/1.1 has to end the connection, HTTP/2 ends the streams. */
  async closed(deadline = 5_000): Promise<void> {
    await this.#until(
      () => (this.#closed || this.#streams.every(({ whole }) => whole) ? true : null),
      deadline,
    )
  }

  get isClosed(): boolean {
    return this.#closed
  }

  reset(): void {
    this.#raw.resetAndDestroy()
  }

  destroy(): void {
    this.session.destroy()
    this.socket.destroy()
  }

  /** Opens a stream for the next request, when its header section is whole. */
  #begin(): boolean {
    const end = this.#toSend.indexOf('\r\n\r\n')
    if (end < 0) return false
    const [line = '', ...rest] = this.#toSend.toString('latin1', 0, end).split('\r\n')
    this.#toSend = this.#toSend.subarray(end + 4)
    const [, method, path] = /^([^ ]+) ([^ ]+) HTTP\/1\.1$/.exec(line) ?? []
    if (method === undefined || path === undefined || method === 'CONNECT') throw notHttp2(line)
    // Neither has a form there (RFC 9113 §8.3.1).
    if (!path.startsWith('/') && path !== '*') throw notHttp2(line)
    const headers: Record<string, string | string[]> = { ':method': method, ':path': path }
    let isChunked = false
    for (const field of rest) {
      const [, given = '', value = ''] = /^([^ \t:]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? []
      const name = given.toLowerCase()
      if (name === 'transfer-encoding' && value === 'chunked') {
        isChunked = true
        continue
      }
      if (name === '' || OF_CONNECTIONS.includes(name)) throw notHttp2(field)
      const key = name === 'host' ? ':authority' : name
      const before = headers[key]
      if (before !== undefined && key === ':authority') throw notHttp2(field)
      headers[key] = before === undefined ? value : [before, value].flat()
    }
    // node:http2 would say the address that it has connected to.
    if (headers[':authority'] === undefined) throw notHttp2('no Host')
    const length = Number(headers['content-length'] ?? 0)
    const endStream = !isChunked && length === 0
    const stream = this.session.request(headers, { endStream })
    const asked = new Asked(stream, isChunked ? null : length, () => this.#wake())
    this.#asked.push(asked)
    this.#streams.push(asked)
    this.#sending = endStream ? null : asked
    return true
  }

  /** Sends what there is of a content. */
  #goOn(asked: Asked): boolean {
    if (asked.left === null) {
      const content = readChunks(this.#toSend, 0)
      if (content === null) return false
      asked.stream.end(content.body)
      this.#toSend = this.#toSend.subarray(content.end)
    } else {
      const part = this.#toSend.subarray(0, asked.left)
      this.#toSend = this.#toSend.subarray(part.length)
      asked.left -= part.length
      if (part.length > 0) asked.stream.write(part)
      if (asked.left > 0) return false
      asked.stream.end()
    }
    this.#sending = null
    return this.#toSend.length > 0
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }

  async #until<T>(look: () => T | null, deadline: number): Promise<T> {
    const end = Date.now() + deadline
    for (;;) {
      const found = look()
      if (found !== null) return found
      if (this.#closed) throw new Error('Connection closed')
      const left = end - Date.now()
      if (left <= 0) throw new Error(`No answer within ${deadline} ms`)
      await new Promise<void>(resolve => {
        const done = (): void => {
          clearTimeout(timer)
          this.#waiting.delete(done)
          resolve()
        }
        const timer = setTimeout(done, left)
        this.#waiting.add(done)
      })
    }
  }
}

const notHttp2 = (what: string): Error => new Error(`HTTP/2 has no way to say ${JSON.stringify(what)}`)
