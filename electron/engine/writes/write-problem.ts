/**
 * Why something cannot be written: the words for who tried, and the status. To
 * scripts and terminals it goes as a problem (RFC 9457); a page of ours says it
 * to who sent a form. No path of this computer is in it.
 */
import { IncomingError } from '../incoming.ts'
import { createResponse, type Response } from '../response.ts'
import { encodePath } from '../target.ts'

/** What a script tells them apart by: the member `code` of the problem. Codes may be added, never changed. */
export type WriteProblemCode =
  | 'foreign'
  | 'token'
  | 'hidden'
  | 'rules'
  | 'outside'
  | 'not-writable'
  | 'bad-name'
  | 'other-case'
  | 'exists'
  | 'is-folder'
  | 'not-a-folder'
  | 'not-found'
  | 'changed'
  | 'too-large'
  | 'no-space'
  | 'offset'
  | 'length'
  | 'bad-request'
  | 'coded'
  | 'timeout'
  | 'busy'
  | 'switched-off'
  | 'trash'
  | 'broken'

const WORDS: Readonly<Record<WriteProblemCode, readonly [status: number, title: string]>> = {
  foreign: [403, 'Another site asks for this'],
  token: [403, 'This page is out of date'],
  hidden: [403, 'Names that start with a dot stay private'],
  rules: [403, 'Only the owner changes the rules of this site'],
  outside: [403, 'It lies outside the shared folder'],
  'not-writable': [403, 'This computer does not let it be written'],
  'switched-off': [403, 'It is no longer allowed here'],
  'bad-name': [422, 'This name cannot be used'],
  'other-case': [409, 'There is one that differs only in case or accents'],
  exists: [409, 'There is a file with this name'],
  'is-folder': [409, 'There is a folder with this name'],
  'not-a-folder': [409, 'A part of this path is a file'],
  'not-found': [404, 'There is nothing at this address'],
  changed: [412, 'The file has changed'],
  'too-large': [413, 'The file is too large'],
  'no-space': [507, 'There is not enough room'],
  offset: [409, 'The upload goes on at another place'],
  length: [400, 'The upload has another length than it said'],
  'bad-request': [400, 'This request makes no sense'],
  coded: [415, 'Files are kept as they come'],
  timeout: [408, 'The upload stopped coming'],
  busy: [503, 'Too many files are open'],
  trash: [500, 'It could not be moved to the Trash'],
  broken: [500, 'It could not be written'],
}

export interface WriteProblemOptions {
  /** One or two sentences: what it is about, and what helps. */
  readonly detail?: string | undefined
  /** What could be used instead: names from the root. */
  readonly instead?: readonly string[]
  /** What is there already: names from the root. */
  readonly existing?: readonly string[]
  readonly fields?: readonly string[]
  /** For the owner's log: the system's code. */
  readonly cause?: string | null
  /** Further members. */
  readonly members?: Readonly<Record<string, unknown>>
  /** A problem type of its own, where one is registered. */
  readonly type?: string
  readonly status?: number
}

export class WriteProblem extends Error {
  readonly code: WriteProblemCode
  readonly options: WriteProblemOptions

  constructor(code: WriteProblemCode, options: WriteProblemOptions = {}) {
    super(code)
    this.code = code
    this.options = options
  }

  get status(): number {
    return this.options.status ?? WORDS[this.code][0]
  }

  get title(): string {
    return WORDS[this.code][1]
  }

  with(more: WriteProblemOptions): WriteProblem {
    return new WriteProblem(this.code, { ...this.options, ...more })
  }
}

/** What went wrong, whoever noticed. */
export function problemFor(error: unknown): WriteProblem {
  if (error instanceof WriteProblem) return error
  if (error instanceof IncomingError) {
    if (error.failure === 'timeout') return new WriteProblem('timeout')
    return new WriteProblem('bad-request', error.failure === 'gone' ? { status: 499 } : {})
  }
  const cause = (error as NodeJS.ErrnoException | null)?.code ?? 'UNKNOWN'
  return new WriteProblem(codeFor(cause), { cause })
}

function codeFor(cause: string): WriteProblemCode {
  switch (cause) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'no-space'
    case 'EFBIG':
      return 'too-large'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'not-writable'
    case 'EXDEV':
      return 'outside'
    case 'ENOENT':
      return 'not-found'
    case 'ENOTDIR':
      return 'not-a-folder'
    case 'EISDIR':
      return 'is-folder'
    case 'EEXIST':
    case 'ENOTEMPTY':
      return 'exists'
    case 'ENAMETOOLONG':
    case 'EILSEQ':
      return 'bad-name'
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
    case 'EBUSY':
      return 'busy'
    default:
      return 'broken'
  }
}

/** Of a file or folder, as it stands in a URL. */
export const addressOf = (names: readonly string[]): string => `/${encodePath(names.join('/'))}`

export function createProblemResponse(problem: WriteProblem): Response {
  const { detail, instead, existing, fields = [], cause = null, members = {}, type } = problem.options
  const { code, status, title } = problem
  // Nobody is there to read it; logs of servers have this number for it.
  if (status === 499) return createResponse(499, [], null, { cause })
  const [suggestion, taken] = [instead, existing].map(names => names && addressOf(names))
  const text = JSON.stringify({ type, title, status, code, detail, suggestion, existing: taken, ...members })
  const retry = code === 'busy' ? ['Retry-After', '1'] : []
  return createJsonResponse(status, text, [...fields, ...retry], 'application/problem+json', cause)
}

export function createJsonResponse(
  status: number,
  text: string,
  fields: readonly string[] = [],
  type = 'application/json',
  cause: string | null = null,
): Response {
  const content = Buffer.from(`${text}\n`)
  const all = [
    ...['Content-Type', type, 'Content-Length', String(content.length), 'Cache-Control', 'no-store'],
    ...[
      'X-Content-Type-Options',
      'nosniff',
      'Content-Security-Policy',
      "default-src 'none'; frame-ancestors 'none'",
    ],
    ...fields,
  ]
  return createResponse(status, all, content, { cause })
}
