/** Words that depend on the system the panel runs on, the names in its paths, and names in sentences. */
import type { HostInfo, Problem, RulesChoice, ThrottleChoice } from '../electron/contract.ts'

export function revealWords(os: HostInfo['os']): string {
  return os === 'darwin' ? 'Show in Finder' : 'Show in Folder'
}

/** The last name in a path; the path itself at the top. */
export function lastName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path
}

/** The folder that this one is in, with a separator at its end; null at the top. */
export function parentOf(path: string): string | null {
  return /^(.*[\\/])[^\\/]+[\\/]*$/.exec(path)?.[1] ?? null
}

/** Letters of right-to-left scripts and the controls of UAX #9, which reach beyond the name that they stand in. */
const turning =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/**
 * A name for a sentence that is only text (a label, a tooltip): what is right
 * to left in it turns nothing round it. In markup that is what <bdi> is for.
 */
export function isolate(name: string): string {
  // A control in the name could end the isolation.
  return turning.test(name) ? `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069` : name
}

export const throttleNames: Readonly<Record<ThrottleChoice, string>> = {
  off: 'Off',
  'slow-3g': 'Slow 3G',
  'fast-3g': 'Fast 3G',
  flaky: 'Flaky Wi-Fi',
}

/** Of hosts whose rules can be followed. */
export const hostNames: Readonly<Record<RulesChoice, string>> = {
  off: 'Off',
  auto: 'Automatic',
  netlify: 'Netlify',
  cloudflare: 'Cloudflare Pages',
}

/** A problem beside its field: what is wrong, and the sentence that helps where there is one. */
export function problemWords({ title, detail }: Problem): string {
  return detail === undefined ? title : `${title}. ${detail}`
}
