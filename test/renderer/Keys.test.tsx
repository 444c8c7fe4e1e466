import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { origins, site } from '../support/memory-bridge.ts'
import { hosts } from '../support/mock-data.ts'
import { focused, press, renderPanel } from '../support/render-panel.tsx'

const row = (name: RegExp) => screen.getByRole('link', { name }).focus()
const command = { metaKey: true }
const shifted = { metaKey: true, shiftKey: true }

describe('keys in the list', () => {
  it('move and jump among rows', async () => {
    await renderPanel()
    await press('ArrowDown')
    expect(focused()).toBe('handbook-docs, stopped')
    await press('ArrowDown')
    await press('ArrowDown')
    expect(focused()).toMatch(/^tide-pool/)
    await press('ArrowUp')
    expect(focused()).toBe('handbook-docs, stopped')
    await press('1', command)
    expect(focused()).toBe('portfolio, running')
    await press('9', command)
    expect(focused()).toBe('portfolio, running')
  })

  it.each([
    ['c', command, { command: 'clipboard.write', input: { text: 'http://localhost:8080' } }],
    ['c', shifted, { command: 'clipboard.write', input: { text: 'http://192.168.1.24:8080' } }],
    ['Enter', command, { command: 'site.open', input: { id: 'portfolio', target: undefined } }],
    ['.', command, { command: 'site.stop', input: { id: 'portfolio' } }],
    ['r', shifted, { command: 'site.reveal', input: { id: 'portfolio' } }],
    ['r', command, { command: 'site.restart', input: { id: 'portfolio' } }],
    ['.', shifted, { command: 'site.stopAll', input: {} }],
    ['o', command, { command: 'folder.choose', input: {} }],
    ['q', command, { command: 'app.quit', input: {} }],
    ['Escape', {}, { command: 'panel.close', input: {} }],
  ])('%s %o', async (key, modifiers, call) => {
    const { bridge } = await renderPanel()
    row(/^portfolio/)
    await press(key, modifiers)
    expect(bridge.calls).toContainEqual(call)
  })

  it('held down do once what would stop and start again', async () => {
    const { bridge } = await renderPanel()
    row(/^portfolio/)
    await press('.', { ...command, repeat: true })
    screen.getByRole('switch', { name: 'Serve portfolio' }).focus()
    await press('Enter', { repeat: true })
    expect(bridge.calls).toEqual([])
    await press('Enter')
    expect(bridge.calls.at(-1)?.command).toBe('site.stop')
  })

  it('do nothing to a site while no row has the focus', async () => {
    const { bridge } = await renderPanel()
    screen.getByRole('button', { name: 'Settings' }).focus()
    await press('.', command)
    await press('c', command)
    expect(bridge.calls.filter(call => call.command !== 'panel.resize')).toEqual([])
  })

  it('mean the only site wherever the focus is', async () => {
    const { bridge } = await renderPanel({ sites: [site('portfolio')] })
    screen.getByRole('button', { name: 'Settings' }).focus()
    await press('.', command)
    expect(bridge.calls.at(-1)).toEqual({ command: 'site.stop', input: { id: 'portfolio' } })
  })

  it('leave ⌘C to a selection of text', async () => {
    const { bridge } = await renderPanel()
    row(/^portfolio/)
    const heading = screen.getByRole('heading', { level: 1 })
    getSelection()?.selectAllChildren(heading)
    await press('c', command)
    expect(bridge.calls.some(call => call.command === 'clipboard.write')).toBe(false)
    getSelection()?.removeAllRanges()
  })

  it('undo the last thing that can be undone', async () => {
    const sites = [site('a'), site('b', { status: { phase: 'listening', origins: origins(8081, false) } })]
    const { bridge } = await renderPanel({ sites })
    await press('.', shifted)
    expect(bridge.state().sites.every(each => each.status.phase === 'stopped')).toBe(true)
    await press('z', command)
    expect(bridge.state().sites.every(each => each.status.phase === 'listening')).toBe(true)
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })
})

describe('keys in a detail', () => {
  it('go back, jump to another site and change tabs', async () => {
    await renderPanel()
    row(/^portfolio/)
    await press('Enter')
    await press('2', command)
    expect(screen.getByRole('heading', { level: 1, name: 'handbook-docs' })).toBeDefined()
    await press('Tab', { ctrlKey: true })
    expect(screen.getByRole('tab', { name: 'Options', selected: true })).toBeDefined()
    await press('[', command)
    expect(focused()).toBe('handbook-docs, stopped')
  })

  it('leave deleting to a text field', async () => {
    await renderPanel()
    row(/^portfolio/)
    await press('Enter')
    screen.getByRole('searchbox', { name: 'Filter requests' }).focus()
    await press('Backspace', command)
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })
})

describe('keys in a browser', () => {
  it('are Ctrl, and its own are left to it', async () => {
    const { bridge } = await renderPanel({ host: hosts.browser })
    row(/^portfolio/)
    await press('r', { ctrlKey: true })
    await press('2', { ctrlKey: true })
    await press('q', { ctrlKey: true })
    expect(bridge.calls).toEqual([])
    expect(focused()).toBe('portfolio, running')
    await press('.', { ctrlKey: true })
    expect(bridge.calls.at(-1)).toEqual({ command: 'site.stop', input: { id: 'portfolio' } })
  })
})
