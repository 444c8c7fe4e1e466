/**
 * Schemas of values that are checked in two places, the settings file and the
 * commands, so that neither accepts what the other refuses.
 */
import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import * as v from 'valibot'
import type { CachePolicy } from '../contract.ts'
import { isOptionError, resolveLive } from '../engine/options.ts'
import type { LiveOptions } from '../engine/types.ts'

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

// ---- Options of a site ----

const certificate = v.nullable(v.strictObject({ certFile: absolutePath, keyFile: absolutePath }))

/** Seconds up to a year. */
const cache: v.GenericSchema<unknown, CachePolicy> = v.union([
  v.picklist(['no-cache', 'no-store', 'immutable']),
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(31_536_000)),
])

/** What is `expected` in an issue whose message is for the user. */
export const REMEDY = 'remedy'

/** What the engine says of this option; null: it takes it. */
function objection(option: Partial<LiveOptions>): string | null {
  try {
    resolveLive({ name: '', listing: false, dotfiles: false, ...option })
    return null
  } catch (error) {
    return isOptionError(error) ? error.remedy : String(error)
  }
}

const fields = v.pipe(
  v.array(v.tuple([v.pipe(v.string(), v.maxLength(200)), v.pipe(v.string(), v.maxLength(4000))])),
  v.maxLength(50),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? objection({ fields: dataset.value }) : null
    if (message !== null) addIssue({ message, expected: REMEDY })
  }),
)

const index = v.pipe(
  v.array(v.pipe(v.string(), v.maxLength(255))),
  v.maxLength(20),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? objection({ index: dataset.value }) : null
    if (message !== null) addIssue({ message, expected: REMEDY })
  }),
)

const throttle = v.picklist(['off', 'slow-3g', 'fast-3g', 'flaky'])

export const keepRequests = v.picklist(['quit', '1h', '1d', '7d'])

export const shareEnd = v.variant('kind', [
  v.strictObject({ kind: v.literal('never') }),
  v.strictObject({ kind: v.literal('time'), at: v.pipe(v.number(), v.safeInteger()) }),
  v.strictObject({ kind: v.literal('network-change') }),
])

// RFC 7617 §2: no colon in a name, no control characters in either.
export const userName = v.pipe(v.string(), v.minLength(1), v.maxLength(100), v.regex(/^[^:\p{Cc}]*$/u))
export const password = v.pipe(v.string(), v.minLength(1), v.maxLength(1000), v.regex(/^\P{Cc}*$/u))

export const address = v.pipe(
  v.string(),
  v.maxLength(100),
  v.check(text => isIP(text) !== 0),
)

/** Of these a site has both forms: what it was and what it shall be. */
export const siteOptions = {
  share: v.boolean(),
  index,
  listing: v.boolean(),
  dotfiles: v.boolean(),
  https: v.boolean(),
  certificate,
  liveReload: v.boolean(),
  spa: v.boolean(),
  cleanUrls: v.boolean(),
  hostRules: v.picklist(['off', 'auto', 'netlify', 'cloudflare']),
  cors: v.boolean(),
  isolate: v.boolean(),
  cache,
  fields,
  throttle,
  uploads: v.boolean(),
  overwrite: v.boolean(),
  manage: v.boolean(),
  zip: v.boolean(),
}
