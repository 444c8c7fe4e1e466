import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FolderNames, readNames } from '../../electron/engine/folder-names.ts'
import { Slice } from '../../electron/engine/turns.ts'
import { siteOf } from '../support/site.ts'
import { tempFolder } from '../support/temp.ts'

const read = (root: string, site = siteOf(root), path = root): Promise<FolderNames> =>
  readNames(path, site, new Slice())
const texts = (names: FolderNames) =>
  [names.folders, names.files, names.others].map(group => group.map(({ name }) => name))

it('tells folders, files and what has to be looked up, each in natural order', async () => {
  const root = tempFolder({
    b10: '',
    b9: '',
    'z/x': '',
    'Y/x': '',
    link: { link: 'b9' },
    away: { link: '/' },
  })
  expect(texts(await read(root))).toEqual([
    ['Y', 'z'],
    ['b9', 'b10'],
    ['away', 'link'],
  ])
})

describe('what is remembered', () => {
  it('is the order of the same names and kinds', async () => {
    const root = tempFolder({ a: '', b: '' })
    const first = await read(root)
    writeFileSync(join(root, 'a'), 'longer')
    expect(await read(root)).toBe(first)
  })

  it.each<[string, (root: string) => void, string[][]]>([
    ['one more', root => writeFileSync(join(root, 'c'), ''), [[], ['a', 'b', 'c'], []]],
    ['one less', root => rmSync(join(root, 'a')), [[], ['b'], []]],
    ['another name', root => renameSync(join(root, 'a'), join(root, 'c')), [[], ['b', 'c'], []]],
    [
      'another kind',
      root => {
        rmSync(join(root, 'a'))
        mkdirSync(join(root, 'a'))
      },
      [['a'], ['b'], []],
    ],
  ])('never holds after a change: %s', async (_, change, expected) => {
    const root = tempFolder({ a: '', b: '' })
    await read(root)
    change(root)
    expect(texts(await read(root))).toEqual(expected)
  })

  it('tells private names by the options of each time', async () => {
    const root = tempFolder({ a: '', '.env': '', '.well-known/x': '' })
    expect(texts(await read(root))).toEqual([['.well-known'], ['a'], []])
    expect(texts(await read(root, siteOf(root, { dotfiles: true })))).toEqual([
      ['.well-known'],
      ['.env', 'a'],
      [],
    ])
    expect(texts(await read(root))).toEqual([['.well-known'], ['a'], []])
  })

  it('gives way to others, and is made anew', async () => {
    const root = tempFolder({ a: '', b: '' })
    const first = await read(root)
    const many = tempFolder(Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`f${n}`, ''])))
    for (let n = 0; n < 121; n++) {
      const alias = join(root, `alias${n}`)
      symlinkSync(many, alias)
      // Each path is a folder of its own here.
      await read(many, siteOf(many), alias)
      rmSync(alias)
    }
    const again = await read(root)
    expect(again).not.toBe(first)
    expect(again).toEqual(first)
  })
})

describe('where it lies', () => {
  it('a link to elsewhere in place of the folder is not followed', async () => {
    const top = tempFolder({ 'site/sub/a': '', 'other/SECRET': '' })
    const root = join(top, 'site')
    rmSync(join(root, 'sub'), { recursive: true })
    symlinkSync('../other', join(root, 'sub'))
    await expect(read(root, siteOf(root), join(root, 'sub'))).rejects.toMatchObject({ code: 'EXDEV' })
    const follow = siteOf(root, { symlinks: 'follow' })
    expect(texts(await read(root, follow, join(root, 'sub')))).toEqual([[], ['SECRET'], []])
  })

  it.each([null, '/no/such/folder'])(
    'the same without a folder of handles, as on macOS (%s)',
    async handles => {
      const top = tempFolder({ 'site/a': '', 'other/SECRET': '' })
      const root = join(top, 'site')
      symlinkSync('../other', join(root, 'out'))
      const readAt = (path: string) => readNames(path, siteOf(root), new Slice(), handles)
      expect(texts(await readAt(root))).toEqual([[], ['a'], ['out']])
      await expect(readAt(join(root, 'out'))).rejects.toMatchObject({ code: 'EXDEV' })
    },
  )

  it.each([
    ['ENOENT', 'none'],
    ['ENOTDIR', 'file'],
  ])('%s is the error of the system', async (code, name) => {
    const root = tempFolder({ file: '' })
    await expect(read(root, siteOf(root), join(root, name))).rejects.toMatchObject({ code })
  })
})
