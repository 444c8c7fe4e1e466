/**
 * Compresses each answer anew with a stream of node:zlib, without a thought.
 * Brotli at quality 5, as Servebar: at its default of 11 it takes much longer.
 *
 * node zlib-stream.mjs PORT FOLDER
 */
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { constants, createBrotliCompress, createGzip } from 'node:zlib'

const [port, root] = process.argv.slice(2)
const encoders = {
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: () => createGzip(),
}

const server = createServer((request, response) => {
  const coding = request.headers['accept-encoding']
  response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Content-Encoding': coding })
  pipeline(createReadStream(join(root, request.url)), encoders[coding](), response, () => {})
})
server.listen(Number(port), '127.0.0.1')
