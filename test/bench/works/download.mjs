/**
 * Downloads of 1 GiB, from the page cache, again and again for the time of a
 * round. The reader drops what it gets: one buffer, no stream.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DOWNLOAD, DOWNLOAD_SIZE } from '../site.mjs'
import { atLeast } from './work.mjs'

const GiB = 1024 ** 3
const COLUMNS = [
  { key: 'rate', title: 'MiB/s', digits: 0 },
  { key: 'processor', title: 'ms of processor/GiB', digits: 0 },
]

/** Reads it over and over until `end` is called; that tells how many bytes of content came. */
function reader(port) {
  const request = `GET ${DOWNLOAD} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`
  let count = 0
  /** Of the running answer; 0: its header section comes next. */
  let left = 0
  let failure = null
  const socket = connect({
    port,
    host: '127.0.0.1',
    onread: {
      buffer: Buffer.allocUnsafeSlow(1024 * 1024),
      callback(length, buffer) {
        let content = length
        if (left === 0) {
          const end = buffer.subarray(0, length).indexOf('\r\n\r\n')
          const head = buffer.toString('latin1', 0, end)
          if (
            !head.startsWith('HTTP/1.1 200 ') ||
            !new RegExp(`content-length: ${DOWNLOAD_SIZE}\\b`, 'i').test(head)
          ) {
            failure = new Error(`an answer began with ${JSON.stringify(head.slice(0, 60))}`)
          }
          content -= end + 4
          left = DOWNLOAD_SIZE
        }
        count += content
        left -= content
        if (left === 0) socket.write(request)
        return true
      },
    },
  })
  socket.once('error', error => {
    failure = error
  })
  let ended = false
  socket.once('close', () => {
    if (!ended) failure ??= new Error('the server closed the connection')
  })
  socket.write(request)
  return () => {
    ended = true
    socket.destroy()
    if (failure !== null) throw failure
    return count
  }
}

/** How many bytes of content came within that time. */
export async function readFor(port, connections, seconds) {
  const ends = Array.from({ length: connections }, () => reader(port))
  await sleep(seconds * 1000)
  return ends.reduce((sum, end) => sum + end(), 0)
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

function download(connections, isChecked) {
  return {
    name: `download-${connections}`,
    title: `1 GiB download, ${connections} connection${connections === 1 ? '' : 's'}`,
    parts: ['download'],
    contenders: [
      ...['servebar', 'stream-64k', 'stream-1m', 'serve', 'http-server', 'sirv', 'express', 'fastify'],
      ...['nginx', 'caddy'],
    ],
    columns: COLUMNS,
    reference: 'nginx',
    prepare: (server, { root }) => (isChecked ? check(server, root) : readFor(server.port, connections, 1)),
    async measure({ server, seconds }) {
      const processorBefore = server.processorTime()
      const began = process.hrtime.bigint()
      const bytes = await readFor(server.port, connections, seconds)
      if (bytes === 0) throw new Error(`nothing came within ${seconds} s`)
      const elapsed = Number(process.hrtime.bigint() - began) / 1e9
      const processor = server.processorTime() - processorBefore
      return { rate: bytes / 1024 ** 2 / elapsed, processor: (processor * 1000) / (bytes / GiB) }
    },
    goals: [atLeast(0.7, 'nginx', 'rate'), atLeast(1.5, 'stream-1m', 'rate')],
  }
}

// The same bytes: to check them once is enough.
export const downloadWorks = [download(1, true), download(4, false)]
