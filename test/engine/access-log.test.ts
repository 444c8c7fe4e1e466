import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCombinedFormat, formatCombined, formatJson } from '../../electron/engine/access-log.ts'
import type { Exchange } from '../../electron/engine/types.ts'

const EXCHANGE: Exchange = {
  time: Date.UTC(2025, 2, 4, 11, 58, 2),
  method: 'GET',
  target: '/a.txt?x=1',
  httpVersion: '1.1',
  status: 200,
  bytesSent: 1024,
  duration: 1.23456,
  clientAddress: '127.0.0.1',
  clientIsLocal: true,
  requestFields: [
    ['host', 'localhost'],
    ['referer', 'http://localhost/'],
    ['user-agent', 'curl/8.5'],
  ],
  responseFields: [['content-length', '1024']],
  file: 'a.txt',
  fileSize: 1024,
  contentCoding: null,
  aborted: false,
  cause: null,
  note: null,
}

describe('formatCombined', () => {
  it('is the combined log format, in local time with its zone', () => {
    const line = formatCombined(EXCHANGE)
    expect(line).toMatch(
      /^127\.0\.0\.1 - - \[\d\d\/[A-Z][a-z]{2}\/2025:\d\d:\d\d:02 [+-]\d{4}\] "GET \/a\.txt\?x=1 HTTP\/1\.1" 200 1024 "http:\/\/localhost\/" "curl\/8\.5"$/,
    )
    const [, day, month, year, clock, zone] = /\[(\d+)\/(\w+)\/(\d+):([\d:]+) (.+)\]/.exec(line) ?? []
    expect(Date.parse(`${day} ${month} ${year} ${clock} ${zone}`)).toBe(EXCHANGE.time)
  })

  it('has a dash for what is not there', () => {
    expect(formatCombined({ ...EXCHANGE, bytesSent: 0, requestFields: [] })).toMatch(/" 200 - "-" "-"$/)
  })

  it('quotes what could end the quotes, the line or the terminal’s mood', () => {
    const target = '/"\\\n\r\x1b[2J\x7f\x85\u2028é'
    expect(formatCombined({ ...EXCHANGE, target })).toContain(
      '"GET /\\"\\\\\\x0a\\x0d\\x1b[2J\\x7f\\x85\\u2028é HTTP/1.1"',
    )
  })
})

describe('formatJson', () => {
  it('escapes what JSON would let through', () => {
    expect(formatJson({ ...EXCHANGE, target: '/\x7f\x9b\u2028é' })).toContain('"/\\u007f\\u009b\\u2028é"')
  })

  it('has the names of cookies, and not their values', () => {
    const line = formatJson({
      ...EXCHANGE,
      requestFields: [['cookie', 'sid=hush; theme=hush']],
      responseFields: [['set-cookie', 'sid=hush; Path=/']],
    })
    expect(JSON.parse(line)).toMatchObject({
      requestFields: [['cookie', 'sid=***; theme=***']],
      responseFields: [['set-cookie', 'sid=***; Path=/']],
    })
  })

  it('reads back as the exchange', () => {
    expect(JSON.parse(formatJson(EXCHANGE))).toEqual({
      ...EXCHANGE,
      time: '2025-03-04T11:58:02.000Z',
      duration: 1.235,
    })
  })
})

/** The format, told without any thought of speed. */
function plainly({ requestFields, ...exchange }: Exchange): string {
  const date = new Date(exchange.time)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const offset = -date.getTimezoneOffset()
  const [, month, day, year, clock] = date.toString().split(' ')
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}${two(Math.abs(offset) % 60)}`
  const quoted = (text: string) =>
    text
      .replace(/["\\]/g, char => `\\${char}`)
      .replace(/\p{Cc}/gu, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
      .replace(/\u2028/g, '\\u2028')
      .replace(/\u2029/g, '\\u2029')
  const field = (name: string) => quoted(requestFields.find(([each]) => each === name)?.[1] ?? '-')
  const { clientAddress, method, target, httpVersion, status, bytesSent } = exchange
  return [
    `${quoted(clientAddress)} - - [${day}/${month}/${year}:${clock} ${zone}]`,
    `"${quoted(method)} ${quoted(target)} HTTP/${quoted(httpVersion)}" ${status} ${bytesSent || '-'}`,
    `"${field('referer')}" "${field('user-agent')}"`,
  ].join(' ')
}

it('both are one line without controls, whatever came in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (target, agent) => {
      const exchange = { ...EXCHANGE, target, requestFields: [['user-agent', agent]] as const }
      for (const line of [formatCombined(exchange), formatJson(exchange)]) {
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      }
      expect(JSON.parse(formatJson(exchange))).toMatchObject({ target })
    }),
  )
})

describe('what is remembered from line to line', () => {
  // Few of each, so that they come again, and in every order.
  const text = fc.oneof(
    fc.constantFrom('', '-', 'GET', 'curl/8.5', 'a"b', 'a\\b'),
    fc.string({ unit: 'binary' }),
  )
  const seconds = fc.integer({ min: 0, max: 200 }).map(second => Date.UTC(2025, 9, 26, 0, 59) + second * 1000)
  const someExchange = fc
    .record({
      time: fc.oneof(
        fc.tuple(seconds, fc.integer({ min: 0, max: 999 })).map(([time, ms]) => time + ms),
        fc.integer({ min: 0, max: 4e12 }),
      ),
      clientAddress: fc.constantFrom('127.0.0.1', '::1', '192.168.1.7'),
      method: text,
      target: text,
      httpVersion: fc.constantFrom('1.1', '1.0'),
      status: fc.integer({ min: 100, max: 599 }),
      bytesSent: fc.nat(),
      requestFields: fc.array(fc.tuple(fc.constantFrom('referer', 'user-agent', 'host'), text), {
        maxLength: 4,
      }),
    })
    .map((change): Exchange => ({ ...EXCHANGE, ...change }))

  it('never shows in a line', () => {
    fc.assert(
      fc.property(fc.array(someExchange, { maxLength: 30 }), exchanges => {
        expect(exchanges.map(formatCombined)).toEqual(exchanges.map(plainly))
      }),
    )
  })

  it('nor in its bytes, whatever of it comes again', () => {
    const few = fc
      .record({
        time: fc.constantFrom(1_000, 1_999, 2_000, 70_000),
        clientAddress: fc.constantFrom('127.0.0.1', '::1'),
        method: fc.constantFrom('GET', 'HEAD'),
        target: fc.constantFrom('/', '/\u00e9'),
        httpVersion: fc.constantFrom('1.1', '1.0'),
        status: fc.constantFrom(200, 304),
        bytesSent: fc.constantFrom(0, 7),
        requestFields: fc.subarray([
          ['referer', '/a'],
          ['user-agent', 'curl'],
          ['host', 'x'],
        ] as [string, string][]),
      })
      .map((change): Exchange => ({ ...EXCHANGE, ...change }))
    fc.assert(
      fc.property(fc.array(few, { minLength: 20, maxLength: 60 }), exchanges => {
        const format = createCombinedFormat()
        expect(exchanges.map(exchange => format(exchange).toString())).toEqual(exchanges.map(plainly))
      }),
    )
  })

  it('is the same where a record finds its fields itself', () => {
    fc.assert(
      fc.property(fc.array(someExchange, { maxLength: 30 }), exchanges => {
        const records = exchanges.map(({ requestFields, ...rest }) => ({
          ...rest,
          requestField: (name: string) => requestFields.find(([each]) => each === name)?.[1],
          get requestFields(): never {
            throw new Error('asked for all')
          },
        }))
        expect(records.map(formatCombined)).toEqual(exchanges.map(plainly))
      }),
    )
  })
})

it('JSON has what a record makes only when it is asked', () => {
  class Record {
    get requestFields() {
      return EXCHANGE.requestFields
    }
    get responseFields() {
      return EXCHANGE.responseFields
    }
  }
  const { requestFields, responseFields, ...rest } = EXCHANGE
  const lazy = Object.assign(new Record(), rest)
  expect(formatJson(lazy)).toBe(formatJson(EXCHANGE))
})
