import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { mockRequests, origins, site, threeSites } from '../support/memory-bridge.ts'
import { hosts } from '../support/mock-data.ts'
import { focused, press, renderPanel } from '../support/render-panel.tsx'

const last = (calls: readonly { command: string }[], command: string) =>
  calls.filter(call => call.command === command).at(-1)

const twoRunning = [
  ...threeSites.slice(0, 1),
  site('blog', { status: { phase: 'listening', origins: origins(8081, false) } }),
]

describe('first run', () => {
  it('is one button, which has the focus', async () => {
    const { bridge } = await renderPanel({ sites: [] })
    expect(screen.getByRole('heading', { name: 'Drop a folder to serve it' })).toBeDefined()
    expect(focused()).toBe('Choose Folder… ⌘O')
    await press('Enter')
    expect(last(bridge.calls, 'site.add')).toEqual({
      command: 'site.add',
      input: { folders: ['/Users/maria/Sites/field-notes'] },
    })
  })

  it('does not promise a drop in a browser', async () => {
    await renderPanel({ sites: [], host: hosts.browser })
    expect(screen.getByRole('heading', { name: 'Choose a folder to serve it' })).toBeDefined()
    expect(screen.queryByText(/Drop a folder/)).toBeNull()
  })
})

describe('several sites', () => {
  it('names each row with its state, and opens with the focus on the first Copy', async () => {
    await renderPanel()
    const list = screen.getByRole('list', { name: 'Sites' })
    expect(
      within(list)
        .getAllByRole('link')
        .map(link => link.querySelector('.vh')?.textContent),
    ).toEqual([
      'portfolio, running',
      'handbook-docs, stopped',
      'tide-pool, failed, port 5173 is in use by node',
    ])
    expect(screen.getByRole('heading', { level: 1, name: '1 of 3 running' })).toBeDefined()
    expect(focused()).toBe('Copy URL of portfolio')
    expect(screen.getByRole('dialog', { name: 'Servebar' })).toBeDefined()
  })

  it('offers Copy and Open only while a site runs', async () => {
    await renderPanel()
    expect(screen.getAllByRole('button', { name: /^Copy URL of/ })).toHaveLength(1)
    expect(screen.getAllByRole('button', { name: /in browser$/ })).toHaveLength(1)
  })

  it('copies the whole URL, says so, and shows a check', async () => {
    const { bridge } = await renderPanel()
    await press('Enter')
    expect(last(bridge.calls, 'clipboard.write')).toEqual({
      command: 'clipboard.write',
      input: { text: 'http://localhost:8080' },
    })
    expect(screen.getByRole('status').textContent).toContain('Copied http://localhost:8080')
    expect(screen.getByRole('button', { name: 'Copy URL of portfolio' }).className).toContain('is-done')
  })

  it('starts and stops with the switch', async () => {
    const { bridge, settle } = await renderPanel()
    const docs = screen.getByRole('switch', { name: 'Serve handbook-docs' })
    expect(docs.getAttribute('aria-checked')).toBe('false')
    docs.click()
    await settle()
    expect(docs.getAttribute('aria-checked')).toBe('true')
    expect(screen.getByRole('status').textContent).toBe('handbook-docs, running at localhost:8081.')
    docs.click()
    await settle()
    expect(last(bridge.calls, 'site.stop')?.command).toBe('site.stop')
    expect(screen.getByRole('status').textContent).toContain('handbook-docs, stopped.')
  })

  it('offers the remedies of a failed site', async () => {
    const { bridge, settle } = await renderPanel()
    screen.getByRole('button', { name: 'Use port 5174' }).click()
    await settle()
    expect(bridge.calls.map(call => call.command)).toContain('site.start')
    expect(bridge.state().sites[2]?.options.port).toBe(5174)
    expect(screen.getByRole('link', { name: /^tide-pool, running/ })).toBeDefined()
  })

  it('reports a failure in the alert', async () => {
    const { bridge } = await renderPanel()
    const [, , failed] = threeSites
    act(() => bridge.updateSite('portfolio', { status: failed?.status ?? { phase: 'stopped' } }))
    expect(screen.getByRole('alert').textContent).toBe('portfolio, failed, port 5173 is in use by node.')
  })

  it('reports the same failure again', async () => {
    const { bridge } = await renderPanel()
    const failed = threeSites[2]?.status ?? { phase: 'stopped' }
    const alert = () => screen.getByRole('alert').textContent
    const words = 'tide-pool, failed, port 5173 is in use by node.'
    for (let time = 0; time < 2; time++) {
      act(() => bridge.updateSite('tide-pool', { status: { phase: 'starting' } }))
      act(() => bridge.updateSite('tide-pool', { status: failed }))
      expect(alert()).toBe(words)
      await waitFor(() => expect(alert()).toBe(''), { timeout: 2000 })
    }
  })

  it('stops all, and Undo starts again those that ran', async () => {
    const { bridge } = await renderPanel({ sites: twoRunning })
    screen.getByRole('button', { name: 'Stop All' }).focus()
    await press('Enter')
    expect(screen.getByRole('heading', { level: 1, name: '0 of 2 running' })).toBeDefined()
    expect(screen.getByText('Stopped 2 sites.')).toBeDefined()
    screen.getByRole('button', { name: 'Undo' }).focus()
    await press('Enter')
    expect(screen.getByRole('heading', { level: 1, name: '2 of 2 running' })).toBeDefined()
    expect(bridge.calls.filter(call => call.command === 'site.start')).toHaveLength(2)
  })

  it('hides Stop All unless two sites run', async () => {
    await renderPanel()
    expect(screen.queryByRole('button', { name: 'Stop All' })).toBeNull()
  })

  it('says what a command was refused for', async () => {
    const problem = { type: 'internal', title: 'The settings could not be saved', remedies: [] } as const
    const { settle } = await renderPanel({ handlers: { 'site.start': () => ({ ok: false, problem }) } })
    screen.getByRole('switch', { name: 'Serve handbook-docs' }).click()
    await settle()
    expect(screen.getByRole('alert').textContent).toContain('The settings could not be saved')
  })

  it('hides remedies that this host cannot do', async () => {
    const problem = {
      type: 'folder-missing',
      title: 'The folder was moved or deleted',
      remedies: [
        { action: 'locate', label: 'Locate…' },
        { action: 'allow-access', label: 'Allow Access…' },
      ],
    } as const
    const sites = [site('a', { status: { phase: 'failed', problem } }), site('b')]
    await renderPanel({ sites, host: { capabilities: [] } })
    expect(screen.queryByRole('button', { name: 'Locate…' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Allow Access…' })).toBeNull()
    expect(screen.queryByRole('button', { name: /choose one/ })).toBeNull()
  })

  it('shows a notice until it is dismissed', async () => {
    const notice = { type: 'settings-broken', title: 'The settings file was broken', remedies: [] } as const
    const { settle } = await renderPanel({ state: { notice } })
    expect(screen.getByRole('note').textContent).toContain('The settings file was broken')
    screen.getByRole('button', { name: 'Dismiss' }).click()
    await settle()
    expect(screen.queryByRole('note')).toBeNull()
  })
})

describe('exactly one site', () => {
  it('opens its card: address, reach and the last requests', async () => {
    await renderPanel({ sites: [site('portfolio')], log: { portfolio: mockRequests } })
    const card = screen.getByRole('region', { name: 'portfolio' })
    expect(within(card).getByText('~/Sites/portfolio')).toBeDefined()
    expect(within(card).getByText('Only this computer can open it')).toBeDefined()
    expect(focused()).toBe('Copy URL http://localhost:8080')
    expect(screen.getByRole('heading', { name: /^Recent requests/ })).toBeDefined()
    expect(document.querySelectorAll('.req')).toHaveLength(4)
    screen.getByRole('button', { name: 'Show All' }).focus()
    await press('Enter')
    expect(screen.getByRole('tab', { name: 'Requests', selected: true })).toBeDefined()
  })

  it('says where a stopped site will be, with Start instead of Copy', async () => {
    const { bridge } = await renderPanel({ sites: [site('docs', { status: { phase: 'stopped' } })] })
    expect(screen.getByText('Stopped. It will use localhost:8080.')).toBeDefined()
    const copy = screen.getByRole('button', { name: 'Copy URL http://localhost:8080' })
    expect(copy.hasAttribute('disabled')).toBe(true)
    expect(screen.getByRole('button', { name: 'Open' }).hasAttribute('disabled')).toBe(true)
    fireEvent.click(screen.getByRole('button', { name: 'Start' }))
    expect(last(bridge.calls, 'site.start')).toEqual({ command: 'site.start', input: { id: 'docs' } })
  })
})

describe('a name from right to left', () => {
  const name = 'אתר'
  const spoken = `\u2068${name}\u2069`

  it('turns nothing round it, seen or spoken', async () => {
    await renderPanel({ sites: [site(name), site('b')] })
    const link = screen.getByRole('link', { name: `${spoken}, running` })
    expect(link.querySelector('bdi')?.textContent).toBe(name)
    for (const label of [`Copy URL of ${spoken}`, `Open ${spoken} in browser`]) {
      expect(screen.getByRole('button', { name: label })).toBeDefined()
    }
    expect(screen.getByRole('switch', { name: `Serve ${spoken}` })).toBeDefined()
  })

  it('nor on the card of an only site', async () => {
    await renderPanel({ sites: [site(name)] })
    const [button] = within(screen.getByRole('region', { name: spoken })).getAllByRole('button')
    expect(button?.querySelector('bdi')?.textContent).toBe(name)
    expect(button?.textContent).toBe(`${name}, running`)
  })
})
