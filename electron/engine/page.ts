/**
 * The frame of the pages that visitors see: document, style, icons, footer, and
 * the escaping that everything from outside goes through. One response each; the
 * policy allows nothing but this very style, and this very script where there is one.
 */
import { crypto } from './built-ins.ts'

// Outlines that several icons share.
const PICTURE = '<rect x="3" y="4" width="14" height="12" rx="2"/>'
const SHEET =
  '<path d="M11.25 2.75H6.5c-.83 0-1.5.67-1.5 1.5v11.5c0 .83.67 1.5 1.5 1.5h7c.83 0 1.5-.67 1.5-1.5V6.5zM11.25 2.75V6.5H15'

/** id -> viewBox and drawing, from the design's symbols. */
const ICONS: Readonly<Record<string, readonly [size: number, drawing: string]>> = {
  'g-running': [
    16,
    '<path d="M1 6.5C1 5.67 1.67 5 2.5 5h1.7c.44 0 .86.2 1.15.53L6.6 7h2.9c.83 0 1.5.67 1.5 1.5v4c0 .83-.67 1.5-1.5 1.5h-7C1.67 14 1 13.33 1 12.5z"/><path d="M9.2 4.25a3.65 3.65 0 0 1 3.3 3.1M9.5 1.5a6.4 6.4 0 0 1 5.75 5.7" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>',
  ],
  's-4': [
    10,
    '<path d="M5 1.4 9 8.4H1z" fill="currentColor" stroke="currentColor" stroke-width="1.3" stroke-linejoin="round"/>',
  ],
  's-5': [10, '<path d="M3.2.9h3.6l2.3 2.3v3.6L6.8 9.1H3.2L.9 6.8V3.2z" fill="currentColor"/>'],
  'i-search': [16, '<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.25 3.25"/>'],
  'i-x': [16, '<path d="m4.5 4.5 7 7M11.5 4.5l-7 7"/>'],
  'i-plus': [16, '<path d="M8 3.25v9.5M3.25 8h9.5"/>'],
  'i-more': [16, '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.2"/>'],
  'i-asc': [
    10,
    '<path d="M5 8.5v-7M2 4.5l3-3 3 3" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>',
  ],
  'i-desc': [
    10,
    '<path d="M5 1.5v7M2 5.5l3 3 3-3" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>',
  ],
  'f-dir': [
    20,
    '<path d="M2.5 5.75c0-.97.78-1.75 1.75-1.75h3.1c.51 0 1 .22 1.33.61L9.9 6h5.85c.97 0 1.75.78 1.75 1.75v6.5c0 .97-.78 1.75-1.75 1.75H4.25c-.97 0-1.75-.78-1.75-1.75z"/>',
  ],
  'f-up': [20, '<path d="M10 15.5v-11M5.5 9 10 4.5 14.5 9"/>'],
  'f-file': [20, `${SHEET}"/>`],
  'f-text': [20, `${SHEET}M7.75 10.25h4.5M7.75 13.25h3"/>`],
  'f-code': [20, `${SHEET}M8.75 9.75 7 11.75l1.75 2M11.25 9.75l1.75 2-1.75 2"/>`],
  'f-zip': [20, `${SHEET}M8.25 3v1M8.25 6v1M8.25 9v1M8.25 12.25h.01"/>`],
  'f-font': [20, `${SHEET}M7.75 14.25 10 9l2.25 5.25M8.6 12.5h2.8"/>`],
  'f-img': [
    20,
    `${PICTURE}<circle cx="7.25" cy="8" r="1.25"/><path d="m3.25 14 3.65-3.4c.38-.36.97-.36 1.35 0L10.5 12.75l2.15-2c.38-.36.97-.36 1.35 0l2.75 2.6"/>`,
  ],
  'f-vid': [20, '<rect x="3" y="4.5" width="14" height="11" rx="2"/><path d="M8.6 7.75v4.5L12.25 10z"/>'],
  'f-aud': [
    20,
    '<circle cx="6" cy="14.25" r="1.75"/><circle cx="13" cy="12.75" r="1.75"/><path d="M7.75 14.25V6l7-1.5v8.25"/>',
  ],
}

export type IconName = keyof typeof ICONS & string

export function icon(name: IconName, cssClass?: string): string {
  const size = ICONS[name]?.[0] ?? 16
  const attribute = cssClass === undefined ? '' : ` class="${cssClass}"`
  return `<svg${attribute} viewBox="0 0 ${size} ${size}" aria-hidden="true"><use href="#${name}"/></svg>`
}

/** What a page needs that does not change from request to request. */
export interface PageKind {
  readonly style: string
  /** Empty: the page has none. */
  readonly script: string
  readonly policy: string
  /** Value of Referrer-Policy. */
  readonly referrer: string
}

/** A script may ask this server, and nobody else. */
export function createPageKind(style: string, script = ''): PageKind {
  const scripted = script === '' ? '' : ` script-src ${hashOf(script)}; connect-src 'self';`
  return {
    style,
    script,
    policy: `default-src 'none'; style-src ${hashOf(style)};${scripted} form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    // With `no-referrer` a form would come from the origin `null`, as one of another site does.
    referrer: scripted === '' ? 'no-referrer' : 'same-origin',
  }
}

const hashOf = (text: string): string =>
  `'sha256-${crypto().createHash('sha256').update(text).digest('base64')}'`

const FOOTER = `<footer class="by">${icon('g-running')}Served by Servebar</footer>`

/** Those that a piece of HTML uses. */
export function iconsIn(html: string): Set<IconName> {
  return new Set([...html.matchAll(/<use href="#([\w-]+)"\/>/g)].map(match => match[1] ?? ''))
}

/** `body` is HTML, `title` is text. Draws in the icons that the body uses; who knows them saves the search for them. */
export function renderPage(
  kind: PageKind,
  title: string,
  body: string,
  icons: ReadonlySet<IconName> = iconsIn(body),
): Buffer {
  let symbols = ''
  for (const name of new Set(['g-running', ...icons])) {
    const [size, drawing] = ICONS[name] ?? [16, '']
    symbols += `<symbol id="${name}" viewBox="0 0 ${size} ${size}">${drawing}</symbol>`
  }
  return Buffer.from(`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${kind.style}</style>
</head>
<body class="pg">
<svg class="sprite" width="0" height="0" aria-hidden="true"><defs>${symbols}</defs></svg>
<div class="wrap">
${body}
${FOOTER}
</div>${kind.script === '' ? '' : `\n<script>${kind.script}</script>`}
</body>
</html>
`)
}

const SPECIAL: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Overrides, embeddings and isolates of the direction of text: by them `gnp.exe` reads `exe.png`. */
const TURNING = '\\u202a-\\u202e\\u2066-\\u2069'
const UNSAFE = new RegExp(`[&<>"'\\p{Cc}${TURNING}]`, 'gu')

/**
 * Text -> HTML text or attribute value. Control characters, and those that turn the direction of what follows, are
 * shown as symbols, so that no name hides one.
 */
export function escapeHtml(text: string): string {
  return text.replace(UNSAFE, char => SPECIAL[char] ?? pictureOf(char))
}

/** U+2400 and on: the pictures of C0; the others have none. */
function pictureOf(control: string): string {
  const code = control.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd'
}
