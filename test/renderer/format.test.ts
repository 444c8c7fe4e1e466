import { describe, expect, it } from 'vitest'
import {
  count,
  formatBytes,
  formatBytesSpoken,
  formatClock,
  formatDuration,
  formatDurationSpoken,
} from '../../renderer/format.ts'

const KB = 1024
const MB = KB * KB

describe('formatBytes', () => {
  it.each([
    [0, '0 B', '0 bytes'],
    [1, '1 B', '1 byte'],
    [1023, '1023 B', '1023 bytes'],
    [KB, '1.0 KB', '1 kilobyte'],
    [14_541, '14.2 KB', '14.2 kilobytes'],
    [88 * KB, '88.0 KB', '88 kilobytes'],
    [MB - 1, '1.0 MB', '1 megabyte'],
    [MB, '1.0 MB', '1 megabyte'],
    [2.4 * MB, '2.4 MB', '2.4 megabytes'],
    [3 * KB * MB, '3.0 GB', '3 gigabytes'],
    [5000 * KB * KB * MB, '5000.0 TB', '5000 terabytes'],
  ])('%d', (bytes, seen, spoken) => {
    expect(formatBytes(bytes)).toBe(seen)
    expect(formatBytesSpoken(bytes)).toBe(spoken)
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '<1 ms', 'less than 1 millisecond'],
    [0.99, '<1 ms', 'less than 1 millisecond'],
    [1, '1 ms', '1 millisecond'],
    [2.6, '3 ms', '3 milliseconds'],
    [642, '642 ms', '642 milliseconds'],
    [999.4, '999 ms', '999 milliseconds'],
    [999.6, '1.0 s', '1 second'],
    [1234, '1.2 s', '1.2 seconds'],
    [59_960, '1 min 0 s', '1 minute 0 seconds'],
    [125_400, '2 min 5 s', '2 minutes 5 seconds'],
  ])('%d', (ms, seen, spoken) => {
    expect(formatDuration(ms)).toBe(seen)
    expect(formatDurationSpoken(ms)).toBe(spoken)
  })
})

it('writes a clock time with two digits, in local time', () => {
  expect(formatClock(new Date(2025, 2, 4, 12, 4, 31).getTime())).toBe('12:04:31')
  expect(formatClock(new Date(2025, 2, 4, 0, 0, 9).getTime())).toBe('00:00:09')
})

it.each([
  [0, '0 requests'],
  [1, '1 request'],
  [128, '128 requests'],
  [240_113, '240,113 requests'],
])('counts %d', (value, words) => {
  expect(count(value, 'request')).toBe(words)
})
