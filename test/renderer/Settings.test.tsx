import { act, fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { mockRequests } from '../support/memory-bridge.ts'
import { hosts } from '../support/mock-data.ts'
import { focused, press, renderPanel } from '../support/render-panel.tsx'

const openSettings = () => press(',', { metaKey: true })

describe('settings', () => {
  it('open by key, apply at once and go back to where they were opened', async () => {
    const { bridge } = await renderPanel()
    await openSettings()
    expect(focused()).toBe('Sites')
    for (const name of ['Start at login', 'Restore servers on launch']) {
      screen.getByRole('switch', { name }).focus()
      await press(' ')
    }
    expect(bridge.state().settings).toMatchObject({ startAtLogin: false, restoreOnLaunch: false })
    await press('Escape')
    expect(focused()).toBe('Settings')
  })

  it('change the default port', async () => {
    const { bridge } = await renderPanel()
    await openSettings()
    const port = screen.getByRole('textbox', { name: 'Default port' })
    port.focus()
    fireEvent.change(port, { target: { value: '3000' } })
    await press('Enter')
    expect(bridge.state().settings.defaultPort).toBe(3000)
  })

  it('change the theme by arrow key', async () => {
    const { bridge } = await renderPanel()
    await openSettings()
    expect(document.documentElement.hasAttribute('data-theme')).toBe(false)
    screen.getByRole('radio', { name: 'System', checked: true }).focus()
    await press('ArrowRight')
    expect(bridge.state().settings.theme).toBe('light')
    expect(document.documentElement.dataset.theme).toBe('light')
    await press('ArrowRight')
    expect(document.documentElement.dataset.theme).toBe('dark')
    expect(focused()).toBe('Dark')
    await press('ArrowRight')
    expect(document.documentElement.hasAttribute('data-theme')).toBe(false)
  })

  it('keep requests for as long as is chosen', async () => {
    const { bridge, settle } = await renderPanel()
    await openSettings()
    const keep = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Keep requests for' })
    expect([...keep.options].map(each => each.textContent)).toEqual([
      'Until quit',
      '1 hour',
      '1 day',
      '7 days',
    ])
    fireEvent.change(keep, { target: { value: '1d' } })
    await settle()
    expect(bridge.state().settings.keepRequests).toBe('1d')
    expect(keep.value).toBe('1d')
  })

  it('count and clear the requests of all sites, with Undo', async () => {
    const some = mockRequests.slice(0, 3)
    const { bridge, settle } = await renderPanel({ log: { portfolio: some, 'tide-pool': some } })
    await openSettings()
    expect(screen.getByText('6 requests')).toBeDefined()
    act(() => bridge.request('portfolio', { target: '/new' }))
    expect(screen.getByText('7 requests')).toBeDefined()
    const clear = screen.getByRole<HTMLButtonElement>('button', { name: 'Clear Log' })
    clear.click()
    await settle()
    expect(screen.getByText('None yet')).toBeDefined()
    expect(clear.getAttribute('aria-disabled')).toBe('true')
    screen.getByRole('button', { name: /^Undo/ }).click()
    await settle()
    expect(screen.getByText('7 requests')).toBeDefined()
  })

  it('have only what the host can do', async () => {
    await renderPanel({ host: { ...hosts.window, capabilities: [] } })
    await press(',', { ctrlKey: true })
    expect(screen.queryByRole('switch', { name: 'Start at login' })).toBeNull()
    expect(screen.queryByRole('button', { name: /^Quit/ })).toBeNull()
    expect(screen.getByText('Servebar 1.0.0')).toBeDefined()
  })

  it('quit from a browser too, without the key that is the browser’s', async () => {
    const { bridge } = await renderPanel({ host: hosts.browser })
    await press(',', { ctrlKey: true })
    expect(screen.queryByRole('switch', { name: 'Start at login' })).toBeNull()
    screen.getByRole('button', { name: 'Quit Servebar' }).focus()
    expect(document.activeElement?.querySelector('.key')).toBeNull()
    await press('Enter')
    expect(bridge.calls.at(-1)?.command).toBe('app.quit')
  })

  it('quit', async () => {
    const { bridge } = await renderPanel()
    await openSettings()
    screen.getByRole('button', { name: 'Quit Servebar ⌘Q' }).focus()
    await press('Enter')
    expect(bridge.calls.at(-1)?.command).toBe('app.quit')
  })
})
