/**
 * A site from start to stop over real sockets. Over 350 lines because it is one
 * story: start, port, options and folder of the same thing, with the same helpers.
 */
import { readFileSync } from 'node:fs'
import { chmod, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { originsOf } from '../../electron/engine/addresses.ts'
import { freePort, originOf, problemOn, startApp } from '../support/start-app.ts'

const isRoot = process.getuid?.() === 0
const lowPortsForbidden =
  !isRoot &&
  process.platform === 'linux' &&
  Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) > 80

/** The order of the engine: IPv4 before IPv6. */
const networkAddresses = originsOf('*', 0)
  .filter(origin => origin.reach === 'network')
  .map(origin => origin.host)

/** Another program on a port (the test itself, as the system sees it). */
async function hold(port: number, host = '127.0.0.1'): Promise<() => Promise<void>> {
  const server = createServer(socket => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= new Promise(resolve => server.close(() => resolve()))
    return closed
  }
  onTestFinished(close)
  return close
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text()
}

describe('start and stop', () => {
  it('serves the folder, stops, and serves it again on the same port', async () => {
    const started = await startApp()
    const { invoke, site, port } = started
    const [id = ''] = await invoke('site.add', { folders: [await started.folder('portfolio')] })
    const origin = originOf(site(id))
    expect(origin).toBe(`http://localhost:${port}`)
    expect(await text(origin)).toContain('portfolio')
    await invoke('site.stop', { id })
    expect(site(id).status.phase).toBe('stopped')
    await expect(fetch(origin)).rejects.toThrow()
    await invoke('site.start', { id })
    expect(originOf(site(id))).toBe(origin)
    expect(await text(origin)).toContain('portfolio')
  })

  it('is idempotent', async () => {
    const { invoke, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const origin = originOf(site(id))
    await invoke('site.start', { id })
    expect(originOf(site(id))).toBe(origin)
    await invoke('site.stop', { id })
    await invoke('site.stop', { id })
    expect(site(id).status.phase).toBe('stopped')
  })

  it('keeps the order of commands that come all at once', async () => {
    const { invoke, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const commands = [
      'site.stop',
      'site.start',
      'site.restart',
      'site.stop',
      'site.start',
      'site.start',
    ] as const
    await Promise.all(commands.map(command => invoke(command, { id })))
    expect(await text(originOf(site(id)))).toContain('<title>a')
    await Promise.all(
      (['site.start', 'site.restart', 'site.stop'] as const).map(name => invoke(name, { id })),
    )
    expect(site(id).status.phase).toBe('stopped')
  })

  it('does not leave a server behind when a site is removed while it starts', async () => {
    const { app, invoke, folder, port } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.stop', { id })
    await Promise.all([
      invoke('site.start', { id }),
      invoke('site.remove', { id }),
      app.invoke('site.start', { id }),
    ])
    expect(app.state.get().sites).toEqual([])
    await expect(fetch(`http://localhost:${port}`)).rejects.toThrow()
  })

  it('stops all, and says which', async () => {
    const { invoke, folder, site } = await startApp()
    const ids = await invoke('site.add', {
      folders: [await folder('a'), await folder('b'), await folder('c')],
    })
    const [first = '', ...others] = ids
    await invoke('site.stop', { id: first })
    expect(await invoke('site.stopAll', {})).toEqual(others)
    expect(ids.map(id => site(id).status.phase)).toEqual(['stopped', 'stopped', 'stopped'])
    expect(await invoke('site.stopAll', {})).toEqual([])
  })
})

describe('a port that was not chosen', () => {
  it('is the next free one, and stays', async () => {
    const { invoke, folder, site, port } = await startApp()
    const release = await hold(port)
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const moved = site(id).options.port
    expect(moved).toBeGreaterThan(port)
    expect(originOf(site(id))).toBe(`http://localhost:${moved}`)
    await invoke('site.stop', { id })
    await release()
    await invoke('site.start', { id })
    expect(site(id).options.port).toBe(moved)
    expect(site(id).portChosen).toBe(false)
  })

  it('moves on at a later start when it is taken', async () => {
    const { invoke, folder, site, port } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.stop', { id })
    await hold(port)
    await invoke('site.start', { id })
    expect(site(id).options.port).toBeGreaterThan(port)
    expect(await text(originOf(site(id)))).toContain('<title>a')
  })

  it('is different for each of many that start at once, with others in between', async () => {
    const { invoke, folder, site, port } = await startApp()
    await hold(port + 1)
    const folders = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(name => folder(name)))
    const ids = await invoke('site.add', { folders })
    const ports = ids.map(id => site(id).options.port)
    expect(new Set(ports).size).toBe(5)
    for (const id of ids) expect(await text(originOf(site(id)))).toContain('<title>')
  })

  it('never is that of a stopped site', async () => {
    const { invoke, folder, site, port } = await startApp()
    const [first = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.stop', { id: first })
    const [second = ''] = await invoke('site.add', { folders: [await folder('b')] })
    expect(site(second).options.port).not.toBe(port)
    await invoke('site.start', { id: first })
    expect(site(first).options.port).toBe(port)
  })
})

describe('a port chosen by hand', () => {
  it('fails when it is taken, and the remedies work', async () => {
    const { invoke, folder, site, port } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const chosen = await freePort()
    const release = await hold(chosen)
    await invoke('site.configure', { id, options: { port: chosen } })
    const problem = problemOn(site(id))
    expect(problem.type).toBe('port-in-use')
    const owner = process.platform === 'linux' ? basename(process.execPath) : 'another app'
    expect(problem.title).toBe(`Port ${chosen} is in use by ${owner}`)
    const [use, again] = problem.remedies
    expect(again).toEqual({ action: 'try-again', label: `Try ${chosen} again` })
    expect(site(id)).toMatchObject({ portChosen: true, options: { port: chosen } })
    // The old address is given up, nothing else is lost.
    await expect(fetch(`http://localhost:${port}`)).rejects.toThrow()

    await invoke('site.start', { id })
    expect(problemOn(site(id)).type).toBe('port-in-use')
    await release()
    await invoke('site.start', { id })
    expect(originOf(site(id))).toBe(`http://localhost:${chosen}`)

    await invoke('site.stop', { id })
    if (use?.action !== 'use-port') throw new Error('no port offered')
    expect(use.label).toBe(`Use port ${use.port}`)
    await invoke('site.configure', { id, options: { port: use.port } })
    await invoke('site.start', { id })
    expect(originOf(site(id))).toBe(`http://localhost:${use.port}`)
  })

  it('offers only a port that is free and belongs to no site', async () => {
    const { invoke, folder, site } = await startApp()
    const [a = '', b = ''] = await invoke('site.add', { folders: [await folder('a'), await folder('b')] })
    const chosen = await freePort()
    await hold(chosen)
    await hold(chosen + 1)
    await invoke('site.stop', { id: b })
    await invoke('site.configure', { id: b, options: { port: chosen + 2 } })
    await invoke('site.configure', { id: a, options: { port: chosen } })
    const [use] = problemOn(site(a)).remedies
    expect(use).toMatchObject({ action: 'use-port' })
    expect(use?.action === 'use-port' && use.port).toBeGreaterThan(chosen + 2)
  })

  it('names the site that has it', async () => {
    const { invoke, folder, site } = await startApp()
    const [a = '', b = ''] = await invoke('site.add', {
      folders: [await folder('a'), await folder('tide-pool')],
    })
    const { port } = site(b).options
    await invoke('site.configure', { id: a, options: { port } })
    expect(problemOn(site(a)).title).toBe(`Port ${port} is in use by tide-pool`)
  })

  it.skipIf(!lowPortsForbidden)('needs an administrator below 1024', async () => {
    const { invoke, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.configure', { id, options: { port: 80 } })
    const { type, title, remedies } = problemOn(site(id))
    expect([type, title]).toEqual(['port-forbidden', 'Port 80 needs an administrator'])
    expect(remedies).toMatchObject([{ action: 'use-port' }])
    expect(remedies[0]?.action === 'use-port' && remedies[0].port).toBeGreaterThanOrEqual(8080)
  })

  it('is tried at once when it is another one than the one that was taken', async () => {
    const { invoke, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const chosen = await freePort()
    await hold(chosen)
    await invoke('site.configure', { id, options: { port: chosen } })
    expect(site(id).status.phase).toBe('failed')
    await invoke('site.configure', { id, options: { listing: false } })
    expect(site(id).status.phase).toBe('failed')
    await invoke('site.configure', { id, options: { port: await freePort() } })
    expect(site(id).status.phase).toBe('listening')
  })
})

describe('options', () => {
  it('move a running site to a new port at once', async () => {
    const { invoke, folder, site, port } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const chosen = await freePort()
    await invoke('site.configure', { id, options: { port: chosen } })
    expect(originOf(site(id))).toBe(`http://localhost:${chosen}`)
    expect(await text(originOf(site(id)))).toContain('<title>a')
    await expect(fetch(`http://localhost:${port}`)).rejects.toThrow()
  })

  it('share a running site and take it back, on the same port', async () => {
    const { invoke, folder, site, port } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.configure', { id, options: { share: true } })
    const { status } = site(id)
    expect(originOf(site(id))).toBe(`http://localhost:${port}`)
    expect(status).toMatchObject({
      origins: [{ reach: 'loopback' }, ...networkAddresses.map(host => ({ host, reach: 'network' }))],
    })
    await invoke('site.configure', { id, options: { share: false } })
    expect(originOf(site(id))).toBe(`http://localhost:${port}`)
    expect(site(id).status).toMatchObject({ origins: [{ reach: 'loopback' }] })
  })

  it.skipIf(networkAddresses.length === 0)('let the network in only while it is shared', async () => {
    const { invoke, folder, site, port } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const url = `http://${networkAddresses[0]}:${port}`
    await expect(fetch(url)).rejects.toThrow()
    await invoke('site.configure', { id, options: { share: true } })
    expect(await text(url)).toContain('<title>a')
    await invoke('site.configure', { id, options: { share: false } })
    await expect(fetch(url)).rejects.toThrow()
    expect(site(id).options.share).toBe(false)
  })

  it('apply to a running site without an interruption', async () => {
    const { app, invoke, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', {
      folders: [await folder('a', { 'x.txt': 'x', '.env': 'hidden' })],
    })
    const origin = originOf(site(id))
    const phases = new Set<string>()
    app.state.subscribe(state => {
      for (const other of state.sites) phases.add(other.status.phase)
    })
    expect(await text(origin)).toContain('x.txt')
    expect((await fetch(`${origin}/.env`)).status).not.toBe(200)
    await invoke('site.configure', { id, options: { listing: false, dotfiles: true } })
    expect((await fetch(origin)).status).toBe(404)
    expect(await text(`${origin}/.env`)).toBe('hidden')
    await invoke('site.configure', { id, options: { listing: true } })
    await invoke('site.rename', { id, name: ' Tide pool ' })
    expect(site(id).name).toBe('Tide pool')
    expect(await text(origin)).toContain('Tide pool')
    expect([...phases]).toEqual(['listening'])
  })

  it('are only remembered while it is stopped', async () => {
    const { invoke, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.stop', { id })
    const chosen = await freePort()
    await invoke('site.configure', { id, options: { port: chosen, share: true, dotfiles: true } })
    expect(site(id)).toMatchObject({
      options: { port: chosen, share: true, listing: true, dotfiles: true },
      portChosen: true,
      status: { phase: 'stopped' },
    })
  })
})

describe('the folder', () => {
  it('that is gone at the start is a problem, and locating it again serves it', async () => {
    const { invoke, folder, site, home, port } = await startApp()
    const path = await folder('a')
    const [id = ''] = await invoke('site.add', { folders: [path] })
    await invoke('site.stop', { id })
    await rename(path, join(home, 'moved'))
    await invoke('site.start', { id })
    expect(problemOn(site(id))).toMatchObject({
      type: 'folder-missing',
      title: 'The folder was moved or deleted',
      remedies: [{ action: 'locate' }, { action: 'remove' }],
    })
    // A folder's problem outlives a change of options.
    await invoke('site.configure', { id, options: { port } })
    expect(problemOn(site(id)).type).toBe('folder-missing')
    await invoke('site.relocate', { id, folder: join(home, 'moved') })
    expect(site(id)).toMatchObject({ name: 'a', folder: join(home, 'moved'), folderLabel: '~/moved' })
    expect(await text(originOf(site(id)))).toContain('<title>a')
  })

  it('can have become a file', async () => {
    const { invoke, folder, site } = await startApp()
    const path = await folder('a')
    const [id = ''] = await invoke('site.add', { folders: [path] })
    await invoke('site.stop', { id })
    await rm(path, { recursive: true })
    await writeFile(path, '')
    await invoke('site.start', { id })
    expect(problemOn(site(id)).type).toBe('not-a-folder')
  })

  it.skipIf(isRoot)('that may not be read is a problem, and is served once it may', async () => {
    const { invoke, folder, site } = await startApp()
    const path = await folder('a')
    await chmod(path, 0o000)
    const [id = ''] = await invoke('site.add', { folders: [path] })
    expect(problemOn(site(id))).toMatchObject({
      type: 'folder-unreadable',
      title: 'Servebar is not allowed to read it',
      remedies: [{ action: 'try-again' }, { action: 'locate' }],
    })
    await chmod(path, 0o755)
    await invoke('site.start', { id })
    expect(await text(originOf(site(id)))).toContain('<title>a')
  })

  it('of a running site can be changed', async () => {
    const { invoke, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const origin = originOf(site(id))
    await invoke('site.relocate', { id, folder: await folder('b') })
    expect(await text(origin)).toContain('<title>b')
  })

  it('of another site is refused', async () => {
    const { invoke, refuse, folder, site } = await startApp()
    const [a = ''] = await invoke('site.add', { folders: [await folder('a')] })
    await invoke('site.add', { folders: [await folder('b')] })
    const before = site(a)
    expect(await refuse('site.relocate', { id: a, folder: await folder('b') })).toMatchObject({
      type: 'bad-input',
      field: 'folder',
      title: 'This folder is already in the list as b',
    })
    expect(await refuse('site.relocate', { id: a, folder: '/no/such/place' })).toMatchObject({
      type: 'folder-missing',
      field: 'folder',
    })
    expect(site(a)).toEqual(before)
  })
})
