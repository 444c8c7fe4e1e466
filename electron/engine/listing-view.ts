/**
 * Which part of a folder a request asks for, and in which order: its query ->
 * View, and back into the links that lead to other views.
 */

const SORT_KEYS = ['name', 'size', 'modified'] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface View {
  readonly sort: SortKey
  readonly descending: boolean
  /** `''`: everything. */
  readonly search: string
  /** From 1; there may be fewer. */
  readonly page: number
}

/** Entries a page: what a browser lays out at once, and what is looked up on disk for one answer. */
export const PAGE_SIZE = 1_000

export function parseView(query: string): View {
  const fields = new URLSearchParams(query)
  const asked = fields.get('sort')
  const sort = SORT_KEYS.find(key => key === asked) ?? 'name'
  const direction = fields.get('dir')
  // Largest and newest first is what one wants of a size and a date.
  const descending = direction === 'desc' || (direction !== 'asc' && sort !== 'name')
  const page = /^[1-9]\d{0,8}$/.exec(fields.get('page') ?? '')?.[0] ?? '1'
  return { sort, descending, search: (fields.get('q') ?? '').trim().slice(0, 255), page: Number(page) }
}

/** A reference to this view of the same folder. */
export function linkTo({ sort, descending, search, page }: View, flag?: 'json'): string {
  const fields = new URLSearchParams()
  if (search !== '') fields.set('q', search)
  if (sort !== 'name' || descending) {
    fields.set('sort', sort)
    fields.set('dir', descending ? 'desc' : 'asc')
  }
  if (page > 1) fields.set('page', String(page))
  if (flag !== undefined) fields.set(flag, '')
  const query = fields.toString()
  // An empty reference would keep the query that stands there now.
  return query === '' ? './' : `?${query}`
}
