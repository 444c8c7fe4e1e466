/** Glyph, tooltip and menu of the tray, from a state. */
import { describe, expect, it } from 'vitest'
import type { AppState, Site, SiteStatus } from '../../electron/contract.ts'
import { type TrayItem, trayGlyph, trayMenu, trayTooltip } from '../../electron/desktop/tray-model.ts'
import { mockOptions, mockSettings } from '../support/mock-data.ts'

function site(name: string, status: SiteStatus): Site {
  return {
    id: `id-${name}`,
    name,
    folder: `/srv/${name}`,
    folderLabel: `/srv/${name}`,
    options: mockOptions,
    portChosen: false,
    status,
    shareEnd: { kind: 'never' },
    localUrl: null,
    livePages: 0,
    liveLimited: false,
    rules: null,
    blocked: [],
  }
}
function state(...sites: Site[]): AppState {
  return {
    revision: 1,
    sites,
    settings: mockSettings,
    authority: null,
    host: { kind: 'menubar', os: 'linux', version: '1.0.0', capabilities: [] },
    notice: null,
  }
}
const running = site('portfolio', {
  phase: 'listening',
  origins: [
    { url: 'http://localhost:8080', host: 'localhost', port: 8080, reach: 'loopback' },
    { url: 'http://192.168.1.24:8080', host: '192.168.1.24', port: 8080, reach: 'network' },
  ],
})
const stopped = site('handbook', { phase: 'stopped' })
const failed = site('tide-pool', {
  phase: 'failed',
  problem: { type: 'port-in-use', title: 'Port 5173 is in use by node', remedies: [] },
})

describe('trayGlyph', () => {
  it.each([
    ['no site', state(), 'idle'],
    ['only stopped sites', state(stopped), 'idle'],
    ['a failed site among stopped ones', state(stopped, failed), 'failed'],
    ['a running site, whatever the others', state(failed, stopped, running), 'running'],
    ['a site that is still starting', state(site('x', { phase: 'starting' })), 'idle'],
  ])('%s', (_name, input, glyph) => {
    expect(trayGlyph(input)).toBe(glyph)
  })
})

describe('trayTooltip', () => {
  it.each([
    ['no site', state(), 'Servebar'],
    ['three sites', state(running, stopped, failed), 'Servebar: 1 of 3 running'],
    ['a stopped site', state(stopped), 'Servebar: 0 of 1 running'],
  ])('%s', (_name, input, text) => {
    expect(trayTooltip(input)).toBe(text)
  })
})

/** `Label`, `(Label)` when greyed out, `Label > …` for a submenu, `-` for a line. */
function outline(items: readonly TrayItem[]): string[] {
  return items.map(item => {
    if ('separator' in item) return '-'
    if ('items' in item) return `${item.label} > ${outline(item.items).join(', ')}`
    return item.action ? item.label : `(${item.label})`
  })
}

describe('trayMenu', () => {
  it('has the daily actions even with no site', () => {
    expect(outline(trayMenu(state(), false))).toEqual([
      'Choose Folder…',
      '(Stop All)',
      'Settings…',
      '-',
      'Quit Servebar',
    ])
  })

  it('offers each site what it can do now', () => {
    expect(outline(trayMenu(state(running, stopped, failed), false))).toEqual([
      '(1 of 3 running)',
      'portfolio: localhost:8080 > Stop, Copy URL, Open in Browser',
      'handbook: stopped > Start, (Copy URL), (Open in Browser)',
      'tide-pool: Port 5173 is in use by node > Start, (Copy URL), (Open in Browser)',
      '-',
      'Choose Folder…',
      'Stop All',
      'Settings…',
      '-',
      'Quit Servebar',
    ])
  })

  it('leaves a site alone while it starts or stops', () => {
    const items = trayMenu(state(site('a', { phase: 'starting' }), site('b', { phase: 'stopping' })), false)
    expect(outline(items).slice(1, 3)).toEqual([
      'a: starting > (Stop), (Copy URL), (Open in Browser)',
      'b: stopping > (Stop), (Copy URL), (Open in Browser)',
    ])
  })

  it('is the way to the panel where the icon opens only the menu', () => {
    expect(outline(trayMenu(state(), true)).slice(0, 2)).toEqual(['Show Servebar', '-'])
  })

  it('copies the first origin', () => {
    const [, portfolio] = trayMenu(state(running), false)
    const copy = portfolio && 'items' in portfolio ? portfolio.items[1] : undefined
    expect(copy).toEqual({ label: 'Copy URL', action: { name: 'copy', text: 'http://localhost:8080' } })
  })
})
