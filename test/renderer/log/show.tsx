/** A whole request log on a bridge in memory, and short names for what its tests look for. */
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, vi } from 'vitest'
import type { LogEntry } from '../../../electron/contract.ts'
import { ActionsProvider, useToast } from '../../../renderer/actions.tsx'
import { Keys } from '../../../renderer/Keys.tsx'
import { LogList } from '../../../renderer/log/LogList.tsx'
import { LogStatusBar } from '../../../renderer/log/LogStatusBar.tsx'
import { LogTools } from '../../../renderer/log/LogTools.tsx'
import { RecentRequests } from '../../../renderer/log/RecentRequests.tsx'
import { LogViewProvider } from '../../../renderer/log/shared-log-view.tsx'
import { NavigationProvider } from '../../../renderer/navigation.tsx'
import { createStore, StoreContext, useAppState } from '../../../renderer/store.ts'
import {
  type MemoryBridge,
  type MemoryBridgeOptions,
  memoryBridge,
  mockRequests,
  site,
} from '../../support/memory-bridge.ts'

export const id = 'portfolio'

export function Log() {
  const [first] = useAppState().sites
  return (
    first && (
      <LogViewProvider site={first}>
        <LogTools />
        <LogList />
        <LogStatusBar />
      </LogViewProvider>
    )
  )
}

export function Recent() {
  const [first] = useAppState().sites
  return first ? <RecentRequests site={first} /> : null
}

function Toast() {
  const toast = useToast()
  return (
    <p data-testid="toast">
      {toast?.message}
      {toast?.undo && (
        <button type="button" onClick={toast.undo}>
          Undo
        </button>
      )}
    </p>
  )
}

export function show(options: MemoryBridgeOptions = {}, part = <Log />): MemoryBridge {
  const bridge = memoryBridge({ sites: [site(id)], log: { [id]: mockRequests }, ...options })
  render(
    <StoreContext value={createStore(bridge)}>
      <ActionsProvider>
        <NavigationProvider>
          {part}
          <Keys current={null} />
        </NavigationProvider>
        <Toast />
      </ActionsProvider>
    </StoreContext>,
  )
  return bridge
}

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

export const rows = () => screen.queryAllByRole('button', { name: /^(GET|POST|HEAD) \// })
export const row = (name: string | RegExp) => screen.getByRole('button', { name })
export const list = () => screen.getByRole('list', { name: 'Requests' })
export const paths = () => rows().map(each => each.querySelector('.pt')?.textContent)
export const copied = (bridge: MemoryBridge) =>
  bridge.calls.filter(({ command }) => command === 'clipboard.write').map(({ input }) => input)
export const statusBar = () => screen.getByRole('contentinfo').textContent

export async function request(bridge: MemoryBridge, ...entries: readonly Partial<LogEntry>[]) {
  act(() => bridge.request(id, ...entries))
  // The view takes a new log with the next frame.
  await act(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
}

export const press = (target: Element, key: string, init: KeyboardEventInit = {}) =>
  fireEvent.keyDown(target, { key, ...init })
