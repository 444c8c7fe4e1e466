import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeInSlices, Slice, sortInSlices } from '../../electron/engine/turns.ts'
import { watchEventLoop } from '../support/watch-event-loop.ts'

interface Item {
  readonly key: number
  readonly place: number
}
const byKey = (a: Item, b: Item): number => a.key - b.key
const numbered = (keys: readonly number[]): Item[] => keys.map((key, place) => ({ key, place }))

describe('sortInSlices', () => {
  it('sorts as Array.sort does, equals in their order', async () => {
    const keys = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 1_000, size: 'max' })
    await fc.assert(
      fc.asyncProperty(keys, async keys => {
        const items = numbered(keys)
        expect(await sortInSlices(items, byKey, new Slice())).toEqual([...items].sort(byKey))
      }),
      { numRuns: 60 },
    )
  })

  it('leaves the event loop free', async () => {
    const items = numbered(Array.from({ length: 200_000 }, (_, n) => (n * 7_919) % 200_003))
    const stop = watchEventLoop()
    await sortInSlices(items, byKey, new Slice())
    // In one piece it takes hundreds.
    expect(stop()).toBeLessThan(40)
  })
})

it.each([
  [[], [], []],
  [[1], [], [1]],
  [[], [1], [1]],
  [
    [1, 3],
    [2, 4],
    [1, 2, 3, 4],
  ],
  [
    [1, 1],
    [1, 2],
    [1, 1, 1, 2],
  ],
])('mergeInSlices(%j, %j)', async (a, b, merged) => {
  expect(await mergeInSlices(a, b, (x, y) => x - y, new Slice())).toEqual(merged)
})

it('of all long work, one slice runs in a turn of the event loop', async () => {
  const turns: number[] = []
  let turn = 0
  let counting = true
  const count = (): void => {
    turn++
    if (counting) setImmediate(count)
  }
  setImmediate(count)
  const work = async (): Promise<void> => {
    const slice = new Slice()
    for (let n = 0; n < 3; n++) {
      await slice.next()
      turns.push(turn)
    }
  }
  await Promise.all(Array.from({ length: 5 }, work))
  counting = false
  expect(turns).toHaveLength(15)
  expect(new Set(turns).size).toBe(15)
})
