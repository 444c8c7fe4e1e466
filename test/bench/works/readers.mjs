/** Small requests while 200 readers take 100 KB/s each of a large file. */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, fault } from '../answers.mjs'
import { READ_SLOWLY, SMALL } from '../site.mjs'
import { wrk } from '../wrk.mjs'
import { atMost, columns } from './work.mjs'

const READERS = 200
const BYTES_PER_SECOND = 100_000
/** Readers take their turns spread over this many ticks, not all at once. */
const TICKS = 10
const TICK = 10

/** Reads at that pace, until `stop`, which tells the bytes per second of the slowest. */
function readSlowly(port) {
  const readers = Array.from({ length: READERS }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('readable', () => {}) // puts it into the mode where only read() takes bytes
    socket.on('error', () => {}) // shows in its count
    socket.write(`GET ${READ_SLOWLY} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    return { socket, count: 0 }
  })
  const began = Date.now()
  let tick = 0
  const timer = setInterval(() => {
    // By the clock: wrk has the same core, and ticks come late.
    const due = Math.round((BYTES_PER_SECOND * (Date.now() - began)) / 1000)
    for (let n = tick++ % TICKS; n < READERS; n += TICKS) {
      const reader = readers[n]
      const chunk = reader.socket.read(Math.min(due - reader.count, reader.socket.readableLength))
      reader.count += chunk?.length ?? 0 // null: nothing is due, or there
    }
  }, TICK)
  return () => {
    clearInterval(timer)
    const seconds = (Date.now() - began) / 1000
    for (const { socket } of readers) socket.destroy()
    return Math.min(...readers.map(({ count }) => count)) / seconds
  }
}

/** At first each connection takes as much as the kernel holds for it, at full speed. */
async function rushIsOver(server) {
  const end = Date.now() + 10_000
  const STEP = 250
  for (let [before, isBusy] = [server.processorTime(), true]; isBusy && Date.now() < end; ) {
    await sleep(STEP)
    const now = server.processorTime()
    isBusy = (now - before) * 1000 > STEP / 2
    before = now
  }
}

export const readersWork = {
  name: 'readers',
  title: 'Small requests on 64 connections while 200 readers take 100 KB/s each',
  parts: ['small', 'slowly'],
  contenders: ['servebar', 'ceiling', 'stream-1m', 'http-server', 'express', 'nginx', 'caddy'],
  columns: [columns.p99, columns.rate, { key: 'pace', title: 'slowest reader, KB/s', digits: 0 }],
  reference: 'ceiling',
  requests: async () => [{ target: SMALL }, { target: READ_SLOWLY }],
  async prepare(server, { root, scratch }) {
    for (const target of [SMALL, READ_SLOWLY]) {
      const expected = { status: 200, content: readFileSync(join(root, target)) }
      const wrong = fault(await ask(server.port, { target }), expected)
      if (wrong) throw new Error(`${target}: ${wrong}`)
    }
    await wrk(server, { requests: [{ target: SMALL }], seconds: 1 }, scratch)
  },
  async measure({ server, seconds, scratch }) {
    const stop = readSlowly(server.port)
    await rushIsOver(server)
    const { p99, rate } = await wrk(server, { requests: [{ target: SMALL }], seconds }, scratch)
    return { p99, rate, pace: stop() / 1000 }
  },
  goals: [atMost(2, 'ceiling', 'p99', 'p99')],
}
