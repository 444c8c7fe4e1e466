/** start.ts as a process, where the system knows less than usual. */
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../support/bundle.ts'
import { runNode } from '../support/process.ts'
import { tempFolder } from '../support/temp.ts'

let file: string

beforeAll(async () => {
  const built = await bundle('electron/start.ts')
  file = join(dirname(built), 'out/start.cjs')
  mkdirSync(join(dirname(file), 'renderer'), { recursive: true })
  writeFileSync(join(dirname(file), 'renderer/index.html'), '<title>Servebar</title>')
  copyFileSync(built, file)
  chmodSync(dirname(built), 0o755)
}, 60_000)

describe.skipIf(process.platform === 'win32')('in a folder that was deleted', () => {
  function run(folders: readonly string[]) {
    const script = `const gone = require('fs').mkdtempSync('/tmp/servebar-test-')
      process.chdir(gone); require('fs').rmdirSync(gone)
      process.argv.push('start', '--panel', ...${JSON.stringify(folders)})
      require(${JSON.stringify(file)})`
    return runNode(['-e', script], { env: { SERVEBAR_USER_DATA: tempFolder(), INIT_CWD: undefined } })
  }

  it('says so when a folder is named from there', async () => {
    const { ended, output } = run(['site'])
    expect(await ended).toBe(1)
    expect(output()).toBe('The current folder was deleted\n')
  })

  it('does without when none is', async () => {
    const { prints, ended, child } = run([tempFolder()])
    expect((await fetch(await prints(/http:\S+#token=\S+/))).status).toBe(200)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })
})

it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'starts for a user whom the system does not know',
  async () => {
    const script = `process.setgid(54321); process.setuid(54321); process.argv.push('start', '--panel')
      require(${JSON.stringify(file)})`
    const { prints, ended, child, stderr } = runNode(['-e', script], {
      env: { HOME: undefined, SERVEBAR_USER_DATA: undefined, XDG_CONFIG_HOME: undefined },
    })
    expect((await fetch(await prints(/http:\S+#token=\S+/))).status).toBe(200)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(stderr()).toBe('')
  },
)

it('ends with 70 and one line on a bug', async () => {
  const script = `process.argv.push('start', '--panel')
    Object.defineProperty(process, 'cwd', { value: () => ({}) }); process.env.INIT_CWD = ''
    require(${JSON.stringify(file)})`
  const { ended, stderr } = runNode(['-e', script, 'site'])
  expect(await ended).toBe(70)
  expect(stderr()).toMatch(/^A bug in Servebar: .+\n$/)
})
