/** Starting Electron from plain Node, with small programs standing in for the runtime: it never throws. */
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { explainFailure, findElectron, runElectron } from '../../electron/start/runtime.ts'
import { tempFolder } from '../support/temp.ts'

const before = process.env.ELECTRON_OVERRIDE_DIST_PATH
beforeEach(() => {
  delete process.env.ELECTRON_OVERRIDE_DIST_PATH
})
afterEach(() => {
  if (before === undefined) delete process.env.ELECTRON_OVERRIDE_DIST_PATH
  else process.env.ELECTRON_OVERRIDE_DIST_PATH = before
})

const packageJson = '{"name":"electron","version":"0.0.0"}'
const isLinux = process.platform === 'linux'

describe.runIf(isLinux)('findElectron', () => {
  const silent = () => {}

  it('takes the runtime that ELECTRON_OVERRIDE_DIST_PATH names', async () => {
    const dist = tempFolder({ electron: '' })
    process.env.ELECTRON_OVERRIDE_DIST_PATH = dist
    expect(await findElectron('/nowhere', silent)).toEqual({ executable: join(dist, 'electron') })
  })

  it('says when that folder has none', async () => {
    process.env.ELECTRON_OVERRIDE_DIST_PATH = '/nowhere'
    expect(await findElectron('/nowhere', silent)).toEqual({ reason: 'There is no Electron in /nowhere' })
  })

  it('says when the electron package is not there', async () => {
    expect(await findElectron(tempFolder({ 'package.json': '{}' }), silent)).toEqual({
      reason: 'Electron is not installed',
    })
  })

  it('uses an installed runtime without fetching', async () => {
    const folder = tempFolder({
      'package.json': '{}',
      'node_modules/electron/package.json': packageJson,
      'node_modules/electron/path.txt': 'electron',
      'node_modules/electron/dist/electron': '',
    })
    const lines: string[] = []
    const found = await findElectron(folder, line => lines.push(line))
    expect(found).toMatchObject({ executable: expect.stringMatching(/dist\/electron$/) })
    expect(lines).toEqual([])
  })

  it('fetches it once where it is missing, and says so first', async () => {
    const folder = tempFolder({
      'package.json': '{}',
      'node_modules/electron/package.json': packageJson,
      'node_modules/electron/install.js': `
        const { mkdirSync, writeFileSync } = require('node:fs')
        mkdirSync(__dirname + '/dist')
        writeFileSync(__dirname + '/dist/electron', '')
        writeFileSync(__dirname + '/path.txt', 'electron')`,
    })
    const lines: string[] = []
    const found = await findElectron(folder, line => lines.push(line))
    expect(found).toMatchObject({ executable: expect.stringMatching(/dist\/electron$/) })
    expect(lines).toEqual(['Fetching Electron, once…'])
  })

  it('gives a reason, not a stack trace, when it cannot be fetched', async () => {
    const folder = tempFolder({
      'package.json': '{}',
      'node_modules/electron/package.json': packageJson,
      'node_modules/electron/install.js': 'throw new Error("no network")',
    })
    expect(await findElectron(folder, silent)).toEqual({ reason: 'Electron could not be fetched' })
  })
})

describe.runIf(isLinux)('runElectron', () => {
  async function program(code: string): Promise<string> {
    const file = join(tempFolder({ electron: `#!${process.execPath}\n${code}` }), 'electron')
    await chmod(file, 0o755)
    return file
  }

  it('ends with its exit code once it was ready', async () => {
    const messages: unknown[] = []
    const executable = await program('process.send({ type: "ready" }, () => process.exit(70))')
    expect(await runElectron(executable, [], message => messages.push(message))).toEqual({ exitCode: 70 })
    expect(messages).toEqual([{ type: 'ready' }])
  })

  it('does not hand on what would make it another program', async () => {
    process.env.ELECTRON_RUN_AS_NODE = '1'
    process.env.NODE_OPTIONS = '--no-deprecation'
    onTestFinished(() => {
      delete process.env.ELECTRON_RUN_AS_NODE
      delete process.env.NODE_OPTIONS
    })
    const executable = await program(
      'const { ELECTRON_RUN_AS_NODE: a, NODE_OPTIONS: b } = process.env; process.send([a ?? null, b ?? null], () => process.exit())',
    )
    const messages: unknown[] = []
    await runElectron(executable, [], message => messages.push(message))
    expect(messages).toEqual([[null, null]])
  })

  it('gives a reason when it ends before it is ready', async () => {
    const executable = await program(
      'process.stderr.write("Missing X server or $DISPLAY\\n"); process.exitCode = 1',
    )
    expect(await runElectron(executable, [], () => {})).toEqual({
      reason: 'Electron could not start: the display cannot be reached',
    })
  })

  it('gives a reason when it cannot be run at all', async () => {
    const ending = await runElectron('/nowhere/electron', [], () => {})
    expect(ending).toMatchObject({ reason: expect.stringMatching(/^Electron could not start \(.*ENOENT/) })
  })
})

describe('explainFailure', () => {
  it.each([
    [
      'electron: error while loading shared libraries: libgtk-3.so.0: cannot open shared object file',
      null,
      'Electron could not start: the library libgtk-3.so.0 is not installed',
    ],
    [
      '[1:FATAL:setuid_sandbox_host.cc] The SUID sandbox helper binary was found, but is not configured correctly.',
      'SIGTRAP',
      "Electron could not start: this system does not allow Chromium's sandbox",
    ],
    [
      '[1:ERROR:ozone_platform_x11.cc] Missing X server or $DISPLAY',
      null,
      'Electron could not start: the display cannot be reached',
    ],
    ['', 'SIGKILL', 'Electron did not start in time'],
    ['something else', null, 'Electron could not start'],
  ] as const)('%s', (errors, signal, reason) => {
    expect(explainFailure(errors, signal)).toBe(reason)
  })
})
