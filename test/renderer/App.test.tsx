import { act, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ErrorBoundary } from '../../renderer/ErrorBoundary.tsx'
import { hosts } from '../support/mock-data.ts'
import { focused, renderPanel } from '../support/render-panel.tsx'

afterEach(() => vi.restoreAllMocks())

describe('the panel', () => {
  it('goes where the host wishes', async () => {
    const { bridge, settle } = await renderPanel()
    act(() => bridge.show({ name: 'settings' }))
    expect(screen.getByRole('heading', { level: 1, name: 'Settings' })).toBeDefined()
    act(() => bridge.show({ name: 'site', id: 'handbook-docs' }))
    await settle()
    expect(screen.getByRole('heading', { level: 1, name: 'handbook-docs' })).toBeDefined()
    act(() => bridge.show({ name: 'list' }))
    expect(screen.getByRole('list', { name: 'Sites' })).toBeDefined()
  })

  it('shows a banner while the bridge is lost, and goes on when it is back', async () => {
    const { setStatus, tries } = await renderPanel()
    setStatus('lost')
    expect(screen.getByText('Servebar is not responding')).toBeDefined()
    screen.getByRole('button', { name: 'Restart Servebar' }).click()
    expect(tries()).toBe(1)
    expect(screen.getByRole('list', { name: 'Sites' })).toBeDefined()
    setStatus('open')
    expect(screen.queryByText('Servebar is not responding')).toBeNull()
  })

  it('in a browser can only try to reach it again, and says so', async () => {
    const { setStatus, tries } = await renderPanel({ host: hosts.browser })
    setStatus('lost')
    expect(screen.queryByRole('button', { name: 'Restart Servebar' })).toBeNull()
    screen.getByRole('button', { name: 'Try Again' }).click()
    expect(tries()).toBe(1)
  })

  it('says plainly that an address of an earlier run does not work any more', async () => {
    await renderPanel({ status: 'refused' })
    expect(screen.getByRole('alert').textContent).toContain(
      'Open the address that Servebar printed in the terminal.',
    )
    expect(screen.queryByRole('list')).toBeNull()
  })

  it('puts the focus on Copy each time it is shown', async () => {
    await renderPanel()
    screen.getByRole('button', { name: 'Settings' }).focus()
    act(() => void document.dispatchEvent(new Event('visibilitychange')))
    expect(focused()).toBe('Copy URL of portfolio')
  })

  it('leaves the focus where it was in a tab that is shown again', async () => {
    await renderPanel({ host: hosts.browser })
    screen.getByRole('button', { name: 'Settings' }).focus()
    act(() => void document.dispatchEvent(new Event('visibilitychange')))
    expect(focused()).toBe('Settings')
  })

  it('counts requests in words where the light must not blink', async () => {
    vi.spyOn(window, 'matchMedia').mockImplementation(
      query =>
        ({
          matches: query.includes('reduced-motion'),
          addEventListener() {},
          removeEventListener() {},
        }) as unknown as MediaQueryList,
    )
    const { bridge } = await renderPanel()
    expect(screen.queryByText(/requests?$/)).toBeNull()
    act(() => bridge.request('portfolio', {}, {}))
    await act(() => new Promise(requestAnimationFrame))
    expect(screen.getByText('· 2 requests')).toBeDefined()
  })
})

function Broken(): never {
  throw new Error('broken')
}

describe('ErrorBoundary', () => {
  it('says that the sites are still served', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    render(
      <ErrorBoundary>
        <Broken />
      </ErrorBoundary>,
    )
    expect(screen.getByRole('alert').textContent).toContain('Your sites are still being served.')
    expect(screen.getByRole('button', { name: 'Reload' })).toBeDefined()
  })
})
