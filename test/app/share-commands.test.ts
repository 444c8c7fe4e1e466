import { describe, expect, it } from 'vitest'
import { describeInterface } from '../../electron/app/interfaces.ts'
import { reaches, startApp } from '../support/start-app.ts'

async function startShared(until?: 'never' | 'hour' | 'network-change') {
  const started = await startApp()
  const [id = ''] = await started.invoke('site.add', { folders: [await started.folder('docs')] })
  await reaches(started, id, 'listening')
  await started.invoke('site.share', { id, on: true, until })
  await reaches(started, id, 'listening')
  return { ...started, id }
}

describe('site.share', () => {
  it('binds every interface while it is on, each by a name that people know', async () => {
    const { site, id, invoke } = await startShared()
    const { status, options, shareEnd } = site(id)
    expect(options.share).toBe(true)
    expect(shareEnd).toEqual({ kind: 'never' })
    const origins = status.phase === 'listening' ? status.origins : []
    expect(origins[0]?.reach).toBe('loopback')
    for (const { interfaceName = '' } of origins.slice(1)) {
      // `eth0` has become `Ethernet`, and what is hidden is not there.
      expect(describeInterface(interfaceName, 'linux')?.label).toBe(interfaceName)
    }
    await invoke('site.share', { id, on: false })
    expect(site(id).options.share).toBe(false)
    expect(site(id).status).toMatchObject({ phase: 'listening', origins: [{ host: 'localhost' }] })
  })

  it('ends by itself, unless it is switched off before', async () => {
    const { site, id, invoke } = await startShared('hour')
    const end = site(id).shareEnd
    expect(end.kind === 'time' && end.at - Date.now()).toBeGreaterThan(3_500_000)
    await invoke('site.share', { id, on: true, until: 'network-change' })
    expect(site(id).shareEnd).toEqual({ kind: 'network-change' })
    await invoke('site.configure', { id, options: { share: false } })
    expect(site(id).shareEnd).toEqual({ kind: 'never' })
  })

  it('is refused for what is no end, and no site', async () => {
    const { refuse, id } = await startShared()
    expect(await refuse('site.share', { id, on: true, until: 'midnight' })).toMatchObject({ field: 'until' })
    expect((await refuse('site.share', { id: 'nobody', on: true })).type).toBe('not-found')
  })
})

describe('who is here', () => {
  it('is nobody but those who are kept away', async () => {
    const { id, invoke, refuse, site } = await startShared()
    const status = site(id).status
    const port = status.phase === 'listening' ? status.origins[0]?.port : 0
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200)
    expect(await invoke('site.devices', { id })).toEqual([])
    await invoke('site.block', { id, address: '192.0.2.7', blocked: true })
    expect(site(id).blocked).toEqual(['192.0.2.7'])
    expect(await invoke('site.devices', { id })).toMatchObject([{ address: '192.0.2.7', blocked: true }])
    await invoke('site.block', { id, address: '192.0.2.7', blocked: false })
    expect(await invoke('site.devices', { id })).toEqual([])
    expect((await refuse('site.block', { id, address: 'everybody', blocked: true })).type).toBe('bad-input')
  })
})

it('site.checkShare says what to switch on first', async () => {
  const { id, invoke } = await startShared()
  await invoke('site.share', { id, on: false })
  expect(await invoke('site.checkShare', { id })).toMatchObject([{ ok: false, title: 'Sharing is off' }])
})
