/**
 * Names that speak to the host and not to visitors: no request gets them, no
 * list shows them, and no visitor may write them, as who writes rules decides
 * where addresses lead.
 */
import type { HostName } from './dialects.ts'

const RULE_FILES: ReadonlySet<string> = new Set(['_redirects', '_headers', 'serve.json'])
/** What Cloudflare's tools leave out of a deployment besides: code, which holds what visitors shall not see. */
const CLOUDFLARE: ReadonlySet<string> = new Set(['_worker.js', '_routes.json', 'functions'])

/** `path`: relative to the folder that is served, `/` between segments. */
export function isRuleFile(path: string, platform: NodeJS.Platform): boolean {
  return RULE_FILES.has(nameOf(path, platform))
}

export function isForHost(path: string, host: HostName, platform: NodeJS.Platform): boolean {
  if (isRuleFile(path, platform)) return true
  if (host !== 'cloudflare') return false
  const name = nameOf(path, platform)
  const end = name.indexOf('/')
  return CLOUDFLARE.has(end < 0 ? name : name.slice(0, end))
}

const nameOf = (path: string, platform: NodeJS.Platform): string =>
  platform === 'win32' || platform === 'darwin' ? folded(path) : path

/** As file systems compare names that do not tell letter case apart; HFS+ leaves format characters out, too. */
const folded = (path: string): string =>
  path
    .replace(/\p{Cf}/gu, '')
    .toUpperCase()
    .toLowerCase()
