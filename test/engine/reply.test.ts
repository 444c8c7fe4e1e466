import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeSync,
} from 'node:fs'
import { stat } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { get, RawConnection, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const MiB = 1024 * 1024

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

function bytes(length: number): Buffer {
  const buffer = Buffer.alloc(length)
  for (let i = 0; i < length; i += 4) buffer.writeUInt32LE(i, i)
  return buffer
}

it('sends large files and parts of them byte for byte', async () => {
  const content = bytes(5 * MiB)
  const served = await serve({ 'big.bin': content })
  expect((await rawRequest(served.port, get('/big.bin'))).body.equals(content)).toBe(true)
  const part = await rawRequest(served.port, get('/big.bin', { Range: `bytes=100003-${3 * MiB}` }))
  expect(part.body.equals(content.subarray(100_003, 3 * MiB + 1))).toBe(true)
  expect(await served.exchange(1)).toMatchObject({ bytesSent: content.length, aborted: false })
})

it('sends a file beyond 4 GiB from its end', async () => {
  const served = await serve({ 'sparse.bin': '' })
  const fd = openSync(join(served.root, 'sparse.bin'), 'r+')
  const size = 5 * 1024 * MiB
  writeSync(fd, 'the end', size - 7)
  closeSync(fd)
  const response = await rawRequest(served.port, get('/sparse.bin', { Range: 'bytes=-7' }))
  expect(response.text).toBe('the end')
  expect(response.fields['content-range']).toBe(`bytes ${size - 7}-${size - 1}/${size}`)
  expect(
    (await rawRequest(served.port, get('/sparse.bin', {}, 'HEAD'), { head: true })).fields,
  ).toMatchObject({
    'content-length': String(size),
  })
})

it('does not read faster than the client does', async () => {
  const served = await serve({ 'big.bin': '' })
  const fd = openSync(join(served.root, 'big.bin'), 'r+')
  ftruncateSync(fd, 200 * MiB)
  closeSync(fd)
  const connection = new RawConnection(served.port)
  connection.socket.pause()
  connection.send(get('/big.bin'))
  await expect.poll(() => openBelow(served.root)).toBe(1)
  const before = process.memoryUsage().arrayBuffers
  // Turns of the same thread pool: without backpressure, each would have let the server read another chunk.
  for (let turn = 0; turn < 200; turn++) await stat(served.root)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * MiB)
  connection.destroy()
  const exchange = await served.exchange(1)
  expect(exchange).toMatchObject({ status: 200, aborted: true, cause: null, fileSize: 200 * MiB })
  expect(exchange.bytesSent).toBeLessThan(100 * MiB)
  await expect.poll(() => openBelow(served.root)).toBe(0)
})

it('a file that shrinks while it is sent cuts the connection', async () => {
  const served = await serve({ 'big.bin': bytes(64 * MiB) })
  const connection = new RawConnection(served.port)
  connection.send(get('/big.bin'))
  connection.socket.once('data', () => connection.socket.pause())
  await expect.poll(() => connection.socket.bytesRead).toBeGreaterThan(0)
  const fd = openSync(join(served.root, 'big.bin'), 'r+')
  ftruncateSync(fd, MiB)
  closeSync(fd)
  connection.socket.resume()
  await connection.closed()
  expect(connection.rest.length).toBeLessThan(64 * MiB)
  expect(await served.exchange(1)).toMatchObject({ aborted: true, cause: 'TRUNCATED' })
  await expect.poll(() => openBelow(served.root)).toBe(0)
})

it('a file that grows or is deleted while it is sent is sent as it was opened', async () => {
  const { appendFileSync, rmSync } = await import('node:fs')
  const content = bytes(8 * MiB)
  const served = await serve({ 'big.bin': content })
  const connection = new RawConnection(served.port)
  connection.send(get('/big.bin'))
  connection.socket.once('data', () => {
    appendFileSync(join(served.root, 'big.bin'), 'more')
    rmSync(join(served.root, 'big.bin'))
  })
  const response = await connection.response()
  expect(response.body.equals(content)).toBe(true)
  connection.send(get('/big.bin'))
  expect((await connection.response()).status).toBe(404)
  connection.destroy()
})

it('leaves no handle after 500 aborts, 304s and HEADs', async () => {
  const served = await serve({ 'big.bin': bytes(4 * MiB) })
  const { fields } = await rawRequest(served.port, get('/big.bin', {}, 'HEAD'), { head: true })
  const etag = fields.etag ?? ''
  let settled = 1
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const connection = new RawConnection(served.port)
        if (n % 5 === 0) {
          connection.send(get('/big.bin', { 'If-None-Match': etag }))
          expect((await connection.response()).status).toBe(304)
        } else if (n % 5 === 1) {
          connection.send(get('/big.bin', {}, 'HEAD'))
          await connection.response({ head: true })
        } else {
          // Several requests in one packet: those behind the first have no answer of their own yet.
          connection.send(get('/big.bin').repeat(n % 5 === 2 ? 1 : 3))
          if (n % 5 !== 4) await new Promise(resolve => connection.socket.once('data', resolve))
        }
        connection.destroy()
      }),
    )
    settled = served.exchanges.length
  }
  expect(settled).toBeGreaterThan(200)
  await expect.poll(() => openBelow(served.root), { timeout: 5_000 }).toBe(0)
  expect((await rawRequest(served.port, get('/big.bin'))).body).toHaveLength(4 * MiB)
})

it('answers pipelined requests in their order', async () => {
  const served = await serve({ 'big.bin': bytes(MiB), 'a.txt': 'a', 'b.txt': 'b' })
  const connection = new RawConnection(served.port)
  connection.send(get('/big.bin') + get('/a.txt') + get('/none') + get('/a.txt', {}, 'HEAD') + get('/b.txt'))
  expect((await connection.response()).body).toHaveLength(MiB)
  expect((await connection.response()).text).toBe('a')
  expect((await connection.response()).status).toBe(404)
  expect((await connection.response({ head: true })).status).toBe(200)
  expect((await connection.response()).text).toBe('b')
  connection.destroy()
  await served.exchange(5)
})

it('a real client gets what the disk holds', async () => {
  const served = await serve({ 'big.bin': bytes(3 * MiB) })
  const chunks: Buffer[] = []
  await new Promise((resolve, reject) => {
    httpRequest(`${served.origin}/big.bin`, response => {
      response.on('data', chunk => chunks.push(chunk)).on('end', resolve)
    })
      .on('error', reject)
      .end()
  })
  expect(Buffer.concat(chunks).equals(readFileSync(join(served.root, 'big.bin')))).toBe(true)
})
