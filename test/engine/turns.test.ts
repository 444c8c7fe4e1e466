import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeInSlices, Slice, sortInSlices } from '../../electron/engine/turns.ts'

interface Item {
  readonly key: number
  readonly place: number
}
const byKey = (a: Item, b: Item): number => a.key - b.key
const numbered = (keys: readonly number[]): Item[] => keys.map((key, place) => ({ key, place }))

/** The longest time for which nothing else could run. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let running = true
  let last = performance.now()
  const look = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (running) setImmediate(look)
  }
  look()
  await work()
  running = false
  return longest
}

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
    // On a busy machine a slice of 1 ms may take many; the whole takes hundreds.
    expect(await longestBlock(() => sortInSlices(items, byKey, new Slice()))).toBeLessThan(60)
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
