/** The page's end alone, with a socket moved by hand and a clock; the real one is in test/bridges.test.ts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Message } from '../../electron/contract.ts'
import { connect, createSocketBridge, type SocketConnection } from '../../renderer/bridge.ts'
import { FakeSocket } from '../support/fake-socket.ts'

const lost = {
  ok: false,
  problem: { type: 'disconnected', title: 'Servebar is not responding', remedies: [] },
}
const hello = { type: 'hello', token: 'secret' }

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
  FakeSocket.all = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

function bridge(): SocketConnection {
  return createSocketBridge({
    url: 'ws://127.0.0.1:4600/bridge',
    token: 'secret',
    WebSocket: FakeSocket as unknown as typeof WebSocket,
  })
}

describe('a connection', () => {
  it('says hello, then what was asked for before it was open', async () => {
    const { bridge: b, status } = bridge()
    b.subscribe(() => {})
    const call = b.invoke('port.next', {})
    expect(status.get()).toBe('connecting')
    FakeSocket.last.open()
    expect(FakeSocket.last.sent).toEqual([
      hello,
      { type: 'subscribe', stream: 2 },
      { id: 1, command: 'port.next', input: {} },
    ])
    expect(status.get()).toBe('connecting')
    FakeSocket.last.receive({ type: 'welcome' })
    expect(status.get()).toBe('open')
    FakeSocket.last.receive({ id: 1, result: { ok: true, value: 8081 } })
    expect(await call).toEqual({ ok: true, value: 8081 })
  })

  it('matches answers by number, not by order', async () => {
    const { bridge: b } = bridge()
    FakeSocket.last.welcome()
    const one = b.invoke('port.next', {})
    const two = b.invoke('port.next', {})
    FakeSocket.last.receive({ id: 2, result: { ok: true, value: 2 } })
    FakeSocket.last.receive({ id: 9, result: { ok: true, value: 9 } })
    FakeSocket.last.receive({ id: 1, result: { ok: true, value: 1 } })
    expect([await one, await two]).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 2 },
    ])
  })

  it('tells each change of its status once', () => {
    const connection = bridge()
    const seen: string[] = []
    const end = connection.status.subscribe(() => seen.push(connection.status.get()))
    FakeSocket.last.welcome()
    FakeSocket.last.drop()
    vi.advanceTimersByTime(250)
    FakeSocket.last.drop()
    vi.advanceTimersByTime(500)
    FakeSocket.last.welcome()
    end()
    FakeSocket.last.drop()
    expect(seen).toEqual(['open', 'lost', 'open'])
  })
})

describe('calls', () => {
  it('under way resolve when the connection is lost, and later ones at once', async () => {
    const { bridge: b } = bridge()
    FakeSocket.last.welcome()
    const call = b.invoke('folder.choose', {})
    FakeSocket.last.drop()
    expect(await call).toEqual(lost)
    expect(await b.invoke('port.next', {})).toEqual(lost)
  })

  it('made before the first connection resolve when it fails', async () => {
    const call = bridge().bridge.invoke('port.next', {})
    FakeSocket.last.drop()
    expect(await call).toEqual(lost)
  })

  it('have a time limit, except those that wait for a person', async () => {
    const { bridge: b } = bridge()
    FakeSocket.last.welcome()
    const call = b.invoke('port.next', {})
    let chosen: unknown
    void b.invoke('folder.choose', {}).then(result => {
      chosen = result
    })
    await vi.advanceTimersByTimeAsync(29_999)
    FakeSocket.last.receive({ id: 3, result: {} })
    await vi.advanceTimersByTimeAsync(1)
    expect(await call).toMatchObject({
      ok: false,
      problem: { type: 'disconnected', detail: 'No answer within 30 s.' },
    })
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(chosen).toBeUndefined()
    FakeSocket.last.receive({ id: 2, result: { ok: true, value: [] } })
    await vi.advanceTimersByTimeAsync(0)
    expect(chosen).toEqual({ ok: true, value: [] })
    FakeSocket.last.receive({ id: 1, result: { ok: true, value: 1 } }) // late: nobody minds
  })
})

describe('subscriptions', () => {
  const message: Message = { type: 'show', view: { name: 'list' } }

  it('each begin with a stream of their own, and what is left of the earlier one is passed over', () => {
    const { bridge: b } = bridge()
    FakeSocket.last.welcome()
    const seen: string[] = []
    b.subscribe(() => seen.push('one'))
    FakeSocket.last.receive({ stream: 1, message })
    const end = b.subscribe(() => seen.push('two'))
    FakeSocket.last.receive({ stream: 1, message })
    FakeSocket.last.receive({ stream: 2, message })
    end()
    FakeSocket.last.receive({ stream: 2, message })
    expect(seen).toEqual(['one', 'one', 'two', 'one'])
  })

  it('of the same listener are two, and the last to end says so', () => {
    const { bridge: b } = bridge()
    FakeSocket.last.welcome()
    let count = 0
    const listener = () => {
      count += 1
    }
    const ends = [b.subscribe(listener), b.subscribe(listener)]
    FakeSocket.last.receive({ stream: 2, message })
    ends[0]?.()
    ends[0]?.()
    FakeSocket.last.receive({ stream: 2, message })
    expect(count).toBe(3)
    ends[1]?.()
    expect(FakeSocket.last.sent.filter(frame => frame.type === 'unsubscribe')).toHaveLength(1)
  })

  it('begin anew after a reconnect', () => {
    const { bridge: b } = bridge()
    FakeSocket.last.welcome()
    const seen: Message[] = []
    b.subscribe(next => seen.push(next))
    FakeSocket.last.drop()
    vi.advanceTimersByTime(250)
    FakeSocket.last.welcome()
    expect(FakeSocket.last.sent).toEqual([hello, { type: 'subscribe', stream: 2 }])
    FakeSocket.last.receive({ stream: 2, message })
    expect(seen).toEqual([message])
  })
})

describe('a lost connection', () => {
  it('is tried again after 0.25 s, then after ever longer, at most 5 s', () => {
    bridge()
    const waited: number[] = []
    for (let n = 0; n < 7; n++) {
      FakeSocket.last.drop()
      const count = FakeSocket.all.length
      const from = Date.now()
      while (FakeSocket.all.length === count) vi.advanceTimersByTime(10)
      waited.push(Date.now() - from)
    }
    expect(waited).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
    FakeSocket.last.welcome()
    FakeSocket.last.drop()
    const count = FakeSocket.all.length
    vi.advanceTimersByTime(250)
    expect(FakeSocket.all.length).toBe(count + 1)
  })

  it('is not tried again by every page at the same moment', () => {
    vi.mocked(Math.random).mockReturnValue(0)
    bridge()
    FakeSocket.last.drop()
    vi.advanceTimersByTime(125)
    expect(FakeSocket.all).toHaveLength(2)
  })

  it('is tried at once on retry(), but not twice at a time', () => {
    const connection = bridge()
    connection.retry()
    expect(FakeSocket.all).toHaveLength(1)
    FakeSocket.last.drop()
    connection.retry()
    connection.retry()
    vi.advanceTimersByTime(5000)
    expect(FakeSocket.all).toHaveLength(2)
  })

  it('covers a server that accepts and says nothing', () => {
    const { status } = bridge()
    FakeSocket.last.open()
    vi.advanceTimersByTime(10_000)
    expect(status.get()).toBe('lost')
  })

  it('with a wrong token is refused, and not tried again', async () => {
    const connection = bridge()
    const call = connection.bridge.invoke('port.next', {})
    FakeSocket.last.open()
    FakeSocket.last.drop(4401)
    expect(connection.status.get()).toBe('refused')
    expect(await call).toEqual(lost)
    expect(await connection.bridge.invoke('port.next', {})).toEqual(lost)
    connection.retry()
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('is for good after close()', async () => {
    const connection = bridge()
    FakeSocket.last.welcome()
    const call = connection.bridge.invoke('port.next', {})
    connection.close()
    expect(await call).toEqual(lost)
    connection.retry()
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all).toHaveLength(1)
  })
})

describe('connect()', () => {
  beforeEach(() => {
    vi.stubGlobal('WebSocket', FakeSocket)
    sessionStorage.clear()
    location.href = 'http://127.0.0.1:4600/#token=first'
  })

  it('takes window.servebar where there is one', async () => {
    const end = () => {}
    const servebar = {
      invoke: vi.fn(async () => ({ ok: true, value: 8081 })),
      subscribe: vi.fn(() => end),
      pathOf: (file: object) => `/path/of/${'name' in file ? file.name : ''}`,
    }
    vi.stubGlobal('servebar', servebar)
    const { bridge: b, status, pathOf } = connect()
    const listener = () => {}
    expect(await b.invoke('port.next', {})).toEqual({ ok: true, value: 8081 })
    expect(servebar.invoke).toHaveBeenCalledWith('port.next', {})
    expect(b.subscribe(listener)).toBe(end)
    expect(servebar.subscribe).toHaveBeenCalledWith(listener)
    expect(status.get()).toBe('open')
    expect(pathOf({ name: 'site' })).toBe('/path/of/site')
    expect(FakeSocket.all).toHaveLength(0)
  })

  it('never rejects there either: a call that main does not take says that it is lost', async () => {
    const invoke = vi.fn().mockRejectedValueOnce(new Error('No handler registered'))
    vi.stubGlobal('servebar', { invoke: invoke.mockResolvedValue({ ok: true, value: 1 }) })
    const { bridge: b, status } = connect()
    const seen: string[] = []
    status.subscribe(() => seen.push(status.get()))
    expect(await b.invoke('port.next', {})).toEqual(lost)
    expect(await b.invoke('port.next', {})).toEqual({ ok: true, value: 1 })
    expect(seen).toEqual(['lost', 'open'])
  })

  it('else opens the WebSocket of this page, with the token of its address', () => {
    const connection = connect()
    expect(FakeSocket.last.url).toBe('ws://127.0.0.1:4600/bridge')
    FakeSocket.last.open()
    expect(FakeSocket.last.sent).toEqual([{ type: 'hello', token: 'first' }])
    expect(connection.pathOf({})).toBe(null)
  })

  it('takes the token out of the address, and has it again after a reload', () => {
    connect()
    expect(location.href).toBe('http://127.0.0.1:4600/')
    connect()
    FakeSocket.last.open()
    expect(FakeSocket.last.sent).toEqual([{ type: 'hello', token: 'first' }])
  })

  it('prefers a new address to the token it has', () => {
    connect()
    location.href = 'http://127.0.0.1:4600/#token=second'
    connect()
    FakeSocket.last.open()
    expect(FakeSocket.last.sent).toEqual([{ type: 'hello', token: 'second' }])
  })

  it('works where storage is switched off', () => {
    vi.stubGlobal('sessionStorage', {
      getItem: () => {
        throw new Error('off')
      },
      setItem: () => {
        throw new Error('off')
      },
    })
    connect()
    FakeSocket.last.open()
    expect(FakeSocket.last.sent).toEqual([{ type: 'hello', token: 'first' }])
    connect()
    FakeSocket.last.open()
    expect(FakeSocket.last.sent).toEqual([{ type: 'hello', token: '' }])
  })

  it('starts anew when the address of a new run comes into its tab', () => {
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => {})
    connect()
    window.dispatchEvent(new Event('hashchange'))
    expect(reload).not.toHaveBeenCalled()
    location.hash = '#token=second'
    window.dispatchEvent(new Event('hashchange'))
    expect(reload).toHaveBeenCalled()
  })

  it('does not let a person who comes back wait for the next try', () => {
    connect()
    FakeSocket.last.drop()
    document.dispatchEvent(new Event('visibilitychange'))
    expect(FakeSocket.all).toHaveLength(2)
  })
})
