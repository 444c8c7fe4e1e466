import { act } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { request, row, show } from './show.tsx'

describe('what assistive technology hears', () => {
  const live = () => document.querySelector('[aria-live]')?.textContent

  it('is a summary every ten seconds while the focus is in the log, and nothing else', async () => {
    const bridge = show()
    await request(bridge, { status: 404 })
    expect(live()).toBe('')
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    act(() => row(/about/).focus())
    await request(bridge, { status: 200 }, { status: 500 }, { status: 200 })
    expect(live()).toBe('')
    act(() => void vi.advanceTimersByTime(10_000))
    expect(live()).toBe('3 requests, 1 error')
    await request(bridge, {})
    act(() => void vi.advanceTimersByTime(10_000))
    expect(live()).toBe('1 request')
    act(() => row(/about/).blur())
    expect(live()).toBe('')
  })
})
