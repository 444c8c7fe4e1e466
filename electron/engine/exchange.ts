/**
 * From a request of node:http to its answer and its record: the pipeline
 * decides, response.ts writes, and exactly one Exchange is made, whether the
 * answer was sent, cut short, or refused before it became a request.
 */
import type { IncomingMessage } from 'node:http'
import { asksUpgrade, type Connection, hasContent, isTooLarge, MAX_DROPPED } from './connection.ts'
import { createEnvelope, type Envelope } from './envelope.ts'
import type { ErrorName } from './error-page.ts'
import { Clock, ExchangeRecord, fieldValue, pairs, type RequestLine } from './exchange-record.ts'
import { withExtraFields, withOwnerFields } from './header-fields.ts'
import type { Incoming } from './incoming.ts'
import { STREAM_PATH } from './live/reserved.ts'
import { describeRefused, type RefusedRequest, refusedFraming } from './refused.ts'
import { type Client, type Reply, send, sendContinue, sendRaw } from './reply.ts'
import type { Request, Site } from './request.ts'
import { ALLOW } from './respond.ts'
import { createErrorResponse, createResponse, type Response } from './response.ts'
import { type Soon, whenReady } from './soon.ts'
import type { Exchange } from './types.ts'

/** What all requests of a server share. */
export interface Context {
  readonly site: Site
  /** Decides the answer: the pipeline, or less where nothing but the way to HTTPS is told. */
  respond(request: Request, site: Site): Soon<Response>
  readonly onExchange: (exchange: Exchange) => void
  /** Added to each answer, unless it has a field of that name; names and values in turn. */
  extraFields(): readonly string[]
  /** How long a client may be silent within content that is wanted, in ms. */
  readonly patience: number
  /** Around an answer that the connection outlives. */
  persistent(): Envelope
  /** Whether the connection has a place among those that are served. */
  admit(connection: Connection): boolean
  isClosing(): boolean
}

const last = createEnvelope(['Connection', 'close'])
/** Pipelined by a client that left before its turn: recorded as logs of servers do, with a status that nobody is sent. */
const UNANSWERED = createResponse(499, [], null)
/** The methods whose content is waited for. */
export const READING = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What an answer must say besides. */
export const REFUSED_WITH: Partial<Record<ErrorName, readonly string[]>> = {
  'method-not-allowed': ['Allow', ALLOW],
  busy: ['Retry-After', '1'],
}

/** Answers one request, once its content has come in and been dropped. A promise where that takes longer than this call. */
export function handle(
  context: Context,
  connection: Connection,
  message: IncomingMessage,
  out: Reply,
  invite: (() => void) | null = null,
): Soon<void> {
  if (isOver(connection)) return
  const persistent = out.shouldKeepAlive && (!asksUpgrade(message) || connection.hasReadOnly(message))
  if (!persistent) connection.last = true
  if (!context.admit(connection)) return refuseRequest(context, connection, message, 'busy')
  const clock = new Clock(connection.peer)
  const client = connection.begin()
  const wanted = context.site.writes.takesContent(message.method ?? '', context.site.live)
  const received =
    refusedFraming(message) ?? (hasContent(message) && !wanted ? connection.dropContent(message) : null)
  return whenReady(received, failure => {
    if (failure === null) {
      const content = wanted ? connection.receiveContent(message, context.patience, invite) : null
      return answer(context, connection, message, out, { clock, client, persistent, content })
    }
    connection.end(client)
    return refuseRequest(context, connection, message, failure)
  })
}

/** A request whose answer is due. */
interface Begun {
  readonly clock: Clock
  readonly client: Client
  readonly persistent: boolean
  /** Where somebody wants it; else it has been dropped. */
  readonly content: Incoming | null
}

function answer(
  context: Context,
  connection: Connection,
  message: IncomingMessage,
  out: Reply,
  { clock, client, persistent, content }: Begun,
): Soon<void> {
  const { rawHeaders } = message
  const asked: Request = {
    method: message.method ?? '',
    target: message.url ?? '',
    fields: withRepeatedDates(message),
    hosts: hostsOf(rawHeaders),
    httpVersion: message.httpVersion,
    clientIsLocal: clock.clientIsLocal,
    client: clock.clientAddress,
    shares: true,
  }
  const request = content === null ? asked : { ...asked, content }
  const response = whenReady(connection.turn(client), () => {
    connection.shareLooks()
    return client.gone ? UNANSWERED : context.respond(request, context.site)
  })
  const finish = (response: Response): Soon<void> => {
    const goesOn = persistent && !context.isClosing()
    const envelope = goesOn ? context.persistent() : last()
    const whole = withExtraFields(response, context.extraFields())
    return whenReady(send(whole, envelope, out, client, goesOn), delivery => {
      const ended = performance.now()
      // Pages ask for their changes all the time; that is nothing to read about.
      if (isChatter(request, context.site)) return connection.end(client, ended)
      context.onExchange(new ExchangeRecord(request, clock, rawHeaders, whole, envelope, delivery, ended))
      connection.end(client, ended)
    })
  }
  return whenReady(response, response => {
    if (content === null || client.gone) return finish(response)
    return content.drop(MAX_DROPPED).then(whole => {
      if (whole) return finish(response)
      // Refused before it was read: what comes of it is no request, and not worth waiting for.
      connection.end(client)
      answerLast(context, connection, response, clock, request, rawHeaders)
    })
  })
}

/** Between a page that reloads itself and this server. */
export function isChatter({ target }: Pick<Request, 'target'>, { reload }: Site): boolean {
  return reload !== null && target.startsWith(STREAM_PATH)
}

/** Behind the last request of a connection nothing is a request (RFC 9112 §9.6). */
const isOver = (connection: Connection): boolean => connection.last || connection.refused

/**
 * `Expect: 100-continue` (RFC 9110 §10.1.1). The sender of content that nobody wants is told at once,
 * before it sends; whether it sends it then is open, so the connection ends.
 */
export async function handleExpectation(
  context: Context,
  connection: Connection,
  message: IncomingMessage,
  out: Reply,
): Promise<void> {
  if (isOver(connection)) return
  if (!/^100-continue$/i.test(message.headers.expect ?? '')) {
    return refuseRequest(context, connection, message, 'expectation-failed')
  }
  if (hasContent(message) && refusedFraming(message) === null) {
    const { site } = context
    if (site.writes.takesContent(message.method ?? '', site.live)) {
      return handle(context, connection, message, out, () => sendContinue(out))
    }
    if (!READING.has(message.method ?? '')) {
      return refuseRequest(context, connection, message, 'method-not-allowed')
    }
    if (!isTooLarge(message)) sendContinue(out)
  }
  return handle(context, connection, message, out)
}

/** CONNECT asks for a tunnel, which no file server is (RFC 9110 §9.3.6). */
export function handleConnect(context: Context, connection: Connection, message: IncomingMessage): void {
  if (!isOver(connection)) refuseRequest(context, connection, message, 'method-not-allowed')
}

/** Answers behind what is under way, and ends the connection: where the next request would begin is not known. */
function refuseRequest(
  context: Context,
  connection: Connection,
  message: IncomingMessage,
  name: ErrorName,
): void {
  const { method = '', url = '', httpVersion } = message
  // Whatever its length, what cannot be sent here is told so.
  const known = name === 'content-too-large' && !READING.has(method) ? 'method-not-allowed' : name
  connection.socket.on('error', () => connection.socket.destroy())
  refuseRaw(
    context,
    connection,
    { name: known, line: { method, target: url, httpVersion } },
    message.rawHeaders,
  )
}

/** The parser has given up: everything after the requests under way is refused, and the connection ends. */
export function refuseMalformed(context: Context, connection: Connection, error: Error): void {
  const refused = describeRefused(error)
  const { socket } = connection
  if (refused !== null && connection.failContent(refused.name)) return
  if (isOver(connection)) {
    // It has its answer; only a connection that broke is of interest.
    if (refused === null) socket.destroy()
  } else if (refused === null || !socket.writable || socket.bytesRead === 0) {
    // A connection that never said anything (browsers open some in reserve) needs no answer either.
    connection.refused = true
    socket.destroy()
  } else refuseRaw(context, connection, refused, [])
}

/** There is no room for the connection, not even to hear what it asks. */
export function turnAway(context: Context, connection: Connection): void {
  refuseRaw(context, connection, { name: 'busy', line: null }, [])
  // At once, as each that stays for a moment takes a descriptor.
  connection.socket.destroy()
}

function refuseRaw(
  context: Context,
  connection: Connection,
  { name, line }: RefusedRequest,
  rawFields: readonly string[],
): void {
  const clock = new Clock(connection.peer)
  const error = createErrorResponse(name, { hint: clock.clientIsLocal }, REFUSED_WITH[name] ?? [])
  const response = withOwnerFields(error, context.site.live, fieldValue(rawFields, 'origin'))
  answerLast(context, connection, response, clock, line, rawFields)
}

/** Behind what is under way, and then the connection ends. */
function answerLast(
  context: Context,
  connection: Connection,
  response: Response,
  clock: Clock,
  line: RequestLine | null,
  rawFields: readonly string[],
): void {
  connection.refuse(() => {
    const envelope = last()
    const delivery = sendRaw(response, envelope, connection.socket, line?.method !== 'HEAD')
    connection.linger()
    // Without a request line there was no request: a port scan, TLS, a connection that timed out.
    if (line === null) return
    context.onExchange(
      new ExchangeRecord(line, clock, rawFields, response, envelope, delivery, performance.now()),
    )
  })
}

/**
 * A date that is sent twice is no date, and ignored (RFC 9110 §13.1.3, §13.1.4); node:http would take the first.
 */
function withRepeatedDates({ headers, rawHeaders }: IncomingMessage): IncomingMessage['headers'] {
  let fields = headers
  for (const name of ['if-modified-since', 'if-unmodified-since'] as const) {
    if (headers[name] === undefined) continue
    const lines = pairs(rawHeaders).filter(([each]) => each === name)
    if (lines.length > 1) fields = { ...fields, [name]: lines.map(([, value]) => value).join(', ') }
  }
  return fields
}

function hostsOf(raw: readonly string[]): string[] {
  const hosts: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts.push(raw[i + 1] ?? '')
  }
  return hosts
}
