import { describe, expect, it } from 'vitest'
import { paceOf, ReadPace } from '../../electron/engine/read-pace.ts'

/** A volume whose reads are counted, as those of a disk are; `memory` is not read from a disk. */
function volume() {
  let count = 0
  const pace = new ReadPace(() => count)
  return {
    pace,
    memory: pace,
    get disk() {
      count++
      return pace
    },
  }
}

it('begins in the thread pool', () => {
  expect(new ReadPace().isQuick(0)).toBe(false)
})

it('stays there as long as a disk is waited for', () => {
  const it = volume()
  for (let now = 10; now < 1_000; now += 10) {
    it.disk.tookInPool(9, now)
    expect(it.pace.isQuick(now)).toBe(false)
  }
  it.disk.tookInPool(0.2, 1_000)
  expect(it.pace.isQuick(1_000)).toBe(true)
})

it('long waits in the pool are its own when no disk was read, as long as they are not too long', () => {
  const it = volume()
  it.memory.tookInPool(20, 100)
  expect(it.pace.isQuick(100)).toBe(true)
  it.memory.tookInPool(50, 100)
  expect(it.pace.isQuick(100)).toBe(false)
})

it('reads in the event loop after a quick read, for a second', () => {
  const it = volume()
  it.memory.tookInPool(0.2, 100)
  expect(it.pace.isQuick(100)).toBe(true)
  expect(it.pace.isQuick(1_099)).toBe(true)
  expect(it.pace.isQuick(1_100)).toBe(false)
  it.memory.tookInLoop(0.1, 1_000)
  expect(it.pace.isQuick(1_999)).toBe(true)
})

it('other programs may take the processor away', () => {
  const it = volume()
  it.memory.tookInPool(0.2, 0)
  for (let now = 0; now < 10_000; now += 10) {
    it.memory.tookInLoop(0.1, now)
    it.memory.tookInLoop(8, now + 8)
    expect(it.pace.isQuick(now + 8)).toBe(true)
  }
})

it('a read of a disk that took long keeps the loop away', () => {
  const it = volume()
  it.memory.tookInPool(0.2, 0)
  it.disk.tookInLoop(11, 100)
  expect(it.pace.isQuick(100)).toBe(false)
  expect(it.pace.isQuick(209)).toBe(false)
  expect(it.pace.isQuick(210)).toBe(true)
})

it('reads that took long one after the other do so even where nobody counts them', () => {
  const it = volume()
  it.memory.tookInPool(0.2, 0)
  for (let n = 0; n < 3; n++) {
    expect(it.pace.isQuick(100)).toBe(true)
    it.memory.tookInLoop(20, 100)
  }
  expect(it.pace.isQuick(100)).toBe(false)
})

describe('how much of its time the loop loses', () => {
  /** To a volume of which one read in so many takes so long, the others nothing. */
  function lost(time: number, each: number, until: number): number {
    const it = volume()
    let lost = 0
    let reads = 0
    for (let now = 0; now < until; ) {
      const inLoop = it.pace.isQuick(now)
      const took = ++reads % each === 0 ? time : 0.05
      now += took
      if (took > 1 && inLoop) lost += took
      const counted = took > 1 ? it.disk : it.memory
      if (inLoop) counted.tookInLoop(took, now)
      else counted.tookInPool(took, now)
    }
    return lost / until
  }

  it('to a slow disk: nearly nothing', () => {
    for (const time of [2, 5, 12, 40, 500]) {
      expect(lost(time, 1, 100_000)).toBeLessThan(0.002)
    }
  })

  it('to a disk that is asked for now and then what is not in memory: a tenth, and what it takes to find out', () => {
    for (const time of [2, 5, 12, 40]) {
      for (const each of [10, 100, 1_000]) expect(lost(time, each, 10_000)).toBeLessThan(0.15)
    }
  })

  it('to a disk that is seldom asked, it may, and the loop goes on reading', () => {
    expect(lost(5, 10_000, 10_000)).toBeGreaterThan(0)
  })
})

it('pauses get longer, until reads have been quick for long', () => {
  const it = volume()
  const pauseAfter = (now: number): number => {
    it.memory.tookInPool(0.2, now)
    it.disk.tookInLoop(11, now)
    it.memory.tookInPool(0.2, now + 12_000)
    for (let pause = 0; ; pause++) {
      it.memory.tookInPool(0.2, now + pause)
      if (it.pace.isQuick(now + pause)) return pause
    }
  }
  const pauses = Array.from({ length: 12 }, (_, n) => pauseAfter(n * 100_000))
  expect(pauses[0]).toBe(110)
  expect(pauses[5]).toBe(640)
  expect(pauses[11]).toBe(10_000)
  for (let n = 0; n < 64; n++) it.memory.tookInLoop(0.1, 2_000_000)
  expect(pauseAfter(2_000_000)).toBe(110)
})

it('each volume has its own', () => {
  expect(paceOf(1n)).toBe(paceOf(1n))
  expect(paceOf(1n)).not.toBe(paceOf(2n))
})
