import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { BATCH_INTERVAL, createLog } from '../../electron/app/log.ts'
import { ARREARS_LIMIT, BATCH_LIMIT } from '../../electron/app/site-log.ts'
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
    expect(flood?.totals).toMatchObject({ requests: 20_000, errors: 2000, bytesSent: 200_010_000 })
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

  it('sends what a flood had left out when it is over, and says that it is', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const log = createLog()
    log.open('a')
    const { calls, batches } = collect(log)
    let calm = 0
    log.onCalm(() => calm++)
    const came = 3 * ARREARS_LIMIT
    for (let number = 0; number < came; number++) log.push('a', exchange())
    vi.advanceTimersToNextTimer()
    expect(ids(batches()[1])).toHaveLength(BATCH_LIMIT)
    expect(calm).toBe(0)
    // Something new meanwhile goes with it, and is not left out for it.
    log.push('a', exchange())
    vi.runAllTimers()
    const later = batches().slice(2)
    for (const batch of later) expect(batch.entries.length).toBeLessThanOrEqual(ARREARS_LIMIT + BATCH_LIMIT)
    for (const batch of later) expect(ids(batch)).toEqual(ids(batch)?.toSorted((a, b) => a - b))
    expect(ids(later[0])?.at(-1)).toBe(came + 1)
    const all = new Set(batches().flatMap(batch => ids(batch) ?? []))
    expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: came + 1 }, (_, index) => index + 1))
    expect(calm).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
    const gaps = calls.slice(2).map((call, index) => call.at - (calls[index + 1]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(BATCH_INTERVAL)
  })

  it('leaves out for good only what the ring has dropped meanwhile', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const log = createLog({ capacity: 1000 })
    log.open('a')
    const { batches } = collect(log)
    for (let number = 0; number < 700; number++) log.push('a', exchange())
    vi.advanceTimersToNextTimer()
    for (let number = 0; number < 700; number++) log.push('a', exchange())
    vi.runAllTimers()
    const all = new Set(batches().flatMap(batch => ids(batch) ?? []))
    expect([...all].filter(id => id > 400)).toHaveLength(1000)
    expect(batches().at(-1)?.totals.requests).toBe(1400)
  })

  it('is not behind any more when the log is cleared, or for who comes when nobody listened', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const log = createLog()
    log.open('a')
    const first = collect(log)
    for (let number = 0; number < 5000; number++) log.push('a', exchange())
    vi.advanceTimersToNextTimer()
    log.clear('a')
    vi.runAllTimers()
    expect(first.batches().slice(2)).toMatchObject([{ reset: true, entries: [] }])
    for (let number = 0; number < 5000; number++) log.push('a', exchange())
    vi.advanceTimersToNextTimer()
    first.end()
    const second = collect(log)
    log.push('a', exchange())
    vi.runAllTimers()
    expect(second.batches().map(batch => batch.entries.length)).toEqual([5000, 1])
  })

  it('makes no fields of a record before its row is opened', () => {
    const log = createLog({ capacity: 10, detailBudget: 1000 })
    log.open('a')
    let made = 0
    const record = Object.defineProperties(exchange({ file: 'lazy' }), {
      requestFields: {
        get: () => {
          made++
          return [['host', 'lazy']]
        },
      },
      fieldsLength: { value: 50 },
    })
    for (let number = 0; number < 100; number++) log.push('a', record)
    collect(log)
    expect(made).toBe(0)
    expect(log.read('a', 100)?.requestFields).toEqual([['host', 'lazy']])
    expect(made).toBe(1)
  })

  it('lets go of what no Undo brings back', async () => {
    const log = createLog()
    log.open('a')
    const kept: WeakRef<object>[] = []
    const push = () => {
      const requestFields: [string, string][] = [['host', 'localhost']]
      kept.push(new WeakRef(requestFields))
      log.push('a', exchange({ requestFields }))
    }
    push()
    log.clear('a')
    push()
    log.clear('a')
    await collectGarbage()
    expect(kept.map(reference => reference.deref() !== undefined)).toEqual([false, true])
    log.restore('a')
    expect(ids(collect(log).batches()[0])).toEqual([2])
    expect(log.read('a', 2)).not.toBeNull()
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
    expect(restored?.totals).toMatchObject({ requests: 3, errors: 1, bytesSent: 30 })
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
    const log = createLog({ capacity: 5 })
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
    const log = createLog({ capacity: 100, detailBudget: budget })
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
    const log = createLog({ capacity: 100, detailBudget: 10_000 })
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
    const log = createLog({ capacity: 100, detailBudget: 10_000 })
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
