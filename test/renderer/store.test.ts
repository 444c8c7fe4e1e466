import { describe, expect, it, vi } from 'vitest'
import type { Message } from '../../electron/contract.ts'
import { createStore } from '../../renderer/store.ts'
import { memoryBridge, mockRequests } from '../support/memory-bridge.ts'

describe('createStore', () => {
  it('mirrors the newest snapshot and tells its listeners', () => {
    const bridge = memoryBridge()
    const store = createStore(bridge)
    const listener = vi.fn()
    const stop = store.onState(listener)
    expect(store.state()).toBe(bridge.state())
    bridge.updateSite('portfolio', { status: { phase: 'stopped' } })
    expect(listener).toHaveBeenCalledTimes(1)
    expect(store.state()?.sites[0]?.status.phase).toBe('stopped')
    stop()
    bridge.update({ notice: null })
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('is null until the first snapshot has come', () => {
    let send: (message: Message) => void = () => {}
    const bridge = {
      ...memoryBridge(),
      subscribe(listener: typeof send) {
        send = listener
        return () => {}
      },
    }
    const store = createStore(bridge)
    expect(store.state()).toBeNull()
    send({ type: 'state', state: memoryBridge().state() })
    expect(store.state()?.sites).toHaveLength(3)
  })

  it('keeps each log apart and tells only who looks at it', () => {
    const bridge = memoryBridge({ log: { portfolio: mockRequests } })
    const store = createStore(bridge)
    const portfolio = vi.fn()
    const docs = vi.fn()
    store.onLog('portfolio', portfolio)
    store.onLog('handbook-docs', docs)
    expect(store.log('portfolio').totals.requests).toBe(mockRequests.length)
    bridge.request('portfolio', { target: '/new' })
    expect(portfolio).toHaveBeenCalledTimes(1)
    expect(docs).not.toHaveBeenCalled()
    expect(store.log('portfolio').entries.at(-1)?.target).toBe('/new')
    expect(store.log('handbook-docs').entries).toEqual([])
  })

  it('answers with the same log until it changes', () => {
    const bridge = memoryBridge({ log: { portfolio: mockRequests } })
    const store = createStore(bridge)
    expect(store.log('portfolio')).toBe(store.log('portfolio'))
    const before = store.log('portfolio')
    bridge.request('portfolio', {})
    expect(store.log('portfolio')).not.toBe(before)
  })

  it('drops the log of a site that was removed', () => {
    const bridge = memoryBridge({ log: { portfolio: mockRequests } })
    const store = createStore(bridge)
    bridge.update({ sites: bridge.state().sites.slice(1) })
    expect(store.log('portfolio').entries).toEqual([])
  })

  it('hands on wishes of the host, and nothing after it is closed', () => {
    const bridge = memoryBridge()
    const store = createStore(bridge)
    const show = vi.fn()
    store.onShow(show)
    bridge.show({ name: 'settings' })
    expect(show).toHaveBeenCalledWith({ name: 'settings' })
    store.close()
    bridge.show({ name: 'list' })
    expect(show).toHaveBeenCalledTimes(1)
  })
})
