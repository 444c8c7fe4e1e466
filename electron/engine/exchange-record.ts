/**
 * The record of one request. Made for each, so it only holds on to what there
 * is: field lines become pairs, and secrets are masked, when somebody asks.
 */
import { maskSecret } from './authentication.ts'
import { type Envelope, sentFields } from './envelope.ts'
import type { Delivery } from './reply.ts'
import type { Response } from './response.ts'
import type { Exchange, Field } from './types.ts'

export interface RequestLine {
  readonly method: string
  readonly target: string
  readonly httpVersion: string
}

/** Who asked, and since when. */
export class Clock {
  /** ms since the epoch. */
  readonly time = Date.now()
  readonly started = performance.now()
  readonly clientAddress: string
  readonly clientIsLocal: boolean

  /** The address is taken at the start: a closed socket has none. */
  constructor({ address, isLocal }: { readonly address: string; readonly isLocal: boolean }) {
    this.clientAddress = address
    this.clientIsLocal = isLocal
  }
}

export class ExchangeRecord implements Exchange {
  readonly time: number
  readonly method: string
  readonly target: string
  readonly httpVersion: string
  readonly status: number
  readonly bytesSent: number
  readonly duration: number
  readonly clientAddress: string
  readonly clientIsLocal: boolean
  readonly file: string | null
  readonly fileSize: number | null
  readonly contentCoding: string | null
  readonly aborted: boolean
  readonly cause: string | null
  readonly note: Exchange['note']
  /** Names and values in turn. */
  readonly #requestLines: readonly string[]
  /** Not the response, which would keep its content. */
  readonly #fields: readonly string[]
  readonly #envelope: Envelope

  constructor(
    { method, target, httpVersion }: RequestLine,
    clock: Clock,
    requestLines: readonly string[],
    response: Response,
    envelope: Envelope,
    delivery: Delivery,
    /** Of performance.now(). */
    ended: number,
  ) {
    const { status, fields, source, contentCoding, cause, note } = response
    this.time = clock.time
    this.method = method
    this.target = target
    this.httpVersion = httpVersion
    this.status = status
    this.bytesSent = delivery.bytesSent
    this.duration = ended - clock.started
    this.clientAddress = clock.clientAddress
    this.clientIsLocal = clock.clientIsLocal
    this.file = source?.name ?? null
    this.fileSize = source?.size ?? null
    this.contentCoding = contentCoding
    this.aborted = delivery.aborted
    this.cause = delivery.cause ?? cause
    this.note = note
    this.#requestLines = requestLines
    this.#fields = fields
    this.#envelope = envelope
  }

  get requestFields(): readonly Field[] {
    return pairs(this.#requestLines).map(([name, value]) => [name, maskSecret(name, value)])
  }

  get responseFields(): readonly Field[] {
    return pairs(sentFields(this.#fields, this.#envelope))
  }

  /** Of the request alone: what was sent is of our own making, and mostly shared. */
  get fieldsLength(): number {
    let sum = 0
    for (const text of this.#requestLines) sum += text.length
    return sum
  }

  /** The first field of this name, in lower case. */
  requestField(name: string): string | undefined {
    const value = fieldValue(this.#requestLines, name)
    return value === undefined ? undefined : maskSecret(name, value)
  }
}

export function pairs(lines: readonly string[]): Field[] {
  const fields: Field[] = []
  for (let i = 0; i + 1 < lines.length; i += 2) {
    fields.push([(lines[i] ?? '').toLowerCase(), lines[i + 1] ?? ''])
  }
  return fields
}

export function fieldValue(lines: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const each = lines[i]
    // Most differ in length, which is quicker to see.
    if (each?.length === name.length && each.toLowerCase() === name) return lines[i + 1]
  }
  return undefined
}
