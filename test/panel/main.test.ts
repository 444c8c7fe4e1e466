import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type PanelOptions, startPanel } from '../../electron/panel/main.ts'
import { createSocketBridge } from '../../renderer/bridge.ts'
import { webSocketOf } from '../support/bridges.ts'
import { bundle } from '../support/bundle.ts'
import { runNode } from '../support/process.ts'
import { get, rawRequest } from '../support/raw-request.ts'
import { freePort } from '../support/start-app.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

const page = '<!doctype html><title>Servebar</title>'
const renderer = { 'index.html': page, 'assets/panel.js': 'export {}', 'assets/panel.css': 'a{}' }

/** The renderer's own client, as a page at this address. */
function openPage(url: string) {
  const { host, origin, hash } = new URL(url)
  const connection = createSocketBridge({
    url: `ws://${host}/bridge`,
    token: new URLSearchParams(hash.slice(1)).get('token') ?? '',
    WebSocket: webSocketOf(origin),
  })
  onTestFinished(() => connection.close())
  return connection
}

describe('the panel', () => {
  async function start() {
    const home = tempFolder()
    const quit: string[] = []
    const panel = await startPanel({
      rendererFolder: tempFolder(renderer),
      settingsFile: join(home, 'settings.json'),
      port: 0,
      quit: () => quit.push('quit'),
    })
    onTestFinished(() => panel.close())
    const { port, origin } = new URL(panel.url)
    return { ...panel, home, quit, port: Number(port), origin }
  }

  it('has an address on loopback, with a token that cannot be guessed and is new each time', async () => {
    const [one, two] = [await start(), await start()]
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/)
    expect(new URL(one.url).hash).not.toBe(new URL(two.url).hash)
  })

  it('serves the built page with a policy that allows its own files and its own socket', async () => {
    const { port } = await start()
    const answer = await rawRequest(port, get('/'))
    expect(answer).toMatchObject({ status: 200, text: page })
    expect(answer.fields['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
        `connect-src ws://127.0.0.1:${port} ws://localhost:${port}; ` +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(answer.fields).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect((await rawRequest(port, get('/assets/panel.js'))).fields['content-type']).toMatch(
      /^text\/javascript/,
    )
  })

  it('serves nothing else: no list, no other file, no foreign name', async () => {
    const { port } = await start()
    expect((await rawRequest(port, get('/assets/'))).status).toBe(404)
    expect((await rawRequest(port, get('/../../package.json'))).status).toBe(400)
    expect((await rawRequest(port, get('/', { Host: `evil.example:${port}` }))).status).toBe(421)
    expect((await rawRequest(port, get('/bridge'))).status).toBe(404)
  })

  it('lets in its own page with the token, and no other', async () => {
    const { url, origin } = await start()
    const own = openPage(url)
    await until(() => own.status.get() === 'open', 'the connection')
    const other = openPage(`${origin}/#token=guess`)
    await until(() => other.status.get() === 'refused', 'the refusal')
  })

  it('is a host of kind browser that lists folders, shows them, and can be quit', async () => {
    const { url, quit, home } = await start()
    const { bridge } = openPage(url)
    const capabilities = await new Promise(resolve =>
      bridge.subscribe(message => message.type === 'state' && resolve(message.state.host)),
    )
    expect(capabilities).toMatchObject({
      kind: 'browser',
      capabilities: ['list-folders', 'reveal-folder', 'quit'],
    })
    expect(await bridge.invoke('folder.list', { path: home })).toMatchObject({
      ok: true,
      value: { path: home },
    })
    expect(await bridge.invoke('app.quit', {})).toMatchObject({ ok: true })
    await until(() => quit.length > 0, 'the end')
  })

  it('says what is wrong with a folder it was started with', async () => {
    const { add, home } = await start()
    expect(await add([join(home, 'missing')])).toMatchObject({ title: expect.stringContaining('missing') })
  })

  it('leaves nothing behind when it cannot listen', async () => {
    const started = startPanel({
      rendererFolder: join(tempFolder(), 'not-built'),
      settingsFile: join(tempFolder(), 'settings.json'),
      port: 0,
      quit: () => {},
    })
    await expect(started).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('as a process', () => {
  let file: string

  beforeAll(async () => {
    file = await bundle('electron/panel/main.ts')
    for (const [name, content] of Object.entries(renderer)) {
      mkdirSync(dirname(join(dirname(file), 'renderer', name)), { recursive: true })
      writeFileSync(join(dirname(file), 'renderer', name), content)
    }
  }, 60_000)

  function run(userData: string, options: Partial<PanelOptions> = {}, built = file) {
    const given: PanelOptions = { folders: [], openBrowser: false, port: 0, ...options }
    const script = `require(${JSON.stringify(built)}).runPanel(${JSON.stringify(given)})`
    const started = runNode(['-e', script], { env: { SERVEBAR_USER_DATA: userData } })
    return { ...started, url: () => started.prints(/http:\/\/127\.0\.0\.1:\d+\/#token=\S+/) }
  }

  it('prints its address, serves the folders it was given, and remembers them', async () => {
    const userData = join(tempFolder(), 'settings')
    const folder = tempFolder({ 'index.html': 'mine' })
    const first = run(userData, { folders: [folder], reason: 'There is no display' })
    const url = await first.url()
    expect(first.stdout()).toBe(
      `There is no display, so the panel opens in the browser.\nServebar is at ${url}\n`,
    )
    expect(await (await fetch(url)).text()).toBe(page)
    const { bridge } = openPage(url)
    const states: number[] = []
    bridge.subscribe(message => {
      if (message.type === 'state') states.push(message.state.sites.length)
    })
    await until(() => states.at(-1) === 1, 'the site')
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(first.stderr()).toBe('')
    expect(JSON.parse(readFileSync(join(userData, 'settings.json'), 'utf8')).sites).toMatchObject([
      { folder },
    ])
    expect(existsSync(join(userData, 'servebar.lock'))).toBe(false)

    const second = run(userData)
    expect(await second.url()).not.toBe(url)
    second.child.kill('SIGINT')
    expect(await second.ended).toBe(0)
  })

  it('goes when Quit is pressed', async () => {
    const { url, ended } = run(tempFolder())
    const { bridge, status } = openPage(await url())
    expect(await bridge.invoke('app.quit', {})).toMatchObject({ ok: true })
    expect(await ended).toBe(0)
    await until(() => status.get() === 'lost', 'the page to notice')
  })

  it('takes the next port when its own is taken', async () => {
    const port = await freePort()
    const taken = createServer().listen(port, '127.0.0.1')
    onTestFinished(() => void taken.close())
    const { url } = run(tempFolder(), { port })
    expect(Number(new URL(await url()).port)).toBeGreaterThan(port)
  })

  it('a second launch finds the first one, hands its folders over, and ends with 0', async () => {
    const userData = tempFolder()
    const folder = tempFolder({ 'index.html': 'mine' })
    const first = run(userData)
    const url = await first.url()
    await until(
      () => readFileSync(join(userData, 'servebar.lock'), 'utf8').includes(url),
      'the address in the lock',
    )
    const second = run(userData, { folders: [folder] })
    expect(await second.ended).toBe(0)
    expect(second.stdout()).toBe(`Servebar is already running at ${url}\n`)
    const { bridge } = openPage(url)
    const folders = await new Promise(resolve =>
      bridge.subscribe(
        message => message.type === 'state' && resolve(message.state.sites.map(site => site.folder)),
      ),
    )
    expect(folders).toEqual([folder])
  })

  it('says what to do when the menubar app has the settings', async () => {
    const userData = tempFolder()
    writeFileSync(join(userData, 'servebar.lock'), JSON.stringify({ pid: process.pid, kind: 'menubar' }))
    const { ended, stdout, stderr } = run(userData)
    expect(await ended).toBe(1)
    expect(stdout()).toBe('')
    expect(stderr()).toBe(
      'Servebar is already running as the menubar app; use that one, or quit it and try again\n',
    )
  })

  it('takes over after a crash', async () => {
    const userData = tempFolder()
    const first = run(userData)
    await first.url()
    first.child.kill('SIGKILL')
    await first.ended
    const second = run(userData)
    await second.url()
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })

  it('says in one line that it is not built', async () => {
    const lonely = join(tempFolder(), 'entry.cjs')
    copyFileSync(file, lonely)
    const { ended, stderr } = run(tempFolder(), {}, lonely)
    expect(await ended).toBe(1)
    expect(stderr()).toMatch(/^\S+renderer is missing; npm run build makes it\n$/)
  })
})
