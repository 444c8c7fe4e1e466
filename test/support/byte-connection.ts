/**
 * One connection of HTTP/1.1, any bytes: for what no HTTP client would send, and
 * for what clients hide (field order, framing, whether the connection stays open).
 */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface RawResponse {
  readonly status: number
  readonly reason: string
  /** Lower-case name -> value; repeated fields joined with `, `. */
  readonly fields: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Body as text. */
  readonly text: string
}

/** The same bytes inside TLS (the project `https` of vitest.config.ts). */
const overTls = process.env.SERVEBAR_TEST_TLS === '1'

export class ByteConnection {
  readonly socket: Socket
  readonly #raw: Socket
  #chunks: Buffer[] = []
  #length = 0
  #ended = false
  #wake: (() => void) | null = null

  constructor(port: number, host = '127.0.0.1') {
    this.#raw = connect({ port, host })
    this.socket = overTls
      ? connectTls({ socket: this.#raw, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : this.#raw
    this.socket.on('data', chunk => {
      this.#chunks.push(chunk)
      this.#length += chunk.length
      this.#wake?.()
    })
    const end = (): void => {
      this.#ended = true
      this.#wake?.()
    }
    this.socket.on('end', end)
    this.socket.on('close', end)
    // A reset is an end too; what was received counts.
    this.socket.on('error', end)
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** The next answer. `head`: it has no content, whatever its fields say. */
  async response({ head = false, deadline = 5_000 } = {}): Promise<RawResponse> {
    const headEnd = await this.#until(() => {
      const at = this.rest.indexOf('\r\n\r\n')
      return at < 0 ? null : at
    }, deadline)
    const lines = this.rest.toString('latin1', 0, headEnd).split('\r\n')
    const [, status = '', reason = ''] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(lines[0] ?? '') ?? []
    const fields: Record<string, string> = {}
    for (const line of lines.slice(1)) {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).toLowerCase()
      const value = line.slice(colon + 1).trim()
      fields[name] = name in fields ? `${fields[name]}, ${value}` : value
    }
    const code = Number(status)
    const empty = head || code < 200 || code === 204 || code === 304
    const start = headEnd + 4
    if (!empty && fields['transfer-encoding'] === 'chunked') {
      const { body, end } = await this.#until(() => readChunks(this.rest, start), deadline)
      const after = this.rest.subarray(end)
      this.#chunks = [after]
      this.#length = after.length
      return { status: code, reason, fields, body, text: body.toString() }
    }
    const length = empty ? 0 : Number(fields['content-length'] ?? Number.NaN)
    const end = await this.#until(() => {
      if (this.#ended && !(this.#length >= start + length)) return this.#length
      return this.#length >= start + length ? start + length : null
    }, deadline)
    const all = this.rest
    const body = all.subarray(start, end)
    this.#chunks = [all.subarray(end)]
    this.#length = all.length - end
    return { status: code, reason, fields, body, text: body.toString() }
  }

  /** Bytes that came and belong to no answer that was read. */
  get rest(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] ?? Buffer.alloc(0)
  }

  /** Resolves when the server has ended the connection. */
  async closed(deadline = 5_000): Promise<void> {
    await this.#until(() => (this.#ended ? true : null), deadline)
  }

  get isClosed(): boolean {
    return this.#ended
  }

  /** Without a word, as when the network has gone. */
  reset(): void {
    this.#raw.resetAndDestroy()
  }

  destroy(): void {
    this.socket.destroy()
  }

  async #until<T>(look: () => T | null, deadline: number): Promise<T> {
    const end = Date.now() + deadline
    for (;;) {
      const found = look()
      if (found !== null) return found
      if (this.#ended) {
        throw new Error(`Connection closed after ${JSON.stringify(this.rest.toString('latin1', 0, 200))}`)
      }
      const left = end - Date.now()
      if (left <= 0) throw new Error(`No answer within ${deadline} ms`)
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}

/** Content in chunks (RFC 9112 §7.1), or null when its last one has not come. */
export function readChunks(bytes: Buffer, start: number): { body: Buffer; end: number } | null {
  const chunks: Buffer[] = []
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at)
    if (line < 0) return null
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16)
    const end = line + 2 + size
    if (bytes.length < end + 2) return null
    if (bytes.toString('latin1', end, end + 2) !== '\r\n') throw new Error('A chunk has another length')
    if (size === 0) return { body: Buffer.concat(chunks), end: end + 2 }
    chunks.push(bytes.subarray(line + 2, end))
    at = end + 2
  }
}
