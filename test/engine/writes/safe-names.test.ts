import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOf, numbered, safeName } from '../../../electron/engine/writes/safe-names.ts'

describe('names that mean the same everywhere', () => {
  it.each([
    'a.txt',
    'naïve café.md',
    '日本.txt',
    '👩‍👩‍👧.png',
    'console.log',
    'com.example.app',
    'a..b',
    '~1',
    ' leading',
    "it's [1] {2} #3 %41 &;=+@!,",
    'x'.repeat(255),
  ])('%s', name => {
    expect(faultOf(name)).toBeNull()
    expect(safeName(name)).toBe(name)
  })
})

describe('names that do not', () => {
  it.each([
    ['', '_'],
    ['a:b', 'a_b'],
    ['what?.txt', 'what_.txt'],
    ['a\\b', 'a_b'],
    ['<x>|"*"', '_x_____'],
    ['end.', 'end'],
    ['end ', 'end'],
    ['...', '_'],
    ['CON', 'CON_'],
    ['nul.txt', 'nul_.txt'],
    ['Com1.tar.gz', 'Com1_.tar.gz'],
    ['nul .txt', 'nul_ .txt'],
    ['\u200b', '_'],
    ['a\ufeff\u2028b', 'a__b'],
    ['LPT³', 'LPT³_'],
    ['.servebar', '_.servebar'],
    ['.ServeBar', '_.ServeBar'],
    ['a\nb', 'a_b'],
    ['a\0b', 'a_b'],
    ['a\x7f\x80b', 'a__b'],
    ['gnp\u202eexe.png', 'gnp_exe.png'],
    ['\ufffd.txt', '_.txt'],
    [`${'x'.repeat(300)}.jpeg`, `${'x'.repeat(250)}.jpeg`],
    ['é'.repeat(200), 'é'.repeat(127)],
    [`${'x'.repeat(254)} a`, 'x'.repeat(254)],
  ])('%j becomes %s', (name, safe) => {
    expect(faultOf(name)).not.toBeNull()
    expect(safeName(name)).toBe(safe)
    expect(faultOf(safe)).toBeNull()
  })

  it('are made safe whatever they are', () => {
    const name = fc.string({ unit: 'binary', maxLength: 400 })
    const isSafe = (name: string): boolean => faultOf(safeName(name)) === null
    fc.assert(fc.property(name, isSafe), { numRuns: 2_000 })
    const nasty = fc.string({ unit: fc.constantFrom(...'.: con\u0301ü\u202e\0/\\~1aux'), maxLength: 12 })
    fc.assert(fc.property(nasty, isSafe), { numRuns: 2_000 })
    const long = fc.tuple(nasty, fc.integer({ min: 230, max: 260 }), nasty)
    fc.assert(fc.property(long, ([a, count, b]) => isSafe(a + 'x'.repeat(count) + b)))
  })

  it('are written in one form of Unicode', () => {
    expect(safeName('cafe\u0301')).toBe('café')
  })
})

describe('a number', () => {
  it.each([
    ['photo.jpg', 2, 'photo (2).jpg'],
    ['README', 3, 'README (3)'],
    ['.env', 2, '.env (2)'],
    ['a.tar.gz', 10, 'a.tar (10).gz'],
    [`${'x'.repeat(251)}.jpg`, 2, `${'x'.repeat(247)} (2).jpg`],
    [`${'x'.repeat(200)}. ${'y'.repeat(40)}`, 2, `${'x'.repeat(200)}. ${'y'.repeat(40)} (2)`],
  ])('%s, %i', (name, number, numberedName) => {
    expect(numbered(name, number)).toBe(numberedName)
  })

  it('never splits a character', () => {
    expect(numbered('👩'.repeat(63), 12)).toBe(`${'👩'.repeat(62)} (12)`)
  })
})
