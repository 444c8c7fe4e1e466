/**
 * Folders that come from outside the panel: the command line, a second launch,
 * macOS's open-file (which may come before the app is ready). Kept in order
 * until somebody takes them; nothing is lost and nothing comes twice.
 */
export interface Arrivals {
  push(folders: readonly string[]): void
  /** Hands over what waits, at once, and then each further arrival. */
  deliverTo(take: (folders: readonly string[]) => void): void
}

export function createArrivals(): Arrivals {
  let waiting: string[] = []
  let taker: ((folders: readonly string[]) => void) | null = null
  return {
    push(folders) {
      if (taker) taker(folders)
      else waiting.push(...folders)
    },
    deliverTo(take) {
      taker = take
      if (waiting.length > 0) take(waiting)
      waiting = []
    },
  }
}
