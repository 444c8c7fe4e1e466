import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeLock } from '../../electron/app/lock.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'servebar-lock-')), 'settings')
  file = join(folder, 'servebar.lock')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

/** A lock as another process would have left it. */
async function leave(content: string, age = 0): Promise<void> {
  await (await taken()).release()
  await writeFile(file, content)
  const time = Date.now() / 1000 - age
  await utimes(file, time, time)
}

async function taken() {
  const lock = await takeLock(folder, 'browser')
  if (!lock.held) throw new Error('the lock is held')
  return lock
}

it('makes the folder, takes the lock for the user alone, tells where the panel is, and lets go', async () => {
  const lock = await taken()
  await lock.publish('http://127.0.0.1:4600/#token=secret')
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    pid: process.pid,
    kind: 'browser',
    url: 'http://127.0.0.1:4600/#token=secret',
  })
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  await lock.release()
  expect(await readdir(folder)).toEqual([])
})

it('is not to be had while another process has it, and says who that is', async () => {
  await leave(JSON.stringify({ pid: process.ppid, kind: 'menubar' }))
  expect(await takeLock(folder, 'browser')).toEqual({
    held: false,
    holder: { pid: process.ppid, kind: 'menubar' },
  })
})

it('of a process that is gone is taken over', async () => {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  await leave(JSON.stringify({ pid: child.pid, kind: 'menubar' }))
  await taken()
  expect(await readdir(folder)).toEqual(['servebar.lock'])
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid })
})

it('of before the last boot is taken over, whoever has that number now', async () => {
  await leave(JSON.stringify({ pid: process.ppid, kind: 'menubar' }), Date.now() / 1000 - 1_000_000)
  await taken()
})

it('with our own number in it is an earlier run of the same container', async () => {
  await leave(JSON.stringify({ pid: process.pid, kind: 'browser', url: 'http://127.0.0.1:1/' }))
  await taken()
})

it.each(['', '{', 'null', '{"pid":-1}', '{"pid":"1"}'])(
  'that is broken (%j) is taken over after a while',
  async content => {
    await leave(content, 3)
    await taken()
  },
)

it('of somebody else is not released', async () => {
  const lock = await taken()
  await writeFile(file, JSON.stringify({ pid: process.ppid, kind: 'menubar' }))
  await lock.release()
  expect(await readdir(folder)).toEqual(['servebar.lock'])
})
