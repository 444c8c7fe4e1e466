/**
 * Resident memory: after the first answers, with 2,000 connections that wait,
 * and after the other works. The ceiling does those of them that it can.
 */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { FOLDER, SMALL } from '../site.mjs'
import { wrk } from '../wrk.mjs'
import { receive } from './download.mjs'
import { requestWorks } from './requests.mjs'
import { atMostMore } from './work.mjs'

const CONNECTIONS = 2_000
const ROUNDS = 2
/** What memory is about to change by itself has changed, in ms. */
const SETTLED = 1000

/** Each has been answered once, and then waits. */
async function connections(port) {
  const sockets = []
  const request = `GET ${SMALL} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`
  for (let n = 0; n < CONNECTIONS; n++) {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    await new Promise((resolve, reject) => {
      socket.once('data', resolve)
      socket.once('error', reject)
      socket.write(request)
    })
    socket.resume()
  }
  return sockets
}

async function settledMemory(server) {
  await sleep(SETTLED)
  return server.memory()
}

const idle = {
  name: 'memory-idle',
  title: 'Resident memory, nothing to do',
  parts: ['small'],
  contenders: ['servebar', 'ceiling', 'serve', 'http-server', 'sirv', 'express', 'fastify'],
  columns: [
    { key: 'idle', title: 'after some requests, MiB', digits: 0 },
    { key: 'connections', title: 'with 2,000 idle connections, MiB', digits: 0 },
  ],
  requests: async () => [{ target: SMALL }],
  launches: true,
  rounds: ROUNDS,
  async measure({ launch, scratch }) {
    const server = await (await launch()).ready()
    await wrk(server, { requests: [{ target: SMALL }], seconds: 1, connections: 1 }, scratch)
    const before = await settledMemory(server)
    const sockets = await connections(server.port)
    const withConnections = await settledMemory(server)
    if (sockets.some(socket => socket.destroyed)) throw new Error('connections were closed')
    for (const socket of sockets) socket.destroy()
    return { idle: before, connections: withConnections }
  },
  goals: [
    atMostMore(20, 'ceiling', 'idle', 'idle'),
    atMostMore(20, 'ceiling', 'connections', 'with 2,000 idle connections'),
  ],
}

const byTheCeiling = requestWorks.filter(({ name }) => ['small', 'files', '404'].includes(name))

const after = {
  name: 'memory-after',
  title: 'Resident memory after the works',
  parts: ['small', 'files', 'scripts', 'folder', 'download'],
  contenders: ['servebar', 'ceiling'],
  columns: [{ key: 'after', title: 'MiB', digits: 0 }],
  requests: async port => (await Promise.all(byTheCeiling.map(({ requests }) => requests(port)))).flat(),
  launches: true,
  rounds: ROUNDS,
  async measure({ launch, name, scratch }) {
    const server = await (await launch()).ready()
    for (const { requests, mayFail } of name === 'ceiling' ? byTheCeiling : requestWorks) {
      await wrk(server, { requests: await requests(server.port), seconds: 1, mayFail }, scratch)
    }
    if (name !== 'ceiling') {
      await wrk(server, { requests: [{ target: FOLDER }], seconds: 2, connections: 4 }, scratch)
      await receive(server.port, 4, 2)
    }
    const memory = await settledMemory(server)
    return { after: memory }
  },
  goals: [atMostMore(96, 'ceiling', 'after', 'after the works')],
}

export const memoryWorks = [idle, after]
