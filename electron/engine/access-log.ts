/**
 * Exchange -> one line of text: the combined log format of Apache, and JSON.
 * Promises one line without control characters, so that no request can write a
 * line of its own or move the cursor of a terminal.
 */
import type { Exchange, Field } from './types.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `127.0.0.1 - - [04/Mar/2025:11:58:02 +0100] "GET / HTTP/1.1" 200 1024 "-" "curl/8.5"` */
export function formatCombined(exchange: Exchange): string {
  const { clientAddress, time, method, target, httpVersion, status, bytesSent, requestFields } = exchange
  const referer = fieldValue(requestFields, 'referer')
  const agent = fieldValue(requestFields, 'user-agent')
  return (
    `${quote(clientAddress)} - - [${formatClock(time)}] "${quote(method)} ${quote(target)} HTTP/${quote(httpVersion)}" ` +
    `${status} ${bytesSent === 0 ? '-' : bytesSent} "${quote(referer)}" "${quote(agent)}"`
  )
}

/** Every property of the exchange; `time` as ISO 8601. */
export function formatJson(exchange: Exchange): string {
  const text = JSON.stringify({
    ...exchange,
    time: new Date(exchange.time).toISOString(),
    duration: Math.round(exchange.duration * 1000) / 1000,
  })
  // JSON escapes C0 itself; DEL, C1 and the line separators also act on terminals and line readers.
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function fieldValue(fields: readonly Field[], name: string): string {
  return fields.find(field => field[0] === name)?.[1] ?? '-'
}

/** As Apache does: quotes and backslashes with a backslash, what does not print as `\xhh`. */
function quote(text: string): string {
  return text.replace(/["\\\p{Cc}\u2028\u2029]/gu, char =>
    char === '"' || char === '\\'
      ? `\\${char}`
      : char.charCodeAt(0) > 0xff
        ? `\\u${char.charCodeAt(0).toString(16)}`
        : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

let minute = Number.NaN
let prefix = ''
let zone = ''

/** Local time, as log readers expect; all but the seconds is made once a minute. */
function formatClock(time: number): string {
  const thisMinute = Math.floor(time / 60_000)
  if (thisMinute !== minute) {
    minute = thisMinute
    const date = new Date(time)
    const offset = -date.getTimezoneOffset()
    const hours = two(Math.floor(Math.abs(offset) / 60))
    zone = `${offset < 0 ? '-' : '+'}${hours}${two(Math.abs(offset) % 60)}`
    prefix = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}:${two(date.getHours())}:${two(date.getMinutes())}`
  }
  return `${prefix}:${two(Math.floor(time / 1000) % 60)} ${zone}`
}

const two = (value: number): string => String(value).padStart(2, '0')
