import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mockRequests } from '../support/memory-bridge.ts'
import { focused, press, renderPanel } from '../support/render-panel.tsx'

afterEach(() => vi.useRealTimers())

async function clearLog() {
  await renderPanel({ log: { portfolio: mockRequests } })
  screen.getByRole('link', { name: /^portfolio/ }).focus()
  await press('Enter')
  screen.getByRole('button', { name: 'Clear log' }).focus()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  await press('Enter')
  return screen.getByRole('button', { name: 'Undo' })
}

describe('a toast with Undo', () => {
  it('gives the focus back to where it was', async () => {
    const undo = await clearLog()
    undo.focus()
    await press('Enter')
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
    expect(focused()).toBe('Clear log')
  })

  it('stays while somebody is at it, and goes on Esc before the view does', async () => {
    const undo = await clearLog()
    act(() => undo.focus())
    act(() => vi.advanceTimersByTime(20_000))
    expect(undo.isConnected).toBe(true)
    await press('Escape')
    expect(undo.isConnected).toBe(false)
    expect(focused()).toBe('Clear log')
  })

  it('goes first on Esc, wherever the focus is', async () => {
    const undo = await clearLog()
    expect(focused()).toBe('Clear log')
    await press('Escape')
    expect(undo.isConnected).toBe(false)
    expect(focused()).toBe('Clear log')
    await press('Escape')
    expect(focused()).toBe('portfolio, running')
  })

  it('goes by itself after the pointer has left', async () => {
    const undo = await clearLog()
    fireEvent.pointerEnter(undo.closest('.toast') as Element)
    act(() => vi.advanceTimersByTime(20_000))
    expect(undo.isConnected).toBe(true)
    fireEvent.pointerLeave(undo.closest('.toast') as Element)
    act(() => vi.advanceTimersByTime(8000))
    expect(undo.isConnected).toBe(false)
  })
})
