import { describe, expect, it } from 'vitest'
import type { LogDetail } from '../../../electron/contract.ts'
import {
  cellsOf,
  copiedFields,
  copiedRow,
  endText,
  isError,
  isLoud,
  isOpenable,
  isSlow,
  sentText,
  spokenName,
  statusClass,
} from '../../../renderer/log/row-text.ts'
import { entry } from './entries.ts'

const detail: LogDetail = {
  target: '/assets/app.css',
  requestFields: [],
  responseFields: [],
  file: 'assets/app.css',
  fileSize: 14_541,
  contentCoding: null,
  aborted: false,
  cause: null,
  note: null,
}

describe('cells', () => {
  it('are what the row shows', () => {
    expect(cellsOf(entry({ target: '/a/b.css?v=41&w=?' }))).toEqual({
      status: '200',
      method: 'GET',
      path: '/a/b.css',
      query: '?v=41&w=?',
      size: '14.2 KB',
      duration: '3 ms',
      client: 'This computer',
      clock: '12:04:31',
    })
  })

  it.each([
    ['192.168.1.42', '192.168.1.42'],
    ['::ffff:192.168.1.42', '192.168.1.42'],
    ['::FFFF:10.0.0.8', '10.0.0.8'],
    ['::ffff:c0a8:12a', '::ffff:c0a8:12a'],
    ['fe80::1', 'fe80::1'],
  ])('client %s', (clientAddress, shown) => {
    expect(cellsOf(entry({ clientAddress, clientIsLocal: false })).client).toBe(shown)
  })
})

it.each([
  [101, '2'],
  [200, '2'],
  [206, '2'],
  [304, '3'],
  [404, '4'],
  [499, '4'],
  [500, '5'],
  [599, '5'],
])('status %d has glyph %s', (status, kind) => {
  expect(statusClass(status)).toBe(kind)
})

it('emphasises what stands out', () => {
  expect([499, 500, 642].map(duration => isSlow(entry({ duration })))).toEqual([false, true, true])
  expect(['GET', 'HEAD', 'POST'].map(method => isLoud(entry({ method })))).toEqual([false, true, true])
  expect([304, 400, 500].map(status => isError(entry({ status })))).toEqual([false, true, true])
  expect(['/', '*', 'example.org:80'].map(target => isOpenable(target))).toEqual([true, false, false])
})

describe('name', () => {
  it('is spoken in words', () => {
    expect(spokenName(entry())).toBe(
      'GET /assets/app.css, 200, 14.2 kilobytes, 3 milliseconds, from this computer, 12:04:31',
    )
  })
  it('names another client by its address', () => {
    expect(
      spokenName(
        entry({ method: 'HEAD', bytesSent: 0, clientIsLocal: false, clientAddress: '::ffff:10.0.0.8' }),
      ),
    ).toBe('HEAD /assets/app.css, 200, 0 bytes, 3 milliseconds, from 10.0.0.8, 12:04:31')
  })
})

describe('copied text', () => {
  it('is tab-separated', () => {
    expect(copiedRow(entry({ target: '/a?b' }))).toBe(
      '200\tGET\t/a?b\t14.2 KB\t3 ms\tThis computer\t12:04:31',
    )
  })
  it('holds no control characters beside its tabs', () => {
    expect(copiedRow(entry({ target: '/a\tb\u001b[31m\u0085' }))).toContain('/a\\x09b\\x1b[31m\\x85\t')
  })
  it('is one field per line', () => {
    expect(
      copiedFields([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=\r2'],
      ]),
    ).toBe('set-cookie: a=1\nset-cookie: b=\\x0d2')
  })
})

describe('sent', () => {
  it.each([
    ['a whole file', 14_541, {}, '14.2 KB'],
    ['a compressed one', 4200, { contentCoding: 'gzip' }, '4.1 KB of 14.2 KB, gzip'],
    ['a range', 1024, {}, '1.0 KB of 14.2 KB'],
    ['not modified', 0, {}, '0 B'],
    ['cut at once', 0, { aborted: true }, '0 B of 14.2 KB'],
    ['a listing', 2048, { file: null, fileSize: null }, '2.0 KB'],
    ['a compressed listing', 2048, { fileSize: null, contentCoding: 'br' }, '2.0 KB, br'],
  ] as const)('%s', (_, bytesSent, change, words) => {
    expect(sentText(entry({ bytesSent }), { ...detail, ...change })).toBe(words)
  })
})

it.each([
  [false, null, null],
  [false, 'EIO', null],
  [true, null, 'Client left before the end'],
  [true, 'EIO', 'Cut short before the end'],
])('ended: aborted %s, cause %s', (aborted, cause, words) => {
  expect(endText({ ...detail, aborted, cause })).toBe(words)
})
