import { act, fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { origins, site } from '../../support/memory-bridge.ts'
import { mockAuthority, mockOptions } from '../../support/mock-data.ts'
import { focused, press } from '../../support/render-panel.tsx'
import { beside, button, field, open, status, type } from './open-options.ts'

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

  it('says so where there is no browser to trust it', async () => {
    await open(https, {
      state: { authority },
      handlers: { 'authority.trust': () => ({ ok: true, value: authority }) },
    })
    button('Trust on This Computer…').click()
    await press('Shift')
    expect(status()).toContain('No browser of yours was found: start one, then try again')
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
