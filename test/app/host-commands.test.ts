import { describe, expect, it } from 'vitest'
import { hostCommands } from '../../electron/app/host-commands.ts'
import { ProblemError } from '../../electron/app/problems.ts'
import type { Site } from '../../electron/contract.ts'
import { fakePlatform } from '../support/fake-platform.ts'
import { mockOptions } from '../support/mock-data.ts'
import { tempFolder } from '../support/temp.ts'

const stopped: Site = {
  id: 'a',
  name: 'a',
  folder: '/sites/a',
  folderLabel: '/sites/a',
  options: mockOptions,
  portChosen: false,
  status: { phase: 'stopped' },
  shareEnd: { kind: 'never' },
  localUrl: null,
  livePages: 0,
  liveLimited: false,
  rules: null,
  blocked: [],
}
const running: Site = {
  ...stopped,
  status: {
    phase: 'listening',
    origins: [{ url: 'http://localhost:8080', host: 'localhost', port: 8080, reach: 'loopback' }],
  },
}

function setup(site = running, platform = fakePlatform(), servedOthers = false) {
  const commands = hostCommands(
    platform,
    '/home/ann',
    () => site,
    () => servedOthers,
  )
  return { commands, platform }
}

describe('site.open', () => {
  it.each([
    [undefined, 'http://localhost:8080/'],
    ['/about?x=1', 'http://localhost:8080/about?x=1'],
    ['//example.com/', 'http://localhost:8080//example.com/'],
    ['/\\example.com', 'http://localhost:8080//example.com'],
    ['/@example.com', 'http://localhost:8080/@example.com'],
    ['/a b\r\n', 'http://localhost:8080/a%20b'],
  ])('opens %j on the site and nowhere else', async (target, url) => {
    const { commands, platform } = setup()
    await commands['site.open']({ id: 'a', target })
    expect(platform.calls).toEqual([['openUrl', url]])
  })

  it('is refused when the site is stopped', async () => {
    const { commands, platform } = setup(stopped)
    await expect(commands['site.open']({ id: 'a' })).rejects.toMatchObject({
      problem: { title: 'This site is stopped' },
    })
    expect(platform.calls).toEqual([])
  })
})

describe('the other commands', () => {
  it('reach the host', async () => {
    const folder = tempFolder()
    const { commands, platform } = setup({ ...running, folder }, fakePlatform(), true)
    platform.chosen = ['/sites/b']
    expect(await commands['folder.choose']({})).toEqual(['/sites/b'])
    await commands['site.reveal']({ id: 'a' })
    commands['clipboard.write']({ text: 'x' })
    await commands['access.allow']({})
    commands['panel.close']({})
    commands['panel.resize']({ height: 400 })
    commands['app.quit']({})
    expect(platform.calls).toEqual([
      ['revealFolder', folder],
      ['writeClipboard', 'x'],
      ['allowAccess'],
      ['closePanel'],
      ['resizePanel', 400],
      ['quit', true],
    ])
  })

  it('are unsupported where the host lacks them', async () => {
    const platform = fakePlatform({
      without: [
        'chooseFolders',
        'openUrl',
        'revealFolder',
        'writeClipboard',
        'allowAccess',
        'closePanel',
        'resizePanel',
        'quit',
      ],
    })
    const { commands } = setup(running, platform)
    const attempts = [
      async () => commands['site.open']({ id: 'a' }),
      async () => commands['site.reveal']({ id: 'a' }),
      async () => commands['folder.choose']({}),
      async () => commands['clipboard.write']({ text: 'x' }),
      async () => commands['access.allow']({}),
      async () => commands['panel.close']({}),
      async () => commands['panel.resize']({ height: 1 }),
      async () => commands['app.quit']({}),
    ]
    for (const attempt of attempts) {
      const error = await attempt().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ProblemError)
      expect(error).toMatchObject({ problem: { type: 'unsupported' } })
    }
  })
})

it('site.reveal shows nothing that is no folder any more', async () => {
  const home = tempFolder({ 'A.app': 'a program' })
  for (const [name, type] of [
    ['A.app', 'not-a-folder'],
    ['gone', 'folder-missing'],
  ] as const) {
    const { commands, platform } = setup({ ...running, folder: `${home}/${name}` })
    await expect(commands['site.reveal']({ id: 'a' })).rejects.toMatchObject({ problem: { type } })
    expect(platform.calls).toEqual([])
  }
})
