/**
 * The one place where the app's state is held: an immutable snapshot, replaced
 * as a whole. Everybody may read and subscribe; the setter goes to app.ts only.
 * Promises: the revision rises by one with every change, every listener sees
 * the revisions in order, and a listener that throws harms no other.
 */
import type { AppState } from '../contract.ts'

export interface State {
  get(): AppState
  /** Does not call back at once. Returns its unsubscribe. */
  subscribe(listener: (state: AppState) => void): () => void
}

export interface OwnedState {
  readonly state: State
  set(change: Partial<Omit<AppState, 'revision'>>): void
}

export function createState(initial: Omit<AppState, 'revision'>): OwnedState {
  let current: AppState = { ...initial, revision: 1 }
  let notifying = false
  const listeners = new Set<(state: AppState) => void>()

  function notify(): void {
    // A listener may change the state: the rest then hear of both, in order.
    if (notifying) return
    notifying = true
    let told: AppState | undefined
    while (told !== current) {
      told = current
      for (const listener of [...listeners]) {
        if (!listeners.has(listener)) continue
        try {
          listener(told)
        } catch (error) {
          console.error(error)
        }
      }
    }
    notifying = false
  }

  return {
    state: {
      get: () => current,
      subscribe(listener) {
        // Wrapped, so that the same function twice is two subscriptions.
        const own = (state: AppState): void => listener(state)
        listeners.add(own)
        return () => void listeners.delete(own)
      },
    },
    set(change) {
      current = { ...current, ...change, revision: current.revision + 1 }
      notify()
    },
  }
}
