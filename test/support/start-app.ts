/**
 * The real app on a fake host, with its settings in a temporary folder and its
 * sites on ports that nobody uses; closed after the test.
 */
import { randomInt } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { type App, type AppOptions, createApp } from '../../electron/app/app.ts'
import { nextFreePort } from '../../electron/app/ports.ts'
import { SETTINGS_VERSION } from '../../electron/app/settings.ts'
import type { TrustContext } from '../../electron/app/trust-store.ts'
import type { CommandName, Input, LogBatch, Message, Output, Problem, Site } from '../../electron/contract.ts'
import { type FakePlatform, fakePlatform } from './fake-platform.ts'
import { tempFolder } from './temp.ts'

export interface StartedApp {
  readonly app: App
  readonly platform: FakePlatform
  /** The home folder; sites are made in it. */
  readonly home: string
  readonly settingsFile: string
  /** The first port that new sites try. */
  readonly port: number
  /** The command's answer; fails the test when it is a problem. */
  invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Output<C>>
  /** The problem that the command answers; fails the test when it succeeds. */
  refuse(command: string, input: unknown): Promise<Problem>
  folder(name: string, files?: Readonly<Record<string, string>>): Promise<string>
  site(id: string): Site
  messages(): { readonly all: Message[]; readonly batches: () => LogBatch[]; readonly end: () => void }
}

/** A free port with room for a few more above it, other for each call. */
export async function freePort(): Promise<number> {
  const port = await nextFreePort(randomInt(20_000, 30_000))
  if (port === null) throw new Error('no free port')
  return port
}

/** A computer without browsers and tools, so that no test changes what this one trusts. */
export function noTrust(home: string): TrustContext {
  return {
    os: 'linux',
    home,
    environment: {},
    isAdministrator: false,
    mayElevate: false,
    run: async () => 'missing',
    root: home,
  }
}

export async function startApp(
  options: {
    readonly home?: string
    readonly settings?: object | string
    readonly platform?: FakePlatform
    readonly startServer?: NonNullable<AppOptions['startServer']>
  } = {},
): Promise<StartedApp> {
  const home = options.home ?? tempFolder()
  const platform = options.platform ?? fakePlatform()
  const settingsFile = join(home, '.config', 'settings.json')
  const port = await freePort()
  if (options.settings !== undefined || options.home === undefined) {
    await mkdir(join(home, '.config'), { recursive: true })
    const file = {
      version: SETTINGS_VERSION,
      preferences: { defaultPort: port },
      ...Object(options.settings),
    }
    const text = typeof options.settings === 'string' ? options.settings : JSON.stringify(file)
    await writeFile(settingsFile, text)
  }
  const app = await createApp({
    platform,
    settingsFile,
    version: '1.0.0',
    homeFolder: home,
    // Nothing of a test is told on the network.
    createMdns: () => ({ tell() {}, refresh() {}, async close() {} }),
    trust: noTrust(home),
    ...(options.startServer ? { startServer: options.startServer } : {}),
  })
  onTestFinished(() => app.close())
  app.restore()
  return {
    app,
    platform,
    home,
    settingsFile,
    port,
    async invoke<C extends CommandName>(command: C, input: Input<C>) {
      const result = await app.invoke(command, input)
      if (!result.ok) throw new Error(`${command}: ${JSON.stringify(result.problem)}`)
      return result.value as Output<C>
    },
    async refuse(command, input) {
      const result = await app.invoke(command, input)
      if (result.ok) throw new Error(`${command} was not refused`)
      return result.problem
    },
    async folder(name, files = { 'index.html': `<title>${name}</title>` }) {
      const folder = join(home, name)
      await mkdir(folder, { recursive: true })
      for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
      return folder
    },
    site(id) {
      const site = app.state.get().sites.find(other => other.id === id)
      if (!site) throw new Error(`no site ${id}`)
      return site
    },
    messages() {
      const all: Message[] = []
      const end = app.subscribe(message => all.push(message))
      return {
        all,
        end,
        batches: () => all.flatMap(message => (message.type === 'log' ? message.batches : [])),
      }
    },
  }
}

/** Polls until the site is in this phase. */
export async function reaches(
  started: StartedApp,
  id: string,
  phase: Site['status']['phase'],
): Promise<Site> {
  await vi.waitFor(() => expect(started.site(id).status.phase).toBe(phase), { timeout: 5000, interval: 5 })
  return started.site(id)
}

/** Where the site is served; fails the test when it is not. */
export function originOf(site: Site): string {
  if (site.status.phase !== 'listening') throw new Error(`not listening: ${JSON.stringify(site.status)}`)
  const url = site.status.origins[0]?.url
  if (!url) throw new Error('no origin')
  return url
}

/** The problem on the site's row; fails the test when it has none. */
export function problemOn(site: Site): Problem {
  if (site.status.phase !== 'failed') throw new Error(`not failed: ${JSON.stringify(site.status)}`)
  return site.status.problem
}
