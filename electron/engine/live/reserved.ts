/**
 * The addresses that live reload takes from the site while it is on. They begin
 * with a dot, so that no file which is served could have them.
 */

export const SCRIPT_PATH = '/.servebar/live.js'
export const STREAM_PATH = '/.servebar/live'

/** Either of the two; `path` is decoded, relative to the root. */
export function isReserved(path: string): boolean {
  return `/${path}` === SCRIPT_PATH || `/${path}` === STREAM_PATH
}
