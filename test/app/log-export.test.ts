import { describe, expect, it } from 'vitest'
import { exportLog, exportName } from '../../electron/app/log-export.ts'
import type { LogFormat } from '../../electron/contract.ts'
import type { Exchange } from '../../electron/engine/types.ts'
import { exchange } from '../support/exchange.ts'

const context = { origin: 'https://localhost:8443', version: '1.2.3' }
const write = (format: LogFormat, ...records: readonly Partial<Exchange>[]) =>
  exportLog(records.map(exchange), format, context)

interface Har {
  readonly log: {
    readonly version: string
    readonly creator: unknown
    readonly entries: readonly {
      readonly startedDateTime: string
      readonly time: number
      readonly request: Readonly<Record<string, unknown>>
      readonly response: Readonly<Record<string, unknown>>
      readonly timings: unknown
      readonly cache: unknown
    }[]
  }
}

async function har(...records: readonly Partial<Exchange>[]): Promise<Har> {
  return JSON.parse(await write('har', ...records)) as Har
}

describe('HAR', () => {
  it('has every property that HAR 1.2 asks for', async () => {
    const { log } = await har({
      time: Date.UTC(2025, 2, 4, 12, 4, 31, 5),
      duration: 12.5,
      target: '/a?x=1&y=b%20c&x=2',
      requestFields: [
        ['host', 'annas-mac.local:8443'],
        ['accept', '*/*'],
      ],
      responseFields: [
        ['content-type', 'text/html; charset=utf-8'],
        ['location', '/there'],
      ],
      status: 301,
      bytesSent: 7,
      fileSize: 70,
    })
    expect(log).toMatchObject({ version: '1.2', creator: { name: 'Servebar', version: '1.2.3' } })
    expect(log.entries).toEqual([
      {
        startedDateTime: '2025-03-04T12:04:31.005Z',
        time: 12.5,
        request: {
          method: 'GET',
          url: 'https://annas-mac.local:8443/a?x=1&y=b%20c&x=2',
          httpVersion: 'HTTP/1.1',
          cookies: [],
          headers: [
            { name: 'host', value: 'annas-mac.local:8443' },
            { name: 'accept', value: '*/*' },
          ],
          queryString: [
            { name: 'x', value: '1' },
            { name: 'y', value: 'b c' },
            { name: 'x', value: '2' },
          ],
          headersSize: -1,
          bodySize: -1,
        },
        response: {
          status: 301,
          statusText: 'Moved Permanently',
          httpVersion: 'HTTP/1.1',
          cookies: [],
          headers: [
            { name: 'content-type', value: 'text/html; charset=utf-8' },
            { name: 'location', value: '/there' },
          ],
          content: { size: 70, mimeType: 'text/html; charset=utf-8' },
          redirectURL: '/there',
          headersSize: -1,
          bodySize: 7,
        },
        cache: {},
        timings: { send: 0, wait: 12.5, receive: 0 },
        _clientAddress: '127.0.0.1',
      },
    ])
  })

  it('lets nobody in', async () => {
    const text = await write('har', {
      requestFields: [
        ['authorization', 'Basic *** '],
        ['proxy-authorization', 'hush-1'],
        ['cookie', 'sid=hush-2'],
        ['servebar-token', 'hush-4'],
      ],
      responseFields: [['set-cookie', 'sid=hush-3; Path=/']],
    })
    expect(text).not.toContain('hush')
    expect(text).toContain('{"name":"cookie","value":"sid=***"}')
    expect(text).toContain('{"name":"set-cookie","value":"sid=***; Path=/"}')
  })

  it.each([
    ['*', 'localhost:8443', 'https://localhost:8443/'],
    ['http://other.test/a', 'localhost:8443', 'http://other.test/a'],
    ['/a', 'not a host', 'https://localhost:8443/a'],
    ['/a', '[::1]:8443', 'https://[::1]:8443/a'],
  ])('makes an absolute URL of %s at %s', async (target, host, url) => {
    const { log } = await har({ target, requestFields: [['host', host]] })
    expect(log.entries[0]?.request.url).toBe(url)
  })

  it('is whole without requests, and with a line whose details are gone', async () => {
    expect((await har()).log.entries).toEqual([])
    const { requestFields: _, responseFields: __, ...line } = exchange({ target: '/line' })
    const text = await exportLog([{ ...line, id: 1 }], 'har', context)
    expect((JSON.parse(text) as Har).log.entries[0]?.request.url).toBe('https://localhost:8443/line')
  })
})

it('the combined log has a line for each request', async () => {
  const text = await write('combined', { target: '/one' }, { target: '/two"\n' })
  expect(text.split('\n')).toHaveLength(3)
  expect(text).toMatch(/^127\.0\.0\.1 - - \[.+\] "GET \/one HTTP\/1\.1" 200 10 "-" "-"\n/)
})

describe('CSV', () => {
  it('is as RFC 4180 wants it', async () => {
    const text = await write('csv', {
      time: 0,
      target: '/a,b"c',
      file: 'a,b"c',
      requestFields: [
        ['user-agent', 'curl/8.5'],
        ['referer', 'http://localhost/'],
      ],
    })
    expect(text).toBe(
      'Time,Method,Target,Status,Bytes sent,Duration (ms),Client,Referrer,User agent,File,Aborted\r\n' +
        '1970-01-01T00:00:00.000Z,GET,"/a,b""c",200,10,0.500,127.0.0.1,http://localhost/,curl/8.5,"a,b""c",no\r\n',
    )
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '\r=1', '\uff1d1'])(
    'takes the formula out of %j',
    async agent => {
      const text = await write('csv', { requestFields: [['user-agent', agent]] })
      expect(text).toContain(`"'${agent}"`)
    },
  )
})

it('has no formula in a cell that a semicolon begins, as it does where the comma is a decimal one', async () => {
  const text = await write('csv', {
    target: '/a;=1;b; @x;"+1',
    requestFields: [['user-agent', 'Bot (a; +b)']],
  })
  expect(text).toContain(`"/a;'=1;b;' @x;'""+1"`)
  expect(text).toContain(`"Bot (a;' +b)"`)
})

describe('the name of the file', () => {
  const now = new Date(2025, 2, 4, 9, 5)
  it.each([
    ['portfolio', 'har', 'portfolio 2025-03-04 09.05.har'],
    ['a/b\\c:d', 'combined', 'a-b-c-d 2025-03-04 09.05.log'],
    ['..', 'csv', 'requests 2025-03-04 09.05.csv'],
  ] as const)('of %s as %s is %s', (site, format, name) => {
    expect(exportName(site, format, now)).toBe(name)
  })
})
