import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeLock } from '../../electron/app/lock.ts'

/** Node has no call for it. */
const MAKE_FIFO = 'mkfifo'
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
    ...(process.platform === 'win32' ? {} : { started: expect.any(String) }),
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

it.skipIf(process.platform === 'win32')(
  'of a process whose number another program has by now is taken over',
  async () => {
    const holder = { pid: process.ppid, kind: 'browser', url: 'http://127.0.0.1:1/#token=x' }
    await leave(JSON.stringify({ ...holder, started: 'long ago' }))
    await taken()
  },
)

it('of a running process that has no panel at its address is taken over', async () => {
  await leave(JSON.stringify({ pid: process.ppid, kind: 'browser', url: 'http://127.0.0.1:1/#token=x' }))
  await taken()
  await leave(JSON.stringify({ pid: process.ppid, kind: 'browser', url: 'no address' }))
  await taken()
})

it.each([
  ['another program', null, true],
  ['the panel', "default-src 'none'; connect-src ws://HOST", false],
])('with %s at its address', async (_name, policy, isTaken) => {
  const server = createServer((request, response) => {
    if (policy)
      response.setHeader('content-security-policy', policy.replace('HOST', request.headers.host ?? ''))
    response.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await leave(
    JSON.stringify({ pid: process.ppid, kind: 'browser', url: `http://127.0.0.1:${port}/#token=x` }),
  )
  const { held } = await takeLock(folder, 'browser')
  expect(held).toBe(isTaken)
  server.close()
})

it('of another menubar app is taken over by one, for Electron has excluded that; not that of a panel', async () => {
  await leave(JSON.stringify({ pid: process.ppid, kind: 'menubar' }))
  expect(await takeLock(folder, 'window')).toMatchObject({ held: true })
  await leave(JSON.stringify({ pid: process.ppid, kind: 'browser' }))
  expect(await takeLock(folder, 'menubar')).toMatchObject({ held: false, holder: { kind: 'browser' } })
})

it.skipIf(process.platform === 'win32')('that is a pipe is taken away, not waited for', async () => {
  await (await taken()).release()
  execFileSync(MAKE_FIFO, [file])
  await taken()
  expect((await stat(file)).isFile()).toBe(true)
})

it('leaves nothing of processes that were killed meanwhile', async () => {
  await (await taken()).release()
  await writeFile(`${file}.999999999.tmp`, '')
  await writeFile(`${file}.old.999999999.tmp`, '')
  await taken()
  expect(await readdir(folder)).toEqual(['servebar.lock'])
})

it('of somebody else is not released', async () => {
  const lock = await taken()
  await writeFile(file, JSON.stringify({ pid: process.ppid, kind: 'menubar' }))
  await lock.release()
  expect(await readdir(folder)).toEqual(['servebar.lock'])
})
