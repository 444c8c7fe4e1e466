import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currentHttpDate, formatHttpDate, parseHttpDate } from '../../electron/engine/http-date.ts'

const NOW = Date.UTC(2026, 0, 1)
const TIME = Date.UTC(1994, 10, 6, 8, 49, 37)

describe('parseHttpDate', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', TIME],
    ['Sunday, 06-Nov-94 08:49:37 GMT', TIME],
    ['Sun Nov  6 08:49:37 1994', TIME],
    ['Sunday, 06-Nov-75 08:49:37 GMT', Date.UTC(2075, 10, 6, 8, 49, 37)],
    ['Sunday, 06-Nov-77 08:49:37 GMT', Date.UTC(1977, 10, 6, 8, 49, 37)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['Sun, 06 Nov 1994 08:49:37', null],
    ['Sun, 06 Nov 1994 08:49:37 +0000', null],
    ['Sun, 06 Nov 1994 24:00:00 GMT', null],
    ['Sun, 06 Nov 1994 08:60:00 GMT', null],
    ['Sun, 30 Feb 1994 08:49:37 GMT', null],
    ['Sun, 6 Nov 1994 08:49:37 GMT', null],
    ['1994-11-06T08:49:37Z', null],
    ['784111777', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parseHttpDate(text, NOW)).toBe(expected)
  })

  it('reads what is written', () => {
    const seconds = fc.integer({ min: 0, max: 253_402_300_799 })
    fc.assert(
      fc.property(seconds, s => {
        expect(parseHttpDate(formatHttpDate(s * 1000), NOW)).toBe(s * 1000)
      }),
    )
  })
})

it('currentHttpDate is now, to the second', () => {
  const date = parseHttpDate(currentHttpDate(), Date.now())
  expect(Date.now() - (date ?? 0)).toBeLessThan(2_000)
})
