import { describe, expect, it } from 'vitest'
import { Chunks, Lease } from '../../electron/engine/chunks.ts'

const KiB = 1024
const MiB = 1024 * KiB

describe('buffers for large files', () => {
  it('are used again, the one that was used last first', () => {
    const chunks = new Chunks()
    const [a, b] = [chunks.take(64 * KiB), chunks.take(64 * KiB)]
    expect(a).not.toBe(b)
    chunks.give(a)
    chunks.give(b)
    expect(chunks.take(64 * KiB)).toBe(b)
    expect(chunks.take(64 * KiB)).toBe(a)
  })

  it('hold what was asked for, or as much as one may have', () => {
    const chunks = new Chunks()
    for (const [wanted, given] of [
      [1, 16 * KiB],
      [16 * KiB, 16 * KiB],
      [16 * KiB + 1, 32 * KiB],
      [100 * KiB, 128 * KiB],
      [512 * KiB, 512 * KiB],
      [1024 * MiB, 512 * KiB],
    ] as const) {
      expect(chunks.take(wanted)).toHaveLength(given)
    }
  })

  it('get smaller with the number of readers, so that all of them together hold a bounded part of the memory', () => {
    for (const readers of [1, 4, 32, 33, 200, 1_000]) {
      const chunks = new Chunks()
      for (let n = 0; n < readers; n++) chunks.join()
      for (let n = 0; n < readers; n++) chunks.take(1024 * MiB)
      expect(chunks.held).toBeLessThanOrEqual(16 * MiB)
      expect(chunks.held).toBeGreaterThan(Math.min(4 * MiB, readers * 400 * KiB))
    }
  })

  it('are never smaller than what is worth a write', () => {
    const chunks = new Chunks()
    for (let n = 0; n < 100_000; n++) chunks.join()
    expect(chunks.take(1024 * MiB)).toHaveLength(16 * KiB)
  })

  it('are large again when the readers have left', () => {
    const chunks = new Chunks()
    for (let n = 0; n < 1_000; n++) chunks.join()
    for (let n = 0; n < 1_000; n++) chunks.leave()
    expect(chunks.take(1024 * MiB)).toHaveLength(512 * KiB)
  })

  it('are let go beyond what the next reader may want', () => {
    const chunks = new Chunks()
    const first = Array.from({ length: 16 }, () => chunks.take(512 * KiB))
    for (const buffer of first) chunks.give(buffer)
    expect(chunks.held).toBe(0)
    const again = Array.from({ length: 16 }, () => chunks.take(512 * KiB))
    expect(again.filter(buffer => first.includes(buffer))).toHaveLength(4)
  })

  it('of a size that nobody wants any more make room', () => {
    const chunks = new Chunks()
    const small = Array.from({ length: 200 }, () => chunks.take(16 * KiB))
    for (const buffer of small) chunks.give(buffer)
    const large = chunks.take(512 * KiB)
    chunks.give(large)
    expect(chunks.take(512 * KiB)).toBe(large)
    expect(chunks.take(16 * KiB)).toBe(small[199])
  })

  it('are scarce when much is held', () => {
    const chunks = new Chunks()
    expect(chunks.isScarce).toBe(false)
    const held = Array.from({ length: 17 }, () => chunks.take(512 * KiB))
    expect(chunks.isScarce).toBe(true)
    for (const buffer of held) chunks.give(buffer)
    expect(chunks.isScarce).toBe(false)
  })

  it('come back from a lease once', () => {
    const chunks = new Chunks()
    const buffer = chunks.take(64 * KiB)
    const lease = new Lease(buffer, chunks)
    lease.close()
    lease.close()
    expect(chunks.held).toBe(0)
    expect(chunks.take(64 * KiB)).toBe(buffer)
    expect(chunks.take(64 * KiB)).not.toBe(buffer)
  })
})

describe('a content with its head', () => {
  it('is one piece of memory, where the head has room', () => {
    const chunks = new Chunks()
    const buffer = chunks.take(16 * KiB)
    const lease = new Lease(buffer, chunks)
    buffer.write('content')
    const content = buffer.subarray(0, 7)
    const whole = lease.withHead('head: é\r\n', content)
    expect(whole?.toString('latin1')).toBe('head: é\r\ncontent')
    expect(whole?.buffer).toBe(buffer.buffer)
    expect(lease.withHead('x'.repeat(1_024), content)).toHaveLength(1_031)
    expect(lease.withHead('x'.repeat(1_025), content)).toBeNull()
    expect(content.toString()).toBe('content')
  })

  it('is not put together from what is not its own, or not any more', () => {
    const chunks = new Chunks()
    const buffer = chunks.take(16 * KiB)
    const lease = new Lease(buffer, chunks)
    expect(lease.withHead('head', Buffer.from('other'))).toBeNull()
    expect(lease.withHead('head', buffer.subarray(1))).toBeNull()
    lease.close()
    expect(lease.withHead('head', buffer)).toBeNull()
  })
})
