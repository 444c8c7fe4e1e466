import { act, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Site } from '../../electron/contract.ts'
import { origins, portInUse, site } from '../support/memory-bridge.ts'
import { focused, press, renderPanel } from '../support/render-panel.tsx'

const fine = { ok: true, value: undefined } as const

afterEach(() => vi.restoreAllMocks())

/** A folder is added whose site takes its time to start, while the user goes on to Settings' button. */
async function addSlowSite() {
  const slow = site('slow', { status: { phase: 'starting' } })
  const { bridge } = await renderPanel({
    handlers: { 'site.add': () => ({ ok: true, value: ['slow'] }) },
  })
  await press('o', { metaKey: true })
  act(() => bridge.update({ sites: [slow, ...bridge.state().sites] }))
  screen.getByRole('button', { name: 'Settings' }).focus()
  return () =>
    act(() => bridge.updateSite('slow', { status: { phase: 'listening', origins: origins(8085, false) } }))
}

describe('the focus on a site that was added', () => {
  it('comes when the site does', async () => {
    const start = await addSlowSite()
    start()
    expect(focused()).toBe('Copy URL of slow')
  })

  it('is not taken from where the user has gone when the site comes too late', async () => {
    const start = await addSlowSite()
    const late = Date.now() + 3001
    vi.spyOn(Date, 'now').mockReturnValue(late)
    start()
    expect(focused()).toBe('Settings')
  })
})

describe('the focus on a site that was asked to start', () => {
  const stopped = site('docs', { status: { phase: 'stopped' } })
  /** As the app does it: first `starting`, then what came of it. */
  async function pressStart() {
    const { bridge } = await renderPanel({ sites: [stopped], handlers: { 'site.start': () => fine } })
    screen.getByRole('button', { name: 'Start' }).focus()
    await press('Enter')
    act(() => bridge.updateSite('docs', { status: { phase: 'starting' } }))
    return (status: Site['status']) => act(() => bridge.updateSite('docs', { status }))
  }

  it('goes to Copy, not to the switch that would stop it again', async () => {
    const become = await pressStart()
    become({ phase: 'listening', origins: origins(8080, false) })
    expect(focused()).toBe('Copy URL http://localhost:8080')
  })

  it('goes to what helps when it fails, and so again', async () => {
    const become = await pressStart()
    become({ phase: 'failed', problem: portInUse })
    expect(focused()).toBe('Use port 5174')
    screen.getByRole('button', { name: 'Try 5173 again' }).focus()
    await press('Enter')
    become({ phase: 'starting' })
    become({ phase: 'failed', problem: portInUse })
    expect(focused()).toBe('Use port 5174')
  })

  it('stays where the user has gone in the meantime', async () => {
    const become = await pressStart()
    screen.getByRole('button', { name: 'Settings' }).focus()
    become({ phase: 'listening', origins: origins(8080, false) })
    expect(focused()).toBe('Settings')
  })
})
