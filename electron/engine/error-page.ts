/**
 * The pages that say why there is nothing to show, in the design's words. A
 * page holds the status, the path as it was asked for and ways on; never a
 * local path, a version or an error message of the system. Hints for the owner
 * go to this computer only.
 */
import { createPageKind, escapeHtml, icon, type PageKind, renderPage } from './page.ts'
import { ERROR_STYLE } from './page-style.ts'
import { encodePath } from './target.ts'

/** Which words; several may share a status. */
export type ErrorName =
  | 'bad-request'
  | 'unauthorized'
  | 'hidden'
  | 'blocked'
  | 'unreadable'
  | 'outside'
  | 'link'
  | 'special'
  | 'absent'
  | 'no-index'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'timeout'
  | 'precondition-failed'
  | 'content-too-large'
  | 'target-too-long'
  | 'unsatisfiable'
  | 'expectation-failed'
  | 'foreign-host'
  | 'fields-too-large'
  | 'broken'
  | 'unknown-method'
  | 'unknown-coding'
  | 'busy'
  | 'version'

interface Words {
  readonly status: number
  readonly title: string
  readonly text: string
  readonly hint?: string
}

const WORDS: Readonly<Record<ErrorName, Words>> = {
  'bad-request': {
    status: 400,
    title: 'This request makes no sense',
    text: 'The address or the request is not written as HTTP asks for.',
  },
  unauthorized: {
    status: 401,
    title: 'This site asks for a password',
    text: 'Its owner gives a name and a password to those who may see it.',
  },
  hidden: {
    status: 403,
    title: 'This file isn’t shared',
    text: 'Names that start with a dot stay private.',
    hint: '“Hidden files” in its options serves them.',
  },
  blocked: {
    status: 403,
    title: 'This site isn’t shared with you',
    text: 'Its owner has blocked this device.',
  },
  unreadable: {
    status: 403,
    title: 'This file isn’t shared',
    text: 'The computer that serves it does not let it be read.',
    hint: 'Change the file’s permissions to let Servebar read it.',
  },
  outside: {
    status: 403,
    title: 'This file isn’t shared',
    text: 'It lies outside the shared folder.',
    hint: 'It is a link to another place. Links stay inside the folder.',
  },
  link: {
    status: 403,
    title: 'This file isn’t shared',
    text: 'It is a link, and links are not followed here.',
  },
  special: {
    status: 403,
    title: 'This file isn’t shared',
    text: 'It is not an ordinary file.',
  },
  absent: {
    status: 404,
    title: 'Nothing at this address',
    text: 'The folder has no file or page with this name.',
    hint: 'If it is a single-page app, turn on “Single-page app” in its options.',
  },
  'no-index': {
    status: 404,
    title: 'Nothing at this address',
    text: 'The folder has no page of its own, and its files are not listed.',
    hint: 'Add an index.html, or turn on “Directory listing” in its options.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address can only be read',
    text: 'Files are served here. Nothing can be sent or changed.',
  },
  'not-acceptable': {
    status: 406,
    title: 'Not to be had in this form',
    text: 'The request accepts no form in which this file can be sent.',
  },
  timeout: { status: 408, title: 'The request took too long', text: 'It did not arrive in time.' },
  'precondition-failed': {
    status: 412,
    title: 'The file has changed',
    text: 'The request asked for an earlier version.',
  },
  'content-too-large': {
    status: 413,
    title: 'The request is too large',
    text: 'Files are served here. Nothing can be sent or changed.',
  },
  'target-too-long': {
    status: 414,
    title: 'This address is too long',
    text: 'No file has a name of this length.',
  },
  unsatisfiable: {
    status: 416,
    title: 'That part of the file doesn’t exist',
    text: 'The request asked for bytes past the end.',
  },
  'expectation-failed': {
    status: 417,
    title: 'This request asks too much',
    text: 'The only expectation that can be met is 100-continue.',
  },
  'foreign-host': {
    status: 421,
    title: 'This name isn’t served here',
    text: 'The request is meant for another site.',
    hint: 'Open it by the address that Servebar shows. Other names are refused, so that no foreign site can read your files.',
  },
  'fields-too-large': {
    status: 431,
    title: 'The request is too large',
    text: 'Its header fields are longer than this server reads. Clearing the cookies for this address may help.',
  },
  broken: {
    status: 500,
    title: 'The file couldn’t be read',
    text: 'Something went wrong while reading it. Loading the page again may help.',
    hint: 'The request log shows the cause.',
  },
  'unknown-method': {
    status: 501,
    title: 'This method isn’t known',
    text: 'Files are served here, for GET and HEAD requests.',
  },
  'unknown-coding': {
    status: 501,
    title: 'This request can’t be read',
    text: 'It is sent in a transfer coding that is not known here.',
  },
  busy: {
    status: 503,
    title: 'Too many files are open',
    text: 'Loading the page again in a moment may help.',
    hint: 'The request log shows the cause.',
  },
  version: {
    status: 505,
    title: 'This version of HTTP isn’t known',
    text: 'The versions served here are HTTP/1.1 and HTTP/1.0.',
  },
}

export function statusOf(name: ErrorName): number {
  return WORDS[name].status
}

export interface ErrorPageOptions {
  /** Decoded path to show, with its leading slash. */
  readonly path?: string | undefined
  /** Nearest folder that exists, decoded and relative to the root; links "Go to prints/". */
  readonly nearest?: string | null
  readonly hint?: boolean
  /** What a 416 draws. */
  readonly range?: { readonly size: number; readonly asked: number | null } | undefined
}

let kind: PageKind | undefined

/** Made on first use: a terminal that only serves files never needs it. */
export function errorPageKind(): PageKind {
  kind ??= createPageKind(ERROR_STYLE)
  return kind
}

const LONGEST_PATH = 300

/** What stands before and after the part that differs from request to request. */
type Frame = readonly [before: Buffer, after: Buffer]

const frames = new Map<string, Frame>()
/** Where that part goes; no page holds one. */
const GAP = '\0'

function frameOf(name: ErrorName, hinted: boolean): Frame {
  const key = hinted ? `${name} hinted` : name
  let frame = frames.get(key)
  if (frame === undefined) {
    const { status, title, text, hint } = WORDS[name]
    const family = status < 500 ? '4' : '5'
    const more = hinted && hint !== undefined ? `<p class="hint"><b>Your own site?</b> ${hint}</p>` : ''
    const main = `<main class="err" data-c="${family}"><p class="code">${icon(`s-${family}`)}${status}</p>
<h1>${title}</h1><p>${text}</p>${GAP}${more}</main>`
    const page = renderPage(errorPageKind(), `${status} ${title}`, main)
    const gap = page.indexOf(GAP)
    frame = [page.subarray(0, gap), page.subarray(gap + GAP.length)]
    frames.set(key, frame)
  }
  return frame
}

/** A site with a broken link in each page gives many of them, so only what differs is made for each. */
export function renderErrorPage(name: ErrorName, options: ErrorPageOptions): Buffer {
  let middle = ''
  if (options.range !== undefined) middle = renderRange(options.range)
  else if (options.path !== undefined) {
    const { path } = options
    const shown = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path
    middle = `<p class="path mono"><bdi>${escapeHtml(shown)}</bdi></p>`
  }
  const [before, after] = frameOf(name, options.hint === true)
  return Buffer.concat([before, Buffer.from(middle + renderActions(name, options)), after])
}

function renderActions(name: ErrorName, { path, nearest }: ErrorPageOptions): string {
  const links: string[] = []
  // An empty reference is this very address, with its query (RFC 3986 §4.4), asked for without Range.
  if (name === 'unsatisfiable') links.push('<a class="pbtn" href="">Open the whole file</a>')
  if (name === 'broken' || name === 'busy') links.push('<a class="pbtn" href="">Try Again</a>')
  if (typeof nearest === 'string' && nearest !== '') {
    const label = nearest.slice(nearest.lastIndexOf('/') + 1)
    links.push(
      `<a class="pbtn" href="/${escapeHtml(encodePath(nearest))}/"><span>Go to <bdi>${escapeHtml(label)}/</bdi></span></a>`,
    )
  }
  if (name !== 'unsatisfiable' && path !== undefined && path !== '/') {
    links.push('<a class="pbtn" href="/">Home</a>')
  }
  return links.length === 0 ? '' : `<div class="acts">${links.join('')}</div>`
}

function renderRange({ size, asked }: { size: number; asked: number | null }): string {
  const number = (value: number): string => value.toLocaleString('en-US')
  const end = size === 0 ? 'The file is empty.' : `The file ends at byte ${number(size)}.`
  const start = asked === null ? '' : ` The request starts at byte ${number(asked)}.`
  const key = asked === null ? 'Asked past the end' : `Asked from ${number(asked)}`
  return (
    `<div class="range" role="img" aria-label="${end}${start}"><div class="bar"><i class="have"></i><i class="gap"></i>` +
    `<i class="want"></i></div><div class="keys"><span>File, ${number(size)} bytes</span><span>${key}</span></div></div>`
  )
}
