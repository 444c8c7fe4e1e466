import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { nextFreePort } from '../../electron/app/ports.ts'
import type { Message } from '../../electron/contract.ts'
import { originsOf } from '../../electron/engine/addresses.ts'
import { startServer } from '../../electron/engine/server.ts'
import { fakePlatform } from '../support/fake-platform.ts'
import { originOf, reaches, startApp } from '../support/start-app.ts'

describe('what is remembered', () => {
  it('is everything, and what ran runs again', async () => {
    const first = await startApp()
    const folders = [await first.folder('a'), await first.folder('b')]
    const [a = '', b = ''] = await first.invoke('site.add', { folders })
    await first.invoke('site.configure', { id: a, options: { dotfiles: true } })
    await first.invoke('site.rename', { id: b, name: 'Bee' })
    await first.invoke('site.stop', { id: b })
    await first.invoke('settings.change', { theme: 'dark' })
    const origin = originOf(first.site(a))
    await first.app.close()
    await expect(fetch(origin)).rejects.toThrow()

    const second = await startApp({ home: first.home })
    expect(second.app.state.get().sites.map(site => site.name)).toEqual(['a', 'Bee'])
    expect(second.app.state.get().settings).toMatchObject({ theme: 'dark', defaultPort: first.port })
    expect(originOf(await reaches(second, a, 'listening'))).toBe(origin)
    expect((await fetch(origin)).status).toBe(200)
    expect(second.site(a).options.dotfiles).toBe(true)
    expect(second.site(b).status.phase).toBe('stopped')
  })

  it('is on disk soon, without being asked to close', async () => {
    const { invoke, folder, settingsFile } = await startApp()
    await invoke('site.add', { folders: [await folder('a')] })
    await vi.waitFor(async () => {
      expect(JSON.parse(await readFile(settingsFile, 'utf8'))).toMatchObject({
        sites: [{ name: 'a', running: true }],
      })
    })
  })

  it('is not started where that is switched off', async () => {
    const first = await startApp()
    const [id = ''] = await first.invoke('site.add', { folders: [await first.folder('a')] })
    await first.invoke('settings.change', { restoreOnLaunch: false })
    await first.app.close()
    const second = await startApp({ home: first.home })
    expect(second.site(id).status.phase).toBe('stopped')
    await second.app.close()
    // Nor does it come back later: it did not run when the app was last seen.
    expect(JSON.parse(await readFile(first.settingsFile, 'utf8'))).toMatchObject({
      sites: [{ running: false }],
    })
  })

  it('starts what failed again, too', async () => {
    const first = await startApp()
    const [id = ''] = await first.invoke('site.add', { folders: [await first.folder('a')] })
    await first.app.close()
    const text = await readFile(first.settingsFile, 'utf8')
    await writeFile(first.settingsFile, text.replace(`${first.home}/a`, `${first.home}/gone`))
    const second = await startApp({ home: first.home })
    await reaches(second, id, 'failed')
    await second.app.close()
    expect(JSON.parse(await readFile(first.settingsFile, 'utf8'))).toMatchObject({
      sites: [{ running: true }],
    })
  })

  it('that cannot be read is a notice, which can be dismissed', async () => {
    const started = await startApp({ settings: '{ broken' })
    const { app, invoke } = started
    expect(app.state.get().notice).toMatchObject({ type: 'settings-broken' })
    expect(app.state.get().settings.defaultPort).toBe(8080)
    await invoke('notice.dismiss', {})
    expect(app.state.get().notice).toBeNull()
    expect(await readFile(`${started.settingsFile}.bad`, 'utf8')).toBe('{ broken')
  })
})

describe('messages', () => {
  it('begin with the state and the log, then say every change', async () => {
    const { app, invoke, folder, site, messages } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await fetch(`${originOf(site(id))}/?before`)
    const { all, batches, end } = messages()
    expect(all.map(message => message.type)).toEqual(['state', 'log'])
    expect(all[0]).toEqual({ type: 'state', state: app.state.get() })
    await fetch(`${originOf(site(id))}/?after`)
    await fetch(`${originOf(site(id))}/missing`)
    await vi.waitFor(() => expect(batches().at(-1)?.totals).toMatchObject({ requests: 3, errors: 1 }))
    const entries = batches().flatMap(batch => batch.entries)
    expect(entries.map(entry => [entry.id, entry.target, entry.status])).toEqual([
      [1, '/?before', 200],
      [2, '/?after', 200],
      [3, '/missing', 404],
    ])
    expect(
      batches()
        .map(batch => batch.reset)
        .indexOf(true, 1),
    ).toBe(-1)

    app.show({ name: 'site', id })
    expect(all.at(-1)).toEqual({ type: 'show', view: { name: 'site', id } })
    end()
    const { length } = all
    await invoke('site.stop', { id })
    app.show({ name: 'list' })
    expect(all).toHaveLength(length)
  })

  it('reach the others when one listener throws', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { app, invoke } = await startApp()
    app.subscribe(() => {
      throw new Error('gone')
    })
    const seen: Message[] = []
    app.subscribe(message => seen.push(message))
    await invoke('settings.change', { theme: 'light' })
    expect(seen.at(-1)).toMatchObject({ state: { settings: { theme: 'light' } } })
    expect(report).toHaveBeenCalled()
    report.mockRestore()
  })
})

describe('refresh', () => {
  /** Servers that are real, on a computer whose network cable is in the test's hand. */
  async function onNetwork() {
    let interfaces: NonNullable<Parameters<typeof originsOf>[2]> = {}
    const started = await startApp({
      startServer: async (options, onExchange) => {
        const server = await startServer(options, onExchange)
        return { ...server, origins: () => originsOf(options.host, server.port, interfaces) }
      },
    })
    const [id = ''] = await started.invoke('site.add', { folders: [await started.folder('a')] })
    await started.invoke('site.configure', { id, options: { share: true } })
    const hosts = () => {
      const { status } = started.site(id)
      return status.phase === 'listening' ? status.origins.map(origin => origin.host) : []
    }
    return {
      ...started,
      hosts,
      connect(...addresses: string[]) {
        const info = {
          family: 'IPv4',
          netmask: '255.255.255.0',
          mac: '',
          internal: false,
          cidr: null,
        } as const
        interfaces = { en0: addresses.map(address => ({ ...info, address })) }
      },
    }
  }

  it('brings the addresses and the login item in line with what is so, in one change', async () => {
    const { app, platform, hosts, connect, messages } = await onNetwork()
    expect(hosts()).toEqual(['localhost'])
    const { all } = messages()
    connect('192.0.2.7')
    platform.loginItem = true
    const before = app.state.get().revision
    app.refresh()
    expect(hosts()).toEqual(['localhost', '192.0.2.7'])
    expect(app.state.get()).toMatchObject({ revision: before + 1, settings: { startAtLogin: true } })
    expect(all.filter(message => message.type === 'state').at(-1)).toEqual({
      type: 'state',
      state: app.state.get(),
    })
    connect('198.51.100.3')
    app.refresh()
    expect(hosts()).toEqual(['localhost', '198.51.100.3'])
  })

  it('changes nothing when nothing is new', async () => {
    const { app } = await onNetwork()
    const before = app.state.get()
    app.refresh()
    expect(app.state.get()).toBe(before)
  })

  it('comes before a new subscriber gets its snapshot; those that listen hear of it, too', async () => {
    const { hosts, connect, messages } = await onNetwork()
    const early = messages()
    connect('192.0.2.7')
    const late = messages()
    expect(hosts()).toEqual(['localhost', '192.0.2.7'])
    expect(late.all[0]).toEqual(early.all.at(-1))
  })
})

describe('the request log', () => {
  it('gives the rest of an entry, clears and restores', async () => {
    const { invoke, refuse, folder, site, messages } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const { batches } = messages()
    await fetch(originOf(site(id)), { headers: { 'x-test': 'yes' } })
    await vi.waitFor(() => expect(batches().at(-1)?.totals.requests).toBe(1))
    const detail = await invoke('log.read', { site: id, entry: 1 })
    expect(detail).toMatchObject({ file: 'index.html', aborted: false, cause: null })
    expect(detail.requestFields).toContainEqual(['x-test', 'yes'])
    await invoke('log.clear', { site: id })
    await vi.waitFor(() => expect(batches().at(-1)).toMatchObject({ reset: true, entries: [] }))
    expect(await refuse('log.read', { site: id, entry: 1 })).toMatchObject({
      type: 'not-found',
      title: 'No longer kept',
    })
    await invoke('log.restore', { site: id })
    await vi.waitFor(() => expect(batches().at(-1)).toMatchObject({ reset: true, entries: [{ id: 1 }] }))
    expect(await refuse('log.restore', { site: id })).toMatchObject({ type: 'not-found' })
    expect(await refuse('log.clear', { site: 'other' })).toMatchObject({ type: 'not-found' })
  })
})

describe('settings', () => {
  it('show what the system says of starting at login', async () => {
    const platform = fakePlatform()
    const { app, invoke } = await startApp({ platform })
    await invoke('settings.change', { startAtLogin: true })
    expect(app.state.get().settings.startAtLogin).toBe(true)
    platform.loginItem = false
    let seen: Message | undefined
    app.subscribe(message => {
      seen = message
    })()
    expect(seen).toMatchObject({ state: { settings: { startAtLogin: false } } })
  })

  it('are as they were when the system refuses to start it at login', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const platform = fakePlatform()
    const { app, refuse } = await startApp({ platform })
    Object.assign(platform.startAtLogin ?? {}, {
      set() {
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' })
      },
    })
    expect(await refuse('settings.change', { startAtLogin: true, theme: 'dark' })).toEqual({
      type: 'internal',
      title: 'Start at login could not be changed',
      detail: 'EACCES: permission denied',
      field: 'startAtLogin',
      remedies: [],
    })
    expect(app.state.get().settings).toMatchObject({ startAtLogin: false, theme: 'system' })
    report.mockRestore()
  })

  it('say which port the next folder gets', async () => {
    const { app, invoke, folder, port } = await startApp()
    expect(await invoke('port.next', {})).toBe(port)
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.stop', { id })
    const next = await invoke('port.next', {})
    expect(next).toBe(await nextFreePort(port + 1))
    await invoke('site.add', { folders: [await folder('b')] })
    expect(app.state.get().sites[0]?.options.port).toBe(next)
  })
})

describe('folder.list', () => {
  it('lists home, and says what is wrong with a path', async () => {
    const { invoke, refuse, folder, home } = await startApp()
    await folder('Sites')
    expect(await invoke('folder.list', {})).toMatchObject({
      path: home,
      label: '~/',
      folders: [{ name: 'Sites', hasIndex: true }],
    })
    expect(await invoke('folder.list', { path: '~/Sites' })).toMatchObject({ parent: home, hasIndex: true })
    expect(await refuse('folder.list', { path: '~/typo' })).toMatchObject({
      title: 'No folder at ~/typo',
      field: 'path',
    })
    expect(await refuse('folder.list', { path: '~/Sites/index.html' })).toMatchObject({
      title: 'No folder at ~/Sites/index.html',
    })
    expect(await refuse('folder.list', { path: 'relative' })).toMatchObject({ field: 'path' })
  })

  it('exists only where the host wants it', async () => {
    const { refuse } = await startApp({ platform: fakePlatform({ without: ['listFolders'] }) })
    expect(await refuse('folder.list', {})).toMatchObject({ type: 'unsupported' })
  })
})

describe('quitting', () => {
  it('knows whether another device was served lately', async () => {
    let clientIsLocal = true
    const { invoke, folder, platform, site, messages } = await startApp({
      startServer: (options, onExchange) =>
        startServer(options, ({ requestFields, responseFields, ...exchange }) =>
          onExchange({ ...exchange, requestFields, responseFields, clientIsLocal }),
        ),
    })
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.configure', { id, options: { share: true } })
    const { batches } = messages()
    const served = (requests: number) =>
      vi.waitFor(() => expect(batches().at(-1)?.totals.requests).toBe(requests))
    await fetch(originOf(site(id)))
    await served(1)
    await invoke('app.quit', {})
    clientIsLocal = false
    await fetch(originOf(site(id)))
    await served(2)
    await invoke('app.quit', {})
    expect(platform.calls).toEqual([
      ['quit', false],
      ['quit', true],
    ])
  })

  it('ends every server and refuses what comes after', async () => {
    const { app, invoke, refuse, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const origin = originOf(site(id))
    const late = app.invoke('site.restart', { id })
    await Promise.all([app.close(), app.close(), late])
    await expect(fetch(origin)).rejects.toThrow()
    expect(await refuse('site.start', { id })).toMatchObject({ type: 'disconnected' })
    expect(site(id).status.phase).toBe('stopped')
  })
})
