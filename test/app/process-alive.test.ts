import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { isProcessAlive } from '../../electron/app/process-alive.ts'

it('tells a process that runs from one that has ended', () => {
  expect(isProcessAlive(process.pid)).toBe(true)
  expect(isProcessAlive(spawnSync(process.execPath, ['-e', '']).pid)).toBe(false)
})
