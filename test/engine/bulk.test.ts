import { describe, expect, it } from 'vitest'
import { inTurn, soon } from '../../electron/engine/bulk.ts'

describe('in the event loop', () => {
  /** Longer than what a turn has for all large contents. */
  const work = (): void => {
    const end = performance.now() + 1
    while (performance.now() < end);
  }

  it('each turn has a moment for large contents, and the rest waits for later turns', async () => {
    let turn = 0
    let isOver = false
    const count = (): void => {
      turn++
      if (!isOver) setImmediate(count)
    }
    count()
    const turns: number[] = []
    await new Promise<void>(resolve => {
      for (let n = 0; n < 10; n++) {
        soon(() => {
          work()
          if (turns.push(turn) === 10) resolve()
        })
      }
    })
    isOver = true
    expect(new Set(turns).size).toBe(10)
  })

  it('what is quick shares a turn', async () => {
    const turns = new Set<number>()
    let turn = 0
    await new Promise<void>(resolve => {
      for (let n = 0; n < 10; n++) {
        soon(() => {
          turns.add(turn)
          if (n === 0) setImmediate(() => turn++)
          if (n === 9) resolve()
        })
      }
    })
    expect(turns.size).toBeLessThan(10)
  })

  it('first come first served, also for what comes back at once', async () => {
    const order: string[] = []
    await new Promise<void>(resolve => {
      const download = (name: string, chunks: number): void => {
        if (chunks === 0) {
          if (order.length === 9) resolve()
          return
        }
        work()
        order.push(name)
        soon(() => download(name, chunks - 1))
      }
      soon(() => {
        work()
        for (const name of ['a', 'b', 'c']) soon(() => download(name, 3))
      })
    })
    expect(order.join('')).toBe('abcabcabc')
  })
})

describe('in the thread pool', () => {
  it('runs two at a time, first come first served, and goes on after a failure', async () => {
    let running = 0
    let most = 0
    const order: number[] = []
    const work = (n: number) =>
      inTurn(async () => {
        running++
        most = Math.max(most, running)
        order.push(n)
        await new Promise(resolve => setImmediate(resolve))
        running--
        if (n % 3 === 0) throw new Error(String(n))
        return n
      })
    const results = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => work(n)))
    expect(most).toBe(2)
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(results.map(({ status }) => status === 'rejected')).toEqual(order.map(n => n % 3 === 0))
    // Nobody is left waiting for a place that is never given back.
    expect(await Promise.all([1, 2, 4].map(work))).toEqual([1, 2, 4])
  })
})
