/** Large files over HTTP: what is kept open of them is never what is not there any more. */
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { chunks } from '../../electron/engine/chunks.ts'
import { get, RawConnection, rawRequest } from '../support/raw-request.ts'
import { type Served, serve } from '../support/serve.ts'

const MiB = 1024 * 1024
const PART = 64 * 1024

const filled = (text: string, length = MiB) => Buffer.alloc(length, text)

/** Open handles of files below `root`. */
function openBelow(root: string): number {
  return readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(root)
    } catch {
      return false
    }
  }).length
}

async function part(served: Served, path: string, first: number) {
  const response = await rawRequest(served.port, get(path, { Range: `bytes=${first}-${first + PART - 1}` }))
  return { status: response.status, text: response.body.toString('latin1', 0, 8), etag: response.fields.etag }
}

const isLinux = process.platform === 'linux'

it.runIf(isLinux)('stays open for a moment, for one who asks for part after part', async () => {
  const served = await serve({ 'big.bin': filled('old data') })
  for (let n = 0; n < 8; n++) {
    expect(await part(served, '/big.bin', n * PART)).toMatchObject({ status: 206, text: 'old data' })
    expect(openBelow(served.root)).toBe(1)
  }
  await expect.poll(() => openBelow(served.root)).toBe(0)
  expect(chunks.held).toBe(0)
})

const changes: Record<string, (path: string, root: string) => void> = {
  'written in place': path => {
    const fd = openSync(path, 'r+')
    writeSync(fd, filled('new data'))
    closeSync(fd)
  },
  'written in place, its time set back': path => {
    const { atime, mtime } = statSync(path)
    const fd = openSync(path, 'r+')
    writeSync(fd, filled('new data'))
    closeSync(fd)
    utimesSync(path, atime, mtime)
  },
  'replaced by rename': (path, root) => {
    writeFileSync(join(root, 'other'), filled('new data'))
    renameSync(join(root, 'other'), path)
  },
  'replaced with its folder': (path, root) => {
    mkdirSync(join(root, 'other'))
    writeFileSync(join(root, 'other', 'big.bin'), filled('new data'))
    renameSync(join(root, 'sub'), join(root, 'before'))
    renameSync(join(root, 'other'), join(root, 'sub'))
    expect(statSync(path).size).toBe(MiB)
  },
  'cut and grown': path => {
    truncateSync(path, 0)
    appendFileSync(path, filled('new data'))
  },
}

it.each(Object.keys(changes))('%s, the very next answer is of what is there', async manner => {
  const served = await serve({ 'sub/big.bin': filled('old data') })
  const path = join(served.root, 'sub', 'big.bin')
  const before = await part(served, '/sub/big.bin', PART)
  expect(await part(served, '/sub/big.bin', PART)).toEqual(before)
  changes[manner]?.(path, served.root)
  const after = await part(served, '/sub/big.bin', PART)
  expect(after).toMatchObject({ status: 206, text: 'new data' })
  expect(after.etag).not.toBe(before.etag)
  const whole = await rawRequest(served.port, get('/sub/big.bin'))
  expect(whole.body.equals(filled('new data'))).toBe(true)
  expect(whole.fields.etag).toBe(after.etag)
})

it('deleted, or moved out of the root, it is not there for the next one', async () => {
  const served = await serve({ 'site/a.bin': filled('old data'), 'site/b.bin': filled('old data') })
  const site = await serve(join(served.root, 'site'))
  for (const path of ['/a.bin', '/b.bin']) expect((await part(site, path, 0)).status).toBe(206)
  rmSync(join(site.root, 'a.bin'))
  renameSync(join(site.root, 'b.bin'), join(served.root, 'b.bin'))
  for (const path of ['/a.bin', '/b.bin']) expect((await part(site, path, 0)).status).toBe(404)
  if (isLinux) await expect.poll(() => openBelow(served.root)).toBe(0)
})

it.runIf(isLinux)('lets go of the space of a deleted file that nobody asks for any more', async () => {
  const served = await serve({ 'big.bin': filled('old data') })
  await part(served, '/big.bin', 0)
  rmSync(join(served.root, 'big.bin'))
  expect(openBelow(served.root)).toBe(1)
  await expect.poll(() => openBelow(served.root)).toBe(0)
})

it.runIf(isLinux)('lets go of everything when its server closes', async () => {
  const served = await serve({ 'a.bin': filled('a'), 'b.bin': filled('b') })
  for (const path of ['/a.bin', '/b.bin']) await part(served, path, 0)
  expect(openBelow(served.root)).toBe(2)
  await served.close()
  await expect.poll(() => openBelow(served.root), { timeout: 500 }).toBe(0)
})

it('many parts, to clients that stay, read late or leave, are right and leave nothing behind', async () => {
  const content = Buffer.alloc(8 * MiB)
  for (let i = 0; i < content.length; i += 4) content.writeUInt32LE(i * 257, i)
  const served = await serve({ 'big.bin': content })
  await Promise.all(
    Array.from({ length: 24 }, async (_, client) => {
      const connection = new RawConnection(served.port)
      for (let n = 0; n < 12; n++) {
        const first = ((client * 12 + n) * 104_729) % (7 * MiB)
        const length = n % 3 === 2 ? 700_001 : PART + n
        connection.send(get('/big.bin', { Range: `bytes=${first}-${first + length - 1}` }))
        if (client % 4 === 3 && n === 7) break
        const { status, body } = await connection.response()
        expect(status).toBe(206)
        expect(body.equals(content.subarray(first, first + length))).toBe(true)
      }
      connection.destroy()
    }),
  )
  await expect.poll(() => chunks.held).toBe(0)
  if (isLinux) await expect.poll(() => openBelow(served.root)).toBe(0)
})
