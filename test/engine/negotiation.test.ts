import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODINGS, mediaQuality, parseAcceptEncoding } from '../../electron/engine/negotiation.ts'

describe('Accept-Encoding (RFC 9110 §12.5.3)', () => {
  const ALL = [['br', 'zstd', 'gzip']]
  it.each<[field: string | undefined, groups: string[][], identity: boolean]>([
    [undefined, [], true],
    ['', [], true],
    ['gzip', [['gzip']], true],
    ['GZIP', [['gzip']], true],
    ['x-gzip', [['gzip']], true],
    ['gzip, deflate, br, zstd', ALL, true],
    ['gzip;q=1.0, br;q=0.5', [['gzip'], ['br']], true],
    ['br;q=0.001, gzip;q=0.002', [['gzip'], ['br']], true],
    ['*', ALL, true],
    ['*;q=0', [], false],
    ['*;q=0.5, gzip;q=0', [['br', 'zstd']], true],
    ['gzip, *;q=0', [['gzip']], false],
    ['identity', [], true],
    ['identity;q=0', [], false],
    ['identity;q=0, gzip', [['gzip']], false],
    ['identity;q=0, *', ALL, false],
    ['identity;q=0.5, *;q=0', [], true],
    ['identity;q=1, gzip;q=0.5', [], true],
    ['identity;q=0.5, gzip;q=0.8, br;q=0.2', [['gzip']], true],
    ['identity;q=0.5, gzip;q=0.5', [['gzip']], true],
    ['deflate, compress, unknown', [], true],
    ['gzip;q=0', [], true],
    ['gzip;q=0.000', [], true],
    [' \t gzip \t ; \t q=0.3 ,, br ', [['br'], ['gzip']], true],
    ['gzip;Q=0.3, br', [['br'], ['gzip']], true],
    // A malformed member says nothing; the others are heard.
    ['gzip;q=2, br', [['br']], true],
    ['gzip;q=0.1234, br', [['br']], true],
    ['gzip;q=-1, br', [['br']], true],
    ['gzip;q=, br', [['br']], true],
    ['gzip;q=abc', [], true],
    ['gzip;q =0.5, br', [['br']], true],
    ['gz ip, br', [['br']], true],
    ['"gzip", br', [['br']], true],
    ['"gzip, br', [], true],
    ['identity;q=zero', [], true],
    ['gzip;level=9', [['gzip']], true],
    [`gzip, ${'x'.repeat(2_000)}`, [], true],
  ])('%j', (field, groups, identity) => {
    expect(parseAcceptEncoding(field)).toEqual({ groups, identity })
  })

  it('never offers what is excluded, and orders by quality, whatever is said', () => {
    const name = fc.constantFrom(...CODINGS, 'identity', '*', 'deflate')
    const quality = fc.integer({ min: 0, max: 1000 })
    const wishes = fc.uniqueArray(fc.tuple(name, quality), { selector: ([name]) => name, maxLength: 6 })
    fc.assert(
      fc.property(wishes, wishes => {
        const field = wishes.map(([name, q]) => `${name};q=${(q / 1000).toFixed(3)}`).join(', ')
        const said = new Map<string, number>(wishes)
        const { groups, identity } = parseAcceptEncoding(field)
        const own = (name: string) => said.get(name) ?? said.get('*')
        expect(identity).toBe(own('identity') !== 0)
        const qualities = groups.map(group => new Set(group.map(own)))
        for (const [index, set] of qualities.entries()) {
          expect(set.size).toBe(1)
          const [quality = 0] = set
          expect(quality).toBeGreaterThan(0)
          expect(quality).toBeGreaterThanOrEqual(own('identity') ?? 0)
          if (index > 0) expect(quality).toBeLessThan([...(qualities[index - 1] ?? [])][0] ?? 0)
        }
        const offered = groups.flat()
        for (const coding of CODINGS) {
          const wanted = (own(coding) ?? 0) > 0 && (own(coding) ?? 0) >= (own('identity') ?? 0)
          expect(offered.includes(coding)).toBe(wanted)
        }
      }),
    )
  })

  it('any bytes are read without an error, however many', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), field => {
        for (const group of parseAcceptEncoding(field).groups) expect(group.length).toBeGreaterThan(0)
        expect(mediaQuality(field, 'text/html')).toBeLessThanOrEqual(1)
      }),
    )
    for (const field of ['"', '"\\', ';q=', ',', 'a;'].map(piece => piece.repeat(16_000))) {
      expect(() => parseAcceptEncoding(field)).not.toThrow()
      expect(() => mediaQuality(field, 'text/html')).not.toThrow()
    }
  })
})

describe('Accept (RFC 9110 §12.5.1)', () => {
  it.each<[accept: string | undefined, type: string, quality: number, explicit: number]>([
    [undefined, 'text/html', 1, 0],
    ['', 'text/html', 0, 0],
    ['text/html', 'text/html', 1, 1],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/html', 1, 1],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json', 0.8, 0],
    ['*/*', 'text/html', 1, 0],
    ['text/*;q=0.3, */*;q=0.9', 'text/html', 0.3, 0],
    ['*/*;q=0.9, text/*;q=0.3, text/html;q=0.1', 'text/html', 0.1, 0.1],
    ['TEXT/HTML;q=0.5', 'text/html', 0.5, 0.5],
    ['text/html;level=1', 'text/html', 1, 1],
    ['text/html;q=0', 'text/html', 0, 0],
    ['text/html;title="a, b;q=0";q=0.7', 'text/html', 0.7, 0.7],
    ['application/json', 'text/html', 0, 0],
    ['text/htmlx', 'text/html', 0, 0],
  ])('%j for %s', (accept, type, quality, explicit) => {
    expect(mediaQuality(accept, type)).toBe(quality)
    expect(mediaQuality(accept, type, true)).toBe(explicit)
  })
})
