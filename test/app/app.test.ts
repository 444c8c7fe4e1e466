import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { nextFreePort } from '../../electron/app/ports.ts'
import type { Message } from '../../electron/contract.ts'
import { fakePlatform } from '../support/fake-platform.ts'
import { originOf, reaches, startApp } from '../support/start-app.ts'

describe('the list of sites', () => {
  it('has the newest first, several in the order given', async () => {
    const { app, invoke, folder } = await startApp()
    await invoke('site.add', { folders: [await folder('old')] })
    const ids = await invoke('site.add', { folders: [await folder('a'), await folder('b')] })
    const { sites } = app.state.get()
    expect(sites.map(site => site.name)).toEqual(['a', 'b', 'old'])
    expect(sites.slice(0, 2).map(site => site.id)).toEqual(ids)
    expect(sites[0]).toMatchObject({
      folderLabel: '~/a',
      portChosen: false,
      options: { share: false, listing: true, dotfiles: false },
    })
  })

  it('has a folder once, by whatever path, and starts it when it is stopped', async () => {
    const { app, invoke, folder, home, site } = await startApp()
    const path = await folder('a')
    await symlink(path, join(home, 'link'))
    const [id = ''] = await invoke('site.add', { folders: [path] })
    const [newest = ''] = await invoke('site.add', { folders: [await folder('b')] })
    await invoke('site.stop', { id })
    const again = [join(home, 'link'), `${path}/../a/`, join(path, 'index.html')]
    expect(await invoke('site.add', { folders: again })).toEqual([id])
    expect(site(id).status.phase).toBe('listening')
    expect(app.state.get().sites.map(other => other.id)).toEqual([newest, id])
  })

  it('has it once also when it is added twice at the same moment', async () => {
    const { app, invoke, folder } = await startApp()
    const folders = [await folder('a')]
    const [one, two] = await Promise.all([invoke('site.add', { folders }), invoke('site.add', { folders })])
    expect(one).toEqual(two)
    expect(app.state.get().sites).toHaveLength(1)
  })

  it('is not changed when one of several paths is wrong', async () => {
    const { app, refuse, folder, home } = await startApp()
    const problem = await refuse('site.add', { folders: [await folder('a'), join(home, 'typo')] })
    expect(problem).toMatchObject({ type: 'folder-missing', title: 'No folder at ~/typo', field: 'folders' })
    expect(app.state.get().sites).toEqual([])
  })

  it('loses a site that is removed; its files stay', async () => {
    const { app, invoke, refuse, folder, site } = await startApp()
    const path = await folder('a')
    const [id = ''] = await invoke('site.add', { folders: [path] })
    const origin = originOf(site(id))
    await invoke('site.remove', { id })
    expect(app.state.get().sites).toEqual([])
    await expect(fetch(origin)).rejects.toThrow()
    expect(await readFile(join(path, 'index.html'), 'utf8')).toContain('<title>a')
    expect(await refuse('site.start', { id })).toMatchObject({ type: 'not-found' })
  })
})

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
    const { invoke, folder, platform } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.configure', { id, options: { share: true } })
    await invoke('app.quit', {})
    // A request over the machine's own LAN address is still from this computer.
    expect(platform.calls).toEqual([['quit', false]])
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
