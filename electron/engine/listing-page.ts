/**
 * The page of a directory listing, after the design's listing.html. Works
 * without script: sorting is links, searching a GET form. Every name is escaped
 * for HTML and percent-encoded in its link, so that the link leads back to it.
 */
import type { Entry, SortKey, View } from './entries.ts'
import { createPageKind, escapeHtml, type IconName, icon, type PageKind, renderPage } from './page.ts'
import { LISTING_STYLE } from './page-style.ts'
import { encodePath } from './target.ts'

export interface ListingPage {
  readonly siteName: string
  /** Decoded names from the root to this folder. */
  readonly segments: readonly string[]
  /** How many there are before searching. */
  readonly total: number
  readonly entries: readonly Entry[]
  readonly view: View
}

let kind: PageKind | undefined

/** Made on first use, like the error pages'. */
export function listingPageKind(): PageKind {
  kind ??= createPageKind(LISTING_STYLE)
  return kind
}

export function renderListing(page: ListingPage): Buffer {
  const { siteName, segments, view, entries, total } = page
  const fullName = [siteName, ...segments].join('/')
  const header = `<header class="top"><div><nav aria-label="Folder path"><h1 class="vh">Contents of ${escapeHtml(fullName)}</h1>${renderCrumbs(page)}</nav><p class="sum">${summaryOf(page)}</p></div>
${renderSearch(view)}</header>`
  let main: string
  if (total === 0) {
    main = '<div class="none"><b>This folder is empty</b>Files added to it appear here.</div>'
  } else if (entries.length === 0) {
    main = `<div class="none"><b>Nothing here matches “${escapeHtml(view.search)}”</b>Folders inside this one are not searched.</div>`
  } else {
    main = renderTable(page, entries.map(entry => renderRow(entry, view.search)).join('\n'))
  }
  return renderPage(listingPageKind(), fullName, `${header}<main>${main}</main>`)
}

function renderCrumbs({ siteName, segments }: ListingPage): string {
  const names = [siteName, ...segments]
  const items = names.map((name, index) => {
    const text = `<bdi>${escapeHtml(name)}</bdi>`
    if (index === names.length - 1) return `<li><span aria-current="page">${text}</span></li>`
    // Relative, so that it also holds for bytes that the text cannot show.
    return `<li><a href="${'../'.repeat(segments.length - index)}">${text}</a></li>`
  })
  return `<ol class="crumbs">${items.join('')}</ol>`
}

const ORDER_WORDS: Readonly<Record<SortKey, readonly [ascending: string, descending: string]>> = {
  name: ['', ', Z to A'],
  size: [', smallest first', ', largest first'],
  modified: [', oldest first', ', newest first'],
}

function summaryOf({ entries, total, view }: ListingPage): string {
  if (total === 0) return 'Empty'
  const order = ORDER_WORDS[view.sort][view.descending ? 1 : 0]
  if (view.search !== '') {
    const verb = entries.length === 1 ? 'matches' : 'match'
    return `${entries.length} of ${total} ${verb} “${escapeHtml(view.search)}”${entries.length > 1 ? order : ''}`
  }
  let folders = 0
  let bytes = 0
  for (const entry of entries) {
    if (entry.folder) folders++
    bytes += entry.size
  }
  const files = entries.length - folders
  const counts: string[] = []
  if (folders > 0) counts.push(`${folders} ${folders === 1 ? 'folder' : 'folders'}`)
  if (files > 0) counts.push(`${files} ${files === 1 ? 'file' : 'files'}`)
  return counts.join(', ') + (files > 0 ? ` · ${formatSize(bytes)}` : '') + order
}

/** The query of a view; empty for the plain one. */
function queryOf({ sort, descending, search }: View): string {
  const fields = new URLSearchParams()
  if (search !== '') fields.set('q', search)
  if (sort !== 'name' || descending) {
    fields.set('sort', sort)
    fields.set('dir', descending ? 'desc' : 'asc')
  }
  const query = fields.toString()
  return query === '' ? './' : `?${query}`
}

function renderSearch(view: View): string {
  const { sort, descending, search } = view
  const kept =
    sort === 'name' && !descending
      ? ''
      : `<input type="hidden" name="sort" value="${sort}"><input type="hidden" name="dir" value="${descending ? 'desc' : 'asc'}">`
  const clear =
    search === ''
      ? ''
      : `<a class="clear" href="${escapeHtml(queryOf({ ...view, search: '' }))}" aria-label="Clear search">${icon('i-x', 'ic')}</a>`
  return `<form class="find" role="search" method="get" action="./">${kept}<button aria-label="Search">${icon('i-search', 'ic')}</button><input type="search" name="q" aria-label="Search this folder" placeholder="Search this folder" autocomplete="off" spellcheck="false" value="${escapeHtml(search)}">${clear}</form>`
}

const COLUMNS: readonly (readonly [key: SortKey, label: string, cssClass: string])[] = [
  ['name', 'Name', ''],
  ['size', 'Size', ' class="n"'],
  ['modified', 'Modified', ' class="t"'],
]

function renderTable({ siteName, segments, view }: ListingPage, rows: string): string {
  const head = COLUMNS.map(([key, label, cssClass]) => {
    const active = key === view.sort
    const next = { ...view, sort: key, descending: active ? !view.descending : key !== 'name' }
    const sorted = active ? ` aria-sort="${view.descending ? 'descending' : 'ascending'}"` : ''
    const arrow = active ? icon(view.descending ? 'i-desc' : 'i-asc') : ''
    return `<th scope="col" role="columnheader"${cssClass}${sorted}><a href="${escapeHtml(queryOf(next))}">${label}${arrow}</a></th>`
  })
  const above = segments.at(-2) ?? siteName
  const parent =
    segments.length === 0 || view.search !== ''
      ? ''
      : `<tr role="row" class="up"><td role="cell" class="f"><a href="../">${icon('f-up', 'fi')}<span class="nm"><span>Up to <bdi>${escapeHtml(above)}</bdi></span></span></a></td><td role="cell" class="n"></td><td role="cell" class="t"></td></tr>\n`
  return `<table class="ls" role="table"><caption class="vh">Files and folders</caption>
<thead role="rowgroup"><tr role="row">${head.join('')}</tr></thead>
<tbody role="rowgroup">
${parent}${rows}
</tbody></table>`
}

function renderRow(entry: Entry, search: string): string {
  const { name, diskName, folder, modified } = entry
  const href = `./${encodePath(diskName)}${folder ? '/' : ''}`
  const size = folder ? '' : formatSize(entry.size)
  const { day, clock, iso } = formatTime(modified)
  const time = `<time datetime="${iso}">${day}, ${clock}</time>`
  const small = folder ? day : `${size} · ${day}`
  return `<tr role="row"><td role="cell" class="f"><a href="${escapeHtml(href)}">${folder ? icon('f-dir', 'fi dir') : icon(iconFor(name), 'fi')}<span class="nm"><span><bdi>${markMatches(name, search)}</bdi></span><span class="small">${small}</span></span></a></td><td role="cell" class="n">${size}</td><td role="cell" class="t">${time}</td></tr>`
}

/** Marks what the search found. Where lower case changes lengths, the name stays unmarked rather than wrong. */
export function markMatches(name: string, search: string): string {
  const text = name.normalize('NFC')
  const folded = text.toLowerCase()
  const wanted = search.normalize('NFC').toLowerCase()
  if (wanted === '' || folded.length !== text.length) return escapeHtml(name)
  let html = ''
  let from = 0
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, from)) {
    html += `${escapeHtml(text.slice(from, at))}<mark>${escapeHtml(text.slice(at, at + wanted.length))}</mark>`
    from = at + wanted.length
  }
  return html + escapeHtml(text.slice(from))
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** Decimal units, one digit after the point below 100: `3.2 KB`, `412 KB`, `47.0 MB`. */
export function formatSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** In the time zone of the computer that serves: its owner knows the files by it. */
function formatTime(time: number): { day: string; clock: string; iso: string } {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  return {
    day: `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`,
    clock: `${two(date.getHours())}:${two(date.getMinutes())}`,
    iso: Number.isNaN(date.getTime()) ? '' : date.toISOString(),
  }
}

const ICON_EXTENSIONS: readonly (readonly [IconName, string])[] = [
  ['f-img', 'png jpg jpeg gif webp avif svg ico bmp tif tiff heic heif jxl psd'],
  ['f-vid', 'mp4 m4v mov webm mkv avi ogv mpg mpeg'],
  ['f-aud', 'mp3 m4a aac wav ogg oga opus flac aif aiff mid'],
  ['f-font', 'woff woff2 ttf otf eot ttc'],
  ['f-zip', 'zip gz tgz bz2 xz zst br 7z rar tar jar dmg iso deb rpm'],
  ['f-text', 'txt md markdown pdf rtf doc docx odt csv tsv log srt vtt'],
  [
    'f-code',
    'html htm xhtml css scss less js mjs cjs jsx ts mts cts tsx json jsonc map xml yml yaml toml ini vue svelte py rb go rs c h cpp hpp java kt swift php sh sql wasm',
  ],
]
const iconByExtension = new Map(
  ICON_EXTENSIONS.flatMap(([name, extensions]) =>
    extensions.split(' ').map(extension => [extension, name] as const),
  ),
)

function iconFor(name: string): IconName {
  return iconByExtension.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'f-file'
}
