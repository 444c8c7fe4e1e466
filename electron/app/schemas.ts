/**
 * Schemas of values that are checked in two places, the settings file and the
 * commands, so that neither accepts what the other refuses.
 */
import { isAbsolute } from 'node:path'
import * as v from 'valibot'

export const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))

export const theme = v.picklist(['system', 'light', 'dark'])

export const siteId = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

/** Trimmed first; the raw text is bounded so that trimming cannot be made slow. */
export const siteName = v.pipe(v.string(), v.maxLength(1000), v.trim(), v.minLength(1), v.maxLength(100))

/** PATH_MAX of Linux; the others' are shorter, but for long paths of Windows that nobody has. */
export const path = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(4096),
  v.check(text => !text.includes('\0')),
)

export const absolutePath = v.pipe(
  path,
  v.check(text => isAbsolute(text)),
)
