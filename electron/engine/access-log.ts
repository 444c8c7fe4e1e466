/**
 * Exchange -> one line of text: the combined log format of Apache, and JSON.
 * Promises one line without control characters, so that no request can write a
 * line of its own or move the cursor of a terminal. Made for every request, so
 * what is as it was in the line before is not made again.
 */
import type { Exchange } from './types.ts'
import { writtenFields } from './written-fields.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `127.0.0.1 - - [04/Mar/2025:11:58:02 +0100] "GET / HTTP/1.1" 200 1024 "-" "curl/8.5"` */
export function formatCombined(exchange: Exchange): string {
  const { clientAddress, time, method, target, httpVersion, status, bytesSent } = exchange
  const referer = fieldOf(exchange, 'referer')
  const agent = fieldOf(exchange, 'user-agent')
  return (
    `${beginning(clientAddress, time)} "${quoteMethod(method)} ${quote(target)} HTTP/${quoteVersion(httpVersion)}" ` +
    `${status} ${bytesSent === 0 ? '-' : bytesSent} "${quoteReferer(referer)}" "${quoteAgent(agent)}"`
  )
}

/** What a line is made of, besides its second and its target. */
interface KnownLine {
  readonly status: number
  readonly bytesSent: number
  readonly clientAddress: string
  readonly method: string
  readonly httpVersion: string
  readonly referer: string
  readonly agent: string
  readonly bytes: Buffer
}

/** In one second of one log. */
const MAX_KNOWN = 1_000

/** The same line in bytes. What is asked again within a second is not put together again, only found. */
export function createCombinedFormat(): (exchange: Exchange) => Buffer {
  const known = new Map<string, KnownLine>()
  let knownSecond = Number.NaN
  return exchange => {
    const { target, time } = exchange
    const thisSecond = Math.floor(time / 1000)
    if (thisSecond !== knownSecond || known.size > MAX_KNOWN) {
      known.clear()
      knownSecond = thisSecond
    }
    const referer = fieldOf(exchange, 'referer')
    const agent = fieldOf(exchange, 'user-agent')
    const { status, bytesSent, clientAddress, method, httpVersion } = exchange
    const line = known.get(target)
    if (
      line !== undefined &&
      line.status === status &&
      line.bytesSent === bytesSent &&
      line.clientAddress === clientAddress &&
      line.method === method &&
      line.httpVersion === httpVersion &&
      line.referer === referer &&
      line.agent === agent
    ) {
      return line.bytes
    }
    const bytes = Buffer.from(formatCombined(exchange))
    known.set(target, { status, bytesSent, clientAddress, method, httpVersion, referer, agent, bytes })
    return bytes
  }
}

/** Every property of the exchange, without what lets somebody in; `time` as ISO 8601. */
export function formatJson(exchange: Exchange): string {
  // One by one, since a record makes some of them when it is asked.
  const text = JSON.stringify({
    time: new Date(exchange.time).toISOString(),
    duration: Math.round(exchange.duration * 1000) / 1000,
    clientAddress: exchange.clientAddress,
    clientIsLocal: exchange.clientIsLocal,
    method: exchange.method,
    target: exchange.target,
    httpVersion: exchange.httpVersion,
    requestFields: writtenFields(exchange.requestFields),
    status: exchange.status,
    bytesSent: exchange.bytesSent,
    responseFields: writtenFields(exchange.responseFields),
    file: exchange.file,
    fileSize: exchange.fileSize,
    contentCoding: exchange.contentCoding,
    aborted: exchange.aborted,
    cause: exchange.cause,
    note: exchange.note,
  } satisfies Record<keyof Omit<Exchange, 'requestField'>, unknown>)
  // JSON escapes C0 itself; DEL, C1 and the line separators also act on terminals and line readers.
  if (PRINTABLE.test(text)) return text
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The value of the first of that name, which is in lower case; a dash for none. */
function fieldOf(exchange: Exchange, name: string): string {
  const value =
    exchange.requestField === undefined
      ? exchange.requestFields.find(field => field[0] === name)?.[1]
      : exchange.requestField(name)
  return value ?? '-'
}

const PRINTABLE = /^[ -~]*$/
/** Without quotes and backslashes: almost every text, and a look for it takes a tenth of a replacement's time. */
const PLAIN = /^[ !#-[\]-~]*$/

/** As Apache does: quotes and backslashes with a backslash, what does not print as `\xhh`. */
function quote(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(/["\\\p{Cc}\u2028\u2029]/gu, char =>
    char === '"' || char === '\\'
      ? `\\${char}`
      : char.charCodeAt(0) > 0xff
        ? `\\u${char.charCodeAt(0).toString(16)}`
        : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

const quoteMethod = createQuote()
const quoteVersion = createQuote()
const quoteReferer = createQuote()
const quoteAgent = createQuote()

/** For what is mostly the same as in the line before: to see that takes less than to look through it. */
function createQuote(): (text: string) => string {
  let last = ''
  let quoted = ''
  return text => {
    if (text !== last) {
      last = text
      quoted = quote(text)
    }
    return quoted
  }
}

let second = Number.NaN
let address = ''
let begun = ''

/** All before the request line, which changes with the second and the client. */
function beginning(clientAddress: string, time: number): string {
  const thisSecond = Math.floor(time / 1000)
  if (thisSecond !== second || clientAddress !== address) {
    second = thisSecond
    address = clientAddress
    begun = `${quote(address)} - - [${formatClock(second)}]`
  }
  return begun
}

let minute = Number.NaN
let prefix = ''
let zone = ''

/** Local time, as log readers expect, from seconds since the epoch; all but the seconds is made once a minute. */
function formatClock(time: number): string {
  const thisMinute = Math.floor(time / 60)
  if (thisMinute !== minute) {
    minute = thisMinute
    const date = new Date(time * 1000)
    const offset = -date.getTimezoneOffset()
    const hours = two(Math.floor(Math.abs(offset) / 60))
    zone = `${offset < 0 ? '-' : '+'}${hours}${two(Math.abs(offset) % 60)}`
    prefix = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}:${two(date.getHours())}:${two(date.getMinutes())}`
  }
  return `${prefix}:${two(time % 60)} ${zone}`
}

const two = (value: number): string => String(value).padStart(2, '0')
