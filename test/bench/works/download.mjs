/** Downloads of 1 GiB, from the page cache, again and again for the time of a round. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DOWNLOAD, DOWNLOAD_SIZE } from '../site.mjs'
import { atLeast } from './work.mjs'

const GiB = 1024 ** 3
const receiver = fileURLToPath(new URL('../clients/receive.py', import.meta.url))
const run = promisify(execFile)

/**
 * What came within that time on these connections.
 * @returns {Promise<{ bytes: number, seconds: number }>}
 */
export async function receive(port, connections, seconds) {
  const args = [port, DOWNLOAD, DOWNLOAD_SIZE, connections, seconds].map(String)
  const { stdout } = await run('python3', [receiver, ...args])
  const { failures, ...received } = JSON.parse(stdout)
  if (failures.length > 0) throw new Error(failures[0])
  if (received.bytes === 0) throw new Error(`nothing came within ${seconds} s`)
  return received
}

async function hashOf(stream) {
  const hash = createHash('sha256')
  await pipeline(stream, hash)
  return hash.digest('hex')
}

/** Path -> hash. Reading it also brings it into the page cache. */
const hashes = new Map()

async function check(server, root) {
  const path = join(root, DOWNLOAD)
  if (!hashes.has(path))
    hashes.set(path, await hashOf(createReadStream(path, { highWaterMark: 1024 * 1024 })))
  const response = await new Promise((resolve, reject) => {
    get({ port: server.port, host: '127.0.0.1', path: DOWNLOAD, agent: false }, resolve).once('error', reject)
  })
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode} instead of 200`)
  const length = response.headers['content-length']
  if (length !== String(DOWNLOAD_SIZE)) throw new Error(`Content-Length ${length}`)
  if ((await hashOf(response)) !== hashes.get(path)) throw new Error('other content than the file')
}

function download(connections) {
  return {
    name: `download-${connections}`,
    title: `1 GiB download, ${connections} connection${connections === 1 ? '' : 's'}`,
    parts: ['download'],
    contenders: [
      ...['servebar', 'stream-64k', 'stream-1m', 'serve', 'http-server', 'sirv', 'express', 'fastify'],
      ...['nginx', 'caddy'],
    ],
    columns: [
      { key: 'rate', title: 'MiB/s', digits: 0 },
      { key: 'processor', title: 'ms of processor/GiB', digits: 0 },
    ],
    reference: 'nginx',
    prepare: (server, { root }) => check(server, root),
    async measure({ server, seconds }) {
      const before = server.processorTime()
      const { bytes, seconds: elapsed } = await receive(server.port, connections, seconds)
      const used = server.processorTime() - before
      return { rate: bytes / 1024 ** 2 / elapsed, processor: (used * 1000) / (bytes / GiB) }
    },
    goals: [atLeast(0.7, 'nginx', 'rate'), atLeast(1.5, 'stream-1m', 'rate')],
  }
}

export const downloadWorks = [download(1), download(4)]
