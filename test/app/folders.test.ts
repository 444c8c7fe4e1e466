import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  checkFolder,
  expandHome,
  folderKey,
  folderLabel,
  folderName,
  folderOf,
  listFolder,
} from '../../electron/app/folders.ts'
import { tempFolder } from '../support/temp.ts'

const isRoot = process.getuid?.() === 0

describe('folderOf', () => {
  it('is the folder itself, and for a file the one it is in', async () => {
    const folder = tempFolder()
    await writeFile(join(folder, 'page.html'), '')
    expect(await folderOf(`${folder}/`)).toBe(folder)
    expect(await folderOf(join(folder, 'sub', '..'))).toBe(folder)
    expect(await folderOf(join(folder, 'page.html'))).toBe(folder)
  })
  it('rejects for what is missing, and for what is neither', async () => {
    await expect(folderOf(join(tempFolder(), 'typo'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(folderOf('/dev/null')).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})

describe('folderKey', () => {
  it('is one for every path of a folder', async () => {
    const folder = tempFolder()
    const link = join(tempFolder(), 'link')
    await symlink(folder, link)
    expect(await folderKey(link)).toBe(await folderKey(folder))
    expect(await folderKey('/no/such/folder')).toBe('/no/such/folder')
  })
})

describe('checkFolder', () => {
  it('rejects for what cannot be served', async () => {
    const folder = tempFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(checkFolder(folder)).resolves.toBeUndefined()
    await expect(checkFolder(join(folder, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(checkFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
  it.skipIf(isRoot)('rejects for one that may not be read', async () => {
    const folder = join(tempFolder(), 'closed')
    await mkdir(folder, { mode: 0o000 })
    await expect(checkFolder(folder)).rejects.toMatchObject({ code: 'EACCES' })
  })
})

describe('names and labels', () => {
  it.each([
    ['/home/ann/Sites/portfolio', 'portfolio'],
    ['/', 'Computer'],
    [`/x/${'n'.repeat(150)}`, 'n'.repeat(100)],
    ['/x/   ', 'Computer'],
  ])('%s is called %s', (folder, name) => expect(folderName(folder)).toBe(name))

  it.each([
    ['/home/ann', '~'],
    ['/home/ann/Sites', '~/Sites'],
    ['/home/anna/Sites', '/home/anna/Sites'],
    ['/', '/'],
  ])('%s reads %s', (folder, label) => expect(folderLabel(folder, '/home/ann')).toBe(label))

  it.each([
    ['~', '/home/ann'],
    ['~/Sites', '/home/ann/Sites'],
    ['/srv/../etc', '/etc'],
    ['Sites', null],
    ['~anna', null],
    ['', null],
  ])('%j means %s', (path, folder) => expect(expandHome(path, '/home/ann')).toBe(folder))
})

describe('listFolder', () => {
  it('lists folders only, naturally sorted, without hidden and broken ones', async () => {
    const home = tempFolder()
    const place = join(home, 'Sites')
    for (const name of ['site 10', 'site 2', '.git', 'Blog'])
      await mkdir(join(place, name), { recursive: true })
    await writeFile(join(place, 'file.txt'), '')
    await writeFile(join(place, 'site 2', 'index.html'), '')
    await mkdir(join(place, 'Blog', 'index.html'))
    await symlink(join(place, 'site 2'), join(place, 'link'))
    await symlink(join(place, 'gone'), join(place, 'broken'))
    await symlink(join(place, 'file.txt'), join(place, 'to file'))
    expect(await listFolder(place, home)).toEqual({
      path: place,
      label: '~/Sites/',
      parent: home,
      hasIndex: false,
      folders: [
        { name: 'Blog', path: join(place, 'Blog'), hasIndex: false },
        { name: 'link', path: join(place, 'link'), hasIndex: true },
        { name: 'site 2', path: join(place, 'site 2'), hasIndex: true },
        { name: 'site 10', path: join(place, 'site 10'), hasIndex: false },
      ],
    })
    expect((await listFolder(home, home)).label).toBe('~/')
    expect(await listFolder('/', home)).toMatchObject({ label: '/', parent: null })
  })

  it('rejects for a folder that is not there', async () => {
    const folder = tempFolder()
    await rm(folder, { recursive: true })
    await expect(listFolder(folder, '/')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
