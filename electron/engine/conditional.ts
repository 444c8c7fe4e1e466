/**
 * Validators and preconditions (RFC 9110 §8.8, §13): one function per field,
 * evaluated in the order of §13.2.2. Promises that a strong ETag changes
 * whenever the bytes may have changed, as far as the file system's inode, size
 * and timestamps tell. Dates that are malformed are ignored.
 */
import type { BigIntStats } from 'node:fs'
import { formatHttpDate, parseHttpDate } from './http-date.ts'

export interface Validators {
  /** With its quotes, or null when none can be promised. */
  readonly etag: string | null
  /** Whole seconds, in ms since the epoch, or null. */
  readonly lastModified: number | null
}

export const NO_VALIDATORS: Validators = { etag: null, lastModified: null }

/**
 * `ctime` cannot be set back, so it tells a touched or restored file; the inode tells a rename over it.
 * `settled` is false for a file that is being written right now: two states may share one timestamp.
 */
export function validatorsOf(stats: BigIntStats, settled: boolean): Validators {
  const etag = `"${hex(stats.size)}-${hex(stats.mtimeNs)}-${hex(stats.ctimeNs)}-${hex(stats.ino)}"`
  const time = Number(stats.mtimeNs / 1_000_000_000n) * 1000
  // Never later than now (§8.8.2.1), never a year that an HTTP-date cannot hold.
  const lastModified = time >= 0 && time < 253_402_300_800_000 ? Math.min(time, secondsNow()) : null
  return { etag: settled ? etag : null, lastModified }
}

const hex = (value: bigint): string => value.toString(16)
const secondsNow = (): number => Math.floor(Date.now() / 1000) * 1000

export interface PreconditionFields {
  readonly 'if-match'?: string | undefined
  readonly 'if-unmodified-since'?: string | undefined
  readonly 'if-none-match'?: string | undefined
  readonly 'if-modified-since'?: string | undefined
  readonly 'if-range'?: string | undefined
}

/** §13.2.2, steps 1 to 4, for GET and HEAD. */
export function evaluatePreconditions(
  fields: PreconditionFields,
  validators: Validators,
): 'proceed' | 'not-modified' | 'failed' {
  if (fields['if-match'] !== undefined) {
    if (!ifMatch(fields['if-match'], validators)) return 'failed'
  } else if (fields['if-unmodified-since'] !== undefined) {
    if (!ifUnmodifiedSince(fields['if-unmodified-since'], validators)) return 'failed'
  }
  if (fields['if-none-match'] !== undefined) {
    if (!ifNoneMatch(fields['if-none-match'], validators)) return 'not-modified'
  } else if (fields['if-modified-since'] !== undefined) {
    if (!ifModifiedSince(fields['if-modified-since'], validators)) return 'not-modified'
  }
  return 'proceed'
}

/** §13.1.1, strong comparison: a weak tag never matches, ours are strong. */
export function ifMatch(field: string, { etag }: Validators): boolean {
  if (field === '*') return true
  return etag !== null && entityTags(field).includes(etag)
}

/** §13.1.2, weak comparison. False when some tag matches. */
export function ifNoneMatch(field: string, { etag }: Validators): boolean {
  if (field === '*') return false
  // What a browser sends: the one tag that it was given.
  if (field === etag) return false
  return etag === null || !entityTags(field).some(tag => tag === etag || tag === `W/${etag}`)
}

/** §13.1.4 */
function ifUnmodifiedSince(field: string, { lastModified }: Validators): boolean {
  const date = parseHttpDate(field, Date.now())
  return date === null || lastModified === null || lastModified <= date
}

/** §13.1.3 */
function ifModifiedSince(field: string, { lastModified }: Validators): boolean {
  const date = parseHttpDate(field, Date.now())
  return date === null || lastModified === null || lastModified > date
}

/** §13.1.5: whether a Range may be honoured. Strong comparison; a date only when it is a strong validator. */
export function ifRange(field: string, { etag, lastModified }: Validators): boolean {
  if (field.startsWith('"') || field.startsWith('W/')) return etag !== null && field === etag
  const now = Date.now()
  const date = parseHttpDate(field, now)
  // §8.8.2.2: within the second of its last change, a file may change again under the same date.
  return date !== null && date === lastModified && now - lastModified >= 2000
}

const ENTITY_TAG = /[ \t]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)|[ \t]*,/y

/** The tags of a list; what follows a malformed one is not read. */
function entityTags(field: string): string[] {
  const tags: string[] = []
  ENTITY_TAG.lastIndex = 0
  while (ENTITY_TAG.lastIndex < field.length) {
    const match = ENTITY_TAG.exec(field)
    if (!match) break
    if (match[1] !== undefined) tags.push(match[1])
  }
  return tags
}

export function validatorFields({ etag, lastModified }: Validators): string[] {
  const fields: string[] = []
  if (etag !== null) fields.push('ETag', etag)
  if (lastModified !== null) fields.push('Last-Modified', formatHttpDate(lastModified))
  return fields
}
