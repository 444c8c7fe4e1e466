/**
 * `_redirects`: a rule on each line, as its host reads it (dialects.ts).
 *   Netlify     from [name=value ...] [to] [status[!]] [Condition=a,b ...] [# comment]
 *   Cloudflare  from to [status] [# comment]
 * A line that is no rule is reported and left out; the others still count. Not
 * done here, and reported: another host's content under our name (proxying),
 * functions, and rules for what only the host can know of a visitor.
 */
import { BATCH, type Slice } from '../turns.ts'
import { type Conditions, parseQueryCondition } from './conditions.ts'
import type { Dialect } from './dialects.ts'
import { parseRedirectPath } from './host-paths.ts'
import { Crowd } from './path-index.ts'
import type { Pattern } from './pattern.ts'
import { Problems, quote, RuleError, type RuleProblem } from './problems.ts'
import { parseTemplate, type Template } from './template.ts'

export interface RedirectRule {
  readonly line: number
  /** Only requests to this origin; null: to any. */
  readonly origin: { readonly scheme: string; readonly host: string } | null
  readonly pattern: Pattern
  /** Its path has a star. */
  readonly splat: boolean
  readonly conditions: Conditions
  /** 301 to 308: a redirect. Anything else: the target's content under the same address, with this status. */
  readonly status: number
  /** Applied although there is a file of that name. */
  readonly force: boolean
  readonly target: Template
}

export interface RedirectRules {
  readonly rules: readonly RedirectRule[]
  readonly problems: readonly RuleProblem[]
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
export const isRedirect = (status: number): boolean => REDIRECTS.has(status)

export async function parseRedirects(text: string, dialect: Dialect, slice: Slice): Promise<RedirectRules> {
  const problems = new Problems('_redirects')
  const rules: RedirectRule[] = []
  const counted = { static: 0, dynamic: 0 }
  const seen = new Set<string>()
  const crowd = new Crowd()
  for (const [i, raw] of text.split('\n').entries()) {
    if (i % BATCH === 0 && slice.over) await slice.next()
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    try {
      if (line.length > dialect.maxLine) {
        throw new RuleError(
          `the line is longer than the ${dialect.maxLine} characters that ${dialect.name} reads`,
        )
      }
      const parts = dialect.conditions ? splitNetlify(line) : splitCloudflare(line)
      const rule = parseRule(parts, i + 1, dialect)
      if (!dialect.conditions) checkCloudflare(parts, rule, seen)
      count(rule, counted, dialect)
      crowd.add(rule.pattern)
      rules.push(rule)
    } catch (error) {
      problems.catch(i + 1, error)
    }
  }
  return { rules, problems: problems.list }
}

/** The words of a line by what they are for. */
interface Parts {
  readonly from: string
  readonly query: readonly string[]
  readonly to: string
  readonly status: string | undefined
  readonly conditions: readonly string[]
}

const STATUS = /^\d{3}!?$/

/** Throws a RuleError. */
function splitNetlify(line: string): Parts {
  const words = line.split(/\s+/)
  const comment = words.findIndex((word, i) => i > 0 && word.startsWith('#'))
  const [from = '', ...rest] = comment < 0 ? words : words.slice(0, comment)
  const [first] = rest
  if (first === undefined) throw new RuleError(`the rule for ${quote(from)} has no target`)
  if (STATUS.test(first)) {
    // Short for a rewrite of everything below to itself.
    if (!from.endsWith('/*') || !first.startsWith('2')) {
      throw new RuleError(`the rule for ${quote(from)} has a status, but no target`)
    }
    const to = `${from.replace(/^https?:\/\/[^/]*/i, '').slice(0, -1)}:splat`
    return { from, query: [], to, status: first, conditions: rest.slice(1) }
  }
  const at = rest.findIndex(word => word.startsWith('/') || /^[a-z][\w+.-]*:\/\//i.test(word))
  const to = rest[at]
  if (to === undefined) {
    throw new RuleError(
      `the target of the rule for ${quote(from)} begins neither with a slash nor with https://`,
    )
  }
  return { from, query: rest.slice(0, at), to, status: rest[at + 1], conditions: rest.slice(at + 2) }
}

/** Throws a RuleError. */
function splitCloudflare(line: string): Parts {
  const words = line.split(/\s+/)
  const comment = words.findIndex((word, i) => i > 1 && word.startsWith('#'))
  const [from = '', to, status, ...more] = comment < 0 ? words : words.slice(0, comment)
  if (to === undefined) throw new RuleError(`the rule for ${quote(from)} has no target`)
  if (more.length > 0) {
    throw new RuleError(
      `${quote(more[0] ?? '')} is too much; Cloudflare Pages reads a path, a target and a status`,
    )
  }
  return { from: from.startsWith('/') ? from : `/${from}`, query: [], to, status, conditions: [] }
}

/** Throws a RuleError. */
function parseRule(parts: Parts, line: number, dialect: Dialect): RedirectRule {
  const { status, force } = parseStatus(parts.status, dialect)
  const [, scheme, host, path = ''] = /^(?:(https?):\/\/([^/?#]+))?(.*)$/i.exec(parts.from) ?? []
  if (/^\/\.netlify(?:\/|$)/.test(path)) throw new RuleError(`${quote(path)} belongs to Netlify itself`)
  const { pattern, names } = parseRedirectPath(path === '' ? '/' : path, dialect)
  const query = parts.query.map(parseQueryCondition)
  const captured = query.flatMap(condition => ('capture' in condition ? [condition.capture] : []))
  const target = parseTemplate(parts.to, new Set([...names, ...captured]))
  if (!isRedirect(status)) checkRewrite(target, parts.to, dialect)
  return {
    line,
    origin: host === undefined ? null : { scheme: scheme?.toLowerCase() ?? '', host: host.toLowerCase() },
    pattern,
    splat: names.has('splat'),
    conditions: { query, ...parseConditions(parts.conditions) },
    status,
    force: force || dialect.outranksFiles,
    target,
  }
}

function parseStatus(word: string | undefined, dialect: Dialect): { status: number; force: boolean } {
  if (word === undefined) return { status: dialect.defaultStatus, force: false }
  const status = Number.parseInt(word, 10)
  if (!STATUS.test(word)) {
    const missing = word.includes('=') ? '; a condition comes behind a status' : ''
    throw new RuleError(`${quote(word)} is not a status${missing}`)
  }
  const force = word.endsWith('!')
  const known = dialect.conditions
    ? status === 200 || (status >= 400 && status <= 599)
    : !force && status === 200
  if (!known && (!isRedirect(status) || (force && !dialect.conditions))) {
    const statuses = '200, 301, 302, 303, 307 and 308'
    throw new RuleError(
      dialect.conditions
        ? `${word} is not a status of a rule; there are ${statuses}, and 400 to 599`
        : `${word} is not a status of a rule of Cloudflare Pages; there are ${statuses}`,
    )
  }
  return { status, force }
}

function checkRewrite(target: Template, to: string, { name, conditions }: Dialect): void {
  if (target.origin !== '') {
    if (!conditions) throw new RuleError(`${name} rewrites only to paths of the site, not to ${quote(to)}`)
    throw new RuleError(`${quote(to)} is on another host, whose content is not fetched here`, 'note')
  }
  if (to.startsWith('/.netlify/')) throw new RuleError(`${quote(to)} runs on Netlify only`, 'note')
}

/** Throws a RuleError for what cannot be known here: then the rule is for nobody. */
function parseConditions(words: readonly string[]): Pick<Conditions, 'languages' | 'cookies'> {
  const values = new Map<string, readonly string[]>()
  for (const word of words) {
    const [name = '', value = ''] = word.split('=', 2)
    const folded = name.toLowerCase()
    if (value === '' || !['country', 'language', 'role', 'cookie', 'sign', 'signed'].includes(folded)) {
      throw new RuleError(`${quote(word)} is not a condition such as Language=en,de`)
    }
    if (folded === 'language' || folded === 'cookie') values.set(folded, value.split(','))
    else throw new RuleError(`${name} is known to Netlify only, so the rule is not applied here`, 'note')
  }
  const languages = values.get('language')?.map(language => language.toLowerCase()) ?? null
  return { languages, cookies: values.get('cookie') ?? null }
}

/** Throws a RuleError for what its host leaves out, too. */
function checkCloudflare({ from, to }: Parts, { pattern }: RedirectRule, seen: Set<string>): void {
  if (/^http:/i.test(to))
    throw new RuleError(`Cloudflare Pages redirects to https:// only, not to ${quote(to)}`)
  // It takes `index.html` off addresses, which leads to the rule again.
  if (to.startsWith('/') && /\/\*?$/.test(from) && /\/index(?:\.html)?$/.test(to)) {
    throw new RuleError(
      `the rule would lead to itself; Cloudflare Pages makes ${quote(to)} a folder's address`,
    )
  }
  const key = pattern.exact ?? from
  if (seen.has(key)) throw new RuleError(`there is a rule for ${quote(from)} above, which is applied`)
  seen.add(key)
}

/** From the first with a wildcard, Cloudflare counts every rule as one with. */
function count(
  { pattern }: RedirectRule,
  counted: { static: number; dynamic: number },
  dialect: Dialect,
): void {
  const isDynamic = pattern.exact === null || counted.dynamic > 0
  const kind = isDynamic ? 'dynamic' : 'static'
  const max = isDynamic ? dialect.maxDynamic : dialect.maxStatic
  counted[kind]++
  if (counted[kind] <= max) return
  const what = isDynamic ? 'behind the first with a wildcard' : 'without wildcards'
  throw new RuleError(`${dialect.name} reads only ${max} rules ${what}`)
}
