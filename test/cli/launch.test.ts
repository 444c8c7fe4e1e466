/** The terminal command with what V8 made of it at the build, without that, and with what another V8 made. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { TERMINAL_FILES } from '../../build/terminal.mjs'
import { version } from '../../package.json'
import { bundleTerminal } from '../support/bundle.ts'
import { runNode } from '../support/process.ts'
import { tempFolder } from '../support/temp.ts'

let built: string

beforeAll(async () => {
  built = dirname(await bundleTerminal())
}, 60_000)

/** A copy, so that a test may change it. */
function command(): string {
  const folder = tempFolder()
  for (const name of TERMINAL_FILES) {
    copyFileSync(join(built, name), join(folder, name))
  }
  return join(folder, 'cli.cjs')
}

async function expectToServe(path: string): Promise<void> {
  const { prints } = runNode([path, tempFolder({ 'index.html': 'home' }), '--port', '0'])
  expect(await (await fetch(await prints(/^.+(?=\n)/))).text()).toBe('home')
}

it('V8 takes what it made at the build, and that holds more than the outermost function', () => {
  const look = `
    const { Script } = require('vm'), { readFileSync } = require('fs')
    const source = readFileSync(process.argv[1], 'utf8')
    const cachedData = readFileSync(process.argv[1] + '.v8')
    const { cachedDataRejected } = new Script(source, { cachedData })
    // Another text: of the same one V8 remembers in this process what it has just been given.
    const bare = new Script(source + ' ').createCachedData()
    console.log(JSON.stringify({ cachedDataRejected, hasMore: cachedData.length > bare.length }))`
  const said = execFileSync(process.execPath, ['-e', look, join(built, 'terminal.js')], { encoding: 'utf8' })
  expect(JSON.parse(said)).toEqual({ cachedDataRejected: false, hasMore: true })
})

it('serves with it', () => expectToServe(command()))

it('serves without it', async () => {
  const path = command()
  rmSync(join(dirname(path), 'terminal.js.v8'))
  await expectToServe(path)
})

it.each([
  ['another version', (data: Buffer) => data.fill(0xff, 4, 8)],
  ['half of it', (data: Buffer) => data.subarray(0, data.length / 2)],
  ['nothing', () => Buffer.alloc(0)],
])('serves where V8 refuses it: %s', async (_, change) => {
  const path = command()
  const data = join(dirname(path), 'terminal.js.v8')
  writeFileSync(data, change(readFileSync(data)))
  await expectToServe(path)
})

it('serves with other switches of V8 than those of the build', async () => {
  const { ended, stdout } = runNode(['--no-opt', '--stack-size=900', command(), '--version'])
  expect(await ended).toBe(0)
  expect(stdout()).toBe(`${version}\n`)
})

it('a start and a first page load nothing of Node that takes long and is not needed for them', async () => {
  const folder = tempFolder({
    'look.cjs': `process.on('exit', () => console.error(JSON.stringify(process.moduleLoadList)))`,
    'index.html': 'home',
  })
  const path = join(built, 'cli.cjs')
  const { child, ended, prints, stderr } = runNode([
    '-r',
    join(folder, 'look.cjs'),
    path,
    folder,
    '--port',
    '0',
  ])
  expect(await (await fetch(await prints(/^.+(?=\n)/))).text()).toBe('home')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  const loaded = (JSON.parse(stderr()) as string[]).map(name => name.replace('NativeModule ', ''))
  expect(loaded).toContain('http')
  for (const name of ['crypto', 'dns', 'http2', 'https', 'readline', 'tls'])
    expect(loaded).not.toContain(name)
})
