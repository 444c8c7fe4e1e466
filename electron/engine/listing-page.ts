/**
 * The page of a directory listing, after the design's listing.html. Works
 * without script: sorting and paging are links, searching a GET form. Every name
 * is escaped for HTML and percent-encoded in its link, so that the link leads
 * back to it.
 */
import type { Entry, EntryPage } from './entries.ts'
import { linkTo, type SortKey, type View } from './listing-view.ts'
import {
  createPageKind,
  escapeHtml,
  type IconName,
  icon,
  iconsIn,
  type PageKind,
  renderPage,
} from './page.ts'
import { LISTING_STYLE } from './page-style.ts'
import { encodePath } from './target.ts'
import { BATCH, Slice } from './turns.ts'
import {
  canWrite,
  type PageAccess,
  renderWriting,
  WRITING_ICONS,
  writingPageKind,
} from './writes/access-page.ts'

export interface ListingPage extends EntryPage {
  readonly siteName: string
  /** Decoded names from the root to this folder. */
  readonly segments: readonly string[]
  readonly view: View
  /** What a visitor may do besides reading. */
  readonly access: PageAccess
}

let kind: PageKind | undefined

/** Made on first use, like the error pages'. */
export function listingPageKind(access: PageAccess): PageKind {
  if (canWrite(access)) return writingPageKind()
  kind ??= createPageKind(LISTING_STYLE)
  return kind
}

export async function renderListing(page: ListingPage): Promise<Buffer> {
  const { siteName, segments, view, folders, files, unfiltered, access } = page
  const fullName = [siteName, ...segments].join('/')
  const header = `<header class="top"><div><nav aria-label="Folder path"><h1 class="vh">Contents of ${escapeHtml(fullName)}</h1>${renderCrumbs(page)}</nav><p class="sum">${summaryOf(page)}</p>${zipLink(page)}</div>
${renderSearch(view)}</header>`
  let main: string
  const icons = iconsIn(header)
  if (unfiltered === 0) {
    main = '<div class="none"><b>This folder is empty</b>Files added to it appear here.</div>'
  } else if (folders + files === 0) {
    main = `<div class="none"><b>Nothing here matches “${escapeHtml(view.search)}”</b>Folders inside this one are not searched.</div>`
  } else {
    const head = renderHead(page)
    for (const name of iconsIn(head)) icons.add(name)
    main = `${head}${await renderRows(page, icons)}\n</tbody></table>${renderPager(page)}`
  }
  if (canWrite(access)) {
    main = renderWriting(access, main)
    for (const name of WRITING_ICONS) icons.add(name)
  }
  return renderPage(listingPageKind(access), fullName, `${header}<main>${main}</main>`, icons)
}

function zipLink({ access, folders, files }: ListingPage): string {
  return access.zip && folders + files > 0
    ? '<a class="zip" href="./?zip" download>Download Folder (.zip)</a>'
    : ''
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

function summaryOf({ folders, files, bytes, unfiltered, page, pages, view }: ListingPage): string {
  if (unfiltered === 0) return 'Empty'
  const total = folders + files
  const place = pages > 1 ? `, page ${grouped(page)} of ${grouped(pages)}` : ''
  const order = ORDER_WORDS[view.sort][view.descending ? 1 : 0] + place
  if (view.search !== '') {
    const verb = total === 1 ? 'matches' : 'match'
    return `${grouped(total)} of ${grouped(unfiltered)} ${verb} “${escapeHtml(view.search)}”${total > 1 ? order : ''}`
  }
  const counts: string[] = []
  if (folders > 0) counts.push(`${grouped(folders)} ${folders === 1 ? 'folder' : 'folders'}`)
  if (files > 0) counts.push(`${grouped(files)} ${files === 1 ? 'file' : 'files'}`)
  return counts.join(', ') + (files > 0 && bytes !== null ? ` · ${formatSize(bytes)}` : '') + order
}

const grouped = (count: number): string => count.toLocaleString('en-US')

function renderSearch(view: View): string {
  const { sort, descending, search } = view
  const kept =
    sort === 'name' && !descending
      ? ''
      : `<input type="hidden" name="sort" value="${sort}"><input type="hidden" name="dir" value="${descending ? 'desc' : 'asc'}">`
  const clear =
    search === ''
      ? ''
      : `<a class="clear" href="${escapeHtml(linkTo({ ...view, search: '', page: 1 }))}" aria-label="Clear search">${icon('i-x', 'ic')}</a>`
  return `<form class="find" role="search" method="get" action="./">${kept}<button aria-label="Search">${icon('i-search', 'ic')}</button><input type="search" name="q" aria-label="Search this folder" placeholder="Search this folder" autocomplete="off" spellcheck="false" value="${escapeHtml(search)}">${clear}</form>`
}

const COLUMNS: readonly (readonly [key: SortKey, label: string, cssClass: string])[] = [
  ['name', 'Name', ''],
  ['size', 'Size', ' class="n"'],
  ['modified', 'Modified', ' class="t"'],
]

function renderHead({ siteName, segments, view }: ListingPage): string {
  const head = COLUMNS.map(([key, label, cssClass]) => {
    const active = key === view.sort
    const next = { ...view, sort: key, descending: active ? !view.descending : key !== 'name', page: 1 }
    const sorted = active ? ` aria-sort="${view.descending ? 'descending' : 'ascending'}"` : ''
    const arrow = active ? icon(view.descending ? 'i-desc' : 'i-asc') : ''
    return `<th scope="col" role="columnheader"${cssClass}${sorted}><a href="${escapeHtml(linkTo(next))}">${label}${arrow}</a></th>`
  })
  const above = segments.at(-2) ?? siteName
  const parent =
    segments.length === 0 || view.search !== ''
      ? ''
      : `<tr role="row" class="up"><td role="cell" class="f"><a href="../">${icon('f-up', 'fi')}<span class="nm"><span>Up to <bdi>${escapeHtml(above)}</bdi></span></span></a></td><td role="cell" class="n"></td><td role="cell" class="t"></td></tr>\n`
  return `<table class="ls" role="table"><caption class="vh">Files and folders</caption>
<thead role="rowgroup"><tr role="row">${head.join('')}</tr></thead>
<tbody role="rowgroup">
${parent}`
}

/** In slices: a page of a thousand rows takes some ms. Adds to `icons` those it uses. */
async function renderRows({ entries, view }: ListingPage, icons: Set<IconName>): Promise<string> {
  const slice = new Slice()
  let rows = ''
  for (const [i, entry] of entries.entries()) {
    const name = entry.folder ? 'f-dir' : iconFor(entry.name)
    icons.add(name)
    rows += `${i === 0 ? '' : '\n'}${renderRow(entry, DRAWINGS.get(name) ?? '', view.search)}`
    if (i % BATCH === 0 && slice.over) await slice.next()
  }
  return rows
}

/** Links to the pages around this one, the first and the last; nothing where one page holds all. */
function renderPager({ page, pages, view }: ListingPage): string {
  if (pages === 1) return ''
  const link = (to: number, rest: string): string =>
    `<a href="${escapeHtml(linkTo({ ...view, page: to }))}"${rest}</a>`
  const near = [page - 1, page, page + 1].filter(number => number > 1 && number < pages)
  const shown = [1, ...near, pages]
  const items = shown.map((number, i) => {
    const gap = number - (shown[i - 1] ?? number) > 1 ? '<li aria-hidden="true">…</li>' : ''
    const label = grouped(number)
    return number === page
      ? `${gap}<li><span aria-current="page"><span class="vh">Page </span>${label}</span></li>`
      : `${gap}<li>${link(number, `><span class="vh">Page </span>${label}`)}</li>`
  })
  const before = page > 1 ? link(page - 1, ' class="pbtn" rel="prev">Previous') : ''
  const after = page < pages ? link(page + 1, ' class="pbtn" rel="next">Next') : ''
  return `<nav class="pages" aria-label="Pages">${before}<ol>${items.join('')}</ol>${after}</nav>`
}

/** From the folder's own address; `./` keeps a name with a colon from being a scheme. Holds nothing that HTML would escape. */
export function hrefOf({ diskName, folder }: Entry): string {
  return `./${encodePath(diskName)}${folder ? '/' : ''}`
}

function renderRow(entry: Entry, drawing: string, search: string): string {
  const { name, folder, modified } = entry
  const size = folder ? '' : formatSize(entry.size)
  const { day, clock, iso } = formatTime(modified)
  const small = folder ? day : `${size} · ${day}`
  return `<tr role="row"><td role="cell" class="f"><a href="${hrefOf(entry)}">${drawing}<span class="nm"><span><bdi>${markMatches(name, search)}</bdi></span><span class="small">${small}</span></span></a></td><td role="cell" class="n">${size}</td><td role="cell" class="t"><time datetime="${iso}">${day}, ${clock}</time></td></tr>`
}

/** Marks what the search found. Where lower case changes lengths, the name stays unmarked rather than wrong. */
export function markMatches(name: string, search: string): string {
  if (search === '') return escapeHtml(name)
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

let lastMinute = { minute: Number.NaN, day: '', clock: '', iso: '' }

/** In the time zone of the computer that serves: its owner knows the files by it. Files of one minute come together. */
function formatTime(time: number): { day: string; clock: string; iso: string } {
  const minute = Math.floor(time / 60_000)
  if (lastMinute.minute !== minute) {
    const date = new Date(time)
    lastMinute = {
      minute,
      day: `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`,
      clock: `${digits(date.getHours(), 2)}:${digits(date.getMinutes(), 2)}`,
      iso: Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, -7),
    }
  }
  const { day, clock, iso } = lastMinute
  if (iso === '') return { day, clock, iso }
  const rest = Math.floor(time) - minute * 60_000
  return { day, clock, iso: `${iso}${digits(Math.floor(rest / 1000), 2)}.${digits(rest % 1000, 3)}Z` }
}

const digits = (value: number, count: number): string => String(value).padStart(count, '0')

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

const DRAWINGS = new Map<IconName, string>([
  ['f-dir', icon('f-dir', 'fi dir')],
  ['f-file', icon('f-file', 'fi')],
  ...ICON_EXTENSIONS.map(([name]) => [name, icon(name, 'fi')] as const),
])
