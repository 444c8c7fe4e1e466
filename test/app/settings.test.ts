/** The settings file, from its text to a kill -9. Over 350 lines because each part of it can be broken by itself. */
import { execFileSync, spawn } from 'node:child_process'
import { lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import {
  defaultSettings,
  migrate,
  openSettings,
  parseSettings,
  plainSite,
  type SavedSite,
  SETTINGS_VERSION,
  type Settings,
  serializeSettings,
  settingsSchema,
} from '../../electron/app/settings.ts'
import type { Problem } from '../../electron/contract.ts'
import { bundle } from '../support/bundle.ts'
import { tempFolder } from '../support/temp.ts'

/** Node has no call for it. */
const MAKE_FIFO = 'mkfifo'

const site: SavedSite = {
  ...plainSite,
  id: 'a',
  name: 'portfolio',
  folder: '/sites/portfolio',
  port: 8080,
  portChosen: false,
  share: false,
  listing: true,
  dotfiles: false,
  running: true,
}
const settings: Settings = {
  preferences: { restoreOnLaunch: false, defaultPort: 3000, theme: 'dark', keepRequests: '1d' },
  sites: [site],
}

async function opened(file: string) {
  const problems: Problem[] = []
  const store = await openSettings(file, problem => problems.push(problem))
  return { store, problems }
}

describe('parseSettings', () => {
  it('reads what serializeSettings wrote', () => {
    expect(parseSettings(serializeSettings(settings))).toEqual({
      settings,
      fault: null,
      version: SETTINGS_VERSION,
    })
  })

  it('accepts a byte order mark, and gives what is absent its default', () => {
    expect(parseSettings('\uFEFF{"version":1}')).toMatchObject({ settings: defaultSettings, fault: null })
    const { settings, fault } = parseSettings('{"version":1,"preferences":{"theme":"dark"}}')
    expect(settings.preferences).toEqual({ ...defaultSettings.preferences, theme: 'dark' })
    expect(fault).toBeNull()
  })

  it.each(['', '{', 'null', '[]', '42', '{}', '{"version":"1"}', '{"version":0}', '{"version":1.5}'])(
    'takes %j for damaged',
    text => {
      expect(parseSettings(text)).toMatchObject({ settings: defaultSettings, fault: 'damaged' })
    },
  )

  it('keeps every part that is valid', () => {
    const text = JSON.stringify({
      version: 1,
      preferences: { theme: 'dark', defaultPort: 'eighty' },
      sites: [
        site,
        { ...site, id: 'b', port: 0 },
        { ...site, id: 'c', folder: 'relative' },
        { ...site, name: 'same id' },
        { ...site, id: 'd', name: 'docs' },
      ],
    })
    const { settings, fault } = parseSettings(text)
    expect(fault).toBe('partly')
    expect(settings.preferences).toEqual({ ...defaultSettings.preferences, theme: 'dark' })
    expect(settings.sites.map(({ id, name }) => [id, name])).toEqual([
      ['a', 'portfolio'],
      ['d', 'docs'],
    ])
  })

  it('lets a site of version 1 go on as it did', () => {
    const { id, name, folder, port, portChosen, share, listing, dotfiles, running } = site
    const old = { id, name, folder, port, portChosen, share, listing, dotfiles, running }
    const { settings, fault } = parseSettings(JSON.stringify({ version: 1, sites: [old] }))
    expect(fault).toBeNull()
    expect(settings.sites).toEqual([{ ...old, ...plainSite }])
    expect(settings.sites[0]).toMatchObject({ liveReload: false, cleanUrls: false, password: null })
  })

  it.each([
    [true, 'auto'],
    [false, 'off'],
  ])('lets a site of version 2 follow the rules of its host as it did: %s', (before, hostRules) => {
    const { index: _, ...old } = { ...plainSite, ...site, hostRules: before }
    const { settings, fault } = parseSettings(JSON.stringify({ version: 2, sites: [old] }))
    expect(fault).toBeNull()
    expect(settings.sites).toEqual([{ ...site, hostRules, index: ['index.html'] }])
  })

  const hash = '$scrypt$ln=15,r=8,p=3$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA'
  const full: SavedSite = {
    ...site,
    share: true,
    https: true,
    certificate: { certFile: '/own/cert.pem', keyFile: '/own/key.pem' },
    fields: [['X-Robots-Tag', 'none']],
    cache: 60,
    throttle: 'flaky',
    shareEnd: { kind: 'time', at: 1 },
    password: { user: 'ann', hash },
    blocked: ['192.168.1.42', 'fe80::1'],
    manage: true,
    index: ['home.htm', 'index.html'],
    hostRules: 'cloudflare',
  }
  it('keeps every option', () => {
    expect(parseSettings(serializeSettings({ ...settings, sites: [full] })).settings.sites).toEqual([full])
  })

  it.each<[key: keyof SavedSite, broken: unknown]>([
    ['https', 'yes'],
    ['certificate', { certFile: 'relative', keyFile: '/key' }],
    ['fields', [['Content-Length', '1']]],
    ['fields', [['X', 'line\r\nbreak']]],
    ['cache', -1],
    ['throttle', 'snail'],
    ['hostRules', 'vercel'],
    ['index', ['../index.html']],
    ['shareEnd', { kind: 'time' }],
    ['uploads', 1],
  ])('keeps a site whose %s is broken, without that', (key, broken) => {
    const text = JSON.stringify({ version: 2, sites: [{ ...full, [key]: broken }] })
    const { settings, fault } = parseSettings(text)
    expect(fault).toBe('partly')
    expect(settings.sites).toEqual([{ ...full, [key]: plainSite[key as keyof typeof plainSite] }])
  })

  it.each<[key: keyof SavedSite, broken: unknown, running: boolean]>([
    ['password', { user: 'ann', hash: 'plain' }, false],
    ['password', { user: 'an:n', hash }, false],
    ['blocked', ['everybody'], true],
  ])('opens a site whose %s is broken to nobody else', (key, broken, running) => {
    const text = JSON.stringify({ version: 2, sites: [{ ...full, [key]: broken }] })
    expect(parseSettings(text)).toMatchObject({
      fault: 'partly',
      settings: { sites: [{ share: false, running }] },
    })
  })

  it('reads what it knows of a newer file', () => {
    const text = JSON.stringify({ version: SETTINGS_VERSION + 1, sites: [{ ...site, new: 1 }], new: 1 })
    expect(parseSettings(text)).toMatchObject({
      settings: { sites: [site] },
      fault: 'newer',
      version: SETTINGS_VERSION + 1,
    })
  })

  it('never throws and always gives valid settings (property)', () => {
    const key = fc.constantFrom('version', 'preferences', 'sites', 'theme', 'defaultPort', 'id', '__proto__')
    const file = fc.letrec(tie => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.constant(1),
        fc.constant(site),
        fc.dictionary(key, tie('value')),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    })).value
    const like = fc.record(
      { version: fc.constantFrom(1, 2, 3), preferences: file, sites: fc.array(file, { maxLength: 3 }) },
      { requiredKeys: ['version'] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), file.map(safeJson), like.map(safeJson)), text => {
        const parsed = parseSettings(text)
        expect(v.is(settingsSchema, parsed.settings)).toBe(true)
        // What was read survives being written and read again.
        expect(parseSettings(serializeSettings(parsed.settings))).toMatchObject({
          settings: parsed.settings,
          fault: null,
        })
      }),
      { numRuns: 500 },
    )
  })
})

function safeJson(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined'
}

describe('migrate', () => {
  const steps = [(old: unknown) => [old, 'to 2'], (old: unknown) => [old, 'to 3']]
  it('takes the steps from the file’s version on', () => {
    expect(migrate('file', 1, steps)).toEqual([['file', 'to 2'], 'to 3'])
    expect(migrate('file', 2, steps)).toEqual(['file', 'to 3'])
    expect(migrate('file', 3, steps)).toBe('file')
  })
})

describe('the settings file', () => {
  it('is not made before something is saved', async () => {
    const folder = tempFolder()
    const file = join(folder, 'deep', 'settings.json')
    const { store, problems } = await opened(file)
    expect(store.loaded).toEqual(defaultSettings)
    store.save(defaultSettings)
    await store.flush()
    expect(await readdir(folder)).toEqual([])
    store.save(settings)
    await store.flush()
    expect((await opened(file)).store.loaded).toEqual(settings)
    expect(await readdir(join(folder, 'deep'))).toEqual(['settings.json'])
    expect(problems).toEqual([])
  })

  it('holds the last of many saves', async () => {
    const file = join(tempFolder(), 'settings.json')
    const { store } = await opened(file)
    for (let port = 1; port <= 500; port++) {
      store.save({ ...settings, preferences: { ...settings.preferences, defaultPort: port } })
    }
    await store.flush()
    expect((await opened(file)).store.loaded.preferences.defaultPort).toBe(500)
  })

  it.skipIf(process.platform === 'win32')('is not waited for when it is a pipe', async () => {
    const folder = tempFolder()
    const file = join(folder, 'settings.json')
    execFileSync(MAKE_FIFO, [file])
    const { store, problems } = await opened(file)
    expect(store.loaded).toEqual(defaultSettings)
    expect(problems).toMatchObject([{ type: 'settings-broken' }])
    store.save(settings)
    await store.flush()
    expect(await readdir(folder)).toEqual(['settings.json'])
  })

  it('is kept as .bad when it is broken, and no earlier .bad is lost', async () => {
    const folder = tempFolder()
    const file = join(folder, 'settings.json')
    for (const [text, kept] of [
      ['{ first', 'settings.json.bad'],
      ['{ second', 'settings.json.bad-2'],
      ['{ third', 'settings.json.bad-3'],
    ] as const) {
      await writeFile(file, text)
      const { store, problems } = await opened(file)
      expect(problems).toMatchObject([
        {
          type: 'settings-broken',
          title: 'The settings could not be read',
          detail: `The old file was kept as ${kept}.`,
        },
      ])
      store.save(settings)
      await store.flush()
      expect(await readFile(join(folder, kept), 'utf8')).toBe(text)
      expect((await opened(file)).problems).toEqual([])
    }
    expect(await readFile(join(folder, 'settings.json.bad'), 'utf8')).toBe('{ first')
  })

  it('keeps a newer version’s file beside and goes on with what it knows', async () => {
    const folder = tempFolder()
    const file = join(folder, 'settings.json')
    const text = JSON.stringify({ version: 7, preferences: { theme: 'dark' }, sites: [site], future: true })
    await writeFile(file, text)
    const { store, problems } = await opened(file)
    expect(problems).toMatchObject([{ title: 'The settings are from a newer Servebar' }])
    expect(store.loaded.sites).toEqual([site])
    store.save(settings)
    await store.flush()
    expect(await readFile(join(folder, 'settings.json.v7'), 'utf8')).toBe(text)
  })

  it('is left alone when it cannot be read', async () => {
    const file = join(tempFolder(), 'settings.json')
    await mkdir(file)
    const { store, problems } = await opened(file)
    expect(problems).toMatchObject([{ type: 'settings-broken' }])
    store.save(settings)
    await store.flush()
    expect((await lstat(file)).isDirectory()).toBe(true)
  })

  it('reports once that it cannot be written, and is written when that is over', async () => {
    const folder = join(tempFolder(), 'config')
    const file = join(folder, 'settings.json')
    await writeFile(folder, 'a file in the way')
    // The folder went bad after the start.
    await rm(folder)
    const { store, problems } = await opened(file)
    await writeFile(folder, 'a file in the way')
    store.save(settings)
    await store.flush()
    store.save({ ...settings, sites: [] })
    await store.flush()
    expect(problems).toMatchObject([
      { type: 'settings-unwritable', title: 'The settings could not be saved' },
    ])
    await rm(folder)
    await store.flush()
    expect((await opened(file)).store.loaded.sites).toEqual([])
  })

  it('stays a link when it is one', async () => {
    const folder = tempFolder()
    const file = join(folder, 'settings.json')
    await writeFile(join(folder, 'real.json'), serializeSettings(defaultSettings))
    await symlink(join(folder, 'real.json'), file)
    const { store } = await opened(file)
    store.save(settings)
    await store.flush()
    expect((await lstat(file)).isSymbolicLink()).toBe(true)
    expect((await opened(join(folder, 'real.json'))).store.loaded).toEqual(settings)
  })

  it('is rid of what killed processes left, and of nothing else', async () => {
    const folder = tempFolder()
    const leftover = 'settings.json.999999999.tmp'
    const others = [`settings.json.${process.ppid}.tmp`, 'settings.json.bad', 'other.999999999.tmp']
    for (const name of [leftover, ...others]) await writeFile(join(folder, name), '')
    await opened(join(folder, 'settings.json'))
    expect((await readdir(folder)).sort()).toEqual(others.sort())
  })

  it('loads after kill -9 in the middle of writing, 100 times', { timeout: 60_000 }, async () => {
    const writer = await bundle(fileURLToPath(new URL('../support/settings-writer.ts', import.meta.url)))
    let runs = 0
    async function lane(): Promise<void> {
      const place = tempFolder()
      const file = join(place, 'settings.json')
      while (runs < 100) {
        runs++
        // Held just before it replaces the old file; or killed wherever it is by then.
        const waits = runs % 2 === 0
        await killedWhileWriting(writer, file, waits)
        if (waits) {
          expect(await readdir(place)).toEqual(['settings.json', expect.stringMatching(/\.tmp$/)])
        }
        const { store, problems } = await opened(file)
        const { preferences, sites } = store.loaded
        expect(problems).toEqual([])
        expect(sites).toHaveLength(300)
        expect(new Set(sites.map(entry => entry.name))).toEqual(new Set([preferences.theme]))
        expect(await readdir(place)).toEqual(['settings.json'])
      }
    }
    await Promise.all([lane(), lane(), lane()])
  })
})

function killedWhileWriting(program: string, file: string, waits: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, file, waits ? 'wait' : 'go'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.once('data', (data: Buffer) => {
      if (!data.toString().startsWith('written\n')) reject(new Error(data.toString()))
      child.kill('SIGKILL')
    })
    child.once('error', reject)
    child.once('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve()
      else reject(new Error('the writer ended by itself'))
    })
  })
}
