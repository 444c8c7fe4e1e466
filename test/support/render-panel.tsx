/**
 * The whole panel on a memory bridge, and hands that use the keyboard as a
 * person does. Cleans up after each test of the file that imports it.
 */
import { act, cleanup, fireEvent, render } from '@testing-library/react'
import { afterEach } from 'vitest'
import { App } from '../../renderer/App.tsx'
import type { ConnectionStatus } from '../../renderer/bridge.ts'
import { createStore } from '../../renderer/store.ts'
import { type MemoryBridge, type MemoryBridgeOptions, memoryBridge } from './memory-bridge.ts'

afterEach(() => {
  cleanup()
  document.documentElement.removeAttribute('data-theme')
  delete document.documentElement.dataset.kind
  setWidth(400)
})

/** CSS px. From 900 on, a window or browser shows list and detail side by side. */
export function setWidth(width: number) {
  const { happyDOM } = window as unknown as {
    happyDOM: { setViewport(size: { width: number; height: number }): void }
  }
  // happy-dom takes a query for false until the first resize, and so would not tell that it became false.
  window.dispatchEvent(new Event('resize'))
  happyDOM.setViewport({ width, height: 640 })
}

export interface RenderedPanel {
  readonly bridge: MemoryBridge
  setStatus(status: ConnectionStatus): void
  /** How often the panel asked to try again. */
  tries(): number
  /** Lets answers of the bridge arrive. */
  settle(): Promise<void>
}

export async function renderPanel(
  setup: MemoryBridgeOptions & { readonly status?: ConnectionStatus; readonly width?: number } = {},
): Promise<RenderedPanel> {
  setWidth(setup.width ?? 400)
  const bridge = memoryBridge(setup)
  const store = createStore(bridge)
  let status = setup.status ?? 'open'
  let tries = 0
  const watchers = new Set<() => void>()
  const connection = {
    bridge,
    status: {
      get: () => status,
      subscribe(watcher: () => void) {
        watchers.add(watcher)
        return () => void watchers.delete(watcher)
      },
    },
    pathOf: bridge.pathOf,
    retry() {
      tries += 1
    },
  }
  render(<App store={store} connection={connection} />)
  await settle()
  return {
    bridge,
    tries: () => tries,
    setStatus(next) {
      act(() => {
        status = next
        for (const watcher of watchers) watcher()
      })
    },
    settle,
  }
}

/** Microtasks and one task: what an in-memory answer and the effects after it need. */
async function settle() {
  await act(() => new Promise(resolve => setTimeout(resolve)))
}

interface Modifiers {
  readonly metaKey?: boolean
  readonly ctrlKey?: boolean
  readonly shiftKey?: boolean
  /** The key is held down. */
  readonly repeat?: boolean
}

/** Presses a key where the focus is. Enter and Space press a button, as in a browser, unless it was used. */
export async function press(key: string, modifiers: Modifiers = {}) {
  const target = document.activeElement ?? document.body
  const unused = fireEvent.keyDown(target, { key, ...modifiers })
  const isPressed = (key === 'Enter' || key === ' ') && !modifiers.metaKey && !modifiers.ctrlKey
  if (unused && isPressed && target.matches('button, a[href]')) fireEvent.click(target)
  await settle()
}

/** What the focus is on: its accessible name, as far as the panel gives one. */
export function focused(): string {
  const element = document.activeElement
  const hidden = element?.querySelector('.vh')?.textContent
  return element?.getAttribute('aria-label') ?? hidden ?? element?.textContent ?? ''
}
