/** Both ends of the desktop bridge: who is answered, and that nothing rejects or stays behind. */
import { describe, expect, it } from 'vitest'
import { type AnyBridge, collect, desktopDouble } from '../support/bridges.ts'
import { startApp } from '../support/start-app.ts'
import { until } from '../support/until.ts'

describe('the desktop channels', () => {
  it.each([
    ['no frame', () => null],
    ['a frame inside the page', (page: object) => ({ ...page })],
  ])('answer %s with a refusal, and tell it nothing', async (_, frameOf) => {
    const { app } = await startApp()
    const { invokeAs, sendAs, page, bridge } = desktopDouble(app)
    expect(await invokeAs(frameOf(page), 'settings.change', { theme: 'dark' })).toMatchObject({
      ok: false,
      problem: { type: 'unsupported' },
    })
    expect(app.state.get().settings.theme).toBe('system')
    const { messages, end } = collect(bridge)
    await until(() => messages.length > 0, 'the snapshot')
    sendAs(frameOf(page), 1, false) // would end the subscription
    await bridge.invoke('settings.change', { theme: 'light' })
    await until(() => messages.some(({ type }, index) => type === 'state' && index > 0), 'the change')
    end()
  })

  it('answer our frame with a refusal once it shows another page', async () => {
    const { app } = await startApp()
    const { bridge, page } = desktopDouble(app)
    page.url = 'https://example.com/'
    expect(await bridge.invoke('site.stopAll', {})).toMatchObject({
      ok: false,
      problem: { type: 'unsupported' },
    })
  })

  it.each([1, null, { toString: 'x' }, ['site.stopAll']])('never reject: command %j', async command => {
    const { app } = await startApp()
    const any = desktopDouble(app).bridge as unknown as { invoke(...values: unknown[]): Promise<unknown> }
    expect(await any.invoke(command, {})).toMatchObject({ ok: false, problem: { type: 'bad-input' } })
  })

  it('never reject: input that cannot be cloned', async () => {
    const { app } = await startApp()
    const any = desktopDouble(app).bridge as unknown as AnyBridge
    expect(await any.invoke('site.start', { id: () => {} })).toMatchObject({
      ok: false,
      problem: { type: 'internal' },
    })
  })

  it('leave no subscription behind when the page loads anew', async () => {
    const { app } = await startApp()
    let open = 0
    const { bridge, reload } = desktopDouble({
      ...app,
      subscribe(listener) {
        open += 1
        const end = app.subscribe(listener)
        return () => {
          open -= 1
          end()
        }
      },
    })
    const { messages } = collect(bridge)
    await until(() => messages.length > 0, 'the snapshot')
    expect(open).toBe(1)
    reload()
    expect(open).toBe(0)
  })
})
