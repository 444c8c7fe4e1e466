/** Where the arrow keys, Home and End lead in a row of things: one rule for tabs, menus, lists and radios. */

interface ListKeys {
  /** Which arrows move: ↑ and ↓ only, or also ← and →. */
  readonly axis: 'vertical' | 'both'
  /** Beyond the last comes the first again. */
  readonly wraps: boolean
}

/**
 * The place to go to, or null when this key does not move. `here`: -1 when none has been reached yet; then
 * forward leads to the first and backward to the last.
 */
export function nextIndex(
  key: string,
  here: number,
  length: number,
  { axis, wraps }: ListKeys,
): number | null {
  if (length === 0) return null
  if (key === 'Home') return 0
  if (key === 'End') return length - 1
  const isForward = key === 'ArrowDown' || (axis === 'both' && key === 'ArrowRight')
  const isBackward = key === 'ArrowUp' || (axis === 'both' && key === 'ArrowLeft')
  if (!isForward && !isBackward) return null
  if (here < 0) return isForward ? 0 : length - 1
  const next = here + (isForward ? 1 : -1)
  return wraps ? (next + length) % length : Math.max(0, Math.min(length - 1, next))
}
