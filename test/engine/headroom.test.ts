import { expect, test } from 'vitest'
import { Headroom } from '../../electron/engine/headroom.ts'

const answer = {}
const envelope = {}

test('head and content are one piece of memory, and the content stays where it was', () => {
  const room = Headroom.of([Buffer.from('con'), Buffer.from('tent')])
  expect(room.whole(answer, envelope)).toBeNull()
  expect(room.put(answer, envelope, 'head: é\r\n')?.toString('latin1')).toBe('head: é\r\ncontent')
  expect(room.whole(answer, envelope)?.toString('latin1')).toBe('head: é\r\ncontent')
  expect(room.content.toString()).toBe('content')
  expect(room.content.buffer).toBe(room.whole(answer, envelope)?.buffer)
})

test('a head is that of one answer in one envelope', () => {
  const room = Headroom.of([Buffer.from('content')])
  room.put(answer, envelope, 'a long head ')
  expect(room.whole({}, envelope)).toBeNull()
  expect(room.whole(answer, {})).toBeNull()
  expect(room.put(answer, {}, 'short ')?.toString()).toBe('short content')
  expect(room.whole(answer, envelope)).toBeNull()
})

test('what a slow reader has yet to take does not change', () => {
  const room = Headroom.of([Buffer.from('content')])
  const taken = room.put(answer, envelope, 'first ')
  room.lend()
  room.lend()
  expect(room.put({}, envelope, 'other ')).toBeNull()
  // It may be sent to others as it is.
  expect(room.whole(answer, envelope)).toBe(taken)
  room.giveBack()
  expect(room.put({}, envelope, 'other ')).toBeNull()
  expect(taken?.toString()).toBe('first content')
  room.giveBack()
  expect(room.put({}, envelope, 'other ')?.toString()).toBe('other content')
})

test('a head that is longer than the room is sent apart', () => {
  const room = Headroom.of([], 4)
  expect(room.put(answer, envelope, 'abcde')).toBeNull()
  expect(room.put(answer, envelope, 'abcd')?.toString()).toBe('abcd')
})

test('is a copy, with memory of its own', () => {
  const content = Buffer.from('content')
  const room = Headroom.of([content], 10)
  content.fill('x')
  expect(room.content.toString()).toBe('content')
  expect(room.size).toBe(17)
})
