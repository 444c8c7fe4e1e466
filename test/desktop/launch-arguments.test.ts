/** What a command line of the app means, among the switches of Chromium, Electron and debuggers. */
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseLaunchArguments } from '../../electron/desktop/launch-arguments.ts'

const cwd = resolve('/home/ada')
const cases: readonly [name: string, argv: string[], skip: number, folders: string[], hidden: boolean][] = [
  ['nothing', ['servebar'], 1, [], false],
  ['an absolute folder', ['servebar', '/srv/site'], 1, ['/srv/site'], false],
  ['relative folders, in order', ['servebar', 'a', '../b'], 1, ['/home/ada/a', '/home/b'], false],
  ['this folder', ['servebar', '.'], 1, ['/home/ada'], false],
  [
    'switches of others',
    ['servebar', '--no-sandbox', '--inspect=0', 'site', '-r'],
    1,
    ['/home/ada/site'],
    false,
  ],
  ['--hidden', ['servebar', '--hidden'], 1, [], true],
  [
    'in development, after the app itself',
    ['electron', '/app', '--no-sandbox', 'site'],
    2,
    ['/home/ada/site'],
    false,
  ],
  [
    'after --, names that look like switches',
    ['servebar', '--', '--hidden', '-site'],
    1,
    ['/home/ada/--hidden', '/home/ada/-site'],
    false,
  ],
  [
    'a file: URL of a file manager',
    ['servebar', 'file:///home/ada/My%20Site'],
    1,
    ['/home/ada/My Site'],
    false,
  ],
  ["another computer's file: URL", ['servebar', 'file://nas/site', 'b'], 1, ['/home/ada/b'], false],
  ['an empty argument', ['servebar', ''], 1, [], false],
]

describe.skipIf(process.platform === 'win32')('parseLaunchArguments', () => {
  it.each(cases)('%s', (_name, argv, skip, folders, hidden) => {
    expect(parseLaunchArguments(argv, skip, cwd)).toEqual({ folders, hidden })
  })
})
