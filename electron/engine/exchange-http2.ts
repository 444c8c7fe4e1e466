/**
 * A request of HTTP/2 (RFC 9113) -> the same pipeline, and its record. Streams
 * need no turns: each has its own flow control, and what a connection may hold
 * is bounded by the number of its streams.
 */
import { type IncomingHttpHeaders, METHODS } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Stream } from 'node:http2'
import type { Peer } from './connection.ts'
import { createEnvelope } from './envelope.ts'
import type { ErrorName } from './error-page.ts'
import { type Context, isChatter, READING, REFUSED_WITH } from './exchange.ts'
import { Clock, ExchangeRecord } from './exchange-record.ts'
import { withExtraFields, withOwnerFields } from './header-fields.ts'
import { type Framed, Incoming } from './incoming.ts'
import { Client, sendContinue, sendOnStream } from './reply.ts'
import type { Request } from './request.ts'
import { createErrorResponse, type Response, withFields, withoutContent } from './response.ts'
import { startPeriod } from './sight.ts'

/** No field about the connection exists in HTTP/2 (§8.2.2). */
const envelope = createEnvelope([])

export async function handleStream(
  context: Context,
  peer: Peer,
  message: Http2ServerRequest,
  out: Http2ServerResponse,
): Promise<void> {
  const clock = new Clock(peer)
  const client = new Client()
  out.once('close', () => client.leave())
  message.on('error', () => client.leave())
  const lines = fieldLines(message.rawHeaders)
  const { site } = context
  const { method } = message
  const refused = refusalOf(message)
  const wanted = refused === null && site.writes.takesContent(method, site.live)
  const waits = message.headers.expect !== undefined
  const invite = waits ? () => sendContinue(out) : null
  const framed = framingOf(message.stream)
  // It has all that is used of an IncomingMessage, but for `complete`, which a stream that is reset is, too.
  const content = wanted ? new Incoming(message as never, context.patience, invite, framed) : null
  if (content === null) message.resume()
  // Whoever sends content that nobody wants is told the answer, and need not send it (RFC 9110 §10.1.1).
  if (waits && refused === null && content === null && READING.has(method)) sendContinue(out)
  const request: Request = {
    method,
    target: message.url ?? message.authority,
    fields: fieldsOf(message),
    hosts: hostsOf(message),
    httpVersion: message.httpVersion,
    clientIsLocal: clock.clientIsLocal,
    client: clock.clientAddress,
    ...(content && { content }),
  }
  startPeriod()
  const decided = refused === null ? await context.respond(request, site) : refuse(refused, context, request)
  const response = withoutConnectionFields(withExtraFields(decided, context.extraFields()))
  const delivery = await sendOnStream(response, envelope(), out, client)
  // What is still to come is of no use to anybody (§8.1).
  if (!framed.isWhole()) message.stream?.close()
  if (isChatter(request, site)) return
  context.onExchange(
    new ExchangeRecord(request, clock, lines, response, envelope(), delivery, performance.now()),
  )
}

/** Of a stream, as RFC 9113 §5.1 has it. */
const HALF_CLOSED_REMOTE = 6

function framingOf(stream: ServerHttp2Stream): Framed {
  const isEmpty = stream.endAfterHeaders
  return { isEmpty, isWhole: () => isEmpty || stream.state.state === HALF_CLOSED_REMOTE }
}

/** What HTTP/1.1 refuses before it is a request here. */
function refusalOf({ method, headers: { expect } }: Http2ServerRequest): ErrorName | null {
  // A tunnel has no path (§8.5), and no file server is one.
  if (method === 'CONNECT') return 'method-not-allowed'
  if (!KNOWN_METHODS.has(method)) return 'unknown-method'
  return expect === undefined || /^100-continue$/i.test(expect) ? null : 'expectation-failed'
}

const KNOWN_METHODS = new Set(METHODS)

function refuse(name: ErrorName, { site }: Context, request: Request): Response {
  const error = createErrorResponse(name, { hint: request.clientIsLocal }, REFUSED_WITH[name] ?? [])
  const response = withOwnerFields(error, site.live, request.fields.origin)
  return request.method === 'HEAD' ? withoutContent(response) : response
}

/** Two that differ are no host at all (§8.3.1). */
function hostsOf({ authority, headers: { host } }: Http2ServerRequest): string[] {
  if (!authority) return host === undefined ? [] : [host]
  return host === undefined || host.toLowerCase() === authority.toLowerCase()
    ? [authority]
    : [authority, host]
}

/** node:http2 takes the first of several where RFC 9110 has a list, or nothing at all. */
function fieldsOf({ headers, rawHeaders }: Http2ServerRequest): IncomingHttpHeaders {
  let fields: IncomingHttpHeaders = headers
  const seen = new Set<string>()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (seen.has(name) && FIRST_OF.has(name)) {
      fields = { ...fields, [name]: `${fields[name]}, ${rawHeaders[i + 1]}` }
    }
    seen.add(name)
  }
  return fields
}

const FIRST_OF = new Set([
  ...['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'],
  ...['range', 'if-range'],
])

/** Without the pseudo-header fields (§8.3), but for the authority, which is what Host was. */
function fieldLines(raw: readonly string[]): string[] {
  const lines: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]]
    if (name === ':authority') lines.push('host', value)
    else if (!name.startsWith(':')) lines.push(name, value)
  }
  return lines
}

const CONNECTION_FIELDS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade'])

function withoutConnectionFields(response: Response): Response {
  const fields: string[] = []
  for (let i = 0; i + 1 < response.fields.length; i += 2) {
    const [name = '', value = ''] = [response.fields[i], response.fields[i + 1]]
    if (!CONNECTION_FIELDS.has(name.toLowerCase())) fields.push(name, value)
  }
  return withFields(response, fields)
}
