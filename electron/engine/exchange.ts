/**
 * From a request of node:http to its answer and its record: the pipeline
 * decides, response.ts writes, and exactly one Exchange is made, whether the
 * answer was sent, cut short, or refused before it became a request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connection } from './connection.ts'
import type { ErrorName } from './error-page.ts'
import { isLoopbackAddress } from './host-names.ts'
import { describeRefused, type RefusedRequest } from './refused.ts'
import type { Request, Site } from './request.ts'
import { ALLOW, respond } from './respond.ts'
import { createErrorResponse, type Delivery, datedFields, type Response, send, sendRaw } from './response.ts'
import type { Exchange, Field } from './types.ts'

/** What all requests of a server share. */
export interface Context {
  readonly site: Site
  readonly onExchange: (exchange: Exchange) => void
  /** Added to each answer, unless it has a field of that name. */
  extraFields(): readonly Field[]
  isClosing(): boolean
}

/** In whole seconds, for the Keep-Alive field. */
export const KEEP_ALIVE = 30

const PERSISTENT = ['Connection', 'keep-alive', 'Keep-Alive', `timeout=${KEEP_ALIVE}`]
const LAST = ['Connection', 'close']

/** Answers one request. `refusal`: it is refused whatever it asks for. */
export async function handle(
  context: Context,
  connection: Connection,
  message: IncomingMessage,
  out: ServerResponse,
  refusal?: ErrorName,
): Promise<void> {
  const clock = startClock(connection)
  const client = connection.begin(message)
  const request: Request = {
    method: message.method ?? '',
    target: message.url ?? '',
    fields: message.headers,
    hosts: hostsOf(message.rawHeaders),
    httpVersion: message.httpVersion,
    clientIsLocal: clock.clientIsLocal,
  }
  const response =
    refusal === undefined
      ? await respond(request, context.site)
      : createErrorResponse(refusal, { hint: clock.clientIsLocal })
  const persistent = out.shouldKeepAlive && refusal === undefined && !connection.last && !context.isClosing()
  const fields = [...datedFields(response), ...(persistent ? PERSISTENT : LAST)]
  addMissing(fields, context.extraFields())
  const delivery = await send(response, fields, out, client)
  context.onExchange({
    ...clock.stop(),
    method: request.method,
    target: request.target,
    httpVersion: request.httpVersion,
    requestFields: pairs(message.rawHeaders),
    ...outcome(response, fields, delivery),
  })
  connection.end(client)
}

/** CONNECT asks for a tunnel, which no file server is (RFC 9110 §9.3.6). */
export function refuseConnect(context: Context, connection: Connection, message: IncomingMessage): void {
  const line = {
    method: message.method ?? 'CONNECT',
    target: message.url ?? '',
    httpVersion: message.httpVersion,
  }
  connection.socket.on('error', () => connection.socket.destroy())
  refuseRaw(context, connection, { name: 'method-not-allowed', line }, message.rawHeaders)
}

/** The parser has given up: everything after the requests under way is refused, and the connection ends. */
export function refuseMalformed(context: Context, connection: Connection, error: Error): void {
  const refused = describeRefused(error)
  const { socket } = connection
  // A connection that never said anything (browsers open some in reserve) needs no answer either.
  if (refused === null || !socket.writable || socket.bytesRead === 0) {
    connection.refused = true
    socket.destroy()
  } else if (connection.receiving) {
    // The content of a request went wrong; that request has its answer already, or gets it now.
    connection.cut()
  } else refuseRaw(context, connection, refused, [])
}

function refuseRaw(
  context: Context,
  connection: Connection,
  { name, line }: RefusedRequest,
  rawFields: readonly string[],
): void {
  const clock = startClock(connection)
  connection.refuse(() => {
    const allow = name === 'method-not-allowed' ? ['Allow', ALLOW] : []
    const response = createErrorResponse(name, { hint: clock.clientIsLocal }, allow)
    const fields = [...datedFields(response), ...LAST]
    const delivery = sendRaw(response, fields, connection.socket, line?.method !== 'HEAD')
    connection.linger()
    // Without a request line there was no request: a port scan, TLS, a connection that timed out.
    if (line === null) return
    context.onExchange({
      ...clock.stop(),
      ...line,
      requestFields: pairs(rawFields),
      ...outcome(response, fields, delivery),
    })
  })
}

type Times = Pick<Exchange, 'time' | 'duration' | 'clientAddress' | 'clientIsLocal'>

/** Addresses are taken at the start: a closed socket has none. */
function startClock({ socket }: Connection): { clientIsLocal: boolean; stop(): Times } {
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
  'status' | 'bytesSent' | 'responseFields' | 'file' | 'fileSize' | 'contentCoding' | 'aborted' | 'cause'
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
  }
}

function addMissing(fields: string[], extra: readonly Field[]): void {
  if (extra.length === 0) return
  const present = new Set(pairs(fields).map(([name]) => name))
  for (const [name, value] of extra) if (!present.has(name)) fields.push(name, value)
}

function pairs(raw: readonly string[]): Field[] {
  const fields: Field[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) fields.push([(raw[i] ?? '').toLowerCase(), raw[i + 1] ?? ''])
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
