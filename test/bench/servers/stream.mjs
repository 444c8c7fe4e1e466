/**
 * Raw node:http with fs.stat and createReadStream for every request: what a
 * program without tricks does. Knows ETags and single ranges, no more.
 *
 * node stream.mjs PORT FOLDER HIGH-WATER-MARK
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream'

const [port, root, highWaterMark] = process.argv.slice(2)

const server = createServer(async (request, response) => {
  const path = join(root, new URL(request.url, 'http://localhost').pathname)
  const stats = await stat(path).catch(() => null)
  if (!stats?.isFile()) {
    response.writeHead(404, ['Content-Length', '10', 'Content-Type', 'text/plain']).end('Not found\n')
    return
  }
  const etag = `"${stats.size.toString(16)}-${stats.mtimeMs.toString(16)}"`
  const fields = ['ETag', etag, 'Last-Modified', stats.mtime.toUTCString(), 'Accept-Ranges', 'bytes']
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, fields).end()
    return
  }
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const start = range ? Number(range[1]) : 0
  const end = range ? Math.min(Number(range[2]), stats.size - 1) : stats.size - 1
  fields.push('Content-Length', String(end - start + 1))
  if (range) fields.push('Content-Range', `bytes ${start}-${end}/${stats.size}`)
  response.writeHead(range ? 206 : 200, fields)
  pipeline(
    createReadStream(path, { start, end, highWaterMark: Number(highWaterMark) }),
    response,
    () => {}, // a reader that left is no error
  )
})
server.keepAliveTimeout = 30_000
server.listen(Number(port), '127.0.0.1')
