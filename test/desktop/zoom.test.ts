import { expect, it } from 'vitest'
import { type Key, zoomAfter } from '../../electron/desktop/zoom.ts'

const ctrl: Key = { type: 'keyDown', key: '=', control: true, meta: false, alt: false }

it.each<[name: string, key: Partial<Key>, factor: number, after: number | null]>([
  ['=', {}, 1, 1.1],
  ['+ (Shift, or the number pad)', { key: '+' }, 1.1, 1.2],
  ['-', { key: '-' }, 1.3, 1.2],
  ['- at the smallest', { key: '-' }, 1, 1],
  ['+ at the largest', {}, 2, 2],
  ['0', { key: '0' }, 1.7, 1],
  ['a factor of which Chromium kept the logarithm', {}, 1.200000000000017, 1.3],
  ['a key let go', { type: 'keyUp' }, 1, null],
  ['without Ctrl', { control: false }, 1, null],
  ['with Alt', { alt: true }, 1, null],
  ['another key', { key: 'o' }, 1, null],
])('%s', (_name, key, factor, after) => {
  expect(zoomAfter({ ...ctrl, ...key }, factor, false)).toBe(after)
})

it('is ⌘ on macOS', () => {
  expect(zoomAfter({ ...ctrl, control: false, meta: true }, 1, true)).toBe(1.1)
  expect(zoomAfter(ctrl, 1, true)).toBeNull()
})
