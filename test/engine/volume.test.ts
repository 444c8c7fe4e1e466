import { expect, it } from 'vitest'
import { isLocalVolume, isRemoteType } from '../../electron/engine/volume.ts'
import { tempFolder } from '../support/temp.ts'

it.each([
  ['NFS', 0x6969, true],
  ['CIFS, with a sign', 0xff534d42 | 0, true],
  ['FUSE', 0x65735546, true],
  ['ext4', 0xef53, false],
  ['tmpfs', 0x01021994, false],
  ['btrfs, with a sign', 0x9123683e | 0, false],
])('%s', (_name, type, expected) => {
  expect(isRemoteType(type)).toBe(expected)
})

it('a temporary folder is of this computer, and so is what cannot be told', async () => {
  expect(await isLocalVolume(tempFolder())).toBe(true)
  expect(await isLocalVolume('/no/such/folder')).toBe(true)
})

it.each([
  ['\\\\server\\share\\site', false],
  ['//server/share', false],
  ['C:\\site', true],
])('Windows: %s', async (folder, expected) => {
  expect(await isLocalVolume(folder, 'win32')).toBe(expected)
})
