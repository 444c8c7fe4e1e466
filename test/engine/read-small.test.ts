import { appendFileSync, fstatSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chunks } from '../../electron/engine/chunks.ts'
import type { OpenFile } from '../../electron/engine/open-file.ts'
import { paceOf } from '../../electron/engine/read-pace.ts'
import { readSmall } from '../../electron/engine/read-small.ts'
import { select } from '../../electron/engine/representation.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

const CONTENT = 'a content of several words'
let device = 1_000_000n

async function open(content = CONTENT): Promise<OpenFile & { readonly path: string }> {
  const root = tempFolder({ 'a.txt': content })
  const found = await select(root, { path: 'a.txt', bytes: null, folder: false })
  if (found.kind !== 'file') throw new Error(found.kind)
  // On a volume of its own, whose pace nobody has measured.
  Object.assign(found.file.stats, { dev: device++ })
  return found.file as OpenFile & { readonly path: string }
}

const quick = (file: OpenFile) => paceOf(file.stats.dev).tookInPool(0, performance.now())
const slow = (file: OpenFile) => paceOf(file.stats.dev).tookInLoop(1_000_000, performance.now())

const isClosed = ({ fd, stats }: OpenFile) =>
  until(() => {
    try {
      return fstatSync(fd, { bigint: true }).ino !== stats.ino
    } catch {
      return true
    }
  }, 'the file to be closed')

it('what is in memory is here at once, in memory that is lent', async () => {
  const file = await open()
  quick(file)
  const read = readSmall(file, { first: 2, length: 7 })
  if (read instanceof Promise || read === null) throw new Error('not at once')
  expect(read.content.toString()).toBe('content')
  expect(chunks.held).toBeGreaterThan(0)
  read.lease?.close()
  expect(chunks.held).toBe(0)
  await isClosed(file)
})

it('what may be kept, is on a slow volume, or is more than one part is read in the thread pool', async () => {
  const kept = await open()
  quick(kept)
  let content = ''
  kept.onRead = whole => {
    content = whole.toString()
  }
  const reads = [readSmall(kept, { first: 0, length: kept.size })]
  const several = await open()
  quick(several)
  const segments = [Buffer.from('<'), { first: 2, length: 7 }, Buffer.from('>')]
  reads.push(readSmall(several, { segments, length: 9, contentType: '' }))
  const far = await open()
  slow(far)
  reads.push(readSmall(far, { first: 2, length: 7 }))
  expect(reads.every(read => read instanceof Promise)).toBe(true)
  const all = await Promise.all(reads)
  expect(all.map(read => read?.content.toString())).toEqual([CONTENT, '<content>', 'content'])
  expect(all.map(read => read?.lease)).toEqual([null, null, null])
  expect(content).toBe(CONTENT)
  for (const file of [kept, several, far]) await isClosed(file)
})

describe.each([
  ['at once', quick],
  ['in the thread pool', slow],
])('%s', (_, set) => {
  it.each([
    ['written in place', ({ path }: { path: string }) => writeFileSync(path, CONTENT.toUpperCase())],
    [
      'written in place, its time set back',
      ({ path, stats }: { path: string; stats: OpenFile['stats'] }) => {
        writeFileSync(path, CONTENT.toUpperCase())
        utimesSync(path, Number(stats.atimeMs) / 1000, Number(stats.mtimeMs) / 1000)
      },
    ],
    ['appended to', ({ path }: { path: string }) => appendFileSync(path, '.')],
    ['cut behind what is read', ({ path }: { path: string }) => truncateSync(path, 20)],
    ['cut before what is read', ({ path }: { path: string }) => truncateSync(path, 5)],
  ])('gives nothing of a file that was %s since it was looked at', async (_, change) => {
    const file = await open()
    change(file)
    set(file)
    expect(await readSmall(file, { first: 2, length: 7 })).toBeNull()
    expect(chunks.held).toBe(0)
    await isClosed(file)
  })
})
