import { expect, it } from 'vitest'
import { splitCommandLine } from '../../electron/app/command-line.ts'

it.each([
  [[], [], []],
  [
    ['a', '--x', 'b', '-y=1'],
    ['--x', '-y=1'],
    ['a', 'b'],
  ],
  [['a', '--', '--x', '-'], [], ['a', '--x', '-']],
  [['--x', '--', '--'], ['--x'], ['--']],
  [['-', ''], ['-'], ['']],
])('%j', (argv, switches, names) => {
  expect(splitCommandLine(argv)).toEqual({ switches, names })
})
