/** The list of sites through the commands that change it. */
import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { originOf, startApp } from '../support/start-app.ts'

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

  it('has it once also when two sites are located there, or one is and it is added, at the same moment', async () => {
    const { app, invoke, folder } = await startApp()
    const [a = '', b = ''] = await invoke('site.add', { folders: [await folder('a'), await folder('b')] })
    const target = await folder('target')
    const both = [a, b].map(id => app.invoke('site.relocate', { id, folder: target }))
    expect((await Promise.all(both)).map(result => result.ok)).toEqual([true, false])
    const place = await folder('place')
    const [added] = await Promise.all([
      invoke('site.add', { folders: [place] }),
      app.invoke('site.relocate', { id: b, folder: place }),
    ])
    expect(added).toHaveLength(1)
    const folders = app.state.get().sites.map(site => site.folder)
    expect(new Set(folders).size).toBe(folders.length)
  })

  it('is not changed when a site is removed while it is located', async () => {
    const { app, invoke, folder, settingsFile } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.stop', { id })
    const target = await folder('b')
    const [located] = await Promise.all([
      app.invoke('site.relocate', { id, folder: target }),
      app.invoke('site.remove', { id }),
    ])
    expect(located).toMatchObject({ ok: false, problem: { type: 'not-found' } })
    expect(app.state.get().sites).toEqual([])
    await app.close()
    expect(await readFile(settingsFile, 'utf8')).not.toContain(id)
  })

  it('takes the next port also where the last one is reserved', async () => {
    const { invoke, folder, site } = await startApp()
    await invoke('settings.change', { defaultPort: 65_535 })
    const [first = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.configure', { id: first, options: { port: 65_535 } })
    await invoke('site.stop', { id: first })
    const next = await invoke('port.next', {})
    const [second = ''] = await invoke('site.add', { folders: [await folder('b')] })
    expect(site(second).options.port).toBe(next)
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
