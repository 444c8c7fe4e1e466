import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLogFiles, type LogFilesOptions } from '../../electron/app/log-files.ts'
import type { KeepRequests } from '../../electron/contract.ts'
import { exchange } from '../support/exchange.ts'
import { tempFolder } from '../support/temp.ts'

function open(folder: string, keep: KeepRequests = '1h', options: LogFilesOptions = {}) {
  const files = createLogFiles(folder, keep, options)
  onTestFinished(() => files.close())
  return files
}

const at = (target: string, time = Date.now()) => exchange({ target, time })
const paths = (folder: string) => readdirSync(join(folder, 'log')).map(name => join(folder, 'log', name))

async function targets(folder: string, site = 'a', limit = 10_000, keep: KeepRequests = '1h') {
  return (await open(folder, keep).read(site, limit)).map(({ target }) => target)
}

describe('requests on disk', () => {
  it('are there in the next run, whole, by site', async () => {
    const folder = tempFolder()
    const first = open(folder)
    const record = exchange({
      time: 1_700_000_000_123 + (Date.now() - 1_700_000_000_000),
      target: '/caf%C3%A9?a=1',
      requestFields: [
        ['host', 'localhost'],
        ['x', '\u00e9"\n\u2028'],
      ],
      cause: 'EIO',
      note: 'letter-case',
    })
    first.note('a', record)
    first.note('../b', at('/b'))
    await first.close()
    expect(await open(folder).read('a', 10)).toEqual([record])
    expect(await targets(folder, '../b')).toEqual(['/b'])
    expect(await targets(folder, 'c')).toEqual([])
    expect(paths(folder)).toHaveLength(2)
  })

  it('have no value of a cookie in them', async () => {
    const folder = tempFolder()
    const files = open(folder)
    files.note('a', exchange({ requestFields: [['cookie', 'sid=hush']] }))
    files.replace('b', [exchange({ time: Date.now(), responseFields: [['set-cookie', 'sid=hush']] })])
    await files.close()
    const texts = paths(folder).map(path => readFileSync(path, 'utf8'))
    expect(texts).toHaveLength(2)
    for (const text of texts) {
      expect(text).toContain('sid=***')
      expect(text).not.toContain('hush')
    }
  })

  it.skipIf(process.platform === 'win32')('are for the user alone', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'log'), { mode: 0o755 })
    const files = open(folder)
    files.note('a', at('/'))
    await files.settled()
    expect(statSync(join(folder, 'log')).mode & 0o777).toBe(0o700)
    for (const path of paths(folder)) expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('are read up to where a crash has cut them, past what is no line of ours', async () => {
    const folder = tempFolder()
    const files = open(folder)
    files.note('a', at('/one'))
    files.note('a', at('/two'))
    await files.close()
    const [path = ''] = paths(folder)
    const line = readFileSync(path, 'utf8').split('\n')[0] ?? ''
    appendFileSync(path, `{"time":1}\nnull\nnonsense\n${line.slice(0, -20)}`)
    expect(await targets(folder)).toEqual(['/one', '/two'])
    // The next run writes a file of its own.
    const next = open(folder)
    next.note('a', at('/three'))
    await next.close()
    expect(await targets(folder)).toEqual(['/one', '/two', '/three'])
  })

  it('gives the newest when there are more than wanted, over several files', async () => {
    const folder = tempFolder()
    const files = open(folder, '1h', { fileLimit: 1000 })
    for (let number = 1; number <= 20; number++) {
      files.note('a', at(`/${number}`))
      await files.settled()
    }
    await files.close()
    expect(paths(folder).length).toBeGreaterThan(3)
    for (const path of paths(folder)) expect(statSync(path).size).toBeLessThanOrEqual(1000)
    expect(await targets(folder, 'a', 5)).toEqual(['/16', '/17', '/18', '/19', '/20'])
  })

  it('have a bound in all, the oldest go first', async () => {
    const folder = tempFolder()
    const files = open(folder, '1h', { fileLimit: 1000, totalLimit: 3000 })
    for (let number = 1; number <= 30; number++) {
      files.note(number % 2 ? 'a' : 'b', at(`/${number}`))
      await files.settled()
    }
    const total = paths(folder).reduce((sum, path) => sum + statSync(path).size, 0)
    expect(total).toBeLessThanOrEqual(3000)
    await files.close()
    expect((await targets(folder)).at(-1)).toBe('/29')
    expect(await targets(folder)).not.toContain('/1')
  })

  it('expire, in files and within them', async () => {
    const folder = tempFolder()
    let now = Date.now() - 3 * 3_600_000
    const files = open(folder, '1h', { now: () => now })
    files.note('a', at('/old', now))
    await files.settled()
    const [old = ''] = paths(folder)
    utimesSync(old, now / 1000, now / 1000)
    now = Date.now()
    files.note('a', at('/late', now - 2 * 3_600_000))
    files.note('a', at('/new', now))
    await files.close()
    expect(paths(folder)).not.toContain(old)
    expect(await targets(folder)).toEqual(['/new'])
    // Kept for a shorter time, or not at all.
    await open(folder, 'quit').settled()
    expect(paths(folder)).toEqual([])
  })

  it('does not give back those of this run, and forgets sites that are gone', async () => {
    const folder = tempFolder()
    const files = open(folder)
    files.note('a', at('/a'))
    files.note('b', at('/b'))
    await files.settled()
    expect(await files.read('a', 10)).toEqual([])
    files.retain(['b'])
    await files.close()
    expect(await targets(folder, 'a')).toEqual([])
    expect(await targets(folder, 'b')).toEqual(['/b'])
  })

  it('drops what does not fit in a flood, and counts it', async () => {
    const folder = tempFolder()
    const files = open(folder)
    for (let number = 1; number <= 5000; number++) files.note('a', at(`/${number}`))
    expect(files.dropped()).toBe(4000)
    await files.close()
    const kept = await targets(folder)
    expect(kept).toHaveLength(1000)
    expect(kept[0]).toBe('/1')
  })

  it('counts what cannot be written, and goes on', async () => {
    const folder = tempFolder({ log: 'a file where the folder should be' })
    const files = open(folder)
    files.note('a', at('/'))
    await files.settled()
    expect(files.dropped()).toBe(1)
    files.note('a', at('/'))
    await files.settled()
    expect(files.dropped()).toBe(2)
  })
})
