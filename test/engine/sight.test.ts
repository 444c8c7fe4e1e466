import { linkSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { currentTurn, Pace, Sight, sharePeriod, startPeriod } from '../../electron/engine/sight.ts'
import { tempFolder } from '../support/temp.ts'

const nextTurn = () => new Promise(resolve => setImmediate(resolve))

describe('a sight', () => {
  const changes: Record<string, (root: string) => void> = {
    'another content': root => writeFileSync(join(root, 'a'), 'other'),
    'another file of the same name': root => {
      writeFileSync(join(root, 'new'), 'aaaa')
      renameSync(join(root, 'new'), join(root, 'a'))
    },
    'a shorter file': root => truncateSync(join(root, 'a'), 1),
    'a time set back': root => utimesSync(join(root, 'a'), 1, 1),
    'no file': root => rmSync(join(root, 'a')),
    'a link to a file that is the same': root => {
      linkSync(join(root, 'a'), join(root, 'b'))
      rmSync(join(root, 'a'))
      symlinkSync('b', join(root, 'a'))
    },
  }

  it.each(Object.entries(changes))('%s is another version', async (_name, change) => {
    const root = tempFolder({ a: 'aaaa' })
    const sight = new Sight(join(root, 'a'), new Pace())
    const version = sight.look()
    startPeriod()
    expect(sight.look()).toBe(version)
    await nextTurn()
    change(root)
    startPeriod()
    expect(sight.look()).not.toBe(version)
  })

  it('nothing, and then something', () => {
    const root = tempFolder({})
    const sight = new Sight(join(root, 'a'), new Pace())
    const version = sight.look()
    expect(sight.kind).toBe('absent')
    startPeriod()
    expect(sight.look()).toBe(version)
    writeFileSync(join(root, 'a'), '')
    startPeriod()
    expect(sight.look()).not.toBe(version)
    expect(sight.kind).toBe('file')
  })

  it('a folder is the same whatever comes and goes in it, and not when it is another', () => {
    const root = tempFolder({ 'sub/a': 'a', 'other/a': 'a' })
    const sight = new Sight(join(root, 'sub'), new Pace())
    const version = sight.look()
    writeFileSync(join(root, 'sub/b'), 'b')
    startPeriod()
    expect(sight.look()).toBe(version)
    renameSync(join(root, 'sub'), join(root, 'aside'))
    renameSync(join(root, 'other'), join(root, 'sub'))
    startPeriod()
    expect(sight.look()).not.toBe(version)
  })

  it('a link is never the same twice', () => {
    const root = tempFolder({ a: 'a', link: { link: 'a' } })
    const sight = new Sight(join(root, 'link'), new Pace())
    const version = sight.look()
    startPeriod()
    expect(sight.look()).not.toBe(version)
    expect(sight.kind).toBe('other')
  })

  it('tells the state of an open file from a later one', async () => {
    const root = tempFolder({ a: 'aaaa' })
    const sight = new Sight(join(root, 'a'), new Pace())
    const state = await stat(join(root, 'a'), { bigint: true })
    expect(sight.shows(state)).toBe(true)
    utimesSync(join(root, 'a'), 1, 1)
    expect(sight.shows(state)).toBe(false)
  })
})

describe('a look is shared', () => {
  it('by the requests of one turn of the event loop, and by none of the next', async () => {
    const root = tempFolder({ a: 'a' })
    const sight = new Sight(join(root, 'a'), new Pace())
    sharePeriod(-1)
    const version = sight.look()
    writeFileSync(join(root, 'a'), 'other')
    sharePeriod(-1)
    expect(sight.look()).toBe(version)
    await nextTurn()
    await nextTurn()
    sharePeriod(-1)
    expect(sight.look()).not.toBe(version)
  })

  it('but not by one whose connection was answered in this turn', () => {
    const root = tempFolder({ a: 'a' })
    const sight = new Sight(join(root, 'a'), new Pace())
    sharePeriod(-1)
    const version = sight.look()
    writeFileSync(join(root, 'a'), 'other')
    sharePeriod(currentTurn())
    expect(sight.look()).not.toBe(version)
  })

  it('nor by more than a system hands over at once', () => {
    const root = tempFolder({ a: 'a' })
    const sight = new Sight(join(root, 'a'), new Pace())
    sharePeriod(-1)
    const version = sight.look()
    writeFileSync(join(root, 'a'), 'other')
    for (let n = 0; n < 64; n++) sharePeriod(-1)
    expect(sight.look()).not.toBe(version)
  })
})

describe('a pace', () => {
  it('is slow after several slow looks in a row, or after one that took long', () => {
    const pace = new Pace()
    for (let n = 0; n < 7; n++) pace.took(2)
    pace.took(0.1)
    for (let n = 0; n < 7; n++) pace.took(2)
    expect(pace.isSlow).toBe(false)
    pace.took(2)
    expect(pace.isSlow).toBe(true)
    const other = new Pace()
    other.took(300)
    expect(other.isSlow).toBe(true)
  })
})
