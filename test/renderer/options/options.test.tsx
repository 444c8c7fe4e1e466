import { act, fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { site } from '../../support/memory-bridge.ts'
import { hosts, mockOptions } from '../../support/mock-data.ts'
import { press, renderPanel } from '../../support/render-panel.tsx'
import { button, isOn, open, status, toggle } from './open-options.ts'

describe('switches', () => {
  it.each([
    ['HTTPS', 'https', true],
    ['Live reload', 'liveReload', false],
    ['Single-page app', 'spa', true],
    ['Clean URLs', 'cleanUrls', false],
    ['Rules of the host', 'hostRules', true],
    ['Cross-origin isolation', 'isolate', true],
    ['Uploads', 'uploads', true],
    ['Download folders as .zip', 'zip', true],
  ] as const)('%s applies at once', async (name, option, value) => {
    const { options } = await open()
    expect(isOn(name)).toBe(!value)
    toggle(name).focus()
    await press(' ')
    expect(options()).toEqual({ ...mockOptions, [option]: value })
    expect(isOn(name)).toBe(value)
  })

  it('of uploads come with uploads', async () => {
    const { options, settle } = await open()
    expect(screen.queryByRole('switch', { name: 'Delete and rename' })).toBeNull()
    toggle('Uploads').click()
    await settle()
    toggle('Replace files of the same name').click()
    toggle('Delete and rename').click()
    await settle()
    expect(options()).toMatchObject({ uploads: true, overwrite: true, manage: true })
  })

  it('tell how many pages are connected, while live reload is on', async () => {
    const { bridge } = await open()
    const help = 'Open pages refresh when a file changes'
    expect(screen.getByText(help)).toBeDefined()
    act(() => bridge.updateSite('portfolio', { livePages: 3 }))
    expect(screen.getByText('3 pages connected')).toBeDefined()
    toggle('Live reload').focus()
    await press(' ')
    expect(screen.getByText(help)).toBeDefined()
  })
})

describe('choices', () => {
  const choose = async (name: string, value: string) => {
    fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } })
  }
  const offered = (name: string) =>
    within(screen.getByRole('combobox', { name }))
      .getAllByRole('option')
      .map(each => each.textContent)

  it('are CORS, cache and speed, in the words of the design', async () => {
    await open()
    expect(offered('Cross-origin requests (CORS)')).toEqual(['Off', 'Any origin'])
    expect(offered('Cache')).toEqual(['Don’t cache', '1 minute', '1 hour', 'Forever'])
    expect(offered('Slow network')).toEqual(['Off', 'Slow 3G', 'Fast 3G', 'Flaky Wi-Fi'])
  })

  it.each([
    ['Cross-origin requests (CORS)', 'any', { cors: true }],
    ['Cache', '60', { cache: 60 }],
    ['Cache', 'immutable', { cache: 'immutable' }],
    ['Slow network', 'flaky', { throttle: 'flaky' }],
  ] as const)('%s applies at once: %s', async (name, value, expected) => {
    const { options, settle } = await open()
    await choose(name, value)
    await settle()
    expect(options()).toEqual({ ...mockOptions, ...expected })
  })

  it('keep what was set elsewhere', async () => {
    await open({ cache: 7200 })
    expect(offered('Cache').at(-1)).toBe('2 hours')
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Cache' }).value).toBe('7200')
  })
})

describe('a slow network', () => {
  it('is said on the site and on its row, and can be turned off there', async () => {
    const { options } = await open({ throttle: 'slow-3g' })
    const note = screen.getByRole('note')
    expect(note.textContent).toContain('Slow 3G')
    button('Turn off Slow 3G').focus()
    await press('Enter')
    expect(options()?.throttle).toBe('off')
    expect(screen.queryByRole('note')).toBeNull()
    expect(document.activeElement).not.toBe(document.body)
  })

  it('is in the words of the row', async () => {
    const sites = [site('a', { options: { ...mockOptions, throttle: 'fast-3g' } }), site('b')]
    await renderPanel({ sites })
    const row = screen.getByRole('link', { name: 'a, running, Fast 3G' })
    expect(row.querySelector('.site-slow')?.textContent?.trim()).toBe('Fast 3G')
    expect(row.querySelector('.site-slow use')?.getAttribute('href')).toBe('#i-slow')
  })
})

describe('the rules of the host', () => {
  const problems = [
    { file: '_redirects', line: 3, message: 'there is no status 299' },
    { file: 'serve.json', line: 12, message: '“rewrite” is not known' },
  ]
  it('show what cannot be followed, by file and line, with a count on the tab', async () => {
    const { bridge } = await open({ hostRules: true })
    act(() => bridge.updateSite('portfolio', { ruleProblems: problems }))
    const list = screen.getByRole('list', { name: 'Problems in the rules' })
    expect(
      within(list)
        .getAllByRole('listitem')
        .map(each => each.textContent),
    ).toEqual(['_redirects, line 3: there is no status 299', 'serve.json, line 12: “rewrite” is not known'])
    const tab = screen.getByRole('tab', { name: 'Options, 2 problems' })
    expect(tab.textContent).toContain('2')
    expect(tab.querySelector('use')?.getAttribute('href')).toBe('#s-4')
    expect(status()).toContain('portfolio, 2 problems in the rules of the host.')
    act(() => bridge.updateSite('portfolio', { ruleProblems: [] }))
    expect(screen.getByRole('tab', { name: 'Options' })).toBeDefined()
    expect(status()).toContain('portfolio, no problem is left in the rules of the host.')
  })

  it('have no problems while they are off', async () => {
    const { bridge } = await open()
    act(() => bridge.updateSite('portfolio', { ruleProblems: problems }))
    expect(screen.queryByRole('list', { name: 'Problems in the rules' })).toBeNull()
    expect(screen.getByRole('tab', { name: 'Options' })).toBeDefined()
  })

  it('show twenty problems and say how many more there are', async () => {
    const many = Array.from({ length: 25 }, (_, index) => ({
      file: '_headers',
      line: index + 1,
      message: 'x',
    }))
    const { bridge } = await open({ hostRules: true })
    act(() => bridge.updateSite('portfolio', { ruleProblems: many }))
    const items = within(screen.getByRole('list', { name: 'Problems in the rules' })).getAllByRole('listitem')
    expect(items).toHaveLength(21)
    expect(items.at(-1)?.textContent).toBe('and 5 more problems')
  })
})

describe('a wide window', () => {
  it('has two columns in the order of the design', async () => {
    await open({}, { host: hosts.window, width: 1180 })
    const panel = screen.getByRole('tabpanel', { name: 'Options' })
    const titles = [...panel.children].map(column =>
      [...column.querySelectorAll('h3')].map(title => title.textContent),
    )
    expect(titles).toEqual([
      ['Address', 'Pages'],
      ['Responses', 'Access', 'Folder'],
    ])
  })
})
