/**
 * Numbers as people read them and, for assistive technology, as they are
 * spoken. Sizes count in 1024s and say KB, as file managers' lists do. The
 * words are English; clock times are the reader's own time zone.
 */

const BYTE_UNITS = [
  ['KB', 'kilobyte'],
  ['MB', 'megabyte'],
  ['GB', 'gigabyte'],
  ['TB', 'terabyte'],
] as const

const grouped = new Intl.NumberFormat('en-US')

/** `10,000` */
export function formatNumber(value: number): string {
  return grouped.format(value)
}

/** `1 request`, `10,000 requests` */
export function count(value: number, noun: string): string {
  return `${formatNumber(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** `0 B`, `14.2 KB`, `1.0 MB` */
export function formatBytes(bytes: number): string {
  const { amount, unit } = scaleBytes(bytes)
  return `${amount} ${unit?.[0] ?? 'B'}`
}

/** `14.2 kilobytes` */
export function formatBytesSpoken(bytes: number): string {
  const { amount, unit } = scaleBytes(bytes)
  const plural = amount === '1' || amount === '1.0' ? '' : 's'
  return unit ? `${trimZero(amount)} ${unit[1]}${plural}` : `${amount} byte${plural}`
}

function scaleBytes(bytes: number): {
  amount: string
  unit: (typeof BYTE_UNITS)[number] | undefined
} {
  if (bytes < 1024) return { amount: String(Math.max(0, Math.round(bytes))), unit: undefined }
  let amount = bytes / 1024
  let index = 0
  // 1023.95 would read "1024.0".
  while (amount >= 1023.95 && index < BYTE_UNITS.length - 1) {
    amount /= 1024
    index += 1
  }
  return { amount: amount.toFixed(1), unit: BYTE_UNITS[index] }
}

/** `<1 ms`, `3 ms`, `642 ms`, `1.2 s`, `2 min 5 s` */
export function formatDuration(ms: number): string {
  if (ms < 1) return '<1 ms'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const { minutes, seconds } = minutesOf(ms)
  return `${formatNumber(minutes)} min ${seconds} s`
}

/** `3 milliseconds` */
export function formatDurationSpoken(ms: number): string {
  if (ms < 1) return 'less than 1 millisecond'
  if (ms < 999.5) return count(Math.round(ms), 'millisecond')
  if (ms < 59_950) {
    const seconds = trimZero((ms / 1000).toFixed(1))
    return `${seconds} second${seconds === '1' ? '' : 's'}`
  }
  const { minutes, seconds } = minutesOf(ms)
  return `${count(minutes, 'minute')} ${count(seconds, 'second')}`
}

function minutesOf(ms: number): { minutes: number; seconds: number } {
  const seconds = Math.round(ms / 1000)
  return { minutes: Math.floor(seconds / 60), seconds: seconds % 60 }
}

/** `12:04:31`, local time, from ms since the epoch. */
export function formatClock(time: number): string {
  const date = new Date(time)
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function trimZero(amount: string): string {
  return amount.endsWith('.0') ? amount.slice(0, -2) : amount
}
