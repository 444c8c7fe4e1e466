import { describe, expect, it } from 'vitest'
import { LOG_CAPACITY, type LogBatch, type LogEntry } from '../../../electron/contract.ts'
import { createLogBuffer, type SiteLog } from '../../../renderer/log/log-buffer.ts'
import { entries, entry } from './entries.ts'

function batch(rows: readonly LogEntry[], change: Partial<LogBatch> = {}): LogBatch {
  const totals = { requests: rows.at(-1)?.id ?? 0, errors: 0, bytesSent: 0, slowest: null }
  return { site: 'a', reset: false, entries: rows, totals, ...change }
}

const ids = (log: SiteLog) => log.entries.map(row => row.id)

describe('log buffer', () => {
  it('has an empty log for a site it has never heard of, always the same', () => {
    const buffer = createLogBuffer()
    expect(buffer.read('a').entries).toEqual([])
    expect(buffer.read('a').totals).toEqual({ requests: 0, errors: 0, bytesSent: 0, slowest: null })
    expect(buffer.read('a')).toBe(buffer.read('b'))
  })

  it('appends batches in order, each site for itself', () => {
    const buffer = createLogBuffer()
    const changed = buffer.apply([
      batch(entries(1, 2), { reset: true }),
      batch(entries(1, 1), { site: 'b' }),
      batch(entries(3, 5)),
    ])
    expect([...changed].sort()).toEqual(['a', 'b'])
    expect(ids(buffer.read('a'))).toEqual([1, 2, 3, 4, 5])
    expect(ids(buffer.read('b'))).toEqual([1])
    expect(buffer.read('a').totals.requests).toBe(5)
  })

  it('is a new view for each batch and the same one without', () => {
    const buffer = createLogBuffer()
    buffer.apply([batch(entries(1, 2))])
    const before = buffer.read('a')
    expect(buffer.read('a')).toBe(before)
    expect(before.entries).toBe(before.entries)
    buffer.apply([batch(entries(1, 1), { site: 'b' })])
    expect(buffer.read('a')).toBe(before)
    buffer.apply([batch(entries(3, 3))])
    expect(buffer.read('a')).not.toBe(before)
  })

  it('leaves a view that was taken as it was, read then or later', () => {
    const buffer = createLogBuffer()
    buffer.apply([batch(entries(1, 3))])
    const taken = buffer.read('a')
    for (let from = 4; from < 3 * LOG_CAPACITY; from += 1000) buffer.apply([batch(entries(from, from + 999))])
    buffer.apply([batch([], { reset: true })])
    expect(ids(taken)).toEqual([1, 2, 3])
  })

  it('keeps the newest LOG_CAPACITY entries, however many batches they came in', () => {
    const buffer = createLogBuffer()
    const total = 5 * LOG_CAPACITY
    for (let from = 1; from < total; from += 500) buffer.apply([batch(entries(from, from + 499))])
    const { entries: kept, totals } = buffer.read('a')
    expect(kept).toHaveLength(LOG_CAPACITY)
    expect(kept[0]?.id).toBe(total - LOG_CAPACITY + 1)
    expect(kept.at(-1)?.id).toBe(total)
    expect(totals.requests).toBe(total)
  })

  it('puts what a flood had left out where it belongs, whatever came meanwhile', () => {
    const buffer = createLogBuffer()
    buffer.apply([batch([...entries(1, 3), ...entries(900, 910), ...entries(950, 960)])])
    const taken = buffer.read('a')
    buffer.apply([batch([...entries(4, 899), ...entries(961, 962)])])
    buffer.apply([batch(entries(911, 949))])
    expect(ids(buffer.read('a'))).toEqual(Array.from({ length: 962 }, (_, index) => index + 1))
    expect(taken.entries).toHaveLength(25)
  })

  it('drops by their ids those that the app has dropped, gaps or not', () => {
    const buffer = createLogBuffer()
    buffer.apply([batch(entries(1, 100))])
    buffer.apply([batch(entries(LOG_CAPACITY + 51, LOG_CAPACITY + 60))])
    expect(ids(buffer.read('a'))).toEqual([
      ...entries(61, 100).map(row => row.id),
      ...entries(LOG_CAPACITY + 51, LOG_CAPACITY + 60).map(row => row.id),
    ])
  })

  it('starts anew with a reset, and says so', () => {
    const buffer = createLogBuffer()
    buffer.apply([batch(entries(1, 5))])
    const { generation } = buffer.read('a')
    buffer.apply([batch(entries(6, 6))])
    expect(buffer.read('a').generation).toBe(generation)
    buffer.apply([batch([], { reset: true })])
    expect(ids(buffer.read('a'))).toEqual([])
    expect(buffer.read('a').generation).toBeGreaterThan(generation)
    buffer.apply([batch(entries(1, 3), { reset: true })])
    expect(ids(buffer.read('a'))).toEqual([1, 2, 3])
  })

  it('merges an overlap by id, the later entry winning', () => {
    const buffer = createLogBuffer()
    buffer.apply([batch([...entries(1, 3), ...entries(6, 7)])])
    buffer.apply([
      batch([...entries(2, 2), entry({ id: 3, status: 404 }), ...entries(4, 5), ...entries(8, 8)]),
    ])
    expect(ids(buffer.read('a'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(buffer.read('a').entries[2]?.status).toBe(404)
  })

  it('forgets the sites that are gone', () => {
    const buffer = createLogBuffer()
    buffer.apply([batch(entries(1, 2)), batch(entries(1, 2), { site: 'b' })])
    buffer.retain(['b'])
    expect(ids(buffer.read('a'))).toEqual([])
    expect(ids(buffer.read('b'))).toEqual([1, 2])
  })
})
