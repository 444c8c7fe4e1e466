/**
 * `npm start` as a user sees it (the built out/start.cjs in a process of its own):
 * the menubar app on a real Electron where there is one, else one plain line and
 * the panel in the browser, and never a stack trace.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { environment, runtime, sandboxSwitches, whyNoDesktop } from '../support/packaged-app.ts'
import { type NodeProcess, runNode } from '../support/process.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

interface Started extends NodeProcess {
  readonly userData: string
}

function start(args: readonly string[], env: Record<string, string | undefined>): Started {
  const userData = tempFolder()
  // What of our own environment would change how it starts is taken away.
  const ours = Object.fromEntries(Object.keys(process.env).map(name => [name, undefined]))
  const own = {
    ...ours,
    ...environment(userData, false),
    HOME: userData,
    BROWSER: 'none',
    INIT_CWD: undefined,
  }
  return { ...runNode(['out/start.cjs', ...args], { env: { ...own, ...env } }), userData }
}

const isLinux = process.platform === 'linux'

describe.runIf(isLinux)('npm start without a usable Electron', () => {
  const cases: readonly [
    name: string,
    args: string[],
    env: () => Record<string, string | undefined>,
    reason: RegExp,
  ][] = [
    ['no display', [], () => ({ DISPLAY: undefined, WAYLAND_DISPLAY: undefined }), /^There is no display/],
    [
      'a runtime that is not there',
      ['--no-sandbox'],
      () => ({ DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' }),
      /^There is no Electron in \/nowhere/,
    ],
    [
      'a runtime that fails',
      ['--no-sandbox'],
      () => {
        const dist = tempFolder({
          electron: '#!/bin/sh\necho "at Object.<anonymous> (x.js:1:1)" >&2\nexit 1\n',
        })
        chmodSync(join(dist, 'electron'), 0o755)
        return { DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: dist }
      },
      /^Electron could not start/,
    ],
  ]
  it.each(cases)('%s: one line why, and the panel in the browser', async (_name, args, env, reason) => {
    const { child, output, prints, ended } = start(args, env())
    await prints(/#token=\S+\n/)
    const lines = output().trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(reason)
    expect(lines[0]).toMatch(/so the panel opens in the browser\.$/)
    expect(lines[1]).toMatch(/^Servebar is at http:\/\/127\.0\.0\.1:\d+\/#token=/)
    const url = /http:\S+/.exec(lines[1] ?? '')?.[0] ?? ''
    expect((await fetch(url)).status).toBe(200)
    child.kill('SIGINT')
    expect(await ended).toBe(0)
  })

  it('refuses an option that there is not, with usage', async () => {
    const { output, ended } = start(['--pannel'], {})
    expect(await ended).toBe(2)
    expect(output()).toBe(
      'There is no option --pannel\nUsage: npm start -- [--panel] [--no-sandbox] [folder …]\n',
    )
  })

  it.runIf(process.getuid?.() === 0)('does not even try as root without --no-sandbox', async () => {
    const { child, output, prints, ended } = start([], {
      DISPLAY: ':99',
      ELECTRON_OVERRIDE_DIST_PATH: '/nowhere',
    })
    await prints(/#token=\S+\n/)
    expect(output()).toMatch(/^Electron does not run as root without --no-sandbox, so the panel opens/)
    child.kill('SIGINT')
    expect(await ended).toBe(0)
  })
})

describe.skipIf(whyNoDesktop || !isLinux)(`npm start${whyNoDesktop ? ` (${whyNoDesktop})` : ''}`, () => {
  /**
   * A runtime that runs `electron <folder>`: one taken out of a packaged app lacks the part that does so
   * (default_app.asar), and then these few lines stand in for it.
   */
  function developmentRuntime(): string {
    if (existsSync(join(runtime, 'resources/default_app.asar'))) return runtime
    const dist = tempFolder()
    for (const entry of readdirSync(runtime, { withFileTypes: true })) {
      const from = join(runtime, entry.name)
      const to = join(dist, entry.name)
      if (entry.isDirectory()) cpSync(from, to, { recursive: true })
      else {
        try {
          linkSync(from, to)
        } catch {
          cpSync(from, to) // another file system
        }
      }
    }
    const app = join(dist, 'resources/app')
    mkdirSync(app, { recursive: true })
    writeFileSync(join(app, 'package.json'), '{"main":"main.js"}')
    writeFileSync(
      join(app, 'main.js'),
      `const { app } = require('electron')
       const folder = process.argv[1]
       process.defaultApp = true
       app.setAppPath(folder)
       require(folder + '/' + require(folder + '/package.json').main)`,
    )
    return dist
  }

  function portIn(settingsFile: string): string | undefined {
    return existsSync(settingsFile)
      ? /"port": ?(\d+)/.exec(readFileSync(settingsFile, 'utf8'))?.[1]
      : undefined
  }

  it('opens the app, serves the folders given, and ends with Ctrl-C', async () => {
    const folder = tempFolder({ 'index.html': 'from npm start' })
    const { child, userData, output, prints, ended } = start([...sandboxSwitches, folder], {
      ELECTRON_OVERRIDE_DIST_PATH: developmentRuntime(),
    })
    await prints(/Servebar is running\. Press Ctrl-C to quit\./, 30_000)
    const port = await until(() => portIn(join(userData, 'settings.json')), 'the site in the settings')
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('from npm start')
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(output()).not.toMatch(/^\s+at /m)
  })
})
