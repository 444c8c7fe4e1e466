/**
 * The panel's read-only mirror of the app: the newest AppState and each site's
 * log, as the bridge sends them. Components read it through hooks and redraw
 * when their part changes; nothing in here is ever written by a component.
 */
import { createContext, use, useCallback, useSyncExternalStore } from 'react'
import type { AppState, Bridge, PanelView, SiteId } from '../electron/contract.ts'
import { createLogBuffer, type SiteLog } from './log/log-buffer.ts'

export interface Store {
  readonly bridge: Bridge
  /** Null until the first snapshot has come. */
  state(): AppState | null
  log(site: SiteId): SiteLog
  onState(listener: () => void): () => void
  onLog(site: SiteId, listener: () => void): () => void
  /** A wish of the host: show this place. */
  onShow(listener: (view: PanelView) => void): () => void
  close(): void
}

export function createStore(bridge: Bridge): Store {
  let state: AppState | null = null
  const logs = createLogBuffer()
  const stateListeners = new Set<() => void>()
  const logListeners = new Map<SiteId, Set<() => void>>()
  const showListeners = new Set<(view: PanelView) => void>()

  const unsubscribe = bridge.subscribe(message => {
    if (message.type === 'state') {
      state = message.state
      logs.retain(state.sites.map(site => site.id))
      for (const listener of stateListeners) listener()
    } else if (message.type === 'log') {
      for (const site of logs.apply(message.batches)) {
        for (const listener of logListeners.get(site) ?? []) listener()
      }
    } else {
      for (const listener of showListeners) listener(message.view)
    }
  })

  return {
    bridge,
    state: () => state,
    log: logs.read,
    onState(listener) {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    onLog(site, listener) {
      const listeners = logListeners.get(site) ?? new Set()
      logListeners.set(site, listeners.add(listener))
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) logListeners.delete(site)
      }
    },
    onShow(listener) {
      showListeners.add(listener)
      return () => showListeners.delete(listener)
    },
    close: unsubscribe,
  }
}

/** Also the provider: `<StoreContext value={store}>`. */
export const StoreContext = createContext<Store | null>(null)

export function useStore(): Store {
  const store = use(StoreContext)
  if (store === null) throw new Error('No StoreContext above this component')
  return store
}

export function useBridge(): Bridge {
  return useStore().bridge
}

/** Null only before the first snapshot: `Panel` waits for it, all below may use `useAppState`. */
export function useMaybeState(): AppState | null {
  const store = useStore()
  return useSyncExternalStore(store.onState, store.state)
}

export function useAppState(): AppState {
  const state = useMaybeState()
  if (state === null) throw new Error('The first snapshot has not come yet')
  return state
}

/** Redraws for the log at most once per animation frame, so never while the panel is hidden. */
export function useLog(site: SiteId): SiteLog {
  const store = useStore()
  const subscribe = useCallback(
    (listener: () => void) => {
      let frame: number | null = null
      const end = store.onLog(site, () => {
        frame ??= requestAnimationFrame(() => {
          frame = null
          listener()
        })
      })
      return () => {
        end()
        if (frame !== null) cancelAnimationFrame(frame)
      }
    },
    [store, site],
  )
  return useSyncExternalStore(subscribe, () => store.log(site))
}

/** Of all sites together. */
export function useRequestCount(): number {
  const store = useStore()
  const { sites } = useAppState()
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = sites.map(site => store.onLog(site.id, listener))
      return () => {
        for (const end of ends) end()
      }
    },
    [store, sites],
  )
  return useSyncExternalStore(subscribe, () =>
    sites.reduce((sum, site) => sum + store.log(site.id).totals.requests, 0),
  )
}
