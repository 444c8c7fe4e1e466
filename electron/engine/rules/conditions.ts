/**
 * What a redirect of Netlify asks of a request besides its path: parameters of
 * the query, the language that is preferred, a cookie that is there. What only
 * the host can know (country, role, signature) is no condition here.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { quote, RuleError } from './problems.ts'

/** `id=:id` takes the value under that name, `id=7` asks for it. */
export type QueryCondition =
  | { readonly parameter: string; readonly capture: string }
  | { readonly parameter: string; readonly value: string }

export interface Conditions {
  readonly query: readonly QueryCondition[]
  /** Any of them, or no matter; in lower case. */
  readonly languages: readonly string[] | null
  /** Any of these cookies, or no matter. */
  readonly cookies: readonly string[] | null
}

/** Throws a RuleError. */
export function parseQueryCondition(part: string): QueryCondition {
  const equals = part.indexOf('=')
  if (equals < 1) throw new RuleError(`${quote(part)} is neither a target nor a condition such as id=:id`)
  const parameter = part.slice(0, equals)
  const value = part.slice(equals + 1)
  return /^:\w+$/.test(value) ? { parameter, capture: value.slice(1) } : { parameter, value }
}

/** What the query adds to the captures; null when it lacks something. */
export function matchQuery(
  conditions: readonly QueryCondition[],
  query: string,
): ReadonlyMap<string, string> | null {
  const captures = new Map<string, string>()
  if (conditions.length === 0) return captures
  const given = new URLSearchParams(query)
  for (const condition of conditions) {
    // Of a parameter that is given twice, the last counts.
    const value = given.getAll(condition.parameter).at(-1)
    if (value === undefined) return null
    if ('capture' in condition) captures.set(condition.capture, value)
    else if (value !== condition.value) return null
  }
  return captures
}

/** The fields that the answer of matchFields() depends on, for Vary. */
export function consulted({ languages, cookies }: Conditions): readonly string[] {
  if (languages !== null) return ['Accept-Language', 'Cookie']
  return cookies === null ? [] : ['Cookie']
}

export function matchFields({ languages, cookies }: Conditions, fields: IncomingHttpHeaders): boolean {
  if (languages !== null && !languages.some(wanted => isLanguage(preferredLanguage(fields), wanted))) {
    return false
  }
  return cookies === null || cookies.some(name => cookieOf(fields, name) !== null)
}

/** `zh` stands for every Chinese, `zh-tw` for that one. */
function isLanguage(language: string, wanted: string): boolean {
  return language === wanted || language.startsWith(`${wanted}-`)
}

/** What the visitor has chosen on the site, else the first in the browser's order (RFC 9110 §12.5.4), else English. */
function preferredLanguage(fields: IncomingHttpHeaders): string {
  const chosen = cookieOf(fields, 'nf_lang')
  if (chosen !== null && chosen !== '') return chosen.toLowerCase()
  let preferred = 'en'
  let best = 0
  for (const part of (fields['accept-language'] ?? '').split(',')) {
    const [tag = '', quality = 'q=1'] = part.trim().split(/\s*;\s*/)
    const weight = Number(/^q=([01](?:\.\d{0,3})?)$/i.exec(quality)?.[1] ?? 0)
    if (weight > best && /^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/i.test(tag)) {
      preferred = tag.toLowerCase()
      best = weight
    }
  }
  return preferred
}

function cookieOf(fields: IncomingHttpHeaders, name: string): string | null {
  for (const pair of (fields.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return null
}
