import { describe, expect, it } from 'vitest'
import { type Clock, type Flow, Lane } from '../../electron/engine/throttle-lane.ts'

/** A clock that stands until it is told. Timers are `late` by so much, as they are on a busy computer. */
class TestClock implements Clock {
  time = 1_000
  late = 0
  timers: { readonly time: number; readonly action: () => void }[] = []

  now(): number {
    return this.time
  }
  at(time: number, action: () => void): () => void {
    const timer = { time, action }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter(other => other !== timer)
    }
  }
  /** Lets so much time go by, timer for timer. */
  pass(ms: number): void {
    const end = this.time + ms
    for (;;) {
      const next = this.timers.reduce((a, b) => (b.time < a.time ? b : a), {
        time: Infinity,
        action: () => {},
      })
      if (next.time + this.late > end) break
      this.time = Math.max(this.time, next.time + this.late)
      this.timers = this.timers.filter(timer => timer !== next)
      next.action()
    }
    this.time = end
  }
}

const KBIT = 1_000
const SLOW_3G = 400 * KBIT

/** A lane, and what arrived of each flow by when. */
function setUp(rate: number, latency = 0) {
  const clock = new TestClock()
  const lane = new Lane(clock)
  lane.set(rate, latency)
  const start = clock.time
  const open = () => {
    const arrived: { at: number; bytes: Buffer }[] = []
    const flow: Flow = lane.open(bytes => arrived.push({ at: clock.time - start, bytes }))
    return {
      flow,
      arrived,
      bytes: () => arrived.reduce((sum, { bytes }) => sum + bytes.length, 0),
      last: () => arrived.at(-1)?.at ?? Number.NaN,
    }
  }
  return { clock, lane, open }
}

describe('a lane', () => {
  it.each([
    [SLOW_3G, 2_000, 100_000, 4_000],
    [SLOW_3G, 2_000, 50, 2_001],
    [1_440 * KBIT, 562.5, 1_000_000, 562.5 + 5_555.6],
    [100_000 * KBIT, 0, 50_000_000, 4_000],
    [1 * KBIT, 0, 1_000, 8_000],
    [Number.POSITIVE_INFINITY, 40, 10_000_000, 40],
    [Number.POSITIVE_INFINITY, 0, 10_000_000, 0],
  ])('of %i bit/s and %f ms brings %i bytes in %f ms', (rate, latency, length, time) => {
    const { clock, open } = setUp(rate, latency)
    const { flow, last, bytes } = open()
    flow.send(Buffer.alloc(length), () => {})
    clock.pass(60_000)
    expect(bytes()).toBe(length)
    expect(Math.abs(last() - time)).toBeLessThan(1)
    expect(clock.timers).toEqual([])
  })

  it('brings all bytes, in order', () => {
    const { clock, open } = setUp(SLOW_3G, 100)
    const { flow, arrived } = open()
    const sent = Buffer.from(Array.from({ length: 20_000 }, (_, i) => i % 251))
    for (let i = 0; i < sent.length; i += 3_001) flow.send(sent.subarray(i, i + 3_001), () => {})
    clock.pass(5_000)
    expect(Buffer.concat(arrived.map(({ bytes }) => bytes)).equals(sent)).toBe(true)
  })

  it('is shared in equal parts, and as fast as for one', () => {
    const { clock, open } = setUp(SLOW_3G)
    const flows = Array.from({ length: 5 }, open)
    for (const { flow } of flows) flow.send(Buffer.alloc(50_000), () => {})
    clock.pass(2_500)
    for (const { bytes } of flows) expect(Math.abs(bytes() - 25_000)).toBeLessThan(1_000)
    clock.pass(2_501)
    expect(flows.map(({ bytes }) => bytes())).toEqual(Array.from(flows, () => 50_000))
  })

  it('lets a small answer through beside a large one', () => {
    const { clock, open } = setUp(SLOW_3G)
    const large = open()
    const small = open()
    large.flow.send(Buffer.alloc(1_000_000), () => {})
    clock.pass(1_000)
    small.flow.send(Buffer.alloc(500), () => {})
    clock.pass(50)
    expect(small.bytes()).toBe(500)
  })

  it('loses nothing to timers that are late', () => {
    const { clock, open } = setUp(SLOW_3G)
    clock.late = 35
    const { flow, last, bytes } = open()
    flow.send(Buffer.alloc(250_000), () => {})
    clock.pass(6_000)
    expect(bytes()).toBe(250_000)
    expect(last()).toBeLessThan(5_000 + 2 * 35)
  })

  it('does not make up for time that it slept through', () => {
    const { clock, open } = setUp(SLOW_3G)
    const { flow, bytes } = open()
    flow.send(Buffer.alloc(1_000_000), () => {})
    clock.late = 10_000
    clock.pass(10_100)
    // Half a second's worth at most.
    expect(bytes()).toBeLessThan(26_000)
  })

  it('saves nothing up while nobody sends', () => {
    const { clock, open } = setUp(SLOW_3G)
    const { flow, bytes } = open()
    clock.pass(100_000)
    flow.send(Buffer.alloc(10_000), () => {})
    clock.pass(100)
    expect(bytes()).toBeLessThanOrEqual(5_120)
  })

  it('is never idle while its sender gets the next', () => {
    const { clock, open } = setUp(100_000 * KBIT)
    const { flow, last, bytes } = open()
    let left = 40
    const next = (): void => {
      // Two ms later, as it is read from a disk.
      if (left-- > 0) clock.at(clock.time + 2, () => flow.send(Buffer.alloc(256 * 1024), next))
    }
    next()
    clock.pass(5_000)
    expect(bytes()).toBe(40 * 256 * 1024)
    expect(Math.abs(last() - 838.9)).toBeLessThan(5)
  })
})

describe('a change', () => {
  it('holds for what waits, and for what is under way', () => {
    const { clock, lane, open } = setUp(SLOW_3G, 2_000)
    const { flow, bytes, last } = open()
    flow.send(Buffer.alloc(100_000), () => {})
    clock.pass(1_000)
    expect(bytes()).toBe(0)
    lane.set(800 * KBIT, 100)
    clock.pass(2_000)
    expect(bytes()).toBe(100_000)
    // A second at the old rate, half a one at the new, and the new latency.
    expect(Math.abs(last() - 1_600)).toBeLessThan(20)
  })

  it('to no limit brings all at once', () => {
    const { clock, lane, open } = setUp(SLOW_3G, 2_000)
    const { flow, bytes } = open()
    flow.send(Buffer.alloc(1_000_000), () => {})
    clock.pass(1_000)
    lane.set(Number.POSITIVE_INFINITY, 0)
    expect(bytes()).toBe(1_000_000)
    expect(clock.timers).toEqual([])
    expect(lane.idle).toBe(true)
  })

  it('never changes the order', () => {
    const { clock, lane, open } = setUp(SLOW_3G, 2_000)
    const { flow, arrived } = open()
    flow.send(Buffer.from('first'), () => {})
    clock.pass(500)
    lane.set(SLOW_3G, 5_000)
    flow.send(Buffer.from('second'), () => {})
    clock.pass(100)
    lane.set(SLOW_3G, 10)
    flow.send(Buffer.from('third'), () => {})
    clock.pass(20_000)
    expect(arrived.map(({ bytes }) => bytes.toString())).toEqual(['first', 'second', 'third'])
  })
})

describe('a flow', () => {
  it('that cannot deliver holds up nobody else', () => {
    const { clock, open } = setUp(SLOW_3G)
    const stuck = open()
    const other = open()
    stuck.flow.pause()
    stuck.flow.send(Buffer.alloc(50_000), () => {})
    other.flow.send(Buffer.alloc(50_000), () => {})
    clock.pass(1_001)
    expect([stuck.bytes(), other.bytes()]).toEqual([0, 50_000])
    stuck.flow.resume()
    clock.pass(1_001)
    expect(stuck.bytes()).toBe(50_000)
  })

  it('says when it takes more, and when all has arrived', () => {
    const { clock, open } = setUp(SLOW_3G, 2_000)
    const { flow } = open()
    const events: string[] = []
    flow.send(Buffer.alloc(65_536 + 50_000), () => events.push(`accepted ${clock.time}`))
    flow.whenDone(() => events.push(`done ${clock.time}`))
    expect(events).toEqual([])
    clock.pass(10_000)
    // After the 50,000 that are more than it may be ahead; after all, and the latency.
    expect(events).toEqual([expect.stringMatching(/^accepted 19\d\d/), expect.stringMatching(/^done 531\d/)])
    flow.whenDone(() => events.push('done at once'))
    expect(events.at(-1)).toBe('done at once')
  })

  it('that ends leaves nothing behind', () => {
    const { clock, lane, open } = setUp(SLOW_3G, 2_000)
    const { flow, bytes } = open()
    const other = open()
    flow.send(Buffer.alloc(100_000), () => expect.unreachable())
    flow.whenDone(() => expect.unreachable())
    other.flow.send(Buffer.alloc(1_000), () => {})
    clock.pass(500)
    flow.close()
    flow.send(Buffer.alloc(10), () => expect.unreachable())
    clock.pass(10_000)
    expect([bytes(), other.bytes()]).toEqual([0, 1_000])
    expect(lane.idle).toBe(true)
    expect(clock.timers).toEqual([])
  })

  it('has a bound on what is under way, however long the way', () => {
    const { clock, open } = setUp(10_000_000 * KBIT, 60_000)
    const { flow, bytes } = open()
    flow.send(Buffer.alloc(20 * 1024 * 1024), () => {})
    clock.pass(60_100)
    expect(bytes()).toBeLessThan(5 * 1024 * 1024)
    clock.pass(600_000)
    expect(bytes()).toBe(20 * 1024 * 1024)
  })
})
