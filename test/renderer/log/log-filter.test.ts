import { describe, expect, it } from 'vitest'
import { filterEntries, needleOf, splitMatches } from '../../../renderer/log/log-filter.ts'
import { entry } from './entries.ts'

const rows = [
  entry({ id: 1 }),
  entry({ id: 2, target: '/Fonts/Old.woff2?V=1', bytesSent: 0 }),
  entry({ id: 3, status: 404, method: 'POST', clientAddress: '192.168.1.42', clientIsLocal: false }),
  entry({ id: 4, status: 500, duration: 642, time: new Date(2025, 2, 4, 9, 30, 0).getTime() }),
]

const found = (text: string, errorsOnly = false) =>
  filterEntries(rows, { text, errorsOnly }).map(row => row.id)

describe('filter', () => {
  it.each([
    ['404', [3]],
    ['post', [3]],
    ['fonts/old', [2]],
    ['?v=1', [2]],
    ['woff2?v', [2]],
    ['0 b', [2]],
    ['14.2 KB', [1, 3, 4]],
    ['642 ms', [4]],
    ['192.168', [3]],
    ['this computer', [1, 2, 4]],
    ['09:30', [4]],
    ['  fonts ', [2]],
    ['.*', []],
    ['200 GET', []],
  ])('%s', (text, ids) => {
    expect(found(text)).toEqual(ids)
  })

  it('shows errors only, alone or with a text', () => {
    expect(found('', true)).toEqual([3, 4])
    expect(found('192', true)).toEqual([3])
    expect(found('fonts', true)).toEqual([])
  })

  it('costs nothing when there is none', () => {
    expect(filterEntries(rows, { text: ' ', errorsOnly: false })).toBe(rows)
  })
})

describe('splitMatches', () => {
  const marked = (text: string, needle: string) =>
    splitMatches(text, needleOf(needle))
      .map(({ text: part, isMatch }) => (isMatch ? `[${part}]` : part))
      .join('')

  it.each([
    ['/a/b', '', '/a/b'],
    ['/a/b', 'x', '/a/b'],
    ['192.168.1.42', '192.168', '[192.168].1.42'],
    ['/Fonts/fonts', 'FONTS', '/[Fonts]/[fonts]'],
    ['aaaa', 'aa', '[aa][aa]'],
    ['GET', 'get', '[GET]'],
    ['', 'a', ''],
    ['/İa', 'a', '/İa'],
  ])('%s for %s', (text, needle, result) => {
    expect(marked(text, needle)).toBe(result)
  })

  it('says where each part starts', () => {
    expect(splitMatches('/a?a', 'a').map(({ start }) => start)).toEqual([0, 1, 2, 3])
  })
})
