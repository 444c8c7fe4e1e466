import { expect, it } from 'vitest'
import {
  type AppState,
  LOG_CAPACITY,
  type LogBatch,
  type LogEntry,
  type Message,
} from '../../electron/contract.ts'
import { createOutbox } from '../../electron/panel/outbox.ts'

/** A socket whose page reads only when told to. */
function slowSink() {
  const sent: { stream?: number; message?: Message; id?: number }[] = []
  let waiting: (() => void)[] = []
  return {
    sent,
    bufferedAmount: 0,
    send(frame: string, done: () => void) {
      sent.push(JSON.parse(frame))
      waiting.push(done)
    },
    stall() {
      this.bufferedAmount = 10_000_000
    },
    read() {
      this.bufferedAmount = 0
      const done = waiting
      waiting = []
      for (const call of done) call()
    },
  }
}

const state = (revision: number): Message => ({ type: 'state', state: { revision } as AppState })
const entry = (id: number) => ({ id }) as LogEntry
const totals = (requests: number) => ({ requests, errors: 0, bytesSent: 0, slowest: null })
function log(site: string, ids: readonly number[], reset = false): Message {
  const batch: LogBatch = { site, reset, entries: ids.map(entry), totals: totals(ids.at(-1) ?? 0) }
  return { type: 'log', batches: [batch] }
}

it('sends everything at once and in order while the page reads', () => {
  const sink = slowSink()
  const outbox = createOutbox(sink)
  outbox.restart(7)
  const messages = [state(1), log('a', [1]), state(2), log('a', [2])]
  for (const message of messages) outbox.push(message)
  expect(sink.sent).toEqual(messages.map(message => ({ stream: 7, message })))
})

it('keeps only the newest state, and merges the log, while the page does not read', () => {
  const sink = slowSink()
  const outbox = createOutbox(sink)
  outbox.push(state(1))
  sink.stall()
  for (let n = 1; n <= 500; n++) {
    outbox.push(state(n + 1))
    outbox.push(log('a', [n]))
  }
  outbox.push(log('b', [1, 2]))
  outbox.push({ type: 'show', view: { name: 'list' } })
  outbox.push({ type: 'show', view: { name: 'settings' } })
  expect(sink.sent).toHaveLength(1)

  sink.read()
  expect(sink.sent.slice(1).map(frame => frame.message)).toEqual([
    state(501),
    {
      type: 'log',
      batches: [
        {
          site: 'a',
          reset: false,
          entries: Array.from({ length: 500 }, (_, n) => entry(n + 1)),
          totals: totals(500),
        },
        { site: 'b', reset: false, entries: [entry(1), entry(2)], totals: totals(2) },
      ],
    },
    { type: 'show', view: { name: 'settings' } },
  ])
})

it('holds no more of a log than the panel keeps, and honours a reset', () => {
  const sink = slowSink()
  const outbox = createOutbox(sink)
  outbox.push(state(1))
  sink.stall()
  outbox.push(log('a', [1, 2, 3]))
  outbox.push(log('a', [10], true))
  for (let n = 0; n < 3; n++) {
    const ids = Array.from({ length: LOG_CAPACITY / 2 }, (_, index) => 11 + index + (n * LOG_CAPACITY) / 2)
    outbox.push(log('a', ids))
  }
  sink.read()
  const message = sink.sent[1]?.message
  const [batch] = message?.type === 'log' ? message.batches : []
  expect(batch?.reset).toBe(true)
  expect(batch?.entries).toHaveLength(LOG_CAPACITY)
  expect(batch?.entries.at(-1)).toEqual(entry(10 + (3 * LOG_CAPACITY) / 2))
})

it('puts what a flood had left out where it belongs, once', () => {
  const sink = slowSink()
  const outbox = createOutbox(sink)
  outbox.push(state(1))
  sink.stall()
  outbox.push(log('a', [1, 2, 90, 91]))
  outbox.push(log('a', [3, 4, 90, 92]))
  outbox.push(log('a', [5, 6]))
  sink.read()
  const message = sink.sent[1]?.message
  const [batch] = message?.type === 'log' ? message.batches : []
  expect(batch?.entries).toEqual([1, 2, 3, 4, 5, 6, 90, 91, 92].map(entry))
})

it('keeps the order when the page reads again while messages are held', () => {
  const sink = slowSink()
  const outbox = createOutbox(sink)
  outbox.push(state(1))
  sink.stall()
  outbox.push(log('a', [1]))
  sink.bufferedAmount = 0 // read, but not yet reported
  outbox.push(log('a', [2]))
  sink.read()
  const held = sink.sent.slice(1)
  expect(held).toHaveLength(1)
  expect(held[0]?.message).toMatchObject({ batches: [{ entries: [entry(1), entry(2)] }] })
})

it('drops what was held of an earlier subscription, and never holds an answer', () => {
  const sink = slowSink()
  const outbox = createOutbox(sink)
  outbox.restart(1)
  outbox.push(state(1))
  sink.stall()
  outbox.push(state(2))
  let done = false
  outbox.answer(1, { ok: true, value: null }, () => {
    done = true
  })
  expect(sink.sent.at(-1)).toEqual({ id: 1, result: { ok: true, value: null } })
  expect(done).toBe(false)
  outbox.restart(2)
  sink.read()
  expect(done).toBe(true)
  expect(sink.sent).toHaveLength(2)
})
