/** How the panel gets into a browser, as a process: nothing that other users can see has the token in it. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PanelOptions } from '../../electron/panel/main.ts'
import { bundle } from '../support/bundle.ts'
import { runNode } from '../support/process.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

let file: string

beforeAll(async () => {
  file = await bundle('electron/panel/main.ts')
  mkdirSync(join(dirname(file), 'renderer'))
  writeFileSync(join(dirname(file), 'renderer/index.html'), '<title>Servebar</title>')
}, 60_000)

describe.runIf(process.platform === 'linux')('opening', () => {
  /** `opened`: what the system's opener was called with, line by line. */
  function launcher() {
    const programs = tempFolder()
    const opened = join(programs, 'opened')
    writeFileSync(join(programs, 'xdg-open'), `#!/bin/sh\necho "$@" >> ${opened}\n`)
    chmodSync(join(programs, 'xdg-open'), 0o755)
    const userData = join(tempFolder(), 'settings')
    function run(env: Record<string, string | undefined> = {}) {
      const given: PanelOptions = { folders: [], openBrowser: true, port: 0 }
      const script = `require(${JSON.stringify(file)}).runPanel(${JSON.stringify(given)})`
      const PATH = `${programs}:${process.env.PATH}`
      return runNode(['-e', script], {
        env: { BROWSER: undefined, PATH, SERVEBAR_USER_DATA: userData, ...env },
      })
    }
    // Whole ones: the shell makes the file before it writes.
    const lines = () => (existsSync(opened) ? readFileSync(opened, 'utf8').split('\n').slice(0, -1) : [])
    return { run, userData, lines }
  }

  it("goes by a file of the user's own, also for a second launch; it is gone afterwards", async () => {
    const { run, userData, lines } = launcher()
    const first = run()
    const url = await first.prints(/http:\S+#token=\S+/)
    await until(() => lines().length === 1, 'the browser')
    const link = join(userData, 'panel.html')
    expect(lines()).toEqual([link])
    expect(readFileSync(link, 'utf8')).toContain(url)
    expect(statSync(link).mode & 0o777).toBe(0o600)
    expect(statSync(userData).mode & 0o777).toBe(0o700)
    await until(() => readFileSync(join(userData, 'servebar.lock'), 'utf8').includes(url), 'the lock')

    const second = run()
    expect(await second.ended).toBe(0)
    await until(() => lines().length === 2, 'the browser')
    expect(lines()).toEqual([link, link])
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(readdirSync(userData)).toEqual([])
  })

  it('leaves no file of a panel that crashed', async () => {
    const { run, userData } = launcher()
    mkdirSync(userData)
    writeFileSync(join(userData, 'panel.html'), 'old')
    const { prints } = run({ BROWSER: 'none' })
    const url = await prints(/http:\S+#token=\S+/)
    const link = join(userData, 'panel.html')
    await until(() => existsSync(link) && readFileSync(link, 'utf8').includes(url), 'the new file')
  })
})
