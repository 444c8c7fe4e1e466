import { act, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { origins, portInUse, site } from '../support/memory-bridge.ts'
import { press, renderPanel } from '../support/render-panel.tsx'

const region = (role: 'status' | 'alert') =>
  [...document.querySelectorAll('.live')].find(each => each.getAttribute('role') === role)
/** What is only spoken; the toast beside it is seen as well. */
const spoken = (role: 'status' | 'alert') => region(role)?.querySelector('.vh')?.textContent

const stopped = { phase: 'stopped' } as const
const listening = (port: number) => ({ phase: 'listening', origins: origins(port, false) }) as const
const two = [site('a', { status: listening(8081) }), site('b', { status: listening(8082) })]

/** Everything that was in a region since, in order. */
let watched: MutationObserver | undefined
function watch(role: 'status' | 'alert'): string[] {
  const heard: string[] = []
  const target = region(role)
  watched = new MutationObserver(() => {
    const words = spoken(role)
    if (words) heard.push(words)
  })
  if (target) watched.observe(target, { childList: true, characterData: true, subtree: true })
  return heard
}
afterEach(() => watched?.disconnect())

describe('the live regions', () => {
  it('say only what is new in them', async () => {
    await renderPanel()
    expect(region('status')?.getAttribute('aria-atomic')).toBe('false')
    expect(region('alert')?.getAttribute('aria-atomic')).toBe('false')
  })

  it('say what one site did', async () => {
    const { bridge, settle } = await renderPanel({ sites: two })
    act(() => bridge.updateSite('a', { status: stopped }))
    await settle()
    expect(spoken('status')).toBe('a, stopped.')
  })

  it('leave the word to the toast while all sites stop, and while Undo starts them', async () => {
    const { settle } = await renderPanel({ sites: two })
    const heard = watch('status')
    await press('.', { metaKey: true, shiftKey: true })
    expect(screen.getByText('Stopped 2 sites.')).toBeDefined()
    await press('z', { metaKey: true })
    await settle()
    expect(screen.getByText('Started 2 sites.')).toBeDefined()
    expect(heard).toEqual([])
  })

  it('say nevertheless which site Undo could not start, and count only the others', async () => {
    const failed = { phase: 'failed', problem: portInUse } as const
    const { bridge, settle } = await renderPanel({
      sites: two,
      handlers: {
        'site.start': ({ id }) => {
          bridge.updateSite(id, { status: id === 'b' ? failed : listening(8081) })
          return { ok: true, value: undefined }
        },
      },
    })
    await press('.', { metaKey: true, shiftKey: true })
    await press('z', { metaKey: true })
    await settle()
    expect(spoken('alert')).toBe('b, failed, port 5173 is in use by node.')
    expect(spoken('status')).toBe('')
    expect(screen.getByText('Started 1 site.')).toBeDefined()
  })
})
