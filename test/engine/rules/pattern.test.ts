import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ahead,
  capture,
  char,
  choice,
  compile,
  firstSegment,
  inSegment,
  many,
  NAME,
  optional,
  type Part,
  REST,
  sequence,
  text,
} from '../../../electron/engine/rules/pattern.ts'

const pattern = (part: Part, options?: { fold: boolean }) => {
  const compiled = compile(part, options)
  if (compiled === null) throw new Error('too long')
  return compiled
}

/** What a part is as an expression: the judge of what matches, and of what is captured. */
function sourceOf(part: Part): string {
  switch (part.kind) {
    case 'text':
      return part.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    case 'char':
      return part.of === inSegment ? '[^/]' : '[^]'
    case 'ahead':
      return '(?=[^/])'
    case 'sequence':
      return part.parts.map(sourceOf).join('')
    case 'choice':
      return `(?:${part.parts.map(sourceOf).join('|')})`
    case 'repeat': {
      const often = part.max === 1 ? '?' : part.min === 1 ? '+' : '*'
      return `(?:${sourceOf(part.part)})${often}${part.lazy ? '?' : ''}`
    }
    case 'capture':
      return `(?<${part.name}>${sourceOf(part.part)})`
  }
}

const letters = fc.constantFrom('a', 'b', 'ab', '/', '/a', '.')
const parts = fc.letrec<{ part: Part }>(tie => ({
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    letters.map(text),
    fc.constantFrom(char(inSegment), NAME, REST, ahead(inSegment)),
    fc.array(tie('part'), { maxLength: 4 }).map(list => sequence(...list)),
    fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map(list => choice(...list)),
    fc.tuple(letters, fc.boolean()).map(([letter, lazy]) => many(text(letter), 0, { lazy })),
    fc.tuple(letters, fc.boolean()).map(([letter, lazy]) => many(text(letter), 1, { lazy })),
    // Of what may be empty: an expression would not take nothing where it need not take anything.
    fc.oneof(letters.map(text), fc.constant(NAME)).map(optional),
  ),
})).part
const paths = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 10 }).map(list => list.join(''))

describe('a pattern', () => {
  it('matches what the same expression matches, and captures what it captures', () => {
    let matched = 0
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 3 }), paths, (list, path) => {
        const part = sequence(...list.map((each, i) => (i === 0 ? each : capture(`n${i}`, each))))
        const expected = new RegExp(`^${sourceOf(part)}$`).exec(path)
        const found = pattern(part).match(path)
        if (expected !== null) matched++
        const groups = Object.entries(expected?.groups ?? {}).filter(([, value]) => value !== undefined)
        expect(found && Object.fromEntries(found)).toEqual(expected && Object.fromEntries(groups))
      }),
      { numRuns: 3_000 },
    )
    expect(matched).toBeGreaterThan(100)
  })

  it('takes time in proportion to the path, however it is made', () => {
    // Each of these takes an expression longer than the age of the universe, or a square of the length.
    const evil = sequence(...Array.from({ length: 20 }, () => sequence(REST, text('a'))), text('b'))
    expect(pattern(evil).match('a'.repeat(8_000))).toBeNull()
    const nested = sequence(many(choice(many(text('a'), 1), text('aa')), 1), text('b'))
    expect(pattern(nested).match('a'.repeat(8_000))).toBeNull()
  })

  it('is refused when it is longer than any that is meant', () => {
    expect(compile(sequence(...Array.from({ length: 5_000 }, () => NAME)))).toBeNull()
    expect(pattern(text('a'.repeat(50_000))).exact).toHaveLength(50_000)
    expect(compile(sequence(...Array.from({ length: 300 }, () => optional(text('a')))))).toBeNull()
  })

  it('tells letter case apart, or not', () => {
    const part = sequence(text('/Blog/'), capture('name', NAME))
    expect(pattern(part).match('/blog/Post')).toBeNull()
    expect(pattern(part, { fold: true }).match('/bLOG/Post')).toEqual(new Map([['name', 'Post']]))
    // Letters whose small form is longer leave the places of the others alone.
    expect(pattern(part, { fold: true }).match('/BLOG/İx')).toEqual(new Map([['name', 'İx']]))
  })

  it.each([
    [text('/about'), '/about', '/about'],
    [sequence(text('/blog/'), REST), null, '/blog'],
    [sequence(text('/blog'), optional(sequence(text('/'), REST))), null, '/blog'],
    [sequence(text('/blog'), capture('x', optional(text('/')))), null, '/blog'],
    // What is behind it may belong to the first segment.
    [sequence(text('/blog'), REST), null, null],
    [sequence(text('/'), REST), null, null],
    [optional(sequence(text('/'), REST)), null, null],
    [sequence(text('/'), NAME, text('/a')), null, null],
  ])('says what an index can use: %#', (part, exact, segment) => {
    expect(pattern(part)).toMatchObject({ exact, segment })
  })
})

it.each([
  ['/', '/'],
  ['/a', '/a'],
  ['/a/', '/a'],
  ['/a/b/c', '/a'],
])('the first segment of %s is %s', (path, segment) => {
  expect(firstSegment(path)).toBe(segment)
})
