import type { WebContents } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { createCollector } from '../../electron/desktop/spare-memory.ts'

function fakeContents(change: { attached?: boolean; destroyed?: boolean; gone?: boolean } = {}) {
  let attached = change.attached ?? false
  const calls: string[] = []
  const contents = {
    isDestroyed: () => change.destroyed ?? false,
    debugger: {
      isAttached: () => attached,
      attach() {
        calls.push('attach')
        attached = true
      },
      async sendCommand(method: string) {
        calls.push(method)
        if (change.gone) throw new Error('target closed')
      },
      detach() {
        calls.push('detach')
        attached = false
      },
    },
  } as unknown as WebContents
  return { contents, calls }
}

const whole = ['attach', 'HeapProfiler.collectGarbage', 'detach']

describe('spare memory', () => {
  it('is given back by both processes, once for calls that follow one another', async () => {
    const { contents, calls } = fakeContents()
    const collect = createCollector(contents, 20)
    let collected = 0
    const registry = new FinalizationRegistry(() => collected++)
    for (let count = 0; count < 100; count++) registry.register({}, null)
    collect()
    collect()
    expect(calls).toEqual([])
    await vi.waitFor(() => expect(collected).toBeGreaterThan(90))
    await vi.waitFor(() => expect(calls).toEqual(whole))
    collect()
    await vi.waitFor(() => expect(calls).toEqual([...whole, ...whole]))
  })

  it('leaves alone who debugs the panel, and a panel that is gone', async () => {
    const debugged = fakeContents({ attached: true })
    const destroyed = fakeContents({ destroyed: true })
    const going = fakeContents({ gone: true })
    for (const { contents } of [debugged, destroyed, going]) createCollector(contents, 0)()
    await vi.waitFor(() => expect(going.calls).toEqual(whole))
    expect([debugged.calls, destroyed.calls]).toEqual([[], []])
  })
})
