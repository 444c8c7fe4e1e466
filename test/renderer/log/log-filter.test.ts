import { describe, expect, it } from 'vitest'
import { createFilter, filterEntries, needleOf, splitMatches } from '../../../renderer/log/log-filter.ts'
import { entries, entry } from './entries.ts'

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

describe('a filter that goes on', () => {
  const all = entries(1, 40).map(row => entry({ ...row, status: row.id % 3 === 0 ? 404 : 200 }))
  const errors = { text: '', errorsOnly: true }

  it('answers as a fresh one, whatever the log does', () => {
    const filter = createFilter()
    const steps = [
      [all.slice(0, 10), errors],
      [all.slice(0, 20), errors],
      [all.slice(5, 25), errors],
      [all.slice(5, 25), { text: '404', errorsOnly: false }],
      [all.slice(8, 30), { text: '404', errorsOnly: false }],
      [[...all.slice(8, 12), ...all.slice(20, 30)], errors],
      [all.slice(8, 31), errors],
      [all.slice(30, 40), errors],
      [[], errors],
      [all.slice(0, 3), errors],
      [all.slice(0, 9), { text: ' ', errorsOnly: false }],
      [all.slice(0, 12), errors],
      [[...all.slice(0, 11), entry({ id: 12, status: 200 }), ...all.slice(12, 20)], errors],
    ] as const
    for (const [rows, wanted] of steps) expect(filter(rows, wanted)).toEqual(filterEntries(rows, wanted))
  })

  it('looks at what is new only, and keeps its answer while nothing is', () => {
    const filter = createFilter()
    const seen: number[] = []
    const watched = all.map(row =>
      Object.defineProperty({ ...row }, 'status', {
        get() {
          seen.push(row.id)
          return row.status
        },
      }),
    )
    const first = watched.slice(0, 30)
    expect(filter(first, errors)).toBe(filter(first, { ...errors }))
    seen.length = 0
    filter(watched, errors)
    expect(seen).toEqual(all.slice(30).map(row => row.id))
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
