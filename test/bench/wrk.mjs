/**
 * Load by wrk: the same requests over and over on keep-alive connections, in
 * random order where there are several. Answers are checked before
 * (answers.mjs); here wrk's own counts of errors are, and the bytes that came.
 */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const script = fileURLToPath(new URL('wrk.lua', import.meta.url))
const run = promisify(execFile)
let files = 0

/**
 * @typedef {object} Request
 * @property {string} target
 * @property {Record<string, string>} [fields]
 * @property {string} [method] GET, where it is not said (and always by wrk)
 *
 * @typedef {object} Load
 * @property {readonly Request[]} requests
 * @property {number} seconds
 * @property {number} [connections]
 * @property {boolean} [mayFail] Answers with 4xx are expected.
 * @property {number} [bytes] of content in an answer, in the mean
 * @property {number} [seed]
 */

/**
 * Rate in requests a second, latencies in ms, processor time of the server in µs a request.
 * @param {import('./processes.mjs').Server} server
 * @param {Load} load
 * @param {string} folder for a file of requests
 */
export async function wrk(
  server,
  { requests, seconds, connections = 64, mayFail = false, bytes = 0, seed = 1 },
  folder,
) {
  const file = join(folder, `requests-${++files}`)
  writeFileSync(file, requests.map(lineOf).join(''))
  const before = server.processorTime()
  const { stdout } = await run('wrk', [
    ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '30s'],
    ...['-s', script, `http://127.0.0.1:${server.port}`, '--', file, String(seed)],
  ])
  const used = server.processorTime() - before
  const line = stdout.split('\n').find(text => text.startsWith('{'))
  if (line === undefined) throw new Error(`wrk said nothing of its result: ${stdout}`)
  const counts = JSON.parse(line)
  if (counts.requests === 0) throw new Error('no request was answered')
  if (counts.socketErrors > 0) throw new Error(`${counts.socketErrors} requests broke off`)
  if (counts.statusErrors > 0 && !mayFail) throw new Error(`${counts.statusErrors} answers were errors`)
  // Of answers of random lengths it is about the mean; of empty or broken ones far less.
  if (counts.bytes / counts.requests < bytes / 2) throw new Error('answers under load are too short')
  return {
    rate: counts.requests / (counts.duration / 1e6),
    processor: (used * 1e6) / counts.requests,
    p50: counts.p50,
    p99: counts.p99,
  }
}

function lineOf({ target, fields = {} }) {
  const further = Object.entries(fields).map(([name, value]) => `\t${name}: ${value}`)
  return `${target}${further.join('')}\n`
}
