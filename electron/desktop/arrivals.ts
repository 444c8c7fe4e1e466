/**
 * What comes from outside the panel: the folders of the command line, of a
 * second launch, of macOS's open-file; or no folder, when somebody only wants to
 * see the panel. All of it may come before the app is ready. Kept in order until
 * somebody takes it; nothing is lost and nothing comes twice.
 */
export interface Arrivals {
  /** Without folders: the wish to see the panel. */
  push(folders: readonly string[]): void
  /** Hands over what waits, at once and in one, and then each further arrival. */
  deliverTo(take: (folders: readonly string[]) => void): void
}

export function createArrivals(): Arrivals {
  let waiting: readonly string[] | null = null
  let taker: ((folders: readonly string[]) => void) | null = null
  return {
    push(folders) {
      if (taker) taker(folders)
      else waiting = [...(waiting ?? []), ...folders]
    },
    deliverTo(take) {
      taker = take
      const first = waiting
      waiting = null
      if (first) take(first)
    },
  }
}
