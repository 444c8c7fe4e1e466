import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mockRequests, origins, site } from '../support/memory-bridge.ts'
import { hosts, mockOptions } from '../support/mock-data.ts'
import { focused, press, renderPanel, setWidth } from '../support/render-panel.tsx'

afterEach(() => vi.restoreAllMocks())

const open = async (name: RegExp) => {
  screen.getByRole('link', { name }).focus()
  await press('Enter')
}

describe('a site', () => {
  it('opens from its row and gives the focus back to it', async () => {
    await renderPanel({ log: { portfolio: mockRequests } })
    await open(/^portfolio/)
    expect(screen.getByRole('heading', { level: 1, name: 'portfolio' })).toBeDefined()
    expect(focused()).toBe('Sites')
    await press('Enter')
    expect(focused()).toBe('portfolio, running')
    expect(screen.getByRole('list', { name: 'Sites' })).toBeDefined()
  })

  it('says where others reach it, and copies that address', async () => {
    const { bridge, settle } = await renderPanel()
    await open(/^portfolio/)
    expect(screen.getByText('On this network at', { exact: false })).toBeDefined()
    screen.getByRole('button', { name: 'Copy URL http://192.168.1.24:8080' }).click()
    await settle()
    expect(bridge.calls.at(-1)).toEqual({
      command: 'clipboard.write',
      input: { text: 'http://192.168.1.24:8080' },
    })
    expect(screen.getByRole('status').textContent).toContain('Copied http://192.168.1.24:8080')
  })

  it('says so when it is shared but there is no network', async () => {
    const shared = { ...mockOptions, share: true }
    await renderPanel({ sites: [site('a', { options: shared }), site('b')] })
    await open(/^a,/)
    expect(screen.getByText('Not connected to a network')).toBeDefined()
  })

  it('opens in the browser through the host', async () => {
    const { bridge, settle } = await renderPanel()
    await open(/^portfolio/)
    screen.getByRole('button', { name: 'Open' }).click()
    await settle()
    expect(bridge.calls.at(-1)).toEqual({
      command: 'site.open',
      input: { id: 'portfolio', target: undefined },
    })
  })

  it('opens by itself where the host leaves that to the page', async () => {
    const opened = vi.spyOn(window, 'open').mockReturnValue(null)
    const { bridge, settle } = await renderPanel({ host: hosts.browser })
    await open(/^portfolio/)
    screen.getByRole('button', { name: 'Open' }).click()
    await settle()
    expect(opened).toHaveBeenCalledWith('http://localhost:8080/', '_blank', 'noopener')
    expect(bridge.calls.some(call => call.command === 'site.open')).toBe(false)
  })

  it('shows why it failed, with the remedies', async () => {
    await renderPanel()
    await open(/^tide-pool/)
    expect(screen.getByText('Port 5173 is in use by node')).toBeDefined()
    expect(screen.getByRole('button', { name: 'Try 5173 again' })).toBeDefined()
    expect(screen.queryByRole('button', { name: /^Share/ })).toBeNull()
  })

  it('falls back to the list when it is removed elsewhere', async () => {
    const { bridge } = await renderPanel()
    await open(/^portfolio/)
    act(() => bridge.update({ sites: bridge.state().sites.slice(1) }))
    expect(screen.getByRole('list', { name: 'Sites' })).toBeDefined()
  })
})

describe('a request', () => {
  it.each([
    ['the panel', hosts.menubar, 400],
    ['a wide window', hosts.window, 1180],
  ])('redraws the log, not the site around it, in %s', async (_, host, width) => {
    let draws = 0
    // The detail asks for it each time that it is drawn.
    const watched = Object.defineProperty(site('a'), 'folderLabel', {
      get: () => {
        draws += 1
        return '~/a'
      },
    })
    const { bridge } = await renderPanel({ sites: [watched, site('b')], host, width })
    await open(/^a,/)
    expect(draws).toBeGreaterThan(0)
    draws = 0
    act(() => bridge.request('a', { target: '/new' }))
    await act(() => new Promise(requestAnimationFrame))
    expect(screen.getByRole('button', { name: /^GET \/new/ })).toBeDefined()
    expect(draws).toBe(0)
  })
})

describe('tabs', () => {
  it('change by arrow key and by ⌃Tab, and keep the filter', async () => {
    await renderPanel({ log: { portfolio: mockRequests } })
    await open(/^portfolio/)
    fireEvent.change(screen.getByRole('searchbox', { name: 'Filter requests' }), {
      target: { value: 'about' },
    })
    screen.getByRole('tab', { name: 'Requests' }).focus()
    await press('ArrowRight')
    expect(screen.getByRole('tab', { name: 'Options', selected: true })).toBe(document.activeElement)
    expect(screen.getByRole('tabpanel', { name: 'Options' })).toBeDefined()
    await press('Tab', { ctrlKey: true })
    const filter = screen.getByRole<HTMLInputElement>('searchbox', { name: 'Filter requests' })
    expect(filter.value).toBe('about')
  })
})

describe('options', () => {
  const openOptions = async () => {
    await open(/^portfolio/)
    fireEvent.click(screen.getByRole('tab', { name: 'Options' }))
  }

  it('are those that exist, and apply when changed', async () => {
    const { bridge, settle } = await renderPanel()
    await openOptions()
    expect(screen.getAllByRole('switch').map(each => each.getAttribute('aria-label'))).toEqual([
      'Serve portfolio',
      'Share on network',
      'HTTPS',
      'Live reload',
      'Single-page app',
      'Clean URLs',
      'Directory listing',
      'Hidden files',
      'Cross-origin isolation',
      'Password',
      'Uploads',
      'Download folders as .zip',
    ])
    screen.getByRole('switch', { name: 'Hidden files' }).click()
    screen.getByRole('switch', { name: 'Directory listing' }).click()
    await settle()
    expect(bridge.state().sites[0]?.options).toEqual({
      ...mockOptions,
      share: true,
      listing: false,
      dotfiles: true,
    })
  })

  it('commit the port on Enter', async () => {
    const { bridge } = await renderPanel()
    await openOptions()
    const port = screen.getByRole<HTMLInputElement>('textbox', { name: 'Port' })
    port.focus()
    fireEvent.change(port, { target: { value: '9090' } })
    await press('Enter')
    expect(bridge.state().sites[0]?.options.port).toBe(9090)
    expect(screen.getByRole('button', { name: 'Copy URL http://localhost:9090' })).toBeDefined()
  })

  it('commit the port when the focus leaves, and send nothing when it is the same', async () => {
    const { bridge, settle } = await renderPanel()
    await openOptions()
    const port = screen.getByRole<HTMLInputElement>('textbox', { name: 'Port' })
    fireEvent.change(port, { target: { value: ' 8080 ' } })
    fireEvent.blur(port)
    await settle()
    expect(bridge.calls.filter(call => call.command === 'site.configure')).toEqual([])
    expect(port.value).toBe('8080')
    fireEvent.change(port, { target: { value: '3000' } })
    fireEvent.blur(port)
    await settle()
    expect(bridge.state().sites[0]?.options.port).toBe(3000)
  })

  it.each(['', '0', '65536', '80a', '-1', '8080.5'])('refuse the port %j beside the field', async value => {
    const { bridge } = await renderPanel()
    await openOptions()
    const port = screen.getByRole<HTMLInputElement>('textbox', { name: 'Port' })
    port.focus()
    fireEvent.change(port, { target: { value } })
    await press('Enter')
    expect(port.getAttribute('aria-invalid')).toBe('true')
    const words = document.getElementById(port.getAttribute('aria-describedby') ?? '')
    expect(words?.textContent).toBe('Use a number from 1 to 65535')
    expect(bridge.calls.filter(call => call.command === 'site.configure')).toEqual([])
    await press('Escape')
    expect(port.value).toBe('8080')
    expect(port.getAttribute('aria-invalid')).toBe('false')
    expect(screen.getByRole('heading', { level: 1, name: 'portfolio' })).toBeDefined()
  })

  it('show beside the field what the app says about a port', async () => {
    const problem = {
      type: 'bad-input',
      title: 'Port 6000 is not opened by browsers',
      field: 'port',
      remedies: [],
    } as const
    await renderPanel({ handlers: { 'site.configure': () => ({ ok: false, problem }) } })
    await openOptions()
    const port = screen.getByRole<HTMLInputElement>('textbox', { name: 'Port' })
    port.focus()
    fireEvent.change(port, { target: { value: '6000' } })
    await press('Enter')
    expect(screen.getByText('Port 6000 is not opened by browsers').tagName).toBe('SMALL')
    expect(screen.getAllByRole('alert').map(each => each.textContent)).toEqual([
      'Port 6000 is not opened by browsers',
      '',
    ])
  })

  const rename = async (value: string) => {
    const name = screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' })
    name.focus()
    fireEvent.change(name, { target: { value } })
    await press('Enter')
    return name
  }

  it('rename the site; no name is the name of its folder', async () => {
    const { bridge } = await renderPanel()
    await openOptions()
    await rename('  Maria’s work ')
    expect(bridge.state().sites[0]?.name).toBe('Maria’s work')
    expect(screen.getByRole('heading', { level: 1, name: 'Maria’s work' })).toBeDefined()
    await rename(' ')
    expect(bridge.state().sites[0]?.name).toBe('portfolio')
  })

  it('refuse a name that is too long, but not the one it has', async () => {
    const long = 'a'.repeat(101)
    const { bridge } = await renderPanel({ sites: [site('portfolio', { name: long }), site('b')] })
    await open(/^aaa/)
    fireEvent.click(screen.getByRole('tab', { name: 'Options' }))
    const name = await rename(`${long}a`)
    expect(name.getAttribute('aria-invalid')).toBe('true')
    expect(screen.getByText('Use a name of 1 to 100 characters').role).toBe('alert')
    await rename(long)
    expect(name.getAttribute('aria-invalid')).toBe('false')
    expect(bridge.calls.some(call => call.command === 'site.rename')).toBe(false)
  })

  it('show the folder where the host can, in the words of its system', async () => {
    const { bridge, settle } = await renderPanel({ host: hosts.window })
    await openOptions()
    screen.getByRole('button', { name: 'Show in Folder' }).click()
    await settle()
    expect(bridge.calls.at(-1)?.command).toBe('site.reveal')
  })

  it('have no dead button where the host cannot show folders', async () => {
    await renderPanel({ host: { capabilities: [] } })
    await openOptions()
    expect(screen.queryByRole('button', { name: /^Show in/ })).toBeNull()
    expect(screen.getByRole('button', { name: 'Remove…' })).toBeDefined()
  })
})

describe('a wide window', () => {
  it('shows list and detail side by side and changes the detail from the list', async () => {
    const sites = [
      site('one'),
      site('two', { status: { phase: 'listening', origins: origins(8081, false) } }),
    ]
    await renderPanel({ sites, host: hosts.window, width: 1180 })
    expect(screen.getByRole('complementary', { name: 'Sites' })).toBeDefined()
    expect(screen.getByRole('heading', { level: 2, name: 'one' })).toBeDefined()
    screen.getByRole('link', { name: /^two/ }).focus()
    await press('Enter')
    expect(screen.getByRole('heading', { level: 2, name: 'two' })).toBeDefined()
    expect(focused()).toBe('two, running')
    expect(screen.getByRole('link', { name: /^two/ }).getAttribute('aria-current')).toBe('true')
  })

  it('keeps filter, pause, opened row and focus when it becomes narrow, and after Settings', async () => {
    const sites = [site('one'), site('two')]
    await renderPanel({ sites, host: hosts.window, width: 1180, log: { one: mockRequests } })
    await open(/^one/)
    const filter = () => screen.getByRole<HTMLInputElement>('searchbox', { name: 'Filter requests' })
    fireEvent.change(filter(), { target: { value: 'about' } })
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }))
    fireEvent.click(screen.getByRole('button', { name: /^GET \/about/ }))
    filter().focus()
    const isAsBefore = () => {
      expect(filter().value).toBe('about')
      expect(screen.getAllByRole('button', { name: 'Resume' })).toHaveLength(2)
      expect(screen.getByRole('button', { name: /^GET \/about/ }).getAttribute('aria-expanded')).toBe('true')
    }
    act(() => setWidth(400))
    expect(screen.queryByRole('complementary')).toBeNull()
    isAsBefore()
    expect(document.activeElement).toBe(filter())
    act(() => setWidth(1180))
    await press(',', { ctrlKey: true })
    await press('Escape')
    isAsBefore()
  })

  it('keeps what is typed in the folder chooser when it becomes narrow', async () => {
    await renderPanel({ host: { ...hosts.browser }, width: 1180 })
    await press('o', { ctrlKey: true })
    const field = () => screen.getByRole<HTMLInputElement>('combobox', { name: 'Folder path' })
    fireEvent.change(field(), { target: { value: '~/Sites/port' } })
    act(() => setWidth(400))
    expect(field().value).toBe('~/Sites/port')
    expect(document.activeElement).toBe(field())
  })

  it('is never the panel under the menubar icon', async () => {
    await renderPanel({ width: 1180 })
    expect(screen.queryByRole('complementary')).toBeNull()
  })
})
