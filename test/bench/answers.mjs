/**
 * One request at a time: what an answer is, whether it is right, and the
 * answers of Servebar as files for the ceiling.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {readonly string[]} rawFields names and values in turn
 * @property {import('node:http').IncomingHttpHeaders} fields
 * @property {Buffer} content as it came
 *
 * @typedef {object} Expected
 * @property {number} status
 * @property {Buffer} [content] what it is when it is decoded; absent: anything
 * @property {string} [coding]
 * @property {(content: Buffer) => boolean} [accepts] where servers word it in their own ways
 */

/**
 * @param {number} port
 * @param {import('./wrk.mjs').Request} request
 * @param {import('node:http').Agent} [agent]
 * @returns {Promise<Answer>}
 */
export function ask(port, { target, fields = {}, method = 'GET' }, agent) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', path: target, method, headers: fields, agent },
      response => {
        const chunks = []
        response.on('data', chunk => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () =>
          resolve({
            status: response.statusCode,
            rawFields: response.rawHeaders,
            fields: response.headers,
            content: Buffer.concat(chunks),
          }),
        )
      },
    )
    request.once('error', reject)
    request.end()
  })
}

const DECODERS = { br: brotliDecompressSync, gzip: gunzipSync, identity: content => content }
const sha256 = content => createHash('sha256').update(content).digest('hex')

/**
 * What is wrong with an answer; null when nothing is.
 * @param {Answer} answer
 * @param {Expected} expected
 */
export function fault(answer, { status, content, coding, accepts }) {
  if (answer.status !== status) return `status ${answer.status} instead of ${status}`
  const length = answer.fields['content-length']
  // A 304 may say the length of what it does not send (RFC 9110 §8.6).
  if (length !== undefined && status !== 304 && Number(length) !== answer.content.length) {
    return `Content-Length ${length}, but ${answer.content.length} bytes came`
  }
  const actual = answer.fields['content-encoding']
  if (actual !== coding) return `Content-Encoding ${actual} instead of ${coding}`
  if (coding === undefined && length === undefined && status === 200 && content) return 'no Content-Length'
  const decoded = DECODERS[coding ?? 'identity'](answer.content)
  if (content && sha256(decoded) !== sha256(content)) return 'other content than the file'
  if (accepts && !accepts(decoded)) return 'content that is not what was asked for'
  return null
}

/** Fields that node:http makes for every answer of its own. */
const NODE_FIELDS = new Set(['date', 'connection', 'keep-alive'])

/**
 * Asks a server and keeps its answers in a folder for servers/ceiling.mjs.
 * @param {number} port
 * @param {readonly import('./wrk.mjs').Request[]} requests
 * @param {string | undefined} selector the field that the answer depends on, besides the target
 * @param {string} folder
 */
export async function keepAnswers(port, requests, selector, folder) {
  const answers = []
  const contents = []
  let offset = 0
  // Without that field there is an answer too: checks ask for it.
  const plain = selector ? requests.map(({ target }) => ({ target })) : []
  for (const request of [...plain, ...requests]) {
    const { status, rawFields, content } = await ask(port, request)
    const fields = rawFields.filter(
      (_, index) => !NODE_FIELDS.has(rawFields[index - (index % 2)].toLowerCase()),
    )
    const value = selector && request.fields?.[selector]
    const key = value === undefined ? request.target : `${request.target} ${value}`
    answers.push({ key, status, fields, offset, length: content.length })
    contents.push(content)
    offset += content.length
  }
  writeFileSync(join(folder, 'answers.json'), JSON.stringify({ selector, answers }))
  writeFileSync(join(folder, 'contents'), Buffer.concat(contents))
}
