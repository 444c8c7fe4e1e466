import { expect, it } from 'vitest'
import { userFolder } from '../../electron/app/user-folder.ts'

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
  ['darwin', { XDG_CONFIG_HOME: '/data' }, '/home/ada/Library/Application Support/Servebar'],
  ['win32', { APPDATA: 'D:\\Roaming' }, 'D:\\Roaming\\Servebar'],
  ['win32', {}, '\\home\\ada\\AppData\\Roaming\\Servebar'],
]

it.each(table)('%s %j', (os, environment, folder) => {
  expect(userFolder(os, environment, '/home/ada')).toBe(folder)
})
