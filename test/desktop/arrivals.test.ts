/** Folders that come before anybody can take them are neither lost nor delivered twice. */
import { expect, it } from 'vitest'
import { createArrivals } from '../../electron/desktop/arrivals.ts'

it('hands over what waited at once and in order, then each arrival as it comes', () => {
  const arrivals = createArrivals()
  arrivals.push(['/a'])
  arrivals.push(['/b', '/c'])
  const taken: (readonly string[])[] = []
  arrivals.deliverTo(folders => taken.push(folders))
  expect(taken).toEqual([['/a', '/b', '/c']])
  arrivals.push(['/d'])
  expect(taken).toEqual([['/a', '/b', '/c'], ['/d']])
})

it('keeps the wish to see the panel, which has no folders', () => {
  const arrivals = createArrivals()
  arrivals.push([])
  const taken: (readonly string[])[] = []
  arrivals.deliverTo(folders => taken.push(folders))
  arrivals.push([])
  expect(taken).toEqual([[], []])
})

it('hands over nothing when nothing waited', () => {
  const taken: (readonly string[])[] = []
  createArrivals().deliverTo(folders => taken.push(folders))
  expect(taken).toEqual([])
})
