import { expect, it } from 'vitest'
import { nextIndex } from '../../renderer/list-keys.ts'

const wrapping = { axis: 'both', wraps: true } as const
const clamping = { axis: 'vertical', wraps: false } as const

it.each([
  // key, from, of three: where to when it wraps on both axes, and when it stops at the ends of a vertical list
  ['ArrowDown', 0, 1, 1],
  ['ArrowDown', 2, 0, 2],
  ['ArrowDown', -1, 0, 0],
  ['ArrowUp', 1, 0, 0],
  ['ArrowUp', 0, 2, 0],
  ['ArrowUp', -1, 2, 2],
  ['ArrowRight', 0, 1, null],
  ['ArrowRight', -1, 0, null],
  ['ArrowLeft', 0, 2, null],
  ['ArrowLeft', -1, 2, null],
  ['Home', 2, 0, 0],
  ['End', -1, 2, 2],
  ['Enter', 0, null, null],
  ['a', 1, null, null],
])('%s from %i of three', (key, here, wrapped, clamped) => {
  expect(nextIndex(key, here, 3, wrapping)).toBe(wrapped)
  expect(nextIndex(key, here, 3, clamping)).toBe(clamped)
})

it.each(['ArrowDown', 'ArrowUp', 'Home', 'End'])('%s leads nowhere in an empty list', key => {
  expect(nextIndex(key, -1, 0, wrapping)).toBeNull()
  expect(nextIndex(key, -1, 0, clamping)).toBeNull()
})
