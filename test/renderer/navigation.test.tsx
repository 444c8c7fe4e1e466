import { act, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { origins, site } from '../support/memory-bridge.ts'
import { focused, press, renderPanel } from '../support/render-panel.tsx'

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
