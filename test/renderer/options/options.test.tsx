import { act, fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { SiteOptions } from '../../../electron/contract.ts'
import { type MemoryBridgeOptions, origins, site } from '../../support/memory-bridge.ts'
import { hosts, mockAuthority, mockOptions } from '../../support/mock-data.ts'
import { focused, press, renderPanel } from '../../support/render-panel.tsx'

/** The options of `portfolio`, with these set and another site beside it. */
async function open(
  options: Partial<SiteOptions> = {},
  setup: MemoryBridgeOptions & { width?: number } = {},
) {
  const sites = [site('portfolio', { options: { ...mockOptions, ...options } }), site('other')]
  const panel = await renderPanel({ sites, ...setup })
  fireEvent.click(screen.getByRole('link', { name: /^portfolio/ }))
  fireEvent.click(screen.getByRole('tab', { name: /^Options/ }))
  return { ...panel, options: () => panel.bridge.state().sites[0]?.options }
}

const toggle = (name: string) => screen.getByRole('switch', { name })
const isOn = (name: string) => toggle(name).getAttribute('aria-checked') === 'true'
const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name, { selector: 'input' })
const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name })
const type = (name: string, value: string) => {
  field(name).focus()
  fireEvent.change(field(name), { target: { value } })
}
const status = () => screen.getByRole('status').textContent
/** What is said beside a field. */
const beside = (name: string) =>
  document.getElementById(field(name).getAttribute('aria-describedby') ?? '')?.textContent

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

describe('a password', () => {
  it('is set on Enter, never shown again, changed and removed by keyboard', async () => {
    const { bridge, options } = await open()
    toggle('Password').focus()
    await press(' ')
    expect(screen.getByText('Not asked for until you set it')).toBeDefined()
    expect(document.activeElement).toBe(field('Password'))
    expect(field('User name').value).toBe('guest')
    expect(field('Password').type).toBe('password')
    type('User name', 'maria')
    type('Password', ' s3cret ')
    fireEvent.submit(field('Password'))
    await press('Shift')
    expect(bridge.calls.at(-1)).toEqual({
      command: 'site.setPassword',
      input: { id: 'portfolio', user: 'maria', password: ' s3cret ' },
    })
    expect(options()?.password).toEqual({ user: 'maria' })
    expect(document.body.innerHTML).not.toContain('s3cret')
    expect(status()).toContain('Password set')
    expect(focused()).toBe('Change Password…')
    await press('Enter')
    type('New password', 'other')
    fireEvent.submit(field('New password'))
    await press('Shift')
    expect(bridge.calls.at(-1)?.input).toEqual({ id: 'portfolio', user: 'maria', password: 'other' })
    expect(status()).toContain('Password changed')
    toggle('Password').focus()
    await press(' ')
    expect(options()?.password).toBeNull()
    expect(status()).toContain('Password removed')
  })

  it('is set when the focus leaves both fields, not when it goes from one to the other', async () => {
    const { bridge, options, settle } = await open()
    fireEvent.click(toggle('Password'))
    type('Password', 'x')
    fireEvent.blur(field('Password'), { relatedTarget: field('User name') })
    await settle()
    expect(bridge.calls.some(call => call.command === 'site.setPassword')).toBe(false)
    fireEvent.blur(field('Password'), { relatedTarget: toggle('Uploads') })
    await settle()
    expect(options()?.password).toEqual({ user: 'guest' })
  })

  it('is dropped by Esc, by Cancel and by its switch', async () => {
    const { bridge, settle } = await open()
    const begin = () => {
      fireEvent.click(toggle('Password'))
      type('Password', 'x')
    }
    begin()
    await press('Escape')
    expect(isOn('Password')).toBe(false)
    expect(document.activeElement).toBe(toggle('Password'))
    begin()
    fireEvent.click(button('Cancel'))
    expect(isOn('Password')).toBe(false)
    begin()
    fireEvent.blur(field('Password'), { relatedTarget: toggle('Password') })
    fireEvent.click(toggle('Password'))
    await settle()
    expect(isOn('Password')).toBe(false)
    expect(bridge.calls.some(call => call.command === 'site.setPassword')).toBe(false)
    expect(screen.getByRole('heading', { level: 1, name: 'portfolio' })).toBeDefined()
  })

  it('needs one, and shows beside its field what the app says', async () => {
    const problem = { type: 'bad-input', title: 'No colon', field: 'user', remedies: [] } as const
    await open({}, { handlers: { 'site.setPassword': () => ({ ok: false, problem }) } })
    fireEvent.click(toggle('Password'))
    fireEvent.submit(field('Password'))
    expect(beside('Password')).toBe('Type a password')
    type('Password', 'x')
    type('User name', 'a:b')
    fireEvent.submit(field('Password'))
    await press('Shift')
    expect(beside('User name')).toBe('No colon')
    expect(field('User name').getAttribute('aria-invalid')).toBe('true')
    expect(field('Password').value).toBe('x')
  })
})

describe('an open share with uploads', () => {
  const risky = { share: true, uploads: true }

  it('warns in the options and opens the password', async () => {
    const { options } = await open(risky)
    expect(screen.getByRole('note').textContent).toContain('Anyone can add files.')
    button('Set Password…').focus()
    await press('Enter')
    expect(document.activeElement).toBe(field('Password'))
    type('Password', 'x')
    fireEvent.submit(field('Password'))
    await press('Shift')
    expect(options()?.password).toEqual({ user: 'guest' })
    expect(screen.queryByRole('note')).toBeNull()
  })

  it('warns on the row, which leads to the password', async () => {
    await renderPanel({ sites: [site('a', { options: { ...mockOptions, ...risky } }), site('b')] })
    button('Set password of a…').focus()
    await press('Enter')
    expect(screen.getByRole('tab', { name: 'Options', selected: true })).toBeDefined()
    expect(document.activeElement).toBe(field('Password'))
  })

  it('warns on the card of the only site, and again after the first answer', async () => {
    await renderPanel({ sites: [site('a', { options: { ...mockOptions, ...risky, manage: true } })] })
    expect(screen.getByRole('note').textContent).toContain('Anyone can add and delete files.')
    for (const _ of [1, 2]) {
      button('Set Password…').click()
      await press('Shift')
      expect(document.activeElement).toBe(field('Password'))
      await press('Escape')
      expect(isOn('Password')).toBe(false)
    }
  })

  it.each([{ share: false }, { uploads: false }, { password: { user: 'maria' } }])(
    'is not one with %j',
    async one => {
      await open({ ...risky, ...one })
      expect(screen.queryByRole('note')).toBeNull()
    },
  )
})

describe('extra fields', () => {
  const fields = [
    ['x-frame-options', 'DENY'],
    ['permissions-policy', 'camera=()'],
  ] as const

  it('are added by keyboard', async () => {
    const { options } = await open()
    button('Add extra field').focus()
    await press('Enter')
    expect(focused()).toBe('New field, name')
    type('New field, name', 'X-Robots-Tag')
    await press('Enter')
    expect(focused()).toBe('New field, value')
    type('New field, value', ' noindex ')
    await press('Enter')
    expect(options()?.fields).toEqual([['x-robots-tag', 'noindex']])
    expect(field('Field 1, name').value).toBe('x-robots-tag')
    expect(focused()).toBe('Add extra field')
  })

  it('are changed when the focus leaves the row, and restored by Esc', async () => {
    const { bridge, options, settle } = await open({ fields })
    type('Field 2, value', 'microphone=()')
    fireEvent.blur(field('Field 2, value'), { relatedTarget: field('Field 2, name') })
    await settle()
    expect(bridge.calls.some(call => call.command === 'site.configure')).toBe(false)
    await press('Escape')
    expect(field('Field 2, value').value).toBe('camera=()')
    expect(screen.getByRole('heading', { level: 1, name: 'portfolio' })).toBeDefined()
    type('Field 2, value', 'microphone=()')
    fireEvent.blur(field('Field 2, value'), { relatedTarget: toggle('Uploads') })
    await settle()
    expect(options()?.fields).toEqual([fields[0], ['permissions-policy', 'microphone=()']])
  })

  it('are removed, and brought back by Undo', async () => {
    const { options, settle } = await open({ fields })
    button('Remove permissions-policy').focus()
    await press('Enter')
    expect(options()?.fields).toEqual([fields[0]])
    expect(status()).toContain('Removed permissions-policy.')
    expect(focused()).toBe('Add extra field')
    button(/^Undo/).click()
    await settle()
    expect(options()?.fields).toEqual(fields)
  })

  it('are not sent when no field can be like that, or when nothing was typed', async () => {
    const { bridge, settle } = await open()
    fireEvent.click(button('Add extra field'))
    type('New field, name', 'two words')
    await press('Enter')
    expect(beside('New field, name')).toBe('Use a name of letters, digits and hyphens')
    type('New field, name', '')
    fireEvent.blur(field('New field, name'), { relatedTarget: toggle('Uploads') })
    await settle()
    expect(screen.queryByLabelText('New field, name')).toBeNull()
    expect(bridge.calls.some(call => call.command === 'site.configure')).toBe(false)
  })

  it('show below the row what the app says', async () => {
    const problem = {
      type: 'bad-input',
      title: 'These headers cannot be sent',
      detail: 'content-length is the server’s own',
      field: 'fields',
      remedies: [],
    } as const
    await open({}, { handlers: { 'site.configure': () => ({ ok: false, problem }) } })
    fireEvent.click(button('Add extra field'))
    type('New field, name', 'content-length')
    type('New field, value', '1')
    await press('Enter')
    expect(beside('New field, name')).toBe('These headers cannot be sent. content-length is the server’s own')
    expect(field('New field, value').value).toBe('1')
  })
})

describe('HTTPS', () => {
  const authority = mockAuthority
  const https = { https: true }

  it('shows nothing of certificates while it is off', async () => {
    await open({}, { state: { authority } })
    expect(screen.queryByText(authority.fingerprint)).toBeNull()
    expect(screen.queryByRole('button', { name: /Trust/ })).toBeNull()
  })

  it('is trusted and no longer trusted by one button that keeps the focus', async () => {
    const { bridge } = await open(https, { state: { authority } })
    expect(screen.getByText('Not trusted yet')).toBeDefined()
    button('Trust on This Computer…').focus()
    await press('Enter')
    expect(bridge.calls.at(-1)).toEqual({ command: 'authority.trust', input: { trusted: true } })
    expect(status()).toContain('Trusted on this computer')
    expect(focused()).toBe('Remove Trust')
    await press('Enter')
    expect(bridge.calls.at(-1)?.input).toEqual({ trusted: false })
    expect(screen.getByText('Not trusted yet')).toBeDefined()
  })

  it('says what is left to do by hand, with the commands to copy', async () => {
    const steps = [{ text: 'Run this', command: 'sudo update-ca-certificates' }, { text: 'Restart Firefox' }]
    const left = { ...authority, trusted: 'some', steps } as const
    const { bridge } = await open(https, {
      state: { authority },
      handlers: { 'authority.trust': () => ({ ok: true, value: left }) },
    })
    button('Trust on This Computer…').click()
    await press('Shift')
    expect(status()).toContain('The rest is to be done by hand')
    act(() => bridge.update({ authority: left }))
    expect(screen.getAllByRole('listitem').map(each => each.textContent)).toEqual([
      'Run thissudo update-ca-certificates',
      'Restart Firefox',
    ])
    button('Copy command of step 1').click()
    await press('Shift')
    expect(bridge.calls.at(-1)?.input).toEqual({ text: 'sudo update-ca-certificates' })
    button('Copy fingerprint').click()
    await press('Shift')
    expect(bridge.calls.at(-1)?.input).toEqual({ text: authority.fingerprint })
    expect(button('Remove Trust')).toBeDefined()
  })

  it('takes an own certificate, and gives it back', async () => {
    const { options } = await open(https, { state: { authority } })
    button('Use Own Certificate…').focus()
    await press('Enter')
    expect(document.activeElement).toBe(field('Certificate file'))
    type('Certificate file', ' /etc/ssl/site.pem ')
    fireEvent.submit(field('Certificate file'))
    expect(beside('Key file')).toBe('Use the full path of a PEM file')
    type('Key file', '/etc/ssl/site.key')
    fireEvent.submit(field('Key file'))
    await press('Shift')
    expect(options()?.certificate).toEqual({ certFile: '/etc/ssl/site.pem', keyFile: '/etc/ssl/site.key' })
    expect(screen.queryByRole('button', { name: /Trust/ })).toBeNull()
    expect(focused()).toBe('Use One Made Here')
    type('Key file', '/etc/ssl/new.key')
    await press('Enter')
    expect(options()?.certificate).toEqual({ certFile: '/etc/ssl/site.pem', keyFile: '/etc/ssl/new.key' })
    button('Use One Made Here').focus()
    await press('Enter')
    expect(options()?.certificate).toBeNull()
    expect(focused()).toBe('Use Own Certificate…')
  })

  it('shows beside its field which file is refused', async () => {
    const problem = { type: 'certificate', title: 'This is no key', field: 'keyFile', remedies: [] } as const
    await open(https, { handlers: { 'site.configure': () => ({ ok: false, problem }) } })
    fireEvent.click(button('Use Own Certificate…'))
    type('Certificate file', '/a.pem')
    type('Key file', '/a.pem')
    fireEvent.submit(field('Key file'))
    await press('Shift')
    expect(beside('Key file')).toBe('This is no key')
    expect(field('Certificate file').getAttribute('aria-invalid')).toBe('false')
  })

  it('says beside the certificate why it cannot be used', async () => {
    const problem = {
      type: 'certificate',
      title: 'No certificate at /a.pem',
      detail: 'Choose another.',
      remedies: [],
    } as const
    const certificate = { certFile: '/a.pem', keyFile: '/a.key' }
    const { bridge } = await open({ ...https, certificate })
    expect(screen.getByText('Your own')).toBeDefined()
    act(() => bridge.updateSite('portfolio', { status: { phase: 'failed', problem } }))
    expect(screen.getByText('No certificate at /a.pem. Choose another.').className).toBe('is-error')
  })

  it('shows a lock, and copies the whole address', async () => {
    const { bridge, settle } = await open(https, {
      sites: [
        site('portfolio', {
          options: { ...mockOptions, ...https },
          status: { phase: 'listening', origins: origins(8443, false, true) },
        }),
        site('other'),
      ],
    })
    const well = button('Copy URL https://localhost:8443')
    expect(well.querySelector('use')?.getAttribute('href')).toBe('#i-lock')
    well.click()
    await settle()
    expect(bridge.calls.at(-1)?.input).toEqual({ text: 'https://localhost:8443' })
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
