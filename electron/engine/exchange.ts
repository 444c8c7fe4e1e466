/**
 * From a request of node:http to its answer and its record: the pipeline
 * decides, response.ts writes, and exactly one Exchange is made, whether the
 * answer was sent, cut short, or refused before it became a request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { maskSecret } from './authentication.ts'
import { asksUpgrade, type Connection, hasContent, isTooLarge, MAX_DROPPED } from './connection.ts'
import type { ErrorName } from './error-page.ts'
import { addFields, withOwnerFields } from './header-fields.ts'
import { isLoopbackAddress } from './host-names.ts'
import { describeRefused, type RefusedRequest, refusedFraming } from './refused.ts'
import type { Request, Site } from './request.ts'
import { ALLOW, respond } from './respond.ts'
import {
  createErrorResponse,
  createResponse,
  type Delivery,
  datedFields,
  type Response,
  send,
  sendContinue,
  sendRaw,
} from './response.ts'
import type { Exchange, Field } from './types.ts'

/** What all requests of a server share. */
export interface Context {
  readonly site: Site
  readonly onExchange: (exchange: Exchange) => void
  /** Added to each answer, unless it has a field of that name. */
  extraFields(): readonly Field[]
  /** How long a client may be silent within content that is wanted, in ms. */
  readonly patience: number
  /** The fields of an answer that the connection outlives. */
  readonly persistent: readonly string[]
  /** Whether the connection has a place among those that are served. */
  admit(connection: Connection): boolean
  isClosing(): boolean
}

const LAST = ['Connection', 'close']
/** Pipelined by a client that left before its turn: recorded as logs of servers do, with a status that nobody is sent. */
const UNANSWERED = createResponse(499, [], null)
/** The methods whose content is waited for. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What an answer must say besides. */
const REFUSED_WITH: Partial<Record<ErrorName, readonly string[]>> = {
  'method-not-allowed': ['Allow', ALLOW],
  busy: ['Retry-After', '1'],
}

/** Answers one request, once its content has come in and been dropped. */
export async function handle(
  context: Context,
  connection: Connection,
  message: IncomingMessage,
  out: ServerResponse,
  invite: (() => void) | null = null,
): Promise<void> {
  if (isOver(connection)) return
  const persistent = out.shouldKeepAlive && (!asksUpgrade(message) || connection.hasReadOnly(message))
  if (!persistent) connection.last = true
  if (!context.admit(connection)) return refuseRequest(context, connection, message, 'busy')
  const clock = startClock(connection)
  const client = connection.begin()
  const wanted = context.site.writes.takesContent(message.method ?? '', context.site.live)
  const failure =
    refusedFraming(message) ?? (hasContent(message) && !wanted ? await connection.dropContent(message) : null)
  if (failure !== null) {
    connection.end(client)
    return refuseRequest(context, connection, message, failure)
  }
  const request: Request = {
    method: message.method ?? '',
    target: message.url ?? '',
    fields: withRepeatedDates(message),
    hosts: hostsOf(message.rawHeaders),
    httpVersion: message.httpVersion,
    clientIsLocal: clock.clientIsLocal,
    ...(wanted && { content: connection.receiveContent(message, context.patience, invite) }),
  }
  await connection.turn(client)
  const response = client.gone ? UNANSWERED : await respond(request, context.site)
  // Refused before it was read: what comes of it is no request, and not worth waiting for.
  if (request.content && !client.gone && !(await request.content.drop(MAX_DROPPED))) {
    connection.end(client)
    return answerLast(context, connection, response, clock, request, message.rawHeaders)
  }
  const goesOn = persistent && !context.isClosing()
  const own = [...datedFields(response), ...(goesOn ? context.persistent : LAST)]
  const fields = addFields(own, context.extraFields().flat())
  const delivery = await send(response, fields, out, client)
  context.onExchange({
    ...clock.stop(),
    method: request.method,
    target: request.target,
    httpVersion: request.httpVersion,
    requestFields: pairs(message.rawHeaders).map(masked),
    ...outcome(response, fields, delivery),
  })
  connection.end(client)
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
  out: ServerResponse,
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
  const clock = startClock(connection)
  const error = createErrorResponse(name, { hint: clock.clientIsLocal }, REFUSED_WITH[name] ?? [])
  const response = withOwnerFields(error, context.site.live, originIn(rawFields))
  answerLast(context, connection, response, clock, line, rawFields)
}

/** Behind what is under way, and then the connection ends. */
function answerLast(
  context: Context,
  connection: Connection,
  response: Response,
  clock: Clock,
  line: Pick<Exchange, 'method' | 'target' | 'httpVersion'> | null,
  rawFields: readonly string[],
): void {
  connection.refuse(() => {
    const fields = [...datedFields(response), ...LAST]
    const delivery = sendRaw(response, fields, connection.socket, line?.method !== 'HEAD')
    connection.linger()
    // Without a request line there was no request: a port scan, TLS, a connection that timed out.
    if (line === null) return
    const { method, target, httpVersion } = line
    context.onExchange({
      ...clock.stop(),
      ...{ method, target, httpVersion },
      requestFields: pairs(rawFields).map(masked),
      ...outcome(response, fields, delivery),
    })
  })
}

type Times = Pick<Exchange, 'time' | 'duration' | 'clientAddress' | 'clientIsLocal'>

interface Clock {
  readonly clientIsLocal: boolean
  stop(): Times
}

/** Addresses are taken at the start: a closed socket has none. */
function startClock({ socket }: Connection): Clock {
  const time = Date.now()
  const started = performance.now()
  const clientAddress = plainAddress(socket.remoteAddress)
  // From one of its own addresses, a computer connects from that same address.
  const clientIsLocal =
    isLoopbackAddress(clientAddress) ||
    (clientAddress !== '' && clientAddress === plainAddress(socket.localAddress))
  return {
    clientIsLocal,
    stop: () => ({ time, duration: performance.now() - started, clientAddress, clientIsLocal }),
  }
}

/** A dual-stack socket writes IPv4 as `::ffff:192.168.1.7`. */
function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}

function outcome(
  response: Response,
  fields: readonly string[],
  { bytesSent, aborted, cause }: Delivery,
): Pick<
  Exchange,
  | 'status'
  | 'bytesSent'
  | 'responseFields'
  | 'file'
  | 'fileSize'
  | 'contentCoding'
  | 'aborted'
  | 'cause'
  | 'note'
> {
  const { status, source, contentCoding } = response
  return {
    status,
    bytesSent,
    responseFields: pairs(fields),
    file: source?.name ?? null,
    fileSize: source?.size ?? null,
    contentCoding,
    aborted,
    cause: cause ?? response.cause,
    note: response.note,
  }
}

function originIn(raw: readonly string[]): string | undefined {
  return pairs(raw).find(([name]) => name === 'origin')?.[1]
}

function masked([name, value]: Field): Field {
  return [name, maskSecret(name, value)]
}

function pairs(raw: readonly string[]): Field[] {
  const fields: Field[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) fields.push([(raw[i] ?? '').toLowerCase(), raw[i + 1] ?? ''])
  return fields
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
