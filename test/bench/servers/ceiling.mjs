/**
 * The ceiling: what node:http itself can do. Answers from memory with the very
 * bytes and fields that Servebar gave to the same requests (answers.mjs took
 * them), and looks at nothing on the disk after its start.
 *
 * node ceiling.mjs PORT FOLDER-OF-ANSWERS
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const [port, folder] = process.argv.slice(2)
const { selector, answers: list } = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8'))
const contents = readFileSync(join(folder, 'contents'))
const answers = new Map(
  list.map(({ key, status, fields, offset, length }) => [
    key,
    { status, fields, content: contents.subarray(offset, offset + length) },
  ]),
)

/** Fields of the request are looked at only where the work's answer depends on one. */
const answerOf = selector
  ? request => answers.get(`${request.url} ${request.headers[selector]}`) ?? answers.get(request.url)
  : request => answers.get(request.url)

const server = createServer((request, response) => {
  const answer = answerOf(request)
  if (answer === undefined) {
    response.writeHead(500).end()
    return
  }
  response.writeHead(answer.status, answer.fields)
  response.end(answer.content)
})
server.keepAliveTimeout = 30_000
server.listen(Number(port), '127.0.0.1')
