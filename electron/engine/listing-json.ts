/**
 * A directory listing for programs:
 *
 *     { "path": "/media/", "name": "media",
 *       "entries": [{ "name": "a b.txt", "kind": "file", "size": 12, "modified": "2025-03-04T10:58:02.000Z", "href": "./a%20b.txt" }],
 *       "page": 1, "pages": 3, "total": 2500, "unfiltered": 2500,
 *       "sort": "name", "direction": "asc", "search": "", "previous": null, "next": "?page=2" }
 *
 * `path` and the names are decoded; `href`, `previous` and `next` are references
 * from the folder's own address, and the only way to names that are not UTF-8.
 * `kind` is `file` or `folder`; the `size` of a folder is null. `total` counts
 * what was searched for on all pages, `unfiltered` all that the folder holds.
 * Properties may be added, never changed.
 */
import type { Entry } from './entries.ts'
import { hrefOf, type ListingPage } from './listing-page.ts'
import { linkTo } from './listing-view.ts'
import { BATCH, Slice } from './turns.ts'

/** `flag`: it was asked for by the query, so its links say so too. */
export async function renderListingJson(listing: ListingPage, flag: 'json' | undefined): Promise<Buffer> {
  const { siteName, segments, entries, page, pages, folders, files, unfiltered, view } = listing
  const head = {
    path: segments.length === 0 ? '/' : `/${segments.join('/')}/`,
    name: segments.at(-1) ?? siteName,
  }
  const tail = {
    page,
    pages,
    total: folders + files,
    unfiltered,
    sort: view.sort,
    direction: view.descending ? 'desc' : 'asc',
    search: view.search,
    previous: page > 1 ? linkTo({ ...view, page: page - 1 }, flag) : null,
    next: page < pages ? linkTo({ ...view, page: page + 1 }, flag) : null,
  }
  const slice = new Slice()
  const rows: string[] = []
  for (const entry of entries) {
    rows.push(JSON.stringify(describe(entry)))
    if (rows.length % BATCH === 0 && slice.over) await slice.next()
  }
  const text = `${JSON.stringify(head).slice(0, -1)},"entries":[\n${rows.join(',\n')}\n],${JSON.stringify(tail).slice(1)}\n`
  return Buffer.from(escapeInvisible(text))
}

function describe(entry: Entry): object {
  const { name, folder, size, modified } = entry
  const time = new Date(modified)
  return {
    name,
    kind: folder ? 'folder' : 'file',
    size: folder ? null : size,
    modified: Number.isNaN(time.getTime()) ? null : time.toISOString(),
    href: hrefOf(entry),
  }
}

/** What acts on a terminal or on the direction of text, and what some readers take for the end of a line. */
function escapeInvisible(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
