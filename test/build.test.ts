/**
 * build/build.mjs as a process, on a project of a few lines with the places of
 * the real one: what `npm start` rests on, also where it cannot write, and when
 * several start at once.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { canBeOtherUser } from './support/other-user.ts'
import { tempFolder, writeFiles } from './support/temp.ts'
import { until } from './support/until.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

function project(): string {
  const entry = 'console.log("first")\n'
  const root = tempFolder({
    'package.json': '{"type":"module"}',
    'electron/start.ts': entry,
    'electron/desktop/main.ts': entry,
    'electron/desktop/preload.ts': entry,
    'electron/cli/launch.ts': entry,
    'electron/cli/main.ts': entry,
    'electron/cli/https.ts': entry,
    'electron/cli/qr.ts': entry,
    'renderer/index.html':
      '<!doctype html><title>Panel</title><script type="module" src="./main.js"></script>',
    'renderer/main.js': 'document.title = "built"',
    'renderer/vite.config.ts': `import { defineConfig } from 'vite'
      export default defineConfig({ root: import.meta.dirname, build: { outDir: '../out/renderer', emptyOutDir: true } })`,
    node_modules: { link: join(repository, 'node_modules') },
  })
  cpSync(join(repository, 'build'), join(root, 'build'), { recursive: true })
  age(root, 60)
  return root
}

/** As if all of it had been written so many seconds ago. */
function age(path: string, seconds: number): void {
  const stats = statSync(path)
  if (stats.isDirectory() && !path.endsWith('node_modules')) {
    for (const name of readdirSync(path)) if (name !== 'node_modules') age(join(path, name), seconds)
  }
  const time = Date.now() / 1000 - seconds
  if (!path.endsWith('node_modules')) utimesSync(path, time, time)
}

interface Outcome {
  readonly code: number
  readonly output: string
}

async function build(root: string, args: readonly string[] = [], uid?: number): Promise<Outcome> {
  const child = spawn(process.execPath, [join(root, 'build/build.mjs'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const [code] = await once(child, 'close')
  return { code, output }
}

const builtStart = (root: string) => readFileSync(join(root, 'out/start.cjs'), 'utf8')
const inodeOf = (root: string) => statSync(join(root, 'out/start.cjs')).ino

describe('the build', () => {
  it('makes every file, and leaves nothing beside', async () => {
    const root = project()
    expect(await build(root)).toEqual({ code: 0, output: '' })
    expect(readdirSync(join(root, 'out')).sort()).toEqual([
      'cli.cjs',
      'main.cjs',
      'preload.cjs',
      'renderer',
      'start.cjs',
      'terminal-https.cjs',
      'terminal-qr.cjs',
      'terminal.js',
      'terminal.js.v8',
    ])
    expect(existsSync(join(root, 'out/renderer/index.html'))).toBe(true)
    expect(readdirSync(root).filter(name => name.startsWith('out'))).toEqual(['out'])
  })

  it('is skipped with --if-needed until a source changes or goes', async () => {
    const root = project()
    await build(root)
    const first = inodeOf(root)
    expect(await build(root, ['--if-needed'])).toEqual({ code: 0, output: '' })
    expect(inodeOf(root)).toBe(first)

    writeFiles(root, { 'electron/start.ts': 'console.log("second")\n' })
    await build(root, ['--if-needed'])
    expect(builtStart(root)).toContain('second')
    const second = inodeOf(root)
    await build(root)
    expect(inodeOf(root)).not.toBe(second)
  })

  it('runs several times at once, and out/ is whole all the while', async () => {
    const root = project()
    await build(root)
    writeFiles(root, { 'electron/start.ts': 'console.log("second")\n' })
    let isBuilding = true
    let missing = 0
    const watching = (async () => {
      while (isBuilding) {
        if (!existsSync(join(root, 'out/renderer/index.html'))) {
          missing += 1
          await until(() => existsSync(join(root, 'out/renderer/index.html')), 'the new folder', 1000)
        }
        await new Promise(resolve => setImmediate(resolve))
      }
    })()
    const outcomes = await Promise.all([1, 2, 3].map(() => build(root, ['--if-needed'])))
    isBuilding = false
    await watching
    expect(outcomes).toEqual(outcomes.map(() => ({ code: 0, output: '' })))
    expect(missing).toBeLessThanOrEqual(1) // between two renames
    expect(builtStart(root)).toContain('second')
    expect(readdirSync(root).filter(name => name.startsWith('out'))).toEqual(['out'])
  })

  it('that fails says so without a stack, and leaves the last one', async () => {
    const root = project()
    await build(root)
    writeFiles(root, { 'electron/start.ts': 'import { nothing } from "./nowhere.ts"; nothing()\n' })
    const { code, output } = await build(root, ['--if-needed', '--or-last'])
    expect(code).toBe(1)
    expect(output).toMatch(/^Servebar could not be built: /m)
    expect(output).toContain('./nowhere.ts')
    expect(output).not.toMatch(/^\s+at /m)
    expect(builtStart(root)).toContain('first')
    expect(readdirSync(root).filter(name => name.startsWith('out'))).toEqual(['out'])
  })

  it('removes what interrupted builds left', async () => {
    const root = project()
    writeFiles(root, { 'out.999999999.tmp/start.cjs': '', 'out.999999999-1.tmp/start.cjs': '' })
    await build(root)
    expect(readdirSync(root).filter(name => name.startsWith('out'))).toEqual(['out'])
  })
})

describe.runIf(canBeOtherUser)('without the right to write', () => {
  const nobody = 65_534

  it('starts what is built', async () => {
    const root = project()
    chmodSync(root, 0o755)
    await build(root)
    expect(await build(root, ['--if-needed', '--or-last'], nobody)).toEqual({ code: 0, output: '' })

    writeFiles(root, { 'electron/start.ts': 'console.log("second")\n' })
    const { code, output } = await build(root, ['--if-needed', '--or-last'], nobody)
    expect(output).toMatch(/^Could not rebuild \(.* cannot be written\); starting the last build\n$/)
    expect(code).toBe(0)
    expect(await build(root, [], nobody)).toEqual({
      code: 1,
      output: expect.stringMatching(/^Servebar could not be built: .* cannot be written\n$/),
    })
    expect(builtStart(root)).toContain('first')
  })
})
