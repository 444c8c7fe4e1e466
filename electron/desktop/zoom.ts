/**
 * The keys that scale the panel, as in browsers: Ctrl (macOS: ⌘) with + and −,
 * and 0 for the size it had. Pure. Chromium remembers the factor for the page.
 */
import type { Input } from 'electron'

export type Key = Pick<Input, 'type' | 'key' | 'control' | 'meta' | 'alt'>

const smallest = 1
const largest = 2
const steps = 10 // of a factor of 1

/** The factor after this key; null: the key means something else. */
export function zoomAfter(
  { type, key, control, meta, alt }: Key,
  factor: number,
  isMac: boolean,
): number | null {
  const isCommand = isMac ? meta && !control : control && !meta
  if (type !== 'keyDown' || !isCommand || alt) return null
  if (key === '0') return smallest
  const step = { '+': 1, '=': 1, '-': -1, _: -1 }[key]
  if (step === undefined) return null
  const next = (Math.round(factor * steps) + step) / steps
  return Math.min(Math.max(next, smallest), largest)
}
