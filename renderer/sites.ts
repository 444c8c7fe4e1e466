/**
 * What the panel reads out of a Site, in one place: is it on, where is it, and
 * the words for its state. Pure functions; no React.
 */
import type { Origin, RuleProblem, Site } from '../electron/contract.ts'
import { count } from './format.ts'
import { hostNames, isolate, throttleNames } from './words.ts'

/** Its switch is on: it serves, or is about to. */
export const isOn = (site: Site) => site.status.phase === 'listening' || site.status.phase === 'starting'

export const isListening = (site: Site) => site.status.phase === 'listening'

/** As the app lists them: loopback before the network, IPv4 before IPv6. */
function origins(site: Site): readonly Origin[] {
  return site.status.phase === 'listening' ? site.status.origins : []
}

export function networkOrigins(site: Site): readonly Origin[] {
  return origins(site).filter(origin => origin.reach === 'network')
}

/** The address that a site has (the first is the one to show and copy), or will have. */
export function address(site: Site): { readonly host: string; readonly port: number } {
  return origins(site)[0] ?? { host: 'localhost', port: site.options.port }
}

/** The same as a URL, without a slash at its end. */
export function urlOf(site: Site): string {
  const { https, port } = site.options
  // Through URL, which writes no port where it is the scheme's own, as the engine does.
  return origins(site)[0]?.url ?? new URL(`${https ? 'https' : 'http'}://localhost:${port}`).origin
}

export const isSecure = (site: Site) => urlOf(site).startsWith('https:')

/** `Slow 3G` while it is held back, or null. */
export function slowness(site: Site): string | null {
  const { throttle } = site.options
  return throttle === 'off' ? null : throttleNames[throttle]
}

/** What everybody on the network may do to the folder without a password, or null: `Anyone can add files.` */
export function openWrites(site: Site): string | null {
  const { share, uploads, manage, password } = site.options
  if (!share || password !== null || !(uploads || manage)) return null
  if (!manage) return 'Anyone can add files.'
  return uploads ? 'Anyone can add and delete files.' : 'Anyone can delete files.'
}

const rulesOf = ({ options, rules }: Site) => (options.hostRules === 'off' ? null : rules)

/** What of the host's rules does not hold; nothing while they are off. */
export const ruleProblems = (site: Site): readonly RuleProblem[] => rulesOf(site)?.problems ?? []

/** `12 rules applied`; null while they are off, or not known yet. */
export function rulesInWords(site: Site): string | null {
  const rules = rulesOf(site)
  if (rules === null) return null
  const { files, host, toldBy } = rules
  if (files.length === 0) return 'No _headers, _redirects or serve.json here'
  const applied = count(rules.count, 'rule')
  if (site.options.hostRules !== 'auto') return `${applied} applied`
  return `${applied}, as ${hostNames[host]} ${toldBy === null ? 'by default' : `(${toldBy})`}`
}

export type TileState = 'running' | 'stopped' | 'error'

export function tileState(site: Site): TileState {
  if (site.status.phase === 'failed') return 'error'
  return site.status.phase === 'listening' ? 'running' : 'stopped'
}

/** As in "Port 5173 is in use" -> "port 5173 is in use"; names such as `macOS` and `Servebar` stay as they are. */
function inSentence(title: string): string {
  return /^(?!Servebar)[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}

/** "running"; "failed, port 5173 is in use by node". */
export function stateInWords(site: Site): string {
  const words = {
    stopped: 'stopped',
    starting: 'starting',
    stopping: 'stopping',
    listening: 'running',
    failed: 'failed',
  }[site.status.phase]
  const cause = site.status.phase === 'failed' ? `, ${inSentence(site.status.problem.title)}` : ''
  return words + cause
}

/** "portfolio, running"; "portfolio, running, Slow 3G" */
export function nameAndState(site: Site): string {
  const slow = isListening(site) ? slowness(site) : null
  return [isolate(site.name), stateInWords(site), slow].filter(Boolean).join(', ')
}

/** The panel's title tells the truth in a few words. */
export function summary(sites: readonly Site[]): string {
  const running = sites.filter(isListening).length
  if (sites.length === 0) return 'Servebar'
  if (sites.length === 1) return running === 1 ? '1 site running' : 'No site running'
  return `${running} of ${sites.length} running`
}
