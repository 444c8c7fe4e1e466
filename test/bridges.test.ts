/**
 * One suite over every bridge: the app itself, the desktop's two ends (ipc.ts
 * and desktop-bridge.ts, values cloned on both ways), and the browser panel's
 * WebSocket with the renderer's own client. What holds here is
 * what the panel may rely on, whichever host it is in.
 */
import { describe, expect, it, onTestFinished } from 'vitest'
import type { App } from '../electron/app/app.ts'
import type { Bridge, CommandName } from '../electron/contract.ts'
import { type AnyBridge, collect, desktopDouble, socketHost } from './support/bridges.ts'
import { originOf, type StartedApp, startApp } from './support/start-app.ts'
import { until } from './support/until.ts'

const bridges: Record<string, (app: App) => Promise<Bridge>> = {
  'direct call': async app => app as Bridge,
  'desktop channels': async app => desktopDouble(app).bridge,
  WebSocket: async app => (await socketHost(app)).connection.bridge,
}

describe.each(Object.entries(bridges))('%s', (_, connectTo) => {
  async function start(): Promise<StartedApp & { bridge: Bridge; any: AnyBridge }> {
    const started = await startApp()
    const bridge = await connectTo(started.app)
    return { ...started, bridge, any: bridge as unknown as AnyBridge }
  }

  /** With a site that is running. */
  async function startSite() {
    const started = await start()
    const folder = await started.folder('portfolio')
    const added = await started.bridge.invoke('site.add', { folders: [folder] })
    if (!added.ok) throw new Error(added.problem.title)
    const [id = ''] = added.value
    return { ...started, id, folder, origin: originOf(started.site(id)) }
  }

  it('answers commands of each kind: with a value, with nothing, with a problem', async () => {
    const { bridge, id, folder, platform, app } = await startSite()
    expect(await bridge.invoke('folder.list', { path: folder })).toMatchObject({
      ok: true,
      value: { path: folder, hasIndex: true, folders: [] },
    })
    const renamed = await bridge.invoke('site.rename', { id, name: 'Ünïcode 🦀 "name"' })
    expect(renamed).toEqual({ ok: true, value: undefined })
    expect(app.state.get().sites[0]?.name).toBe('Ünïcode 🦀 "name"')
    platform.chosen = []
    expect(await bridge.invoke('folder.choose', {})).toEqual({ ok: true, value: [] })
    expect(await bridge.invoke('site.stop', { id: 'nobody' })).toMatchObject({
      ok: false,
      problem: { type: 'not-found', remedies: [] },
    })
  })

  it('passes absent and undefined parts of an input on as absent', async () => {
    const { bridge, id, platform, origin } = await startSite()
    await bridge.invoke('site.open', { id, target: undefined })
    await bridge.invoke('site.open', { id })
    expect(platform.calls).toEqual([
      ['openUrl', `${origin}/`],
      ['openUrl', `${origin}/`],
    ])
  })

  it.each(['nobody.knows', '', 'constructor', '__proto__', 'toString', 'site.add ', 'x'.repeat(1000)])(
    'refuses the unknown command %j',
    async command => {
      const { any } = await start()
      expect(await any.invoke(command, {})).toMatchObject({ ok: false, problem: { type: 'bad-input' } })
    },
  )

  it.each([
    ['site.add', null],
    ['site.add', 'text'],
    ['site.add', {}],
    ['site.add', { folders: 'x' }],
    ['site.add', { folders: [] }],
    ['site.add', { folders: ['relative'] }],
    ['site.add', { folders: [1] }],
    ['site.add', [[]]],
    ['site.start', { id: 1 }],
    ['site.start', { id: { toString: 'x' } }],
    ['settings.change', { defaultPort: 0 }],
    ['settings.change', { defaultPort: '8080' }],
    ['settings.change', { theme: 'pink' }],
    ['settings.change', { unknown: true }],
    ['port.next', { more: 1 }],
    ['log.read', { site: 'x', entry: 0.5 }],
  ] as const)('refuses bad input: %s %j', async (command, input) => {
    const { any, app } = await start()
    const before = app.state.get()
    expect(await any.invoke(command, input)).toMatchObject({ ok: false, problem: { type: 'bad-input' } })
    expect(app.state.get()).toBe(before)
  })

  it('says which field was refused', async () => {
    const { any, id } = await startSite()
    const result = await any.invoke('site.configure', { id, options: { port: 70_000 } })
    expect(result).toMatchObject({
      ok: false,
      problem: { type: 'bad-input', field: 'port', title: 'Use a number from 1 to 65535' },
    })
  })

  it('is not fooled by __proto__ and constructor in an input', async () => {
    const { any, app } = await start()
    for (const text of [
      '{"__proto__": {"theme": "dark"}}',
      '{"constructor": {"prototype": {"theme": "dark"}}}',
      '{"theme": "dark", "__proto__": {"polluted": true}}',
    ]) {
      await any.invoke('settings.change', JSON.parse(text))
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
      expect(Object.hasOwn(Object.prototype, 'theme')).toBe(false)
    }
    await any.invoke('settings.change', JSON.parse('{"__proto__": {"defaultPort": 1}}'))
    expect(app.state.get().settings.defaultPort).not.toBe(1)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('sends the snapshot first, then the tail of the log, then every change in order', async () => {
    const { bridge, id, origin, app } = await startSite()
    await fetch(`${origin}/`)
    await fetch(`${origin}/missing?x=1`)
    const early = collect(app)
    await until(() => early.entries(id).length >= 2, 'both requests')

    const { messages, states, entries } = collect(bridge)
    await until(() => entries(id).length >= 2, 'the tail')
    expect(messages[0]?.type).toBe('state')
    expect(messages[0]).toEqual({ type: 'state', state: app.state.get() })
    expect(messages[1]).toMatchObject({
      type: 'log',
      batches: [{ site: id, reset: true, totals: { requests: 2, errors: 1 } }],
    })
    expect(entries(id).map(({ target, status }) => [target, status])).toEqual([
      ['/', 200],
      ['/missing?x=1', 404],
    ])

    await bridge.invoke('settings.change', { theme: 'dark' })
    await bridge.invoke('site.stop', { id })
    await until(() => states().at(-1)?.sites[0]?.status.phase === 'stopped', 'the site to stop')
    const revisions = states().map(state => state.revision)
    expect(revisions).toEqual([...revisions].sort((one, other) => one - other))
    expect(new Set(revisions).size).toBe(revisions.length)
    expect(states().at(-1)).toEqual(app.state.get())
  })

  it('sends each request as it comes, and its detail when asked', async () => {
    const { bridge, id, origin } = await startSite()
    const { entries } = collect(bridge)
    await fetch(`${origin}/`, { headers: { 'x-test': 'été' } })
    const [entry] = await until(() => entries(id).length > 0 && entries(id), 'the request')
    expect(entry).toMatchObject({ method: 'GET', target: '/', status: 200, clientIsLocal: true })
    const detail = await bridge.invoke('log.read', { site: id, entry: entry?.id ?? 0 })
    expect(detail).toMatchObject({
      ok: true,
      value: { file: 'index.html', contentCoding: null, aborted: false },
    })
    expect(detail.ok && detail.value.requestFields.map(([name]) => name)).toContain('x-test')
  })

  it('serves several subscribers, each from its snapshot on, until it ends', async () => {
    const { bridge, app } = await start()
    const one = collect(bridge)
    const two = collect(bridge)
    await until(() => one.states().length > 0 && two.states().length > 0, 'both snapshots')
    expect(two.messages[0]).toEqual({ type: 'state', state: app.state.get() })
    one.end()
    const seen = one.messages.length
    await bridge.invoke('settings.change', { theme: 'light' })
    await until(() => two.states().at(-1)?.settings.theme === 'light', 'the change')
    expect(one.messages).toHaveLength(seen)
  })

  it('carries the wishes of the host', async () => {
    const { bridge, app } = await start()
    const { messages } = collect(bridge)
    await until(() => messages.length > 0, 'the snapshot')
    app.show({ name: 'settings' })
    await until(() => messages.some(message => message.type === 'show'), 'the wish')
    expect(messages.at(-1)).toEqual({ type: 'show', view: { name: 'settings' } })
  })
})

describe('WebSocket, when the connection goes', () => {
  it('resolves calls under way, says so, and gives every subscriber a fresh snapshot when it is back', async () => {
    const { app, platform } = await startApp()
    const { connection, stop, start } = await socketHost(app)
    const { bridge, status } = connection
    const seen: string[] = []
    onTestFinished(status.subscribe(() => seen.push(status.get())))
    const one = collect(bridge)
    const two = collect(bridge)
    await until(() => one.states().length > 0 && two.states().length > 0, 'both snapshots')

    Object.assign(platform, { chooseFolders: () => new Promise(() => {}) })
    const call = bridge.invoke('folder.choose', {})
    await bridge.invoke('port.next', {}) // answered, so the one before has arrived
    await stop()
    const lost = {
      ok: false,
      problem: { type: 'disconnected', title: 'Servebar is not responding', remedies: [] },
    }
    expect(await call).toEqual(lost)
    expect(await bridge.invoke('port.next', {})).toEqual(lost)
    expect(status.get()).toBe('lost')

    await app.invoke('settings.change', { theme: 'dark' })
    const before = [one, two].map(({ messages }) => messages.length)
    await start()
    await until(() => status.get() === 'open', 'the reconnect', 5000)
    for (const [index, { messages, states }] of [one, two].entries()) {
      await until(() => messages.length > (before[index] ?? 0), 'a fresh snapshot')
      expect(messages[before[index] ?? 0]).toEqual({ type: 'state', state: app.state.get() })
      expect(states().at(-1)?.settings.theme).toBe('dark')
    }
    expect((await bridge.invoke('port.next', {})).ok).toBe(true)
    expect(seen).toEqual(['open', 'lost', 'open'])
  })

  it('with a wrong token is refused, without a word of the state', async () => {
    const { app } = await startApp()
    const { connection } = await socketHost(app, 'token', 'guess')
    const { messages } = collect(connection.bridge)
    const call = connection.bridge.invoke('port.next', {})
    await until(() => connection.status.get() === 'refused', 'the refusal')
    expect((await call).ok).toBe(false)
    expect(messages).toEqual([])
  })

  it('leaves no subscription behind', async () => {
    const { app } = await startApp()
    let open = 0
    const counting: App = {
      ...app,
      subscribe(listener) {
        open += 1
        const end = app.subscribe(listener)
        return () => {
          open -= 1
          end()
        }
      },
    }
    const { connection } = await socketHost(counting)
    const { messages, end } = collect(connection.bridge)
    await until(() => messages.length > 0, 'the snapshot')
    collect(connection.bridge)
    await connection.bridge.invoke('port.next', {})
    expect(open).toBe(1)
    end()
    connection.close()
    await until(() => open === 0, 'the end')
  })

  it('keeps up with a flood: the last state and the newest lines arrive', async () => {
    const { app, invoke, folder, site } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const { connection } = await socketHost(app)
    const { states, entries } = collect(connection.bridge)
    await until(() => states().length > 0, 'the snapshot')
    const requests = Array.from({ length: 300 }, (_, n) => fetch(`${originOf(site(id))}/?${n}`))
    await Promise.all(requests.map(async answer => (await answer).text()))
    const commands: [CommandName, unknown][] = Array.from({ length: 300 }, (_, n) => [
      'settings.change',
      { defaultPort: 9000 + n },
    ])
    await Promise.all(commands.map(([command, input]) => app.invoke(command, input)))
    await until(() => states().at(-1)?.revision === app.state.get().revision, 'the last state')
    expect(states().at(-1)?.settings.defaultPort).toBe(9299)
    // What a flood's batches left out comes later, and again where a slow page began anew: by id the panel has it once.
    const ids = () => [...new Set(entries(id).map(entry => entry.id))]
    await until(() => ids().length >= 300, 'every line')
    expect(ids().sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  })
})
