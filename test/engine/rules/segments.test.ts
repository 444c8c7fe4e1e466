import { describe, expect, it } from 'vitest'
import { RuleError } from '../../../electron/engine/rules/problems.ts'
import { parseSegments } from '../../../electron/engine/rules/segments.ts'

function match(source: string, path: string): Record<string, string> | null {
  const captures = parseSegments(source).pattern.match(path)
  return captures && Object.fromEntries(captures)
}

// What path-to-regexp 3 says.
describe('a source with segments', () => {
  it.each([
    ['/old', '/old', {}],
    ['/old', '/OLD/', {}],
    ['/old', '/older', null],
    ['/blog/:id', '/blog/12', { id: '12' }],
    ['/blog/:id', '/blog/', null],
    ['/blog/:id', '/blog/1/2', null],
    ['/:a/:b', '/X/y', { a: 'X', b: 'y' }],
    ['/edit-:id.html', '/edit-5.html', { id: '5' }],
    // What stands in front of a name does not belong to it.
    ['/edit-:id', '/edit-5-6', null],
    ['/:a-:b', '/x-y', { a: 'x', b: 'y' }],
    ['/:a?/b', '/b', {}],
    ['/:a?/b', '/x/b', { a: 'x' }],
    ['/:path*', '/', {}],
    ['/:path*', '/a/b', { path: 'a/b' }],
    ['/:path+', '/', null],
    ['/:path+', '/a/b', { path: 'a/b' }],
    ['/(.*)', '/a/b', { 0: 'a/b' }],
    ['/app/(.*)*', '/app', {}],
    ['/:lang(en|de)/x', '/de/x', { lang: 'de' }],
    ['/:lang(en|de)/x', '/fr/x', null],
    ['/:n(\\d+)', '/12', { n: '12' }],
    ['/:n(\\d+)', '/1a', null],
    ['/:n([A-C]+)x', '/abx', { n: 'ab' }],
    ['/:n([^a-c]+)', '/xyz', { n: 'xyz' }],
    ['/:n([^A-C]+)', '/xbz', null],
    ['/:n(\\w+-\\D?)', '/a_1-x', { n: 'a_1-x' }],
    ['/:a:b', '/xyz', { a: 'x', b: 'yz' }],
    ['/\\:a', '/:a', {}],
    ['/*', '/*', {}],
  ])('%s and %s', (source, path, captures) => {
    expect(match(source, path)).toEqual(captures)
  })

  it.each(['/:a/:a', '/:a(b{2})', '/:a(\\bx)', '/:a([z-a])', '/:a(^b)'])('%s is refused', source => {
    expect(() => parseSegments(source)).toThrow(RuleError)
  })

  it('takes time in proportion to the path', () => {
    expect(match('/:a(a*a*a*a*a*a*a*a*)b', `/${'a'.repeat(7_900)}`)).toBeNull()
  })
})
