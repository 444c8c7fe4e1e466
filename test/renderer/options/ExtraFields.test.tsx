import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { focused, press } from '../../support/render-panel.tsx'
import { beside, button, field, open, status, toggle, type } from './open-options.ts'

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
