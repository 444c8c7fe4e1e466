import { act, fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { site } from '../../support/memory-bridge.ts'
import { hosts, mockOptions } from '../../support/mock-data.ts'
import { focused, press, renderPanel, setWidth } from '../../support/render-panel.tsx'
import { beside, button, field, isOn, open, status, toggle, type } from './open-options.ts'

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

  it('is still being typed when the window becomes wide or narrow, and no longer when it was left', async () => {
    const { bridge } = await open({}, { host: hosts.window, width: 1180 })
    fireEvent.click(toggle('Password'))
    type('Password', 's3cret')
    type('User name', 'maria')
    for (const width of [600, 1180]) {
      await act(async () => setWidth(width))
      expect([field('User name').value, field('Password').value]).toEqual(['maria', 's3cret'])
      expect(document.activeElement).toBe(field('User name'))
    }
    expect(bridge.calls.some(call => call.command === 'site.setPassword')).toBe(false)
    fireEvent.click(screen.getByRole('tab', { name: /^Requests/ }))
    fireEvent.click(screen.getByRole('tab', { name: /^Options/ }))
    expect(isOn('Password')).toBe(false)
    fireEvent.click(toggle('Password'))
    expect(field('Password').value).toBe('')
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
