import { describe, expect, it, vi } from 'vitest'
import { createState } from '../../electron/app/state.ts'
import { mockSettings } from '../support/mock-data.ts'

const initial = {
  sites: [],
  settings: mockSettings,
  authority: null,
  host: { kind: 'window', os: 'linux', version: '1.0.0', capabilities: [] },
  notice: null,
} as const

describe('state', () => {
  it('is replaced as a whole and counts its revisions', () => {
    const { state, set } = createState(initial)
    const first = state.get()
    set({ settings: { ...initial.settings, defaultPort: 3000 } })
    expect(first.settings.defaultPort).toBe(8080)
    expect(state.get().settings.defaultPort).toBe(3000)
    expect(state.get().revision).toBe(first.revision + 1)
  })

  it('does not call back at once, and not after unsubscribing', () => {
    const { state, set } = createState(initial)
    const listener = vi.fn()
    const end = state.subscribe(listener)
    expect(listener).not.toHaveBeenCalled()
    set({})
    expect(listener).toHaveBeenCalledTimes(1)
    end()
    set({})
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('tells every listener the revisions in order when one of them changes the state', () => {
    const { state, set } = createState(initial)
    const seen: number[] = []
    state.subscribe(({ revision }) => {
      if (revision === 2) set({})
    })
    state.subscribe(({ revision }) => seen.push(revision))
    set({})
    expect(seen).toEqual([2, 3])
  })

  it('tells the others when one listener throws', () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { state, set } = createState(initial)
    const listener = vi.fn()
    state.subscribe(() => {
      throw new Error('broken view')
    })
    state.subscribe(listener)
    set({})
    set({})
    expect(listener).toHaveBeenCalledTimes(2)
    expect(report).toHaveBeenCalledTimes(2)
    report.mockRestore()
  })
})
