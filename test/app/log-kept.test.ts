/** What the log keeps beyond a run, and what it tells of all requests together. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createLog } from '../../electron/app/log.ts'
import { createLogFiles } from '../../electron/app/log-files.ts'
import type { LogBatch } from '../../electron/contract.ts'
import { exchange } from '../support/exchange.ts'
import { tempFolder } from '../support/temp.ts'

function collect(log: ReturnType<typeof createLog>) {
  const all: LogBatch[] = []
  const end = log.subscribe(batches => all.push(...batches))
  return { batches: () => all, end }
}

const ids = (batch: LogBatch | undefined): number[] | undefined => batch?.entries.map(entry => entry.id)

describe('totals', () => {
  it('tells the slowest request, through Clear Log and Undo, but not the stream of changes', () => {
    const log = createLog()
    log.open('a')
    const slowest = () => {
      const { batches, end } = collect(log)
      end()
      return batches()[0]?.totals.slowest
    }
    expect(slowest()).toBeNull()
    log.push('a', exchange({ target: '/slow', duration: 900 }))
    log.push('a', exchange({ target: '/quick', duration: 1 }))
    log.push('a', exchange({ target: '/.servebar/live', duration: 3_600_000 }))
    expect(slowest()).toEqual({ target: '/slow', duration: 900 })
    log.clear('a')
    expect(slowest()).toBeNull()
    log.push('a', exchange({ target: '/later', duration: 5 }))
    expect(slowest()).toEqual({ target: '/later', duration: 5 })
    log.restore('a')
    expect(slowest()).toEqual({ target: '/slow', duration: 900 })
  })
})

describe('with files', () => {
  it('tells how many could not be kept, once there are any', async () => {
    const folder = tempFolder()
    const log = createLog({ files: createLogFiles(folder, '1h') })
    onTestFinished(() => log.close())
    log.open('a')
    const { batches } = collect(log)
    expect(batches().at(-1)?.totals).not.toHaveProperty('unkept')
    for (let n = 0; n < 1_500; n++) log.push('a', exchange())
    await vi.waitFor(() => expect(batches().at(-1)?.totals.unkept).toBe(500))
  })

  const targets = (batch: LogBatch | undefined) => batch?.entries.map(entry => entry.target)

  it('puts what an earlier run has kept before what is new, and counts it, once somebody looks', async () => {
    const folder = tempFolder()
    const before = createLog({ files: createLogFiles(folder, '1h') })
    before.openAll(['a'])
    before.push('a', exchange({ time: Date.now(), target: '/old', status: 404 }))
    await before.close()

    const log = createLog({ files: createLogFiles(folder, '1h') })
    onTestFinished(() => log.close())
    log.openAll(['a'])
    log.push('a', exchange({ time: Date.now(), target: '/new', status: 404 }))
    const { batches } = collect(log)
    await vi.waitFor(() => expect(targets(batches().at(-1))).toEqual(['/old', '/new']))
    expect(batches().at(-1)).toMatchObject({ reset: true, totals: { requests: 2, errors: 2 } })
    expect(
      log
        .missing('a')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/new', '/old'])
    const [, id = 0] = ids(batches().at(-1)) ?? []
    expect(log.read('a', id)?.target).toBe('/new')
  })

  it('is gone with Clear Log, back with Undo, and gone with the site', async () => {
    const folder = tempFolder()
    const files = createLogFiles(folder, '1d')
    const log = createLog({ files })
    onTestFinished(() => log.close())
    log.openAll(['a'])
    log.push('a', exchange({ time: Date.now(), target: '/one' }))
    await files.settled()
    const onDisk = () => {
      const path = join(folder, 'log')
      return readdirSync(path)
        .map(name => readFileSync(join(path, name), 'utf8'))
        .join('')
    }
    expect(onDisk()).toContain('/one')
    log.clear('a')
    await files.settled()
    expect(onDisk()).toBe('')
    log.restore('a')
    await files.settled()
    expect(onDisk()).toContain('/one')
    log.forget('a')
    await files.settled()
    expect(onDisk()).toBe('')
  })

  it('keeps what is there from the moment that it shall be kept, and deletes it when it shall not', async () => {
    const folder = tempFolder()
    const files = createLogFiles(folder, 'quit')
    const log = createLog({ files })
    onTestFinished(() => log.close())
    log.openAll(['a'])
    log.push('a', exchange({ time: Date.now(), target: '/early' }))
    await files.settled()
    expect(existsSync(join(folder, 'log'))).toBe(false)
    log.keep('7d')
    await files.settled()
    const [name = ''] = readdirSync(join(folder, 'log'))
    expect(readFileSync(join(folder, 'log', name), 'utf8')).toContain('/early')
    log.keep('quit')
    await files.settled()
    expect(readdirSync(join(folder, 'log'))).toEqual([])
  })
})
