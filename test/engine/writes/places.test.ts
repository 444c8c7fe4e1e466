/** What the system differs in: folders without handles, links that it does not know, other volumes. */

import * as fs from 'node:fs'
import { readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkRoom } from '../../../electron/engine/writes/free-space.ts'
import { findNamesake } from '../../../electron/engine/writes/namesakes.ts'
import { openDeepest, openFolder } from '../../../electron/engine/writes/open-folder.ts'
import { putInPlace, renameExclusively, renameInTurn } from '../../../electron/engine/writes/put-in-place.ts'
import { begin, patch, put } from '../../support/put.ts'
import { serve } from '../../support/serve.ts'
import { siteOf } from '../../support/site.ts'
import { tempFolder } from '../../support/temp.ts'

const HANDLES = process.platform === 'linux' ? ['/proc/self/fd', null] : [null]

describe.each(HANDLES)('folders by %s', handles => {
  it('are entered name by name, and made where they are missing', async () => {
    const site = siteOf(tempFolder({ 'a/b/x': 'x' }))
    const { folder, depth } = await openDeepest(site, ['a', 'b', 'c', 'd'], handles)
    expect([depth, await folder.realPath()]).toEqual([2, join(site.root, 'a/b')])
    folder.close()
    const made = await openFolder(site, ['a', 'b', 'c', 'd'], 0o700, handles)
    expect(await made.realPath()).toBe(join(site.root, 'a/b/c/d'))
    expect(statSync(join(site.root, 'a/b/c')).mode & 0o777).toBe(0o700)
    made.close()
  })

  it('lie inside the root, or are not entered', async () => {
    const outside = tempFolder({ 'x/y': 'y' })
    const root = tempFolder({
      out: { link: outside },
      in: { link: 'real' },
      'real/x': 'x',
      file: 'f',
      loop: { link: 'loop' },
    })
    const site = siteOf(root)
    await expect(openDeepest(site, ['out'], handles)).rejects.toThrow('outside')
    await expect(openFolder(site, ['out', 'new'], 0o777, handles)).rejects.toThrow('outside')
    await expect(openDeepest(site, ['out', 'x'], handles)).rejects.toThrow('outside')
    await expect(openDeepest(site, ['file'], handles)).rejects.toThrow(/not-a-folder|ENOTDIR/)
    await expect(openDeepest(site, ['loop'], handles)).rejects.toThrow(/ELOOP/)
    expect(readdirSync(outside)).toEqual(['x'])
    const { folder } = await openDeepest(site, ['in'], handles)
    expect(await folder.realPath()).toBe(join(root, 'real'))
    folder.close()
    const follow = await openDeepest(siteOf(root, { symlinks: 'follow' }), ['out', 'x'], handles)
    expect(follow.depth).toBe(2)
    follow.folder.close()
    await expect(openDeepest(siteOf(root, { symlinks: 'refuse' }), ['in'], handles)).rejects.toThrow()
  })

  it('are not written to when they lie outside by then', async () => {
    const outside = tempFolder({})
    const root = tempFolder({ 'a/x': 'x', part: 'new' })
    const { folder } = await openDeepest(siteOf(root), ['a'], handles)
    renameSync(join(root, 'a'), join(outside, 'a'))
    symlinkSync(join(outside, 'a'), join(root, 'a'))
    await expect(putInPlace(join(root, 'part'), folder, 'new.txt', false)).rejects.toThrow('outside')
    expect(readdirSync(join(outside, 'a'))).toEqual(['x'])
    folder.close()
  })
})

describe('a name', () => {
  it.each([
    ['with links', renameExclusively],
    ['without', renameInTurn],
  ])('is given once, %s', async (_, rename) => {
    const root = tempFolder({ taken: 'old', 'folder/x': 'x' })
    const parts = Array.from({ length: 8 }, (_, i) => {
      writeFileSync(join(root, `part${i}`), String(i))
      return join(root, `part${i}`)
    })
    const results = await Promise.allSettled(parts.map(part => rename(part, join(root, 'new'))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(readdirSync(root).filter(name => name.startsWith('part'))).toHaveLength(7)
    const [left = ''] = readdirSync(root).filter(name => name.startsWith('part'))
    await expect(rename(join(root, left), join(root, 'taken'))).rejects.toThrow('exists')
    await expect(rename(join(root, left), join(root, 'folder'))).rejects.toThrow('is-folder')
    expect(readFileSync(join(root, 'taken'), 'utf8')).toBe('old')
  })

  it('has a namesake in another case, or another form of Unicode', async () => {
    const root = tempFolder({ 'Photo.JPG': 'p', 'cafe\u0301.txt': 'c' })
    expect(await findNamesake(root, 'photo.jpg')).toBe('Photo.JPG')
    expect(await findNamesake(root, 'caf\u00e9.txt')).toBe('cafe\u0301.txt')
    expect(await findNamesake(root, 'Photo.JPG')).toBeNull()
    expect(await findNamesake(root, 'photo2.jpg')).toBeNull()
    await expect(findNamesake(join(root, 'nothing'), 'x')).rejects.toThrow('ENOENT')
  })
})

describe('room', () => {
  it('is what the volume has, less what the computer needs', async () => {
    const { bavail, bsize } = await fs.promises.statfs(tmpdir())
    const free = bavail * bsize
    await expect(checkRoom(tmpdir(), 0)).resolves.toBeUndefined()
    await expect(checkRoom(tmpdir(), free)).rejects.toThrow('no-space')
    await expect(checkRoom(tmpdir(), free * 2)).rejects.toThrow('no-space')
    // Where it cannot be told, writing will.
    await expect(checkRoom(join(tmpdir(), 'nothing at all'), free * 2)).resolves.toBeUndefined()
  })
})

/** Memory, on Linux: another volume than the folders of the tests. */
const VOLUME = '/dev/shm'
const hasVolume = fs.existsSync(VOLUME) && statSync(VOLUME).dev !== statSync(tmpdir()).dev

it.skipIf(!hasVolume)(
  'a file for another volume waits there, so that the last step is a rename',
  async () => {
    const other = fs.mkdtempSync(join(VOLUME, 'servebar-test-'))
    onTestFinished(() => fs.rmSync(other, { recursive: true, force: true }))
    const { port, root } = await serve({ other: { link: other } }, { uploads: {}, symlinks: 'follow' })
    expect((await put(port, '/other/deep/a.txt', 'a')).status).toBe(201)
    expect(readFileSync(join(other, 'deep/a.txt'), 'utf8')).toBe('a')
    const address = await begin(port, '/other/b.txt', 2)
    expect(address).toMatch(/^\/other\/\.servebar\/uploads\//)
    expect((await patch(port, address, 0, 'bb')).status).toBe(201)
    expect(readFileSync(join(other, 'b.txt'), 'utf8')).toBe('bb')
    expect(readdirSync(root)).toEqual(['other'])
  },
)
