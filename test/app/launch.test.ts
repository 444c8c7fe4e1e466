/** Many saved sites at launch, and what happens to sites that are leaving. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../electron/engine/server.ts'
import { startApp } from '../support/start-app.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

function savedSites(count: number, folder: string) {
  return Array.from({ length: count }, (_, index) => ({
    id: `site-${index}`,
    name: `site ${index}`,
    folder: join(folder, String(index)),
    port: 10_000 + index,
    portChosen: true,
    share: false,
    listing: true,
    dotfiles: false,
    running: true,
  }))
}

it('gets through 3,000 sites whose folders are gone', { timeout: 20_000 }, async () => {
  const { app } = await startApp({ settings: { sites: savedSites(3000, tempFolder()) } })
  const failed = () => app.state.get().sites.filter(site => site.status.phase === 'failed').length
  await until(() => failed() === 3000, 'the end of the starts', 15_000)
})

it('starts a few at a time, and none that was stopped or removed meanwhile', async () => {
  const folder = tempFolder(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}`, null])))
  let starting = 0
  let most = 0
  const started: string[] = []
  const { app, invoke } = await startApp({
    settings: { sites: savedSites(40, folder) },
    startServer: async options => {
      most = Math.max(most, ++starting)
      started.push(options.root)
      await new Promise(resolve => setTimeout(resolve, 5))
      starting -= 1
      return server
    },
  })
  await until(() => started.length > 0, 'the first start')
  await invoke('site.stop', { id: 'site-39' })
  await invoke('site.remove', { id: 'site-38' })
  const phases = () => app.state.get().sites.map(site => site.status.phase)
  await until(() => phases().filter(phase => phase === 'listening').length === 38, 'the other sites')
  expect(phases().at(-1)).toBe('stopped')
  expect(most).toBe(8)
  expect(started).toHaveLength(38)
})

const server: RunningServer = {
  port: 1,
  origins: () => [],
  configure: () => {},
  renewTls: () => {},
  close: async () => {},
}

it('a folder can be added again while a download of its removed site goes on', async () => {
  let drained = () => {}
  let closings = 0
  const { app, invoke, refuse, folder, settingsFile } = await startApp({
    startServer: async (...parameters) => {
      const real = await startServer(...parameters)
      return {
        ...real,
        async close(limit) {
          closings += 1
          await real.close(limit)
          if (closings === 1) await new Promise<void>(resolve => (drained = resolve))
        },
      }
    },
  })
  const path = await folder('a')
  const [old = ''] = await invoke('site.add', { folders: [path] })
  const removed = invoke('site.remove', { id: old })
  await until(() => closings === 1, 'the drain')
  expect(app.state.get().sites).toEqual([])
  for (const command of ['site.start', 'site.restart', 'site.remove']) {
    expect((await refuse(command, { id: old })).type).toBe('not-found')
  }
  const [added = ''] = await invoke('site.add', { folders: [path] })
  expect(added).not.toBe(old)
  drained()
  await removed
  expect(app.state.get().sites).toMatchObject([{ id: added, status: { phase: 'listening' } }])
  await app.close()
  expect(JSON.parse(await readFile(settingsFile, 'utf8')).sites).toMatchObject([{ id: added, running: true }])
})

it('quitting waits for the download of a site that was removed', async () => {
  let drained = () => {}
  let isClosing = false
  const { app, invoke, folder } = await startApp({
    startServer: async (...parameters) => ({
      ...(await startServer(...parameters)),
      async close() {
        isClosing = true
        await new Promise<void>(resolve => (drained = resolve))
      },
    }),
  })
  const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
  void invoke('site.remove', { id })
  await until(() => isClosing, 'the drain')
  let hasClosed = false
  const closed = app.close().then(() => {
    hasClosed = true
  })
  await new Promise(resolve => setImmediate(resolve))
  expect(hasClosed).toBe(false)
  drained()
  await closed
})
