import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { EventStream } from '../../../electron/engine/live/event-stream.ts'
import { createLiveReload } from '../../../electron/engine/live/live-reload.ts'
import { tempFolder } from '../../support/temp.ts'

describe('a stream', () => {
  it('gives what was sent, before and after it is read, until it is closed', async () => {
    const closed = vi.fn()
    const stream = new EventStream('name', closed)
    stream.sendRetry(1_000)
    stream.send(7, '{"a":1}')
    const chunks = stream.chunks()
    const next = async () => String((await chunks.next()).value)
    expect(await next()).toBe('retry: 1000\n\n')
    expect(await next()).toBe('id: 7\ndata: {"a":1}\n\n')
    const later = next()
    stream.beat()
    expect(await later).toBe(':\n\n')
    const end = chunks.next()
    stream.close()
    stream.close()
    stream.send(8, 'late')
    expect(await end).toEqual({ done: true, value: undefined })
    expect(closed).toHaveBeenCalledTimes(1)
  })

  it('is closed by a reader that stops', async () => {
    const closed = vi.fn()
    const stream = new EventStream('name', closed)
    stream.beat()
    for await (const _ of stream.chunks()) break
    expect(stream.closed).toBe(true)
    expect(closed).toHaveBeenCalledTimes(1)
  })

  it('is given up when nobody reads it', () => {
    const stream = new EventStream('name', () => {})
    for (let n = 0; n < 500; n++) stream.beat()
    expect(stream.closed).toBe(false)
    stream.beat()
    expect(stream.closed).toBe(true)
  })
})

describe('in the course of time', () => {
  function startClock() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const live = createLiveReload(tempFolder({ 'a.html': '' }), {
      dotfiles: false,
      symlinks: 'confined',
      spa: false,
    })
    onTestFinished(() => live.close())
    const ask = (path: string) => live.respond({ method: 'GET', path, query: '', fields: {} })?.content
    return { live, ask }
  }

  it('a dead connection is found out: each stream has a beat', async () => {
    const { live, ask } = startClock()
    const stream = ask('.servebar/live')
    if (!(stream instanceof EventStream)) throw new Error('no stream')
    const chunks = stream.chunks()
    await chunks.next()
    await chunks.next()
    const beat = chunks.next()
    vi.advanceTimersByTime(15_000)
    expect(String((await beat).value)).toBe(':\n\n')
    stream.close()
    expect(live.status.pages).toBe(0)
    live.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('the watch ends a while after the last page, and begins again with the next', () => {
    const { live, ask } = startClock()
    expect(live.status.watch).toBeNull()
    expect(vi.getTimerCount()).toBe(0)
    ask('.servebar/live.js')
    expect(live.status.watch).not.toBeNull()
    vi.advanceTimersByTime(9_000)
    const stream = ask('.servebar/live')
    vi.advanceTimersByTime(100_000)
    expect(live.status.watch).not.toBeNull()
    if (stream instanceof EventStream) stream.close()
    vi.advanceTimersByTime(9_000)
    expect(live.status.watch).not.toBeNull()
    vi.advanceTimersByTime(1_000)
    expect(live.status).toEqual({ pages: 0, watch: null })
    expect(vi.getTimerCount()).toBe(0)
    ask('.servebar/live.js')
    expect(live.status.watch).not.toBeNull()
  })
})
