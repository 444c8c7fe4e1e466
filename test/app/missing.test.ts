import { describe, expect, it } from 'vitest'
import { createMissingPaths } from '../../electron/app/missing.ts'
import { exchange } from '../support/exchange.ts'

const missed = (target: string, more: Parameters<typeof exchange>[0] = {}) =>
  exchange({ target, status: 404, ...more })

describe('missing paths', () => {
  it('groups by path without the query, most often asked first, with the last page that leads there', () => {
    const missing = createMissingPaths()
    missing.note(missed('/b', { time: 1 }))
    missing.note(missed('/a?v=1', { time: 2, requestFields: [['referer', 'http://localhost/one']] }))
    missing.note(missed('/a?v=2', { time: 3, requestField: () => 'http://localhost/two' }))
    missing.note(missed('/a', { time: 4 }))
    missing.note(missed('/c', { time: 5 }))
    expect(missing.list()).toEqual([
      { path: '/a', count: 3, lastTime: 4, referrer: 'http://localhost/two' },
      { path: '/c', count: 1, lastTime: 5, referrer: null },
      { path: '/b', count: 1, lastTime: 1, referrer: null },
    ])
    missing.clear()
    expect(missing.list()).toEqual([])
  })

  it('only counts pages and files that were looked for and are not there', () => {
    const missing = createMissingPaths()
    missing.note(exchange({ target: '/there' }))
    missing.note(exchange({ target: '/hidden', status: 403 }))
    missing.note(missed('/upload', { method: 'PUT' }))
    missing.note(missed(`/${'x'.repeat(3000)}`))
    missing.note(missed('/head', { method: 'HEAD' }))
    expect(missing.list().map(({ path }) => path)).toEqual(['/head'])
  })

  it('keeps the last 500', () => {
    const missing = createMissingPaths()
    for (let number = 1; number <= 500; number++) missing.note(missed(`/${number}`))
    missing.note(missed('/1'))
    missing.note(missed('/501'))
    const paths = missing.list().map(({ path }) => path)
    expect(paths).toHaveLength(500)
    expect(paths).toContain('/1')
    expect(paths).not.toContain('/2')
  })
})
