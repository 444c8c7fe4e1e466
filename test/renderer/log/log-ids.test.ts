import { expect, it } from 'vitest'
import { entryAtRow, firstAfter, rowOfId } from '../../../renderer/log/log-ids.ts'
import { entries } from './entries.ts'

it('finds rows by id, newest on top, also with gaps', () => {
  const rows = [...entries(1, 3), ...entries(7, 8)]
  expect([8, 7, 3, 1].map(id => rowOfId(rows, id))).toEqual([0, 1, 2, 4])
  expect([0, 5, 9].map(id => rowOfId(rows, id))).toEqual([-1, -1, -1])
  expect([0, 2, 5].map(row => entryAtRow(rows, row)?.id)).toEqual([8, 3, undefined])
})

it('finds where the higher ids begin', () => {
  const rows = [...entries(1, 3), ...entries(7, 8)]
  expect([0, 1, 3, 5, 7, 8].map(id => firstAfter(rows, id))).toEqual([0, 1, 3, 3, 4, 5])
  expect(firstAfter([], 1)).toBe(0)
})
