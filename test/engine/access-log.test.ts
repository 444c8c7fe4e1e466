import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCombined, formatJson } from '../../electron/engine/access-log.ts'
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

  it('reads back as the exchange', () => {
    expect(JSON.parse(formatJson(EXCHANGE))).toEqual({
      ...EXCHANGE,
      time: '2025-03-04T11:58:02.000Z',
      duration: 1.235,
    })
  })
})

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
