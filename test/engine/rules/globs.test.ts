import { describe, expect, it } from 'vitest'
import { normalize, parseGlob, parseSet } from '../../../electron/engine/rules/globs.ts'
import { RuleError } from '../../../electron/engine/rules/problems.ts'

// What minimatch 3 says, with a slash put in front of the glob as `serve` does.
describe('a glob', () => {
  it.each([
    ['*', ['/a', '/a.b'], ['/', '/a/b', '/.a']],
    ['/*.js', ['/a.js'], ['/.js', '/a/b.js', '/ajs']],
    ['a*', ['/a', '/abc', '/a.b'], ['/ba']],
    ['?', ['/a'], ['/', '/ab', '/.']],
    ['app/**', ['/app/a', '/app/a/b'], ['/app', '/application', '/app/.a', '/app/a/.b/c']],
    ['**', ['/', '/a', '/a/b'], ['/.a', '/a/.b']],
    ['**/*.css', ['/a.css', '/a/b/c.css'], ['/a/.b.css', '/.a/b.css']],
    ['a/**/b', ['/a/b', '/a/x/b', '/a/x/y/b'], ['/ab', '/a/.x/b']],
    // Only a whole segment of stars stands for several.
    ['a**', ['/a', '/abc'], ['/a/b']],
    ['.*', ['/.a', '/.'], ['/a']],
    ['[a-c]x', ['/ax', '/cx'], ['/dx', '/abx']],
    ['[!a-c]x', ['/dx'], ['/ax', '/.x', '//x']],
    ['[^a]', ['/b'], ['/a']],
    ['[]]', ['/]'], ['/a']],
    ['[z-a]', ['/[z-a]'], ['/z']],
    ['[a', ['/[a'], ['/a']],
    ['a{b,c/d}e', ['/abe', '/ac/de'], ['/ae']],
    ['{a,b{c,d}}', ['/a', '/bc', '/bd'], ['/b', '/{a,b']],
    ['a{b}', ['/a{b}'], ['/ab']],
    ['{1..3}', ['/1', '/2', '/3'], ['/4', '/1..3']],
    ['{c..a}', ['/a', '/b', '/c'], ['/d']],
    ['**/*.@(jpg|png)', ['/x.jpg', '/a/b.png'], ['/x.gif', '/x.jpgpng']],
    ['?(a)b', ['/b', '/ab'], ['/aab']],
    ['+(a|bc)', ['/a', '/abca'], ['/', '/b']],
    ['*(a|b)c', ['/c', '/abc'], ['/xc']],
    ['@(a|@(b|c))', ['/a', '/b', '/c'], ['/d']],
    ['\\*', ['/*'], ['/a']],
    ['!private', ['/public', '/'], ['/private']],
    ['!!private', ['/private'], ['/public']],
    // The mark counts only where it is the first of all.
    ['/!private', ['/!private'], ['/public']],
    ['/a//b/./c/../d', ['/a/b/d'], ['/a/b/c/d']],
  ])('%s', (glob, matching, others) => {
    const { matches } = parseGlob(glob)
    expect(matching.filter(path => !matches(path))).toEqual([])
    expect(others.filter(matches)).toEqual([])
  })

  it.each(['a/!(b)', '{a,b}'.repeat(10), '{1..99999}'])('%s is refused', glob => {
    expect(() => parseGlob(glob)).toThrow(RuleError)
  })

  it('ends, whatever it is', () => {
    for (const glob of ['**(', '*(', '(((', '[[[', '{{{', ')|(', '@(a', '\\', '{,}{,}', '+(|)']) {
      expect(parseGlob(glob).matches('/nothing/like/it')).toBe(false)
    }
    expect(parseGlob('*a'.repeat(20)).matches(`/${'a'.repeat(8_000)}b`)).toBe(false)
  })
})

it.each([
  ['', '/'],
  ['/', '/'],
  ['a/', '/a/'],
  ['../a', '/a'],
  ['a/../../b', '/b'],
])('%j is %s', (path, normal) => {
  expect(normalize(path)).toBe(normal)
})

it('a class ends where its range runs backwards', () => {
  expect(parseSet('z-a')).toBeNull()
  const set = parseSet('a-c_-')
  expect([...'abc_-'].every(letter => set?.(letter.charCodeAt(0)))).toBe(true)
  expect(set?.('d'.charCodeAt(0))).toBe(false)
})
