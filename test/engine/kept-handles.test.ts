import { fstatSync } from 'node:fs'
import { afterEach, expect, it, vi } from 'vitest'
import { descriptors } from '../../electron/engine/descriptors.ts'
import { KeptHandles } from '../../electron/engine/kept-handles.ts'
import type { OpenFile } from '../../electron/engine/open-file.ts'
import { select } from '../../electron/engine/representation.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

afterEach(() => {
  vi.useRealTimers()
})

async function open(): Promise<OpenFile> {
  const found = await select(tempFolder({ 'a.bin': 'content' }), {
    path: 'a.bin',
    bytes: null,
    folder: false,
  })
  if (found.kind !== 'file') throw new Error(found.kind)
  return found.file
}

function isOpen({ fd, stats }: OpenFile): boolean {
  try {
    return fstatSync(fd, { bigint: true }).ino === stats.ino
  } catch {
    return false
  }
}

const isClosed = (file: OpenFile) => until(() => !isOpen(file), 'the handle to be closed')

it('a handle stays open while anybody holds it, and is closed with the last', async () => {
  const file = await open()
  const other = file.share()
  file.close()
  file.close()
  expect(isOpen(other)).toBe(true)
  const third = other.share()
  other.close()
  expect(isOpen(third)).toBe(true)
  third.close()
  await isClosed(file)
})

it('is lent for as long as it is kept, and known by everything that the file was known by', async () => {
  const kept = new KeptHandles()
  const key = {}
  const file = await open()
  expect(kept.borrow(key)).toBeNull()
  kept.keep(key, file)
  kept.keep(key, file)
  file.close()
  const borrowed = kept.borrow(key)
  expect(borrowed).toMatchObject({ fd: file.fd, size: 7, name: 'a.bin', validators: file.validators })
  expect(borrowed?.isUnchangedNow()).toBe(true)
  kept.drop(key)
  expect(kept.borrow(key)).toBeNull()
  expect(isOpen(file)).toBe(true)
  borrowed?.close()
  await isClosed(file)
})

it('is closed when nobody asked for it in a whole round, and no timer runs where nothing is kept', async () => {
  const [asked, forgotten] = [await open(), await open()]
  vi.useFakeTimers()
  const kept = new KeptHandles()
  expect(vi.getTimerCount()).toBe(0)
  kept.keep(asked, asked)
  kept.keep(forgotten, forgotten)
  asked.close()
  forgotten.close()
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(kept.size).toBe(2)
  kept.borrow(asked)?.close()
  vi.advanceTimersByTime(1_000)
  expect(kept.size).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(kept.size).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  await isClosed(asked)
  await isClosed(forgotten)
})

it('few are kept: the oldest goes', async () => {
  const kept = new KeptHandles()
  const files: OpenFile[] = []
  for (let n = 0; n < 17; n++) {
    const file = await open()
    files.push(file)
    kept.keep(file, file)
    file.close()
  }
  expect(kept.size).toBe(16)
  const [first, second] = files as [OpenFile, OpenFile]
  expect(kept.borrow(first)).toBeNull()
  await isClosed(first)
  expect(isOpen(second)).toBe(true)
  kept.clear()
  for (const file of files) await isClosed(file)
})

it('all are given back when descriptors are short', async () => {
  const before = descriptors().spare.size
  const kept = new KeptHandles()
  const file = await open()
  kept.keep(file, file)
  file.close()
  expect(descriptors().spare.size).toBe(before + 1)
  for (const giveBack of descriptors().spare) giveBack()
  expect(kept.size).toBe(0)
  expect(descriptors().spare.size).toBe(before)
  await isClosed(file)
})
