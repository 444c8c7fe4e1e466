import { expect, it } from 'vitest'
import { inTurn } from '../../electron/engine/bulk.ts'

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
