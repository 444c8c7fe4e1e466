import { describe, expect, it } from 'vitest'
import { isolate, parentOf } from '../../renderer/words.ts'

describe('isolate', () => {
  it.each(['portfolio', 'Straße', '写真', 'naïve 🐟'])('leaves %s as it is', name => {
    expect(isolate(name)).toBe(name)
  })

  it('sets a name that is right to left apart from the sentence', () => {
    expect(isolate('אתר')).toBe('\u2068אתר\u2069')
    expect(isolate('موقع 2')).toBe('\u2068موقع 2\u2069')
  })

  it('lets no control in the name end that', () => {
    expect(isolate('a\u2069\u202etxt.exe')).toBe('\u2068atxt.exe\u2069')
  })
})

describe('parentOf', () => {
  it.each([
    ['/srv/a/b/', '/srv/a/'],
    ['/srv', '/'],
    ['/', null],
    ['', null],
    ['~/Sites/', '~/'],
    ['~/', null],
    ['C:\\Users\\maria', 'C:\\Users\\'],
    ['C:\\', null],
  ])('of %s is %s', (path, parent) => {
    expect(parentOf(path)).toBe(parent)
  })
})
