/**
 * Netlify and Cloudflare Pages read files of the same names, and differ. A site
 * is deployed to one of them, so nothing is mixed: what the chosen host would
 * ignore is ignored here as well, and reported. This is the list of what
 * differs, as their documentation and their own local servers have it.
 */

export type HostName = 'netlify' | 'cloudflare'

export interface Dialect {
  readonly host: HostName
  /** As people know it, for messages. */
  readonly name: string
  readonly defaultStatus: 301 | 302
  /** A redirect is followed although there is a file of that name, without a `!`. */
  readonly outranksFiles: boolean
  /** Where a splat's redirect has led is not redirected by it again, so `/* /en/:splat` ends; else a browser gives up. */
  readonly stopsLoops: boolean
  /** `/a` and `/a/` are the same address for a rule. */
  readonly slashesEqual: boolean
  /** `!`, conditions on query, language and cookie, statuses that are neither 200 nor a redirect. */
  readonly conditions: boolean
  /** A splat may stand anywhere in a path, but once; a placeholder anywhere in a segment. */
  readonly freePlaceholders: boolean
  /** Of `_headers`: letter case in paths makes no difference. */
  readonly foldsHeaderPaths: boolean
  /** Of `_headers`: `! Name` takes a field away, and a path may be a whole https URL. */
  readonly detaches: boolean
  /** Of `_headers`: a field that two blocks set has both values, else the last one's. */
  readonly joinsBlocks: boolean
  /** Of `_headers`: redirects get the fields, too. */
  readonly fieldsOnRedirects: boolean
  readonly maxStatic: number
  readonly maxDynamic: number
  readonly maxHeaderBlocks: number
  readonly maxLine: number
}

/** Netlify documents none; a file may have a megabyte (rule-file.ts). */
const NONE = Number.POSITIVE_INFINITY

export const dialects: Readonly<Record<HostName, Dialect>> = {
  netlify: {
    host: 'netlify',
    name: 'Netlify',
    defaultStatus: 301,
    outranksFiles: false,
    stopsLoops: true,
    slashesEqual: true,
    conditions: true,
    freePlaceholders: false,
    foldsHeaderPaths: true,
    detaches: false,
    joinsBlocks: false,
    fieldsOnRedirects: false,
    maxStatic: NONE,
    maxDynamic: NONE,
    maxHeaderBlocks: NONE,
    maxLine: NONE,
  },
  cloudflare: {
    host: 'cloudflare',
    name: 'Cloudflare Pages',
    defaultStatus: 302,
    outranksFiles: true,
    stopsLoops: false,
    slashesEqual: false,
    conditions: false,
    freePlaceholders: true,
    foldsHeaderPaths: false,
    detaches: true,
    joinsBlocks: true,
    fieldsOnRedirects: true,
    maxStatic: 2_000,
    maxDynamic: 100,
    maxHeaderBlocks: 100,
    maxLine: 2_000,
  },
}
