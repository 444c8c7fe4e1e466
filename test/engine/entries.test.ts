import { describe, expect, it } from 'vitest'
import { arrange, type Entry, search } from '../../electron/engine/entries.ts'
import { parseView } from '../../electron/engine/listing-view.ts'
import { Slice } from '../../electron/engine/turns.ts'

const entry = (name: string, rest: Partial<Entry> = {}): Entry => ({
  name,
  diskName: name,
  folder: false,
  size: 0,
  modified: 0,
  ...rest,
})
const namesOf = (entries: readonly Entry[]) => entries.map(({ name }) => name)

describe('order', () => {
  const entries = [
    entry('b10'),
    entry('B2', { size: 5, modified: 2 }),
    entry('a', { size: 5, modified: 1 }),
    entry('z', { folder: true, modified: 1 }),
    entry('y', { folder: true, modified: 9 }),
    entry('ä', { size: 7 }),
  ]
  it.each([
    ['', ['y', 'z', 'a', 'ä', 'B2', 'b10']],
    ['?sort=name&dir=desc', ['z', 'y', 'b10', 'B2', 'ä', 'a']],
    ['?sort=size', ['y', 'z', 'ä', 'a', 'B2', 'b10']],
    ['?sort=size&dir=asc', ['y', 'z', 'b10', 'a', 'B2', 'ä']],
    ['?sort=modified', ['y', 'z', 'B2', 'a', 'ä', 'b10']],
    ['?sort=modified&dir=asc', ['z', 'y', 'ä', 'b10', 'a', 'B2']],
    ['?sort=constructor&dir=x', ['y', 'z', 'a', 'ä', 'B2', 'b10']],
  ])('%s', (query, expected) => {
    expect(namesOf(arrange(entries, parseView(query)))).toEqual(expected)
  })
})

describe('search', () => {
  const entries = [entry('Print.pdf'), entry('blueprint'), entry('cafe\u0301'), entry('50%+.txt')]
  it.each([
    ['?q=print', ['blueprint', 'Print.pdf']],
    ['?q=+PRINT+', ['blueprint', 'Print.pdf']],
    ['?q=caf%C3%A9', ['cafe\u0301']],
    ['?q=50%25%2B', ['50%+.txt']],
    ['?q=', ['50%+.txt', 'blueprint', 'cafe\u0301', 'Print.pdf']],
    ['?q=.*', []],
    ['?q=%', ['50%+.txt']],
  ])('%s', async (query, expected) => {
    const view = parseView(query)
    expect(namesOf(arrange(await search(entries, view.search, new Slice()), view))).toEqual(expected)
  })
})
