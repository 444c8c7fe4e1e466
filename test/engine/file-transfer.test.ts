import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chunks } from '../../electron/engine/chunks.ts'
import { transfer } from '../../electron/engine/file-transfer.ts'
import type { OpenFile } from '../../electron/engine/open-file.ts'
import { paceOf } from '../../electron/engine/read-pace.ts'
import { select } from '../../electron/engine/representation.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

const KiB = 1024
const MiB = 1024 * KiB
let device = 1_000_000n

function numbered(length: number): Buffer {
  const buffer = Buffer.alloc(length)
  for (let i = 0; i + 4 <= length; i += 4) buffer.writeUInt32LE(i, i)
  return buffer
}

async function open(content: Buffer): Promise<OpenFile & { readonly path: string }> {
  const root = tempFolder({ 'a.bin': content })
  const found = await select(root, { path: 'a.bin', bytes: null, folder: false })
  if (found.kind !== 'file') throw new Error(found.kind)
  const { file } = found
  // On a volume of its own, whose pace nobody has measured.
  Object.assign(file.stats, { dev: device++ })
  onTestFinished(() => file.close())
  return file as OpenFile & { readonly path: string }
}

/** The two ends of a connection; nothing is read from the second yet. */
async function connection(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const near = new Promise<Socket>(resolve => server.once('connection', resolve))
  const far = connect(address.port, '127.0.0.1')
  far.pause()
  const pair = { near: await near, far }
  for (const socket of [pair.near, far]) {
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
  }
  server.close()
  return pair
}

function received(far: Socket): Promise<Buffer> {
  const all: Buffer[] = []
  far.on('data', chunk => all.push(chunk))
  far.resume()
  return new Promise(resolve => far.once('end', () => resolve(Buffer.concat(all))))
}

const readers = {
  'in the event loop': (file: OpenFile) => paceOf(file.stats.dev).tookInPool(0, performance.now()),
  'in the thread pool': (file: OpenFile) => paceOf(file.stats.dev).tookInLoop(1_000_000, performance.now()),
}

describe.each(Object.entries(readers))('read %s', (_, set) => {
  it('sends a part byte for byte, and the rest of the connection goes on', async () => {
    const content = numbered(3 * MiB)
    const file = await open(content)
    set(file)
    const { near, far } = await connection()
    const whole = received(far)
    near.write('head')
    expect(await transfer(near, file, { first: 100_003, length: 2 * MiB + 5 })).toBe(2 * MiB + 5)
    near.end('tail')
    const expected = ['head', content.subarray(100_003, 100_003 + 2 * MiB + 5), 'tail'].map(part =>
      Buffer.from(part as string),
    )
    expect((await whole).equals(Buffer.concat(expected))).toBe(true)
    expect(chunks.held).toBe(0)
  })

  it('sends many parts, in their order, with what stands between them', async () => {
    const content = numbered(2 * MiB)
    const file = await open(content)
    set(file)
    const { near, far } = await connection()
    const whole = received(far)
    const segments: (Buffer | { first: number; length: number })[] = []
    const expected: Buffer[] = []
    for (let n = 0; n < 40; n++) {
      const [first, length] = [(n * 70_001) % (1.5 * MiB), (n * 37_003) % (400 * KiB) || 1]
      segments.push(Buffer.from(`part ${n}`), { first, length })
      expected.push(Buffer.from(`part ${n}`), content.subarray(first, first + length))
    }
    const length = expected.reduce((sum, part) => sum + part.length, 0)
    expect(await transfer(near, file, { segments, length, contentType: 'multipart/byteranges' })).toBe(length)
    near.end()
    expect((await whole).equals(Buffer.concat(expected))).toBe(true)
    expect(chunks.held).toBe(0)
  })

  it('many at once get what each asked for, from buffers that they share', async () => {
    const content = numbered(4 * MiB)
    const file = await open(content)
    set(file)
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const { near, far } = await connection()
        const whole = received(far)
        const part = { first: n * 1_001, length: 3 * MiB + n }
        expect(await transfer(near, file, part)).toBe(part.length)
        near.end()
        expect((await whole).equals(content.subarray(part.first, part.first + part.length))).toBe(true)
      }),
    )
    expect(chunks.held).toBe(0)
  })

  it('who does not read holds little, and nothing any more when they leave', async () => {
    const file = await open(Buffer.alloc(64 * MiB))
    set(file)
    const pairs = await Promise.all(Array.from({ length: 100 }, connection))
    const ends = pairs.map(({ near }) => transfer(near, file, { first: 0, length: 64 * MiB }))
    await until(() => pairs.every(({ near }) => near.writableLength > 0), 'all to wait for their readers')
    expect(chunks.held).toBeGreaterThan(0)
    expect(chunks.held).toBeLessThanOrEqual(16 * MiB)
    for (const { far } of pairs) far.destroy()
    for (const sent of await Promise.all(ends)) expect(sent).toBeLessThan(64 * MiB)
    expect(chunks.held).toBe(0)
  })

  it('rejects when the file is shorter than was promised', async () => {
    const file = await open(numbered(2 * MiB))
    set(file)
    const fd = openSync(file.path, 'r+')
    ftruncateSync(fd, MiB + 1)
    closeSync(fd)
    const { near, far } = await connection()
    const whole = received(far)
    await expect(transfer(near, file, { first: 0, length: 2 * MiB })).rejects.toMatchObject({
      code: 'TRUNCATED',
    })
    expect(chunks.held).toBe(0)
    near.end()
    expect((await whole).length).toBe(MiB + 1)
  })

  it('rejects when the file cannot be read', async () => {
    const file = await open(numbered(MiB))
    set(file)
    const { near } = await connection()
    const folder = openSync(join(file.path, '..'), 'r')
    onTestFinished(() => closeSync(folder))
    const broken = Object.create(file, { fd: { value: folder } }) as OpenFile
    await expect(transfer(near, broken, { first: 0, length: MiB })).rejects.toMatchObject({ code: 'EISDIR' })
    expect(chunks.held).toBe(0)
  })

  it('does not close the file', async () => {
    const file = await open(numbered(MiB))
    set(file)
    const { near, far } = await connection()
    far.resume()
    await transfer(near, file, { first: 0, length: MiB })
    expect(fstatSync(file.fd).size).toBe(MiB)
  })
})
