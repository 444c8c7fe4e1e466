import { act, fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { mockRequests, origins, site } from '../support/memory-bridge.ts'
import { hosts, mockOptions } from '../support/mock-data.ts'
import { focused, press, renderPanel, setWidth } from '../support/render-panel.tsx'

const openDetail = async (name = /^portfolio/) => {
  screen.getByRole('link', { name }).focus()
  await press('Enter')
}
const menuItems = () => screen.getAllByRole('menuitem').map(item => item.textContent)

describe('the menu of a site', () => {
  it('opens from its button, moves by arrow keys and gives the focus back', async () => {
    await renderPanel()
    await openDetail()
    screen.getByRole('button', { name: 'More actions' }).focus()
    await press('Enter')
    expect(menuItems()).toEqual([
      'Open in Browser ⌘↩',
      'Copy URL ⌘C',
      'Copy Network URL ⇧⌘C',
      'Show in Finder ⇧⌘R',
      'Rename… ',
      'Restart ⌘R',
      'Remove… ⌘⌫',
    ])
    expect(focused()).toBe('Open in Browser ⌘↩')
    await press('ArrowDown')
    expect(focused()).toBe('Copy URL ⌘C')
    await press('End')
    expect(focused()).toBe('Remove… ⌘⌫')
    await press('ArrowDown')
    expect(focused()).toBe('Open in Browser ⌘↩')
    await press('Escape')
    expect(screen.queryByRole('menu')).toBeNull()
    expect(focused()).toBe('More actions')
    expect(screen.getByRole('heading', { level: 1, name: 'portfolio' })).toBeDefined()
  })

  it('opens by right click on a row, with what a stopped site cannot do disabled', async () => {
    const { bridge } = await renderPanel()
    fireEvent.contextMenu(screen.getByRole('link', { name: /^handbook-docs/ }))
    expect(screen.getByRole('menu', { name: 'Actions for handbook-docs' })).toBeDefined()
    expect(screen.queryByRole('menuitem', { name: /Network/ })).toBeNull()
    expect(screen.getByRole('menuitem', { name: /^Copy URL/ }).hasAttribute('disabled')).toBe(true)
    expect(focused()).toBe('Show in Finder ⇧⌘R')
    await press('Enter')
    expect(bridge.calls.at(-1)).toEqual({ command: 'site.reveal', input: { id: 'handbook-docs' } })
    expect(screen.queryByRole('menu')).toBeNull()
  })

  it('renames in the options', async () => {
    await renderPanel()
    fireEvent.contextMenu(screen.getByRole('link', { name: /^handbook-docs/ }))
    screen.getByRole('menuitem', { name: 'Rename…' }).focus()
    await press('Enter')
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Name' }))
    expect(screen.getByRole('heading', { level: 1, name: 'handbook-docs' })).toBeDefined()
  })

  it('has the keys while it is open: the log under it does not answer to them', async () => {
    const { bridge } = await renderPanel({ log: { portfolio: mockRequests } })
    await openDetail()
    screen.getByRole('button', { name: 'More actions' }).focus()
    await press('Enter')
    for (const key of ['k', 'p', 'e', 'f']) await press(key, { metaKey: true })
    expect(bridge.calls.some(call => call.command === 'log.clear')).toBe(false)
    expect(screen.getByRole('button', { name: 'Pause' })).toBeDefined()
    expect(screen.getByRole('button', { name: /^Show only errors/ }).getAttribute('aria-pressed')).toBe(
      'false',
    )
    expect(focused()).toBe('Open in Browser ⌘↩')
    await press('Escape')
    await press('k', { metaKey: true })
    expect(bridge.calls.at(-1)).toEqual({ command: 'log.clear', input: { site: 'portfolio' } })
  })

  it.each([
    ['menubar', 'Sites (⌘[)'],
    ['browser', 'Sites (Esc)'],
  ] as const)('and Back tell in the %s how else they are reached', async (kind, back) => {
    await renderPanel({ host: hosts[kind] })
    await openDetail()
    expect(screen.getByRole('button', { name: 'Sites' }).title).toBe(back)
    expect(screen.getByRole('button', { name: 'More actions' }).title).toBe('More actions (right-click)')
  })

  it('leaves out the keys that the browser owns', async () => {
    await renderPanel({ host: hosts.browser })
    fireEvent.contextMenu(screen.getByRole('link', { name: /^portfolio/ }))
    expect(menuItems()).toContain('Restart ')
    expect(menuItems()).toContain('Copy URL Ctrl+C')
  })
})

describe('Remove', () => {
  it('asks first; Cancel has the focus and changes nothing', async () => {
    const { bridge } = await renderPanel()
    await openDetail()
    await press('Backspace', { metaKey: true })
    const dialog = screen.getByRole('alertdialog', { name: 'Remove portfolio?' })
    expect(within(dialog).getByText('Your files stay where they are.')).toBeDefined()
    expect(focused()).toBe('Cancel')
    await press('Enter')
    expect(screen.queryByRole('alertdialog')).toBeNull()
    expect(bridge.state().sites).toHaveLength(3)
    expect(focused()).toBe('Sites')
  })

  it('removes, and puts the focus on what is left', async () => {
    const { bridge } = await renderPanel()
    await openDetail()
    await press('Backspace', { metaKey: true })
    screen.getByRole('button', { name: 'Remove' }).focus()
    await press('Enter')
    expect(bridge.state().sites.map(each => each.name)).toEqual(['handbook-docs', 'tide-pool'])
    expect(focused()).toBe('handbook-docs, stopped')
  })

  it('puts the focus on the neighbour of what was removed', async () => {
    await renderPanel()
    await openDetail(/^tide-pool/)
    await press('Backspace', { metaKey: true })
    screen.getByRole('button', { name: 'Remove' }).focus()
    await press('Enter')
    expect(focused()).toBe('handbook-docs, stopped')
  })

  it('keeps the focus inside and the rest inert', async () => {
    await renderPanel()
    await openDetail()
    await press('Backspace', { metaKey: true })
    await press('Tab')
    expect(focused()).toBe('Remove')
    await press('Tab', { shiftKey: true })
    expect(focused()).toBe('Cancel')
    expect(document.querySelector('.view')?.hasAttribute('inert')).toBe(true)
  })
})

describe('Share', () => {
  it('shows the address of the chosen interface as a QR code', async () => {
    const { bridge } = await renderPanel()
    await openDetail()
    screen.getByRole('button', { name: 'Share' }).focus()
    await press('Enter')
    const dialog = screen.getByRole('dialog', { name: 'Share portfolio' })
    expect(within(dialog).getByRole('img', { name: 'QR code for http://192.168.1.24:8080' })).toBeDefined()
    screen.getByRole('radio', { name: /^Wi-Fi/ }).focus()
    await press('ArrowDown')
    expect(screen.getByRole('img', { name: 'QR code for http://10.0.0.8:8080' })).toBeDefined()
    expect(screen.getByRole('radio', { name: /^Ethernet/, checked: true })).toBe(document.activeElement)
    screen.getByRole('button', { name: 'Copy Ethernet URL' }).focus()
    await press('Enter')
    expect(bridge.calls.at(-1)?.input).toEqual({ text: 'http://10.0.0.8:8080' })
    screen.getByRole('button', { name: 'Done' }).focus()
    await press('Enter')
    expect(screen.queryByRole('dialog', { name: 'Share portfolio' })).toBeNull()
    expect(focused()).toBe('Share')
  })

  it('tells the two addresses of one interface apart', async () => {
    const options = { ...mockOptions, share: true }
    const v6 = { url: 'http://[fd00::2]:8080', host: '[fd00::2]', port: 8080 }
    const both = [...origins(8080, true), { ...v6, reach: 'network', interfaceName: 'Wi-Fi' } as const]
    await renderPanel({ sites: [site('a', { options, status: { phase: 'listening', origins: both } })] })
    await press('s', { metaKey: true, shiftKey: true })
    expect(screen.getByRole('button', { name: 'Copy Wi-Fi URL' })).toBeDefined()
    expect(screen.getByRole('button', { name: 'Copy Wi-Fi (IPv6) URL' })).toBeDefined()
  })

  it('stays below its button when the window is resized', async () => {
    await renderPanel({ host: hosts.window, width: 1180 })
    await openDetail()
    const button = document.querySelector<HTMLElement>('.main [data-share]')
    let right = 1000
    if (button) button.getBoundingClientRect = () => new DOMRect(right - 100, 100, 100, 30)
    await press('s', { ctrlKey: true, shiftKey: true })
    const dialog = screen.getByRole('dialog', { name: 'Share portfolio' })
    expect([dialog.style.left, dialog.style.top]).toEqual(['632px', '138px'])
    right = 800
    act(() => setWidth(980))
    expect([dialog.style.left, dialog.style.top]).toEqual(['432px', '138px'])
  })

  it('turns sharing on', async () => {
    const { bridge } = await renderPanel({ sites: [site('portfolio')] })
    await press('s', { metaKey: true, shiftKey: true })
    expect(screen.queryByRole('img')).toBeNull()
    expect(focused()).toBe('Share on network')
    await press('Enter')
    expect(bridge.state().sites[0]?.options.share).toBe(true)
    expect(screen.getByRole('img', { name: /^QR code/ })).toBeDefined()
    expect(screen.getByText('Anyone on this network can open it.')).toBeDefined()
    await press('Escape')
    expect(focused()).toBe('Share')
  })

  it('has no QR code without a network', async () => {
    const shared = { ...mockOptions, share: true }
    await renderPanel({ sites: [site('portfolio', { options: shared })] })
    await press('s', { metaKey: true, shiftKey: true })
    const dialog = screen.getByRole('dialog', { name: 'Share portfolio' })
    expect(within(dialog).getByText('Not connected to a network')).toBeDefined()
    expect(within(dialog).queryByRole('img')).toBeNull()
  })
})
