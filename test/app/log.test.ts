import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { BATCH_INTERVAL, BATCH_LIMIT, createLog } from '../../electron/app/log.ts'
import { LOG_CAPACITY, type LogBatch } from '../../electron/contract.ts'
import { exchange } from '../support/exchange.ts'

function collect(log: ReturnType<typeof createLog>) {
  const calls: { readonly at: number; readonly batches: readonly LogBatch[] }[] = []
  const end = log.subscribe(batches => calls.push({ at: performance.now(), batches }))
  return { calls, end, batches: () => calls.flatMap(call => call.batches) }
}

/** A weak reference is kept until the turn ends in which it was made or read. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  await new Promise(resolve => setImmediate(resolve))
  gc()
}

const ids = (batch: LogBatch | undefined): number[] | undefined => batch?.entries.map(entry => entry.id)

describe('the request log', () => {
  it('sends all that is kept at once, then what is new', async () => {
    const log = createLog()
    log.open('a')
    log.push('a', exchange({ target: '/one' }))
    const { calls, batches } = collect(log)
    expect(calls).toHaveLength(1)
    expect(batches()).toMatchObject([{ site: 'a', reset: true, entries: [{ id: 1, target: '/one' }] }])
    log.push('a', exchange({ target: '/two', status: 404 }))
    expect(calls).toHaveLength(1)
    await vi.waitFor(() => expect(calls).toHaveLength(2))
    expect(batches()[1]).toMatchObject({
      reset: false,
      entries: [{ id: 2, target: '/two', status: 404 }],
      totals: { requests: 2, errors: 1, bytesSent: 20 },
    })
  })

  it('arms no timer while nobody listens or nothing is new', () => {
    vi.useFakeTimers()
    try {
      const log = createLog()
      log.open('a')
      log.push('a', exchange())
      expect(vi.getTimerCount()).toBe(0)
      const { end } = collect(log)
      expect(vi.getTimerCount()).toBe(0)
      log.push('a', exchange())
      log.push('a', exchange())
      expect(vi.getTimerCount()).toBe(1)
      vi.runAllTimers()
      expect(vi.getTimerCount()).toBe(0)
      log.push('a', exchange())
      end()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('turns a flood of 20,000 into few bounded batches with exact totals', async () => {
    const log = createLog()
    log.open('a')
    log.open('b')
    const { calls, batches } = collect(log)
    for (let number = 1; number <= 20_000; number++) {
      log.push('a', exchange({ status: number % 10 === 0 ? 500 : 200, bytesSent: number }))
    }
    log.push('b', exchange())
    await vi.waitFor(() => expect(calls).toHaveLength(2))
    const [, , flood, other] = batches()
    expect(flood?.entries).toHaveLength(BATCH_LIMIT)
    expect(ids(flood)?.at(-1)).toBe(20_000)
    expect(ids(flood)?.[0]).toBe(20_000 - BATCH_LIMIT + 1)
    expect(flood?.totals).toEqual({ requests: 20_000, errors: 2000, bytesSent: 200_010_000 })
    expect(other).toMatchObject({ site: 'b', entries: [{ id: 1 }] })
    // A newcomer gets the whole ring, in order.
    const newest = collect(log).batches()[0]
    expect(newest?.entries).toHaveLength(LOG_CAPACITY)
    expect(ids(newest)).toEqual(Array.from({ length: LOG_CAPACITY }, (_, index) => 10_001 + index))
    expect(log.read('a', 10_000)).toBeNull()
    expect(log.read('a', 10_001)).toMatchObject({ file: 'index.html' })
    expect(log.read('a', 20_000)).toMatchObject({ requestFields: [['host', 'localhost']] })
    expect(log.read('a', 20_001)).toBeNull()
  })

  it('keeps the interval between batches of a steady stream', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const log = createLog()
    log.open('a')
    const { calls } = collect(log)
    for (let time = 0; time < 5 * BATCH_INTERVAL; time += 10) {
      log.push('a', exchange())
      vi.advanceTimersByTime(10)
    }
    const times = calls.slice(1).map(call => call.at)
    expect(times.length).toBeGreaterThanOrEqual(4)
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(BATCH_INTERVAL)
  })

  it('clears, and brings back what was cleared before what is new', () => {
    const log = createLog()
    log.open('a')
    log.push('a', exchange({ status: 404 }))
    log.push('a', exchange())
    log.clear('a')
    expect(log.read('a', 1)).toBeNull()
    const cleared = collect(log)
    expect(cleared.batches()).toMatchObject([{ reset: true, entries: [], totals: { requests: 0 } }])
    cleared.end()
    log.push('a', exchange())
    // A second Clear of nothing new would be the same wish; here there is something, so it counts.
    expect(log.restore('a')).toBe(true)
    expect(log.restore('a')).toBe(false)
    const [restored] = collect(log).batches()
    expect(ids(restored)).toEqual([1, 2, 3])
    expect(restored?.totals).toEqual({ requests: 3, errors: 1, bytesSent: 30 })
    expect(log.read('a', 1)).not.toBeNull()
  })

  it('sends a reset to those who listen after Clear Log and after Undo', async () => {
    const log = createLog()
    log.open('a')
    log.push('a', exchange())
    const { calls, batches } = collect(log)
    log.clear('a')
    await vi.waitFor(() => expect(calls).toHaveLength(2))
    expect(batches()[1]).toMatchObject({ reset: true, entries: [] })
    log.restore('a')
    await vi.waitFor(() => expect(calls).toHaveLength(3))
    expect(batches()[2]).toMatchObject({ reset: true, entries: [{ id: 1 }] })
  })

  it('does not lose the Undo when an empty log is cleared again', () => {
    const log = createLog()
    log.open('a')
    log.push('a', exchange())
    log.clear('a')
    log.clear('a')
    expect(log.restore('a')).toBe(true)
    expect(ids(collect(log).batches()[0])).toEqual([1])
  })

  it('restores the newest that fit, with all totals, after a full ring of new requests', () => {
    const log = createLog(5)
    log.open('a')
    for (let number = 0; number < 4; number++) log.push('a', exchange())
    log.clear('a')
    for (let number = 0; number < 3; number++) log.push('a', exchange())
    log.restore('a')
    const [restored] = collect(log).batches()
    expect(ids(restored)).toEqual([3, 4, 5, 6, 7])
    expect(restored?.totals.requests).toBe(7)
    log.push('a', exchange())
    expect(ids(collect(log).batches()[0])).toEqual([4, 5, 6, 7, 8])
    expect(log.read('a', 3)).toBeNull()
    expect(log.read('a', 8)).not.toBeNull()
  })

  it('bounds the header fields that it keeps, oldest dropped first', () => {
    const budget = 10_000
    const log = createLog(100, budget)
    log.open('a')
    const big = exchange({ requestFields: [['cookie', 'x'.repeat(993)]], responseFields: [] })
    for (let number = 0; number < 50; number++) log.push('a', big)
    expect(collect(log).batches()[0]?.entries).toHaveLength(50)
    expect(log.read('a', 40)).toBeNull()
    expect(log.read('a', 41)).not.toBeNull()
    // Also when the ring itself turns over.
    for (let number = 0; number < 100; number++) log.push('a', big)
    expect(log.read('a', 140)).toBeNull()
    expect(log.read('a', 141)).not.toBeNull()
    for (let number = 0; number < 100; number++) log.push('a', exchange())
    expect(log.read('a', 151)).not.toBeNull()
  })

  it('keeps what Undo may bring back within the same budget', async () => {
    const log = createLog(100, 10_000)
    log.open('a')
    const kept: WeakRef<object>[] = []
    const push = () => {
      const requestFields: [string, string][] = [['cookie', 'x'.repeat(993)]]
      kept.push(new WeakRef(requestFields))
      log.push('a', exchange({ requestFields, responseFields: [] }))
    }
    for (let number = 0; number < 10; number++) push()
    log.clear('a')
    for (let number = 0; number < 4; number++) push()
    await collectGarbage()
    expect(kept.map(reference => reference.deref() !== undefined)).toEqual([
      ...Array.from({ length: 4 }, () => false),
      ...Array.from({ length: 10 }, () => true),
    ])
    log.restore('a')
    expect(ids(collect(log).batches()[0])).toHaveLength(14)
    expect(log.read('a', 4)).toBeNull()
    expect(log.read('a', 5)).not.toBeNull()
  })

  it('cuts an overlong request target in the entry, not in the detail', () => {
    const log = createLog()
    log.open('a')
    const target = `/é${'x'.repeat(16_000)}`
    log.push('a', exchange({ target }))
    expect(collect(log).batches()[0]?.entries[0]?.target).toBe(`${target.slice(0, 2048)}…`)
    expect(log.read('a', 1)?.target).toBe(target)
  })

  it('counts targets in the budget', () => {
    const log = createLog(100, 10_000)
    log.open('a')
    const long = exchange({ target: `/${'x'.repeat(4999)}`, requestFields: [], responseFields: [] })
    for (let number = 0; number < 3; number++) log.push('a', long)
    expect(log.read('a', 1)).toBeNull()
    expect(log.read('a', 2)).not.toBeNull()
  })

  it('forgets a site, and ignores what still comes in for it', () => {
    const log = createLog()
    log.open('a')
    log.push('a', exchange())
    log.forget('a')
    log.push('a', exchange())
    expect(collect(log).batches()).toEqual([])
    expect(log.read('a', 1)).toBeNull()
    expect(log.restore('a')).toBe(false)
  })

  it('gives a newcomer each entry once, and the others what was pending', () => {
    const log = createLog()
    log.open('a')
    const first = collect(log)
    log.push('a', exchange())
    const second = collect(log)
    expect(first.batches().map(ids)).toEqual([[], [1]])
    expect(second.batches().map(ids)).toEqual([[1]])
  })
})
