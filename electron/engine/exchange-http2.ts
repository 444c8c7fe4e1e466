/**
 * A request of HTTP/2 (RFC 9113) -> the same pipeline, and its record. Streams
 * need no turns: each has its own flow control, and what a connection may hold
 * is bounded by the number of its streams.
 */
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Stream } from 'node:http2'
import type { Peer } from './connection.ts'
import { createEnvelope } from './envelope.ts'
import { type Context, isChatter } from './exchange.ts'
import { Clock, ExchangeRecord } from './exchange-record.ts'
import { withExtraFields } from './header-fields.ts'
import { type Framed, Incoming } from './incoming.ts'
import { Client, sendOnStream } from './reply.ts'
import type { Request } from './request.ts'
import { type Response, withFields } from './response.ts'
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
  const wanted = site.writes.takesContent(message.method, site.live)
  // It has all that is used of an IncomingMessage, but for `complete`, which a stream that is reset is, too.
  const content = wanted
    ? new Incoming(message as never, context.patience, null, framingOf(message.stream))
    : null
  if (content === null) message.resume()
  const { authority, headers } = message
  const host = authority || headers.host
  const request: Request = {
    method: message.method,
    target: message.url,
    fields: headers,
    hosts: host === undefined ? [] : hostsOf(host, headers.host),
    httpVersion: message.httpVersion,
    clientIsLocal: clock.clientIsLocal,
    client: clock.clientAddress,
    ...(content && { content }),
  }
  startPeriod()
  const answered = withExtraFields(await context.respond(request, site), context.extraFields())
  const response = withoutConnectionFields(answered)
  // Behind the whole answer, the rest is not waited for (§8.1).
  if (content !== null && !content.isWhole) message.stream?.once('finish', () => message.stream?.destroy())
  const delivery = await sendOnStream(response, envelope(), out, client)
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

/** Two that differ are refused as two Host fields are (§8.3.1). */
function hostsOf(authority: string, host: string | undefined): readonly string[] {
  return host === undefined || host === authority ? [authority] : [authority, host]
}

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
