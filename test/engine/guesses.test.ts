import { describe, expect, it } from 'vitest'
import { createVerifier } from '../../electron/engine/authentication.ts'
import { Guesses } from '../../electron/engine/guesses.ts'

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

/** A clock that goes on when it is told to. */
function handClock() {
  const waits: number[] = []
  const ends: (() => void)[] = []
  let now = 0
  return {
    waits,
    pass: (time: number) => {
      now += time
    },
    end: () => ends.shift()?.(),
    now: () => now,
    wait: (time: number) => {
      waits.push(time)
      return new Promise<void>(resolve => ends.push(resolve))
    },
  }
}

describe('who guesses', () => {
  it('has five for nothing, then waits longer each time', async () => {
    const clock = handClock()
    const guesses = new Guesses(clock)
    for (let i = 0; i < 5; i++) expect(guesses.begin('192.0.2.1')).toBe(true)
    for (let i = 0; i < 8; i++) {
      const turn = guesses.begin('192.0.2.1')
      clock.end()
      expect(await turn).toBe(true)
    }
    expect(clock.waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000])
  })

  it('gets no more tries by asking at the same time', async () => {
    const clock = handClock()
    const guesses = new Guesses(clock)
    const turns = Array.from({ length: 100 }, () => guesses.begin('192.0.2.1'))
    expect(turns.filter(turn => turn === true)).toHaveLength(5)
    expect(turns.filter(turn => turn === false)).toHaveLength(91)
    expect(clock.waits).toHaveLength(4)
  })

  it('begins anew after a minute of silence, and when it was right', () => {
    const clock = handClock()
    const guesses = new Guesses(clock)
    for (let i = 0; i < 5; i++) guesses.begin('192.0.2.1')
    clock.pass(59_000)
    expect(guesses.begin('192.0.2.1')).toBeInstanceOf(Promise)
    clock.end()
    guesses.right('192.0.2.1')
    for (let i = 0; i < 5; i++) expect(guesses.begin('192.0.2.1')).toBe(true)
    clock.pass(60_000)
    expect(guesses.begin('192.0.2.1')).toBe(true)
  })

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::2', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:0:0:5::', true],
    ['fe80::1%eth0', 'fe80::2', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['192.0.2.1', '192.0.2.2', false],
  ])('%s and %s are one: %s', (one, other, same) => {
    const guesses = new Guesses(handClock())
    for (let i = 0; i < 5; i++) guesses.begin(one)
    expect(guesses.begin(other) === true).toBe(!same)
  })

  it('is forgotten first when it was silent longest, so that memory ends', () => {
    const guesses = new Guesses(handClock())
    for (let i = 0; i < 5; i++) guesses.begin('192.0.2.1')
    for (let i = 0; i < 5; i++) guesses.begin('192.0.2.2')
    for (let i = 0; i < 999; i++) guesses.begin(`10.0.${i >> 8}.${i & 255}`)
    expect(guesses.begin('192.0.2.2')).toBeInstanceOf(Promise)
    expect(guesses.begin('192.0.2.1')).toBe(true)
  })
})

describe('a verifier', () => {
  it('makes who guessed wait, with the right password too, but not who was right before', async () => {
    const clock = handClock()
    const verify = createVerifier({ user: 'ann', password: 'pass' }, new Guesses(clock))
    for (let i = 0; i < 5; i++) expect(verify(basic(`ann:${i}`), '192.0.2.1')).toBe(false)
    const late = verify(basic('ann:pass'), '192.0.2.1')
    expect(late).toBeInstanceOf(Promise)
    expect(verify(basic('ann:pass'), '192.0.2.9')).toBe(true)
    // From now on it is known.
    expect(verify(basic('ann:pass'), '192.0.2.1')).toBe(true)
    clock.end()
    expect(await late).toBe(true)
  })

  it('takes a field without credentials for no guess', () => {
    const verify = createVerifier({ user: 'ann', password: 'pass' }, new Guesses(handClock()))
    for (let i = 0; i < 20; i++) expect(verify(undefined, '192.0.2.1')).toBe(false)
    expect(verify(basic('ann:pass'), '192.0.2.1')).toBe(true)
  })
})
