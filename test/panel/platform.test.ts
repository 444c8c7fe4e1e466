import { expect, it } from 'vitest'
import { hostInfo } from '../../electron/app/platform.ts'
import { createPlatform } from '../../electron/panel/platform.ts'

it('can do what the page cannot do by itself, and nothing else', () => {
  expect(
    hostInfo(
      createPlatform(() => {}),
      '1.0.0',
    ),
  ).toMatchObject({
    kind: 'browser',
    capabilities: ['list-folders', 'reveal-folder', 'quit'],
  })
})

it('quits only after the answer is under way', async () => {
  let quits = 0
  const { quit } = createPlatform(() => {
    quits += 1
  })
  quit?.(false)
  expect(quits).toBe(0)
  await expect.poll(() => quits).toBe(1)
})
