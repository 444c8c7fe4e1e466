import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linkTo, parseView, type View } from '../../electron/engine/listing-view.ts'

const PLAIN: View = { sort: 'name', descending: false, search: '', page: 1 }

describe('parseView', () => {
  it.each<[query: string, view: Partial<View>]>([
    ['', {}],
    ['?', {}],
    ['?sort=size', { sort: 'size', descending: true }],
    ['?sort=modified&dir=asc', { sort: 'modified' }],
    ['?sort=__proto__&dir=up', {}],
    ['?q=%20a%20b+', { search: 'a b' }],
    [`?q=${'x'.repeat(300)}`, { search: 'x'.repeat(255) }],
    ['?q=%FF%', { search: '\ufffd%' }],
    ['?page=2', { page: 2 }],
    ['?page=0', {}],
    ['?page=-1', {}],
    ['?page=1e3', {}],
    ['?page=02', {}],
    ['?page=2.5', {}],
    ['?page=9999999999999', {}],
    ['?page=', {}],
    ['?page=3&page=4', { page: 3 }],
  ])('%s', (query, view) => {
    expect(parseView(query)).toEqual({ ...PLAIN, ...view })
  })
})

describe('linkTo', () => {
  it.each<[view: Partial<View>, link: string]>([
    [{}, './'],
    [{ page: 2 }, '?page=2'],
    [{ search: 'a&b', page: 3 }, '?q=a%26b&page=3'],
    [{ sort: 'size', descending: true, page: 2 }, '?sort=size&dir=desc&page=2'],
    [{ descending: true }, '?sort=name&dir=desc'],
  ])('%j', (view, link) => {
    expect(linkTo({ ...PLAIN, ...view })).toBe(link)
  })

  it('keeps the flag', () => {
    expect(linkTo({ ...PLAIN, page: 2 }, 'json')).toBe('?page=2&json=')
  })

  it('leads back to the same view', () => {
    const view = fc.record({
      sort: fc.constantFrom<View['sort']>('name', 'size', 'modified'),
      descending: fc.boolean(),
      search: fc.string({ unit: 'grapheme', maxLength: 40 }).map(text => text.trim()),
      page: fc.integer({ min: 1, max: 999_999_999 }),
    })
    fc.assert(
      fc.property(view, view => {
        expect(parseView(new URL(linkTo(view), 'http://localhost/a/?q=old').search)).toEqual(view)
      }),
    )
  })
})
