/**
 * HTTP/2 frame by frame (RFC 9113 §4): for header sections that no library would
 * send, for clients that do not keep to the rules, and for what clients hide.
 */
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { until } from './until.ts'

export const FRAMES = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, window: 8 } as const
const END_STREAM = 1
const END_HEADERS = 4

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

type Lines = readonly (readonly [name: string, value: string])[]

/** Each line as it is, neither shortened nor remembered (RFC 7541 §6.2.2). */
const encodeLines = (lines: Lines): Buffer =>
  Buffer.concat(
    lines.flatMap(([name, value]) => [
      Buffer.of(0),
      ...[name, value].flatMap(text => [encodeLength(text.length), Buffer.from(text, 'latin1')]),
    ]),
  )

/** RFC 7541 §5.1, with a prefix of seven bits. */
function encodeLength(length: number): Buffer {
  const bytes = [Math.min(length, 127)]
  for (let rest = length - 127; rest >= 0; rest = rest < 128 ? -1 : rest >> 7) {
    bytes.push(rest < 128 ? rest : (rest & 127) | 128)
  }
  return Buffer.from(bytes)
}

/** A request's lines, with those that it needs. */
export const linesOf = (change: Readonly<Record<string, string | null>> = {}, more: Lines = []): Lines => {
  const all = {
    ':method': 'GET',
    ':scheme': 'https',
    ':authority': 'localhost',
    ':path': '/a.txt',
    ...change,
  }
  return [
    ...Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    ...more,
  ]
}

export class FrameConnection {
  readonly frames: Frame[] = []
  readonly socket: TLSSocket
  #bytes = Buffer.alloc(0)
  #closed = false

  constructor(port: number) {
    this.socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    this.socket.on('data', (chunk: Buffer) => this.#read(chunk))
    for (const event of ['close', 'error']) {
      this.socket.on(event, () => {
        this.#closed = true
      })
    }
    this.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    this.frame(FRAMES.settings, 0, 0)
  }

  get closed(): boolean {
    return this.#closed
  }

  frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): void {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head[3] = type
    head[4] = flags
    head.writeUInt32BE(stream, 5)
    this.socket.write(Buffer.concat([head, payload]))
  }

  /** `stream` is odd, and greater than those before (§5.1.1). */
  request(stream: number, lines: Lines, end = true): void {
    this.frame(FRAMES.headers, END_HEADERS | (end ? END_STREAM : 0), stream, encodeLines(lines))
  }

  reset(stream: number): void {
    this.frame(FRAMES.reset, 0, stream, Buffer.of(0, 0, 0, 8))
  }

  of(type: number, stream: number): Frame[] {
    return this.frames.filter(frame => frame.type === type && frame.stream === stream)
  }

  /** The status of an answer, or the error by which its stream was ended instead. */
  outcome(stream: number): Promise<number | string> {
    return until(() => {
      const [head] = this.of(FRAMES.headers, stream)
      if (head !== undefined) return statusIn(head)
      const [reset] = this.of(FRAMES.reset, stream)
      if (reset !== undefined) return `reset ${reset.payload.readUInt32BE()}`
      const [away] = this.of(FRAMES.goAway, 0)
      if (away !== undefined && away.payload.readUInt32BE(4) !== 0)
        return `gone ${away.payload.readUInt32BE(4)}`
      return this.#closed ? 'closed' : null
    }, `an answer on stream ${stream}`)
  }

  /** Resolves when the answer's last frame has come. */
  end(stream: number): Promise<Frame> {
    const isLast = ({ type, flags, stream: of }: Frame): boolean =>
      of === stream && (type === FRAMES.reset || (type <= FRAMES.headers && (flags & END_STREAM) !== 0))
    return until(() => this.frames.find(isLast), `the end of stream ${stream}`)
  }

  /** §6.9: as much more as this may come, on this stream or (0) on all together. */
  allow(stream: number, bytes: number): void {
    const payload = Buffer.alloc(4)
    payload.writeUInt32BE(bytes)
    this.frame(FRAMES.window, 0, stream, payload)
  }

  destroy(): void {
    this.socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    for (;;) {
      const length = this.#bytes.length < 9 ? Number.POSITIVE_INFINITY : this.#bytes.readUIntBE(0, 3)
      if (this.#bytes.length < 9 + length) return
      const [type = 0, flags = 0] = [this.#bytes[3], this.#bytes[4]]
      const payload = this.#bytes.subarray(9, 9 + length)
      this.frames.push({ type, flags, stream: this.#bytes.readUInt32BE(5), payload })
      this.#bytes = this.#bytes.subarray(9 + length)
      if (type === FRAMES.settings && (flags & 1) === 0) this.frame(FRAMES.settings, 1, 0)
    }
  }
}

/** The first field of the first answer of a connection (RFC 7541, Appendix A); its digits may be in Huffman's code. */
function statusIn({ payload }: Frame): number {
  // Before it, the table's size may change (§6.3).
  let at = 0
  while (((payload[at] ?? 0) & 0xe0) === 0x20) at++
  const first = payload[at] ?? 0
  const known = [200, 204, 206, 304, 400, 404, 500][first - 0x88]
  if (known !== undefined) return known
  // Any other says the name by its number, 8, and then the value.
  const length = payload[at + 1] ?? 0
  const value = payload.subarray(at + 2, at + 2 + (length & 127))
  if ((length & 128) === 0) return Number(value.toString())
  let bits = [...value].map(byte => byte.toString(2).padStart(8, '0')).join('')
  let digits = ''
  while (digits.length < 3) {
    const size = bits.startsWith('000') ? 5 : 6
    const code = Number.parseInt(bits.slice(0, size), 2)
    digits += size === 5 ? code : code - 0b011001 + 3
    bits = bits.slice(size)
  }
  return Number(digits)
}
