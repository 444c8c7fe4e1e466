import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Admission } from '../../electron/engine/admission.ts'
import { Connection } from '../../electron/engine/connection.ts'
import { DescriptorPool } from '../../electron/engine/descriptors.ts'
import { get, RawConnection, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

class FakeSocket extends EventEmitter {
  bytesRead = 0
  ended = false
  end(): void {
    this.ended = true
    this.emit('close')
  }
}

function connect(): { connection: Connection; socket: FakeSocket } {
  const socket = new FakeSocket()
  return { connection: new Connection(socket as unknown as Socket), socket }
}

describe('Admission', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('admits up to the option, lets eight wait, and turns the others away', () => {
    const admission = new Admission(new DescriptorPool(Number.POSITIVE_INFINITY), 2)
    const all = Array.from({ length: 12 }, connect)
    expect(all.map(({ connection }) => admission.enter(connection))).toEqual([
      ...Array(10).fill(true),
      false,
      false,
    ])
    expect(all.map(({ connection }) => admission.admit(connection)).filter(Boolean)).toHaveLength(2)
    // One leaves: one that waits has its place now, and keeps it.
    all[0]?.socket.emit('close')
    const next = all[5]?.connection as Connection
    expect(admission.admit(next)).toBe(true)
    expect(admission.admit(next)).toBe(true)
    expect(admission.admit(all[6]?.connection as Connection)).toBe(false)
    // And one more may wait in its stead.
    expect(admission.enter(connect().connection)).toBe(true)
    expect(admission.enter(connect().connection)).toBe(false)
  })

  it('gives back what it took of the pool', () => {
    const pool = new DescriptorPool(8)
    const admission = new Admission(pool, Number.POSITIVE_INFINITY)
    const all = Array.from({ length: 9 }, connect)
    for (const { connection } of all) admission.enter(connection)
    expect(pool.used).toBe(6)
    for (const { socket } of all) socket.emit('close')
    expect(pool.used).toBe(0)
  })

  it('closes what has been idle for a second, not what has begun to ask', () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const admission = new Admission(new DescriptorPool(Number.POSITIVE_INFINITY), 3)
    const [idle, asking, answered] = [connect(), connect(), connect()]
    for (const { connection } of [idle, asking, answered]) admission.enter(connection)
    const client = answered.connection.begin()
    vi.advanceTimersByTime(2_000)
    answered.connection.end(client)
    asking.socket.bytesRead = 5
    expect(admission.enter(connect().connection)).toBe(true)
    expect([idle, asking, answered].map(({ socket }) => socket.ended)).toEqual([true, false, false])
    // Not looked at again at once, however many come.
    vi.advanceTimersByTime(100)
    answered.socket.bytesRead = 0
    const late = connect()
    admission.enter(late.connection)
    vi.advanceTimersByTime(1_500)
    admission.enter(connect().connection)
    expect(answered.socket.ended).toBe(true)
  })

  it('never closes one that speaks another protocol', () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { connection } = connect()
    connection.handedOn = true
    vi.advanceTimersByTime(5_000)
    expect(connection.idleFor).toBe(0)
  })
})

describe('maxConnections', () => {
  it('answers 503 to those beyond it, and serves them when there is room', async () => {
    const served = await serve({ 'a.txt': 'hello' }, { maxConnections: 1 })
    const first = new RawConnection(served.port)
    first.send(get('/a.txt'))
    expect((await first.response()).status).toBe(200)
    const second = await rawRequest(served.port, get('/a.txt'))
    expect(second.status).toBe(503)
    expect(second.fields).toMatchObject({ 'retry-after': '1', connection: 'close' })
    expect(await served.exchange(2)).toMatchObject({ status: 503, target: '/a.txt' })
    first.destroy()
    await expect.poll(async () => (await rawRequest(served.port, get('/a.txt'))).status).toBe(200)
  })

  it('answers even those for which there is no room to wait', async () => {
    const served = await serve({ 'a.txt': 'hello' }, { maxConnections: 1 })
    const silent = Array.from({ length: 9 }, () => new RawConnection(served.port))
    await Promise.all(silent.map(({ socket }) => new Promise(resolve => socket.once('connect', resolve))))
    const turnedAway = new RawConnection(served.port)
    expect((await turnedAway.response()).status).toBe(503)
    await turnedAway.closed()
    for (const connection of silent) connection.destroy()
  })
})
