/**
 * What waits to be sent to one page. While the page reads, everything goes out
 * at once and in order. When it falls behind, at most one state, one batch per
 * site and one wish are held: the newest state replaces the older, batches of
 * the log are merged. So a sleeping tab costs bounded memory and wakes up to
 * the truth. Answers to calls are never held: the caller bounds their number.
 */
import {
  LOG_CAPACITY,
  type LogBatch,
  type LogEntry,
  type Message,
  type PanelFrame,
  type Result,
  type SiteId,
} from '../contract.ts'

/** The part of a WebSocket that is needed. */
export interface Sink {
  readonly bufferedAmount: number
  send(frame: string, done: (error?: Error) => void): void
}

export interface Outbox {
  push(message: Message): void
  /** What a call answers must arrive; calls back when it is handed to the system. */
  answer(id: number, result: Result<unknown>, done: () => void): void
  /** Another subscription begins: what is held of the old one is dropped. */
  restart(stream: number): void
}

/** Bytes that may lie in the socket before messages are held. */
const HIGH_WATER = 256 * 1024

export function frameText(frame: PanelFrame): string {
  return JSON.stringify(frame)
}

export function createOutbox(sink: Sink): Outbox {
  let stream = 0
  let state: Message | null = null
  let show: Message | null = null
  const batches = new Map<SiteId, LogBatch>()

  const isBehind = () => sink.bufferedAmount > HIGH_WATER
  const isHolding = () => state !== null || show !== null || batches.size > 0

  function send(message: Message): void {
    sink.send(frameText({ stream, message }), flush)
  }

  function hold(message: Message): void {
    if (message.type === 'state') state = message
    else if (message.type === 'show') show = message
    else for (const batch of message.batches) batches.set(batch.site, merge(batches.get(batch.site), batch))
  }

  function flush(): void {
    if (!isHolding() || isBehind()) return
    const held = [state, takeBatches(), show]
    state = null
    show = null
    for (const message of held) if (message) send(message)
  }

  function takeBatches(): Message | null {
    if (batches.size === 0) return null
    const taken = [...batches.values()]
    batches.clear()
    return { type: 'log', batches: taken }
  }

  return {
    push(message) {
      if (isBehind() || isHolding()) hold(message)
      else send(message)
    },
    answer(id, result, done) {
      sink.send(frameText({ id, result }), () => {
        done()
        flush()
      })
    },
    restart(next) {
      stream = next
      state = null
      show = null
      batches.clear()
    },
  }
}

/** The panel keeps no more than LOG_CAPACITY entries, so no more are held for it. */
function merge(held: LogBatch | undefined, next: LogBatch): LogBatch {
  if (!held || next.reset) return next
  const entries = inOrder([...held.entries, ...next.entries]).slice(-LOG_CAPACITY)
  return { ...next, reset: held.reset, entries }
}

/** What a flood had left out comes later, and some of it again. */
function inOrder(entries: LogEntry[]): readonly LogEntry[] {
  return entries.sort((a, b) => a.id - b.id).filter(({ id }, index) => id !== entries[index - 1]?.id)
}
