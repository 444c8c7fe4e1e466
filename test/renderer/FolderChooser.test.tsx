import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { site } from '../support/memory-bridge.ts'
import { hosts, mockFolders } from '../support/mock-data.ts'
import { focused, press, renderPanel } from '../support/render-panel.tsx'

const options = () => screen.queryAllByRole('option').map(option => option.children[1]?.textContent)
const field = () => screen.getByRole<HTMLInputElement>('combobox', { name: 'Folder path' })
const type = (value: string) => fireEvent.change(field(), { target: { value } })
const listed = (calls: readonly { command: string; input: unknown }[]) =>
  calls.filter(call => call.command === 'folder.list').map(call => call.input)

describe('the folder chooser', () => {
  const start = async (setup = {}) => {
    const panel = await renderPanel({ host: hosts.browser, ...setup })
    await press('o', { ctrlKey: true })
    return panel
  }

  it('starts in the home folder with the focus in the field', async () => {
    const { bridge } = await start()
    expect(listed(bridge.calls)).toEqual([{}])
    expect(document.activeElement).toBe(field())
    expect(field().value).toBe('~/Sites/')
    expect(options()).toEqual(mockFolders.folders.map(folder => folder.name))
    expect(screen.getByRole('button', { name: 'Serve “Sites” ↩' })).toBeDefined()
  })

  it('serves the folder that the arrow keys chose', async () => {
    const { bridge } = await start()
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) await press(key)
    expect(screen.getByRole('option', { selected: true }).id).toBe(
      field().getAttribute('aria-activedescendant'),
    )
    expect(screen.getByRole('button', { name: 'Serve “landing” ↩' })).toBeDefined()
    await press('Enter')
    expect(bridge.state().sites[0]?.folder).toBe('/Users/maria/Sites/landing')
    expect(focused()).toBe('Copy URL of landing')
  })

  it('narrows the list to what is typed, and lists another folder when it is another path', async () => {
    const { bridge, settle } = await start()
    type('~/Sites/PORT')
    expect(options()).toEqual(['portfolio'])
    expect(screen.getByRole('button', { name: 'Serve “portfolio” ↩' })).toBeDefined()
    type('~/Sites/none')
    expect(options()).toEqual([])
    expect(screen.getByText('Nothing matches “none”')).toBeDefined()
    expect(screen.getByRole('button', { name: /^Serve/ }).hasAttribute('disabled')).toBe(true)
    expect(listed(bridge.calls)).toHaveLength(1)
    type('/srv/')
    await settle()
    expect(listed(bridge.calls).at(-1)).toEqual({ path: '/srv/' })
  })

  it('goes into a folder with → and up with ←', async () => {
    const { bridge } = await start()
    await press('ArrowDown')
    field().setSelectionRange(field().value.length, field().value.length)
    await press('ArrowRight')
    expect(listed(bridge.calls).at(-1)).toEqual({ path: '/Users/maria/Sites/Documents' })
    field().setSelectionRange(field().value.length, field().value.length)
    await press('ArrowLeft')
    expect(listed(bridge.calls).at(-1)).toEqual({ path: '/Users/maria' })
  })

  it('says why a folder cannot be listed', async () => {
    const problem = { type: 'folder-missing', title: 'There is no folder /nowhere', remedies: [] } as const
    const { settle } = await start({
      handlers: {
        'folder.list': ({ path }: { path?: string }) =>
          path === '/nowhere/' ? { ok: false, problem } : { ok: true, value: mockFolders },
      },
    })
    type('/nowhere/')
    await settle()
    expect(screen.getByText('There is no folder /nowhere')).toBeDefined()
    expect(field().getAttribute('aria-invalid')).toBe('true')
    type('~/Sites/')
    await settle()
    expect(screen.queryByText('There is no folder /nowhere')).toBeNull()
  })

  it('says why the folder cannot be served, until another is chosen', async () => {
    const title = 'Servebar is not allowed to read it'
    const problem = { type: 'folder-unreadable', title, field: 'folders', remedies: [] } as const
    await start({ handlers: { 'site.add': () => ({ ok: false, problem }) } })
    await press('ArrowDown')
    await press('Enter')
    expect(document.getElementById(field().getAttribute('aria-describedby') ?? '')?.textContent).toBe(title)
    expect(screen.getAllByText(title)).toHaveLength(1)
    await press('ArrowDown')
    expect(screen.queryByText(title)).toBeNull()
  })

  it('goes back to the strip on Esc', async () => {
    await start()
    await press('Escape')
    expect(focused()).toBe('Choose a folderCtrl+O')
  })

  it('is a dialog over a wide window', async () => {
    await start({ width: 1180 })
    expect(screen.getByRole('dialog', { name: 'Choose a folder' })).toBeDefined()
    expect(document.activeElement).toBe(field())
    await press('Escape')
    expect(screen.queryByRole('dialog', { name: 'Choose a folder' })).toBeNull()
  })

  it('leads up from a folder that cannot be listed to the nearest that can', async () => {
    const problem = { type: 'folder-unreadable', title: 'Not readable', remedies: [] } as const
    const { bridge, settle } = await start({
      handlers: {
        'folder.list': ({ path = '~' }: { path?: string }) =>
          path.startsWith('/srv/') ? { ok: false, problem } : { ok: true, value: mockFolders },
      },
    })
    type('/srv/a/b/')
    await settle()
    expect(screen.getByText('Not readable')).toBeDefined()
    fireEvent.click(screen.getByRole('button', { name: 'Enclosing folder' }))
    await settle()
    const up = ['/srv/a/b/', '/srv/a/', '/srv/', '/'].map(path => ({ path }))
    expect(listed(bridge.calls).slice(1)).toEqual(up)
    expect(screen.queryByText('Not readable')).toBeNull()
    expect(options()).toHaveLength(7)
  })

  it.each(['Sites/portfolio', './Sites/', 'C:Sites/'])('asks for the full path instead of %s', async text => {
    const { bridge, settle } = await start()
    type(text)
    await settle()
    expect(screen.getByText('Use the full path of a folder').role).toBe('alert')
    expect(options()).toEqual([])
    expect(screen.getByRole('button', { name: /^Serve/ }).hasAttribute('disabled')).toBe(true)
    expect(listed(bridge.calls)).toEqual([{}])
    type('~/Sites/')
    expect(screen.queryByText('Use the full path of a folder')).toBeNull()
    expect(options()).toHaveLength(7)
  })
})

describe('the chooser for a folder that was moved', () => {
  const problem = {
    type: 'folder-missing',
    title: 'The folder was moved or deleted',
    remedies: [{ action: 'locate', label: 'Locate…' }],
  } as const
  const start = async (setup = {}) => {
    const sites = [site('portfolio'), site('tide-pool', { status: { phase: 'failed', problem } })]
    const panel = await renderPanel({ host: hosts.browser, sites, ...setup })
    screen.getByRole('button', { name: 'Locate…' }).focus()
    await press('Enter')
    return panel
  }

  it('serves from where it is now', async () => {
    const { bridge } = await start()
    await press('ArrowDown')
    await press('Enter')
    const moved = bridge.state().sites.find(each => each.id === 'tide-pool')
    expect(moved?.folder).toBe('/Users/maria/Sites/Documents')
    expect(focused()).toBe('Copy URL of tide-pool')
  })

  it('says which, starts where it was, and goes back to its row', async () => {
    const handlers = {
      'folder.list': ({ path }: { path?: string }) =>
        path === '/Users/maria/Sites/' ? { ok: false, problem } : { ok: true, value: mockFolders },
    }
    const { bridge } = await start({ handlers })
    expect(screen.getByRole('heading', { level: 1, name: 'Locate tide-pool' })).toBeDefined()
    expect(listed(bridge.calls)).toEqual([{ path: '/Users/maria/Sites/' }, { path: '/Users/maria/' }])
    expect(screen.queryByText('The folder was moved or deleted')).toBeNull()
    expect(document.activeElement).toBe(field())
    await press('Escape')
    expect(focused()).toMatch(/^tide-pool, failed/)
  })

  it('starts in the home folder when nothing above it is left', async () => {
    const handlers = {
      'folder.list': ({ path }: { path?: string }) =>
        path === undefined ? { ok: true, value: mockFolders } : { ok: false, problem },
    }
    const { bridge } = await start({ handlers })
    expect(listed(bridge.calls).at(-1)).toEqual({})
    expect(options()).toHaveLength(7)
  })

  it('is a dialog of that name over a wide window, and Cancel goes back to the row', async () => {
    const { settle } = await start({ width: 1180 })
    expect(screen.getByRole('dialog', { name: 'Locate tide-pool' })).toBeDefined()
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    await settle()
    expect(focused()).toMatch(/^tide-pool, failed/)
  })
})
