import { act, fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { RulesReport } from '../../../electron/contract.ts'
import { site } from '../../support/memory-bridge.ts'
import { hosts, mockOptions } from '../../support/mock-data.ts'
import { press, renderPanel } from '../../support/render-panel.tsx'
import { beside, button, field, isOn, open, status, toggle, type } from './open-options.ts'

describe('switches', () => {
  it.each([
    ['HTTPS', 'https', true],
    ['Live reload', 'liveReload', false],
    ['Single-page app', 'spa', true],
    ['Clean URLs', 'cleanUrls', false],
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
    act(() => bridge.updateSite('portfolio', { liveLimited: true }))
    expect(screen.getByText(/^3 pages connected · .*too many$/)).toBeDefined()
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

describe('index files', () => {
  it('are names with commas between them, and none is possible', async () => {
    const { options, settle } = await open()
    expect(field('Index files').value).toBe('index.html')
    expect(beside('Index files')).toBe('The page of a folder')
    type('Index files', ' home.htm ,, index.html')
    await press('Enter')
    await settle()
    expect(options()).toEqual({ ...mockOptions, index: ['home.htm', 'index.html'] })
    expect(field('Index files').value).toBe('home.htm, index.html')
    type('Index files', '')
    await press('Enter')
    await settle()
    expect(options()?.index).toEqual([])
    expect(beside('Index files')).toBe('Folders have no page')
    expect(screen.getByText('Folders list their files')).toBeDefined()
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
  const report: RulesReport = { host: 'netlify', toldBy: null, files: ['_redirects'], count: 3, problems: [] }
  const problems = [
    { file: '_redirects', line: 3, message: 'there is no status 299' },
    { file: 'serve.json', line: 12, message: '“rewrite” is not known' },
  ]
  it('show what cannot be followed, by file and line, with a count on the tab', async () => {
    const { bridge } = await open({ hostRules: 'netlify' })
    act(() => bridge.updateSite('portfolio', { rules: { ...report, problems } }))
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
    act(() => bridge.updateSite('portfolio', { rules: report }))
    expect(screen.getByRole('tab', { name: 'Options' })).toBeDefined()
    expect(status()).toContain('portfolio, no problem is left in the rules of the host.')
  })

  it('are a choice of hosts', async () => {
    const { options, settle } = await open()
    const choice = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Rules of the host' })
    expect([...choice.options].map(each => each.text)).toEqual([
      'Off',
      'Automatic',
      'Netlify',
      'Cloudflare Pages',
    ])
    fireEvent.change(choice, { target: { value: 'cloudflare' } })
    await settle()
    expect(options()).toEqual({ ...mockOptions, hostRules: 'cloudflare' })
  })

  it.each([
    ['netlify', report, '3 rules applied'],
    ['auto', report, '3 rules, as Netlify by default'],
    [
      'auto',
      {
        ...report,
        host: 'cloudflare',
        toldBy: 'wrangler.toml',
        count: 1,
        files: ['_redirects', '_headers', 'serve.json'],
      },
      '1 rule, as Cloudflare Pages (wrangler.toml)',
    ],
    ['netlify', { ...report, files: [], count: 0 }, 'No _headers, _redirects or serve.json here'],
    ['netlify', null, 'Follow _headers, _redirects and serve.json'],
    ['off', report, 'Follow _headers, _redirects and serve.json'],
  ] as const)('say beside the choice what is applied: %s, %j', async (hostRules, rules, words) => {
    const { bridge } = await open({ hostRules })
    act(() => bridge.updateSite('portfolio', { rules }))
    const choice = screen.getByRole('combobox', { name: 'Rules of the host' })
    expect(document.getElementById(choice.getAttribute('aria-describedby') ?? '')?.textContent).toBe(words)
    if (hostRules === 'auto') expect(status()).toContain(`portfolio: ${words}.`)
  })

  it('tell what is wrong with a file as a whole without a line', async () => {
    const { bridge } = await open({ hostRules: 'netlify' })
    const problem = { file: '_headers', line: 0, message: 'it is larger than 1 MB' }
    act(() => bridge.updateSite('portfolio', { rules: { ...report, problems: [problem] } }))
    const list = screen.getByRole('list', { name: 'Problems in the rules' })
    expect(list.textContent).toBe('_headers: it is larger than 1 MB')
  })

  it('have no problems while they are off', async () => {
    const { bridge } = await open()
    act(() => bridge.updateSite('portfolio', { rules: { ...report, problems } }))
    expect(screen.queryByRole('list', { name: 'Problems in the rules' })).toBeNull()
    expect(screen.getByRole('tab', { name: 'Options' })).toBeDefined()
  })

  it('show twenty problems and say how many more there are', async () => {
    const many = Array.from({ length: 25 }, (_, index) => ({
      file: '_headers',
      line: index + 1,
      message: 'x',
    }))
    const { bridge } = await open({ hostRules: 'netlify' })
    act(() => bridge.updateSite('portfolio', { rules: { ...report, problems: many } }))
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
