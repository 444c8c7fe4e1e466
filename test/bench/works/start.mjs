/**
 * How soon a server is of use: from the start of its process to the first 200,
 * and to the first byte of an answer that it must compress first.
 */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ask, fault } from '../answers.mjs'
import { FRESH_SCRIPTS, SMALL } from '../site.mjs'
import { atMost, median } from './work.mjs'

const millisecondsSince = began => Number(process.hrtime.bigint() - began) / 1e6

/** Asks until it is answered; the load's core has nothing else to do. */
async function untilAnswered(server, target) {
  for (;;) {
    const answer = await ask(server.port, { target }).catch(() => null)
    if (answer?.status === 200) return answer
    if (millisecondsSince(server.started) > 30_000) throw new Error('no 200 within 30 s')
    server.mustRun()
  }
}

const start = {
  name: 'start',
  title: 'Process start to first 200',
  parts: ['small'],
  contenders: ['servebar', 'ceiling', 'serve', 'http-server', 'sirv', 'express', 'fastify', 'nginx', 'caddy'],
  columns: [{ key: 'time', title: 'ms', digits: 1 }],
  reference: 'ceiling',
  requests: async () => [{ target: SMALL }],
  launches: true,
  rounds: 20,
  async measure({ launch, root }) {
    const server = await launch()
    const answer = await untilAnswered(server, SMALL)
    const time = millisecondsSince(server.started)
    const wrong = fault(answer, { status: 200, content: readFileSync(join(root, SMALL)) })
    if (wrong) throw new Error(wrong)
    return { time }
  },
  goals: [atMost(1.25, 'ceiling', 'time', 'time')],
}

/** Until the first byte of content, on a connection that is already there, in ms. */
function firstByte(port, target, coding) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let began
    let received = Buffer.alloc(0)
    socket.once('connect', () => {
      began = process.hrtime.bigint()
      socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept-Encoding: ${coding}\r\n\r\n`)
    })
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      const head = received.indexOf('\r\n\r\n')
      if (head < 0 || received.length === head + 4) return
      resolve(millisecondsSince(began))
      socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the connection was closed')))
  })
}

const compressing = coding => ({
  name: `first-byte-${coding}`,
  title: `200 KiB script, Accept-Encoding: ${coding}, first byte of the first request`,
  parts: ['scripts'],
  contenders: ['servebar', 'zlib-stream', 'serve', ...(coding === 'gzip' ? ['nginx', 'caddy'] : [])],
  columns: [
    { key: 'file', title: 'first of a file, ms', digits: 2 },
    { key: 'process', title: 'first of the process, ms', digits: 2 },
  ],
  reference: 'zlib-stream',
  launches: true,
  rounds: 8,
  async measure({ launch, root }) {
    const server = await (await launch()).ready()
    const times = []
    for (const target of FRESH_SCRIPTS) times.push(await firstByte(server.port, target, coding))
    for (const target of FRESH_SCRIPTS) {
      const answer = await ask(server.port, { target, fields: { 'accept-encoding': coding } })
      const wrong = fault(answer, { status: 200, coding, content: readFileSync(join(root, target)) })
      if (wrong) throw new Error(wrong)
    }
    const [first, ...further] = times
    return { process: first, file: median(further) }
  },
  goals: [
    atMost(1.2, 'zlib-stream', 'process', 'first of the process'),
    atMost(1.2, 'zlib-stream', 'file', 'first of a file'),
  ],
})

export const startWorks = [compressing('br'), compressing('gzip'), start]
