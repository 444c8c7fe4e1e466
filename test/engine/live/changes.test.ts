import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findChangedSince } from '../../../electron/engine/live/changed-since.ts'
import { type Batch, Changes } from '../../../electron/engine/live/changes.ts'
import { createWatchRules } from '../../../electron/engine/live/rules.ts'
import { type Files, tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

function changesOf(files: Files, isThere = () => true) {
  const root = tempFolder(files)
  const batches: Batch[] = []
  let id = 0
  let asked = 0
  const changes = new Changes(
    root,
    () => ++id,
    async () => {
      asked++
      return isThere()
    },
    batch => batches.push(batch),
  )
  onTestFinished(() => changes.close())
  const batch = (n: number) => until(() => batches[n - 1], `batch ${n}`)
  /** Until a burst has been looked at, the n-th. */
  const looked = (n: number) => until(() => asked >= n, `look ${n}`)
  return { root, changes, batches, batch, looked }
}

describe('a burst of changes', () => {
  it('is one batch: what is there, and what is not', async () => {
    const { changes, batches, batch } = changesOf({ 'a.css': '', 'b.css': '', 'folder/c.css': '' })
    for (let n = 0; n < 100; n++)
      for (const path of ['b.css', 'a.css', '4913', 'folder', 'folder/c.css']) changes.add(path)
    expect(await batch(1)).toEqual({
      id: 1,
      changed: ['a.css', 'b.css', 'folder/c.css'],
      gone: ['4913'],
      all: false,
    })
    changes.add('a.css')
    expect(await batch(2)).toEqual({ id: 2, changed: ['a.css'], gone: [], all: false })
    expect(batches).toHaveLength(2)
  })

  it('that goes on is told of meanwhile', async () => {
    const { changes, batches } = changesOf({ 'a.css': '' })
    const flood = setInterval(() => changes.add('a.css'), 5)
    onTestFinished(() => clearInterval(flood))
    await until(() => batches.length >= 2, 'a second batch, in the middle of it')
  })

  it('of folders alone is none', async () => {
    const { changes, batches, batch, looked } = changesOf({ 'folder/c.css': '' })
    changes.add('folder')
    await looked(1)
    changes.add('folder')
    changes.add('folder/c.css')
    await batch(1)
    expect(batches).toEqual([{ id: 1, changed: ['folder/c.css'], gone: [], all: false }])
  })

  it('of too many paths, or of nobody knows what, is of all', async () => {
    const { changes, batch } = changesOf({})
    for (let n = 0; n < 1_000; n++) changes.add(`${n}.html`)
    expect(await batch(1)).toEqual({ id: 1, changed: [], gone: [], all: true })
    changes.add('')
    expect(await batch(2)).toEqual({ id: 2, changed: [], gone: [], all: true })
  })

  it('is nothing while the root is not there', async () => {
    let there = false
    const { changes, batches, batch, looked } = changesOf({ 'a.css': '' }, () => there)
    changes.add('a.css')
    await looked(1)
    there = true
    changes.add('a.css')
    await batch(1)
    expect(batches).toHaveLength(1)
  })
})

describe('for who comes late', () => {
  it('the batches are kept, and when they are too many, it is all', async () => {
    const { changes, batch } = changesOf({ 'a.css': '' })
    const add = async (n: number): Promise<void> => {
      changes.add('a.css')
      await batch(n)
    }
    await add(1)
    await add(2)
    expect(changes.since(0).map(({ id }) => id)).toEqual([1, 2])
    expect(changes.since(1).map(({ id }) => id)).toEqual([2])
    expect(changes.since(2)).toEqual([])
    for (let n = 3; n <= 101; n++) await add(n)
    expect(changes.since(0)).toEqual([{ id: 101, changed: [], gone: [], all: true }])
    expect(changes.since(1)).toHaveLength(100)
    expect(changes.since(100).map(({ id }) => id)).toEqual([101])
  })
})

describe('what has changed since', () => {
  const OLD = new Date('2020-01-01')
  const rules = (root: string) => createWatchRules(root, { dotfiles: false, symlinks: 'confined' })
  /** When nothing of before can have the time of what comes. */
  const later = (now = Date.now()) => until(() => Date.now() > now + 50, 'the clock')

  it('is found by what cannot be set back', async () => {
    const root = tempFolder({
      'a.css': '',
      'b/c.css': '',
      'node_modules/x.js': '',
      'link.css': { link: 'b/c.css' },
    })
    await later()
    const since = Date.now()
    const find = () => findChangedSince(root, rules(root), since, () => true)
    expect(await find()).toEqual({ changed: [], all: false })
    await later()
    writeFileSync(join(root, 'b/c.css'), 'new')
    writeFileSync(join(root, 'node_modules/x.js'), 'new')
    utimesSync(join(root, 'b/c.css'), OLD, OLD)
    expect(await find()).toEqual({ changed: ['link.css', 'b/c.css'], all: false })
    mkdirSync(join(root, 'b/new'))
    expect(await find()).toEqual({ changed: [], all: true })
  })

  it('is not looked for when nobody wants to know', async () => {
    const root = tempFolder({ 'a.css': '' })
    expect(await findChangedSince(root, rules(root), 0, () => false)).toEqual({ changed: [], all: false })
  })
})
