import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { Device, ShareFinding, Site } from '../../electron/contract.ts'
import { type MemoryBridgeOptions, origins, site } from '../support/memory-bridge.ts'
import { hosts, mockDevices, mockOptions } from '../support/mock-data.ts'
import { focused, press, renderPanel } from '../support/render-panel.tsx'

const shared = (change: Partial<Site> = {}, options: Partial<Site['options']> = {}): Site =>
  site('portfolio', {
    options: { ...mockOptions, share: true, ...options },
    status: { phase: 'listening', origins: origins(8080, true, options.https ?? false) },
    ...change,
  })

async function open(of: Site, setup: MemoryBridgeOptions = {}) {
  const panel = await renderPanel({ sites: [of], ...setup })
  await press('s', { metaKey: true, shiftKey: true })
  const dialog = screen.getByRole('dialog', { name: 'Share portfolio' })
  return { ...panel, dialog }
}

const last = (calls: readonly { command: string; input: unknown }[], command: string) =>
  calls.filter(call => call.command === command).at(-1)?.input

describe('the switch', () => {
  it('shares until it is switched off, and ends it', async () => {
    const { bridge, dialog } = await open(site('portfolio'))
    await press('Enter')
    expect(last(bridge.calls, 'site.share')).toEqual({ id: 'portfolio', on: true, until: 'never' })
    expect(screen.getByRole('img', { name: 'QR code for http://192.168.1.24:8080' })).toBeDefined()
    await press('Enter')
    expect(last(bridge.calls, 'site.share')).toEqual({ id: 'portfolio', on: false })
    expect(screen.queryByRole('img')).toBeNull()
    expect(within(dialog).getByText('Only this computer can open it')).toBeDefined()
    expect(focused()).toBe('Share on network')
  })

  it('says why there is no address', async () => {
    const { dialog, bridge } = await open(shared())
    act(() => bridge.updateSite('portfolio', { status: { phase: 'stopped' } }))
    expect(within(dialog).getByText('The site is not running')).toBeDefined()
    act(() =>
      bridge.updateSite('portfolio', { status: { phase: 'listening', origins: origins(8080, false) } }),
    )
    expect(within(dialog).getByText('Not connected to a network')).toBeDefined()
    expect(within(dialog).queryByRole('img')).toBeNull()
  })
})

describe('the addresses', () => {
  it('follow the network, also the one that was chosen', async () => {
    const { bridge } = await open(shared())
    screen.getByRole('radio', { name: /^Ethernet/ }).click()
    await waitFor(() => expect(screen.getByRole('img', { name: 'QR code for http://10.0.0.8:8080' })))
    const [loopback, wifi] = origins(8080, true)
    act(() =>
      bridge.updateSite('portfolio', {
        status: { phase: 'listening', origins: [loopback, wifi].filter(each => each !== undefined) },
      }),
    )
    expect(screen.getByRole('img', { name: 'QR code for http://192.168.1.24:8080' })).toBeDefined()
    expect(screen.getAllByRole('radio', { name: /:8080$/ })).toHaveLength(1)
  })

  it('have the name of the computer among them while it is told', async () => {
    const { bridge } = await open(shared({ localUrl: 'http://marias-mac.local:8080' }))
    screen.getByRole('radio', { name: /^Wi-Fi/ }).focus()
    await press('End')
    expect(focused()).toBe('Bonjour, marias-mac.local:8080')
    expect(screen.getByRole('img', { name: 'QR code for http://marias-mac.local:8080' })).toBeDefined()
    screen.getByRole('button', { name: 'Copy Bonjour URL' }).focus()
    await press('Enter')
    expect(last(bridge.calls, 'clipboard.write')).toEqual({ text: 'http://marias-mac.local:8080' })
  })

  it('lead to the certificate of this computer, for a site by HTTPS', async () => {
    const { bridge } = await open(shared({}, { https: true }))
    expect(screen.getByRole('img', { name: 'QR code for https://192.168.1.24:8080' })).toBeDefined()
    screen.getByRole('radio', { name: 'Site' }).focus()
    await press('ArrowRight')
    expect(
      screen.getByRole('img', { name: 'QR code for http://192.168.1.24:8080/.servebar/ca' }),
    ).toBeDefined()
    screen.getByRole('button', { name: 'Copy Certificate Link' }).focus()
    await press('Enter')
    expect(last(bridge.calls, 'clipboard.write')).toEqual({ text: 'http://192.168.1.24:8080/.servebar/ca' })
  })

  it('have no certificate to hand out when it is the owner’s own', async () => {
    const certificate = { certFile: '/c.pem', keyFile: '/k.pem' }
    await open(shared({}, { https: true, certificate }))
    expect(screen.queryByRole('radio', { name: 'Certificate' })).toBeNull()
  })

  it.each([
    [{}, 'Anyone on this network can open it.'],
    [{ uploads: true }, 'Anyone on this network can open it. Anyone can add files.'],
    [
      { uploads: true, password: { user: 'maria' } },
      'Anyone on this network who knows the password can open it.',
    ],
  ])('say who can open them: %j', async (options, words) => {
    await open(shared({}, options))
    expect(screen.getByText(words)).toBeDefined()
  })
})

describe('a password', () => {
  it('can be set from there while there is none', async () => {
    await open(shared())
    fireEvent.click(screen.getByRole('button', { name: 'Set Password…' }))
    await press('Shift')
    expect(screen.queryByRole('dialog', { name: 'Share portfolio' })).toBeNull()
    expect(focused()).toBe('Password')
  })

  it('is not offered where there is one', async () => {
    await open(shared({}, { password: { user: 'maria' } }))
    expect(screen.queryByRole('button', { name: 'Set Password…' })).toBeNull()
  })
})

describe('until', () => {
  it('is chosen by the arrow keys, and says when it ends', async () => {
    const { bridge } = await open(shared())
    const group = screen.getByRole('radiogroup', { name: 'Share until' })
    const chosen = () => within(group).getByRole('radio', { checked: true })
    expect(chosen().textContent).toBe('I switch it off')
    chosen().focus()
    await press('ArrowRight')
    expect(last(bridge.calls, 'site.share')).toEqual({ id: 'portfolio', on: true, until: 'hour' })
    expect(chosen().textContent).toBe('1 hour')
    expect(screen.getByText(/^Ends at \d\d:\d\d\.$/)).toBeDefined()
    await press('ArrowRight')
    expect(last(bridge.calls, 'site.share')).toEqual({ id: 'portfolio', on: true, until: 'network-change' })
    expect(document.activeElement).toBe(chosen())
  })
})

describe('who is here', () => {
  it('is asked for, and can be blocked and let in again', async () => {
    const { dialog, bridge } = await open(shared())
    const row = within(dialog).getByText('Safari on iPhone').closest('li')
    expect(row?.textContent).toContain('192.168.1.42 · 4 requests · 1.0 MB')
    screen.getByRole('button', { name: 'Block Safari on iPhone, 192.168.1.42' }).focus()
    await press('Enter')
    expect(last(bridge.calls, 'site.block')).toEqual({
      id: 'portfolio',
      address: '192.168.1.42',
      blocked: true,
    })
    await waitFor(() => expect(focused()).toBe('Unblock Safari on iPhone, 192.168.1.42'))
    expect(within(dialog).getByText(/ · Blocked · /)).toBeDefined()
    await press('Enter')
    expect(bridge.state().sites[0]?.blocked).toEqual([])
  })

  it('is nobody at first, and looked at again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      let devices: readonly Device[] = []
      const handlers = { 'site.devices': () => ({ ok: true, value: devices }) as const }
      const { dialog, settle, bridge } = await open(shared(), { handlers })
      expect(within(dialog).getByText('No other device has asked yet.')).toBeDefined()
      devices = [
        ...mockDevices,
        { address: '10.0.0.9', browser: null, lastSeen: 0, requests: 0, bytesSent: 0, blocked: true },
      ]
      await act(() => vi.advanceTimersByTimeAsync(2000))
      await settle()
      expect(within(dialog).getByText('Safari on iPhone')).toBeDefined()
      expect(within(dialog).getByText('10.0.0.9').closest('li')?.textContent).toContain('Blocked')
      await press('Escape')
      const asked = bridge.calls.length
      await act(() => vi.advanceTimersByTimeAsync(10_000))
      expect(bridge.calls).toHaveLength(asked)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('Phone cannot connect?', () => {
  const findings: readonly ShareFinding[] = [
    { ok: true, title: 'It listens on port 8080 of every network', detail: null, command: null },
    {
      ok: false,
      title: 'The firewall ufw keeps port 8080 closed',
      detail: 'Let port 8080 in:',
      command: 'sudo ufw allow 8080/tcp',
    },
  ]

  it('finds what is in the way, with the command to copy', async () => {
    const handlers = { 'site.checkShare': () => ({ ok: true, value: findings }) as const }
    const { dialog, bridge } = await open(shared(), { handlers })
    screen.getByRole('button', { name: 'Check' }).focus()
    await press('Enter')
    const items = within(screen.getByRole('list', { name: 'Findings' })).getAllByRole('listitem')
    expect(items[0]?.textContent).toBe('Fine: It listens on port 8080 of every network')
    expect(items[1]?.textContent).toContain('In the way: The firewall ufw keeps port 8080 closed')
    expect(within(dialog).getByText('One thing may be in the way.').getAttribute('role')).toBe('status')
    screen.getByRole('button', { name: 'Copy command' }).focus()
    await press('Enter')
    expect(last(bridge.calls, 'clipboard.write')).toEqual({ text: 'sudo ufw allow 8080/tcp' })
    expect(screen.getByRole('button', { name: 'Check Again' })).toBeDefined()
  })

  it('checks once at a time', async () => {
    let answer = (): void => {}
    const handlers: MemoryBridgeOptions['handlers'] = {
      'site.checkShare': () =>
        new Promise(resolve => {
          answer = () => resolve({ ok: true, value: [] })
        }),
    }
    const { bridge, settle } = await open(shared(), { handlers })
    const button = screen.getByRole('button', { name: 'Check' })
    fireEvent.click(button)
    await settle()
    expect(screen.getByText('Checking…')).toBeDefined()
    fireEvent.click(button)
    answer()
    await settle()
    expect(bridge.calls.filter(call => call.command === 'site.checkShare')).toHaveLength(1)
    expect(screen.getByText('Nothing on this computer is in the way.')).toBeDefined()
  })
})

describe('the focus', () => {
  it('goes round inside, through all of it', async () => {
    await open(shared())
    expect(focused()).toBe('Share on network')
    await press('Tab', { shiftKey: true })
    expect(focused()).toBe('Check')
    await press('Tab')
    expect(focused()).toBe('Share on network')
    await press('Escape')
    expect(focused()).toBe('Share')
  })

  it.each([
    [1180, true],
    [400, false],
  ])('a window of %d px: its button is lit while the popover is open: %s', async (width, isLit) => {
    await renderPanel({ sites: [shared()], host: hosts.window, width })
    await press('s', { ctrlKey: true, shiftKey: true })
    const button = document.querySelector('[data-share]')
    expect(button?.classList.contains('is-on')).toBe(isLit)
    expect(button?.getAttribute('aria-expanded')).toBe('true')
    await press('Escape')
    expect(button?.classList.contains('is-on')).toBe(false)
    expect(button?.getAttribute('aria-expanded')).toBe('false')
  })

  it('leaves the popover of a wide window inside the window', async () => {
    await renderPanel({ sites: [shared()], host: hosts.window, width: 1180 })
    const button = document.querySelector<HTMLElement>('.main [data-share]')
    if (button) button.getBoundingClientRect = () => new DOMRect(900, 100, 100, 30)
    await press('s', { ctrlKey: true, shiftKey: true })
    const dialog = screen.getByRole('dialog', { name: 'Share portfolio' })
    expect([dialog.style.top, dialog.style.maxHeight]).toEqual(['138px', '490px'])
  })
})
