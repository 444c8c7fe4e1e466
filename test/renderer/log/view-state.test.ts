import { describe, expect, it } from 'vitest'
import {
  baseEntries,
  type HoldReason,
  type LogViewAction,
  type LogViewState,
  newCount,
  reduce,
  resume,
  startState,
} from '../../../renderer/log/view-state.ts'
import { entries, entry, logOf } from './entries.ts'

const log = logOf(entries(1, 10))
const later = logOf(entries(1, 15))
const flood = logOf(entries(20_001, 30_000))
const empty = logOf([])

function run(...actions: readonly LogViewAction[]): LogViewState {
  return actions.reduce(reduce, startState(log))
}

const hold = (reason: HoldReason, on = true, at = log) => ({ type: 'reason', reason, on, log: at }) as const
const toggle = (id: number, at = log) => ({ type: 'toggle', id, log: at }) as const
const pause = (on: boolean, at = log) => ({ type: 'pause', on, log: at }) as const
const newest = (state: LogViewState, at = later) => baseEntries(state, at).at(-1)?.id

describe('hold', () => {
  it('is live from the start', () => {
    expect(newest(run())).toBe(15)
    expect(newCount(run(), later)).toBe(0)
  })

  it.each<[string, LogViewAction, LogViewAction]>([
    ['the pointer', hold('pointer'), hold('pointer', false, later)],
    ['the focus', hold('focus'), hold('focus', false, later)],
    ['being scrolled', hold('scroll'), hold('scroll', false, later)],
    ['an opened row', toggle(3), toggle(3, later)],
    ['Pause', pause(true), pause(false, later)],
  ])('begins and ends with %s', (_, begin, end) => {
    const held = run(begin)
    expect(newest(held)).toBe(10)
    expect(newCount(held, later)).toBe(5)
    const live = reduce(held, end)
    expect(live.hold).toBeNull()
    expect(newest(live)).toBe(15)
  })

  it('lasts until the last reason is gone', () => {
    const held = run(hold('pointer'), toggle(3, later), hold('pointer', false, later))
    expect(newest(held)).toBe(10)
    expect(newest(reduce(held, toggle(3, later)))).toBe(15)
  })

  it('keeps its entries when the ring buffer has dropped them, and counts what it dropped', () => {
    const held = run(hold('pointer'))
    expect(baseEntries(held, flood)).toBe(log.entries)
    expect(newCount(held, flood)).toBe(29_990)
  })

  it('does not begin on an empty list, but with its first entry', () => {
    const over = reduce(startState(empty), hold('pointer', true, empty))
    expect(over.hold).toBeNull()
    expect(newest(reduce(over, hold('pointer', true, log)), later)).toBe(10)
  })

  it('answers the same state when nothing changes', () => {
    const held = run(hold('pointer'))
    expect(reduce(held, hold('pointer', true, later))).toBe(held)
    expect(reduce(run(), hold('scroll', false)).hold).toBeNull()
  })
})

describe('Show and Resume', () => {
  it('Show drops all reasons but an opened row, which holds at the newest', () => {
    const shown = run(hold('pointer'), hold('scroll'), { type: 'show', log: later })
    expect([shown.hold, shown.reasons.size]).toEqual([null, 0])
    const opened = run(toggle(3), { type: 'show', log: later })
    expect(opened.open).toBe(3)
    expect(newest(opened, flood)).toBe(15)
  })

  it('both rewind the list', () => {
    const { rewinds } = run()
    expect(run({ type: 'show', log: later }).rewinds).toBe(rewinds + 1)
    expect(run(pause(true), pause(false)).rewinds).toBe(rewinds + 1)
    expect(run(pause(true)).rewinds).toBe(rewinds)
  })

  it('Resume goes on although the list is scrolled', () => {
    expect(newest(run(hold('scroll'), pause(true), pause(false, later)), later)).toBe(15)
  })

  it('Pause holds an empty list too', () => {
    const paused = reduce(startState(empty), pause(true, empty))
    expect(baseEntries(paused, log)).toEqual([])
    expect(newCount(paused, log)).toBe(10)
  })
})

describe('filter', () => {
  const mixed = logOf([...entries(1, 3), entry({ id: 4, status: 404, target: '/x' }), ...entries(5, 6)])
  const since = logOf([...mixed.entries, entry({ id: 7, status: 500 }), ...entries(8, 9)])
  const errorsOnly = { type: 'errors-only', on: true, log: mixed } as const

  it('counts what Show would bring, but all that Pause has recorded', () => {
    expect(
      newCount([errorsOnly, hold('pointer', true, mixed)].reduce(reduce, startState(mixed)), since),
    ).toBe(1)
    expect(newCount([errorsOnly, pause(true, mixed)].reduce(reduce, startState(mixed)), since)).toBe(3)
  })

  it('closes a row that it takes away, and no other', () => {
    const open = (id: number) => [toggle(id, mixed), errorsOnly].reduce(reduce, startState(mixed))
    expect(open(4).open).toBe(4)
    expect([open(5).open, open(5).hold]).toEqual([null, null])
    const typed = [toggle(5, mixed), { type: 'filter', text: '/x', log: mixed } as const]
    expect(typed.reduce(reduce, startState(mixed)).open).toBeNull()
  })

  it('clears both parts at once', () => {
    const state = run({ type: 'filter', text: 'a', log }, errorsOnly, { type: 'clear-filter' })
    expect([state.text, state.errorsOnly]).toEqual(['', false])
  })
})

describe('when the entries are replaced', () => {
  const cleared = logOf([], { generation: 2 })

  it('drops what was held and open, keeps the text', () => {
    const state = run({ type: 'filter', text: 'a', log }, hold('pointer'), toggle(3), {
      type: 'replaced',
      log: cleared,
    })
    expect(state).toMatchObject({ text: 'a', open: null, hold: null, generation: 2 })
    expect(state.reasons.size).toBe(0)
  })

  it('stays paused, at the entries that are there now', () => {
    const state = run(pause(true), { type: 'replaced', log: logOf(entries(1, 12), { generation: 2 }) })
    expect(newest(state, later)).toBe(12)
  })

  it('shows errors only no longer when there are none', () => {
    const on = { type: 'errors-only', on: true, log } as const
    expect(run(on, { type: 'replaced', log: cleared }).errorsOnly).toBe(false)
    const withError = logOf([entry({ status: 500 })], { generation: 2 })
    expect(run(on, { type: 'replaced', log: withError }).errorsOnly).toBe(true)
  })
})

it('keeps filter, pause and opened row when the list leaves the screen, not what the pointer held', () => {
  const left = run(hold('pointer'), { type: 'filter', text: 'a', log }, { type: 'left' })
  expect([left.text, left.hold]).toEqual(['a', null])
  expect(newest(run(toggle(3), { type: 'left' }))).toBe(10)
  expect(newest(run(pause(true), { type: 'left' }))).toBe(10)
})

it('goes on for another site as that one was left, or starts anew', () => {
  const first = run(pause(true), { type: 'filter', text: 'a', log })
  const second = reduce(first, { type: 'restart', state: resume(undefined, later) })
  expect(second).toEqual(startState(later))
  const back = reduce(second, { type: 'restart', state: resume(first, later) })
  expect([back.text, back.paused, newest(back)]).toEqual(['a', true, 10])
})
