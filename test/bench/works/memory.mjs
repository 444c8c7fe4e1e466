/**
 * Resident memory: after the first answer, with 2,000 connections that wait,
 * and after the other works. The ceiling does those of them that it can.
 */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { FOLDER, SMALL } from '../site.mjs'
import { wrk } from '../wrk.mjs'
import { readFor } from './download.mjs'
import { requestWorks } from './requests.mjs'
import { atMostMore } from './work.mjs'

const CONNECTIONS = 2_000
/** What memory is about to change by itself has changed. */
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

const byTheCeiling = requestWorks.filter(({ name }) => ['small', 'files', '404'].includes(name))

export const memoryWork = {
  name: 'memory',
  title: 'Resident memory',
  parts: ['small', 'files', 'scripts', 'folder', 'download'],
  contenders: ['servebar', 'ceiling'],
  columns: [
    { key: 'idle', title: 'idle, MiB', digits: 0 },
    { key: 'connections', title: 'with 2,000 idle connections, MiB', digits: 0 },
    { key: 'after', title: 'after the works, MiB', digits: 0 },
  ],
  requests: async port => (await Promise.all(byTheCeiling.map(({ requests }) => requests(port)))).flat(),
  launches: true,
  async measure({ launch, name, scratch }) {
    const server = await (await launch()).ready()
    await wrk(server, { requests: [{ target: SMALL }], seconds: 1, connections: 1 }, scratch)
    await sleep(SETTLED)
    const idle = server.memory()

    const sockets = await connections(server.port)
    await sleep(SETTLED)
    const withConnections = server.memory()
    if (sockets.some(socket => socket.destroyed)) throw new Error('connections were closed')
    for (const socket of sockets) socket.destroy()

    for (const { requests, mayFail } of name === 'ceiling' ? byTheCeiling : requestWorks) {
      await wrk(server, { requests: await requests(server.port), seconds: 1, mayFail }, scratch)
    }
    if (name !== 'ceiling') {
      await wrk(server, { requests: [{ target: FOLDER }], seconds: 2, connections: 4 }, scratch)
      await readFor(server.port, 4, 2)
    }
    await sleep(SETTLED)
    const after = server.memory()
    await server.stop()
    return { idle, connections: withConnections, after }
  },
  goals: [
    atMostMore(20, 'ceiling', 'idle', 'idle'),
    atMostMore(96, 'ceiling', 'after', 'after the works'),
    atMostMore(20, 'ceiling', 'connections', 'with 2,000 idle connections'),
  ],
}
