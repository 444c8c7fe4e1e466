/**
 * The rules of a site's host, read from the site's root and never out of date:
 * the files are looked at for each request, once in a turn of the event loop,
 * and read again when they have changed. A site without them pays three lookups
 * of a name a turn. Promises that no rule leads out of the root, past a password
 * or to a hidden file: what a rule asks for is a request target, which goes the
 * way of every other, and where the owner says no, no rule says yes.
 */
import type { Place } from '../representation.ts'
import type { Target } from '../target.ts'
import { Slice } from '../turns.ts'
import { type Dialect, dialects, type HostName } from './dialects.ts'
import type { FieldChange, FieldChanges } from './field-changes.ts'
import { HeaderTable, parseHeaders } from './header-rules.ts'
import type { RuleProblem } from './problems.ts'
import { type Ask, comparedPath, type Decision, type Outcome, RedirectTable } from './redirect-table.ts'
import { isRedirect, parseRedirects } from './redirects.ts'
import { RuleFile, type Said } from './rule-file.ts'
import { decideServe, decideSlash } from './serve-decision.ts'
import { parseServeJson, type ServeConfig } from './serve-json.ts'

export interface HostRulesOptions {
  readonly platform: NodeJS.Platform
  /** Whose `_redirects` and `_headers` they are. */
  readonly host: HostName
  /** Told when what is wrong with the files has changed; they are looked at with each request only. */
  readonly onProblems?: (problems: readonly RuleProblem[]) => void
  /** ms on a clock that never goes back. */
  readonly now?: () => number
}

export interface HostRules {
  /** At once while the files are what they were; else when they are read. */
  current(): Rules | Promise<Rules>
}

/** `root` is a real path. */
export function createHostRules(root: string, options: HostRulesOptions): HostRules {
  return new Reader(root, options)
}

/** What the files say together: `_redirects` first, then serve.json. */
export class Rules {
  readonly problems: readonly RuleProblem[]
  /** The owner has no rules at all. */
  readonly none: boolean
  /** What serve.json says of files and folders; null when there is none. */
  readonly serve: ServeConfig | null
  readonly #redirects: RedirectTable
  readonly #headers: HeaderTable
  readonly #dialect: Dialect
  readonly #platform: NodeJS.Platform

  constructor(said: AllSaid, dialect: Dialect, platform: NodeJS.Platform) {
    const { redirects, headers, serve } = said
    this.problems = [...redirects.problems, ...headers.problems, ...serve.problems]
    this.none = [redirects, headers, serve].every(
      ({ value, problems }) => value === null && problems.length === 0,
    )
    this.serve = serve.value
    this.#redirects = redirects.value ?? new RedirectTable([], dialect)
    this.#headers = headers.value ?? new HeaderTable([], dialect)
    this.#dialect = dialect
    this.#platform = platform
  }

  /** A file of rules is not served, nor listed, as hosts do not. `path` is that of a Target. */
  isRuleFile(path: string): boolean {
    return isRuleFile(path, this.#platform)
  }

  /** What becomes of a request, if not what its path names. */
  decide(ask: Ask): Outcome {
    const { decision, vary } = this.#redirects.find(ask)
    if (decision !== null || this.serve === null) return { decision, vary }
    return { decision: decideServe(this.serve, ask), vary }
  }

  /** After what was found: serve.json's `trailingSlash`. `listing`: there is only a list of files to be sent. */
  decideSlash(ask: Ask, { listing }: { readonly listing: boolean }): Decision | null {
    return this.serve === null ? null : decideSlash(this.serve, ask, listing)
  }

  /** What the answer's fields become. `file`: what is sent, relative to the root, or null where it is no file. */
  fieldsFor(ask: Ask, file: string | null, status: number): FieldChanges {
    const redirects = isRedirect(status)
    if (redirects && !this.#dialect.fieldsOnRedirects) return NO_CHANGES
    const changes = this.#headers.find(ask)
    if (redirects || this.serve === null || this.serve.headers.length === 0) return changes
    const all = new Map<string, FieldChange>(changes)
    // `serve` goes by the file, not by the address.
    const path = file === null ? ask.path : `/${withoutFolder(file, this.serve.folder)}`
    for (const { glob, changes } of this.serve.headers) {
      if (glob.matches(path)) for (const [name, change] of changes) all.set(name, change)
    }
    return all
  }

  /** Where the content of an address lies: serve.json may have a folder below the root served. */
  placeOf(place: Place): Place {
    const folder = this.serve?.folder ?? ''
    if (folder === '') return place
    const { path, bytes } = place
    if (path === '') return { ...place, path: folder }
    return {
      ...place,
      path: `${folder}/${path}`,
      bytes: bytes === null ? null : Buffer.concat([Buffer.from(`${folder}/`), bytes]),
    }
  }

  /** Whether a list of files may show an entry. `path`: its own, relative to the root. */
  isListed(path: string): boolean {
    if (this.isRuleFile(path)) return false
    const unlisted = this.serve?.unlisted ?? []
    if (unlisted.length === 0) return true
    // `serve` goes by the name alone, in every folder; its documentation says path.
    const whole = `/${withoutFolder(path, this.serve?.folder ?? '')}`
    const name = whole.slice(whole.lastIndexOf('/'))
    return !unlisted.some(glob => glob.matches(name) || glob.matches(whole))
  }
}

const RULE_FILES: ReadonlySet<string> = new Set(['_redirects', '_headers', 'serve.json'])
const NO_CHANGES: FieldChanges = new Map()

/** Whether a host reads it as its rules. `path`: relative to the root. */
export function isRuleFile(path: string, platform: NodeJS.Platform): boolean {
  return RULE_FILES.has(platform === 'win32' || platform === 'darwin' ? folded(path) : path)
}

/** As file systems compare names that do not tell letter case apart; HFS+ leaves format characters out, too. */
const folded = (path: string): string =>
  path
    .replace(/\p{Cf}/gu, '')
    .toUpperCase()
    .toLowerCase()

function withoutFolder(path: string, folder: string): string {
  return folder !== '' && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path
}

/** What rules look at of a request. */
export function askOf(
  target: Target,
  { fields, hosts }: Pick<Ask, 'fields'> & { readonly hosts: readonly string[] },
  scheme: Ask['scheme'] = 'http',
): Ask {
  const host = (target.authority ?? hosts[0] ?? '').toLowerCase().replace(/:\d*$/, '')
  return { path: comparedPath(target), query: target.query, fields, scheme, host }
}

interface AllSaid {
  readonly redirects: Said<RedirectTable | null>
  readonly headers: Said<HeaderTable | null>
  readonly serve: Said<ServeConfig | null>
}

/** ms. A look that takes longer shows a volume on which waiting must not stop everything else. */
const SLOW = 2
/** ms for which such a volume is not asked in that way again. */
const SLOW_FOR = 10_000

class Reader implements HostRules {
  readonly #options: HostRulesOptions
  readonly #dialect: Dialect
  readonly #redirects: RuleFile<RedirectTable | null>
  readonly #headers: RuleFile<HeaderTable | null>
  readonly #serve: RuleFile<ServeConfig | null>
  #rules: { readonly from: AllSaid; readonly rules: Rules } | null = null
  #thisTurn: Rules | Promise<Rules> | null = null
  #slowUntil = 0
  #told = ''

  constructor(root: string, options: HostRulesOptions) {
    this.#options = options
    const dialect = dialects[options.host]
    this.#dialect = dialect
    this.#redirects = new RuleFile(root, '_redirects', null, async text => {
      const { rules, problems } = await parseRedirects(text, dialect, new Slice())
      return { value: new RedirectTable(rules, dialect), problems }
    })
    this.#headers = new RuleFile(root, '_headers', null, async text => {
      const { blocks, problems } = await parseHeaders(text, dialect, new Slice())
      return { value: new HeaderTable(blocks, dialect), problems }
    })
    this.#serve = new RuleFile(root, 'serve.json', null, text => {
      const { config, problems } = parseServeJson(text, root)
      return { value: config, problems }
    })
  }

  current(): Rules | Promise<Rules> {
    if (this.#thisTurn !== null) return this.#thisTurn
    // Requests that are read in one turn are one moment: one look is enough for all of them.
    setImmediate(() => {
      this.#thisTurn = null
    })
    this.#thisTurn = this.#look()
    return this.#thisTurn
  }

  #look(): Rules | Promise<Rules> {
    const { now = () => performance.now() } = this.#options
    const before = now()
    if (before < this.#slowUntil) {
      const stamps = [this.#redirects.look(), this.#headers.look(), this.#serve.look()] as const
      return Promise.all(stamps).then(([redirects, headers, serve]) =>
        this.#gather(redirects, headers, serve),
      )
    }
    const stamps = [this.#redirects.lookNow(), this.#headers.lookNow(), this.#serve.lookNow()] as const
    const after = now()
    if (after - before > SLOW) this.#slowUntil = after + SLOW_FOR
    return this.#gather(...stamps)
  }

  #gather(...stamps: readonly [redirects: string, headers: string, serve: string]): Rules | Promise<Rules> {
    const redirects = this.#redirects.say(stamps[0])
    const headers = this.#headers.say(stamps[1])
    const serve = this.#serve.say(stamps[2])
    if (redirects instanceof Promise || headers instanceof Promise || serve instanceof Promise) {
      return Promise.all([redirects, headers, serve]).then(([redirects, headers, serve]) =>
        this.#rulesOf({ redirects, headers, serve }),
      )
    }
    return this.#rulesOf({ redirects, headers, serve })
  }

  /** Made anew only when a file says something else. */
  #rulesOf(said: AllSaid): Rules {
    const known = this.#rules
    const { redirects, headers, serve } = said
    if (known?.from.redirects === redirects && known.from.headers === headers && known.from.serve === serve) {
      return known.rules
    }
    const rules = new Rules(said, this.#dialect, this.#options.platform)
    this.#rules = { from: said, rules }
    const words = JSON.stringify(rules.problems)
    if (words !== this.#told && !(this.#told === '' && rules.problems.length === 0)) {
      this.#told = words
      this.#options.onProblems?.(rules.problems)
    }
    return rules
  }
}
