import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { userFolder } from '../../electron/app/user-folder.ts'
import { bundle } from '../support/bundle.ts'
import { canBeOtherUser } from '../support/other-user.ts'

const table: readonly (readonly [
  os: NodeJS.Platform,
  environment: Record<string, string>,
  folder: string,
])[] = [
  ['linux', {}, '/home/ada/.config/Servebar'],
  ['linux', { XDG_CONFIG_HOME: '/data/config' }, '/data/config/Servebar'],
  ['linux', { XDG_CONFIG_HOME: 'config' }, '/home/ada/.config/Servebar'],
  ['linux', { XDG_CONFIG_HOME: '' }, '/home/ada/.config/Servebar'],
  ['linux', { XDG_CONFIG_HOME: '/data', SERVEBAR_USER_DATA: '/else/where' }, '/else/where'],
  ['linux', { SERVEBAR_USER_DATA: 'mine', INIT_CWD: '/called/here' }, '/called/here/mine'],
  ['linux', { SERVEBAR_USER_DATA: 'mine' }, resolve('mine')],
  ['darwin', { XDG_CONFIG_HOME: '/data' }, '/home/ada/Library/Application Support/Servebar'],
  ['win32', { APPDATA: 'D:\\Roaming' }, 'D:\\Roaming\\Servebar'],
  ['win32', { APPDATA: 'Roaming' }, '\\home\\ada\\AppData\\Roaming\\Servebar'],
  ['win32', {}, '\\home\\ada\\AppData\\Roaming\\Servebar'],
]

it.each(table)('%s %j', (os, environment, folder) => {
  expect(userFolder(os, environment, '/home/ada')).toBe(folder)
})

it.runIf(canBeOtherUser)('homeFolder', async () => {
  const file = await bundle('electron/app/user-folder.ts')
  execFileSync('chmod', ['a+rx', join(file, '..')])
  function home(HOME: string | undefined, uid: number): string {
    const script = `console.log(require(${JSON.stringify(file)}).homeFolder())`
    const env = { ...process.env, HOME }
    return execFileSync(process.execPath, ['-e', script], { env, uid, encoding: 'utf8', cwd: '/' }).trim()
  }
  const ofRoot = home(undefined, 0)
  expect(ofRoot).toMatch(/^\/./)
  expect(home('/home/ada', 0)).toBe('/home/ada')
  expect(home('', 0)).toBe(ofRoot)
  expect(home('home/ada', 0)).toBe(ofRoot)
  // No such user.
  expect(home(undefined, 54_321)).toBe('/')
  expect(home('', 54_321)).toBe('/')
})
