/**
 * What rules may do to the fields of an answer, and doing it. Promises that
 * framing, validators, coding and connection stay what the server knows them to
 * be, that Vary only grows, and that pages of ours keep the policy that makes
 * them safe: there a rule adds what is missing and replaces nothing.
 */
import { RuleError } from './problems.ts'

export interface FieldChange {
  /** As its owner wrote it. */
  readonly name: string
  /** More than one only for Set-Cookie, which cannot be a list (RFC 6265 §3). Empty: taken away. */
  readonly values: readonly string[]
}

/** By name in lower case. */
export type FieldChanges = ReadonlyMap<string, FieldChange>

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// RFC 9110 §5.5
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/

/** About the message, the connection, or what was really sent. */
const RESERVED = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade'],
  ...['content-length', 'content-encoding', 'content-range', 'accept-ranges', 'date', 'age'],
  ...['etag', 'last-modified', 'allow', 'location', 'www-authenticate', 'host', 'alt-svc'],
])
/** A browser keeps it for the name, whatever the port: every other site on localhost would have to be HTTPS, too. */
const NOT_LOCAL = new Set(['strict-transport-security', 'public-key-pins'])

/** Throws a RuleError. */
export function checkFieldName(name: string): void {
  const folded = name.toLowerCase()
  if (!NAME.test(name)) throw new RuleError(`${JSON.stringify(name)} is not the name of a field`)
  if (RESERVED.has(folded)) throw new RuleError(`${name} is set by the server itself`, 'note')
  if (NOT_LOCAL.has(folded)) {
    throw new RuleError(
      `${name} is not sent here, as browsers would apply it to all that runs on this computer`,
      'note',
    )
  }
}

/** Throws a RuleError. */
export function checkFieldValue(name: string, value: string): void {
  if (value === '') throw new RuleError(`${name} has no value`)
  if (!VALUE.test(value)) throw new RuleError(`the value of ${name} may hold printable ASCII only`)
}

/** Without them a browser would guess, or a cache would mix answers: replaced or added to, never taken away. */
const KEPT = new Set(['content-type', 'vary'])

/** About what is sent, not about how it is kept: no part of a 304 (RFC 9110 §15.4.5). */
const DESCRIBES = /^content-(?!security-policy|location)/

/** `fields`: names and values in turn. `file`: its content is a file of the site, not a page of ours. */
export function changeFields(
  fields: readonly string[],
  changes: FieldChanges,
  { status, file }: { readonly status: number; readonly file: boolean },
): readonly string[] {
  if (changes.size === 0) return fields
  const changed: string[] = []
  const present = new Set<string>()
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]]
    const folded = name.toLowerCase()
    const change = changes.get(folded)
    const fixed = !file || folded === 'vary' || (change?.values.length === 0 && KEPT.has(folded))
    // Each part of such an answer says its own type.
    const keep = change === undefined || fixed || value.startsWith('multipart/byteranges')
    if (!keep) continue
    present.add(folded)
    changed.push(name, folded === 'vary' ? joinVary(value, change) : value)
  }
  for (const [folded, { name, values }] of changes) {
    if (present.has(folded) || (status === 304 && DESCRIBES.test(folded))) continue
    for (const value of values) changed.push(name, value)
  }
  return changed
}

function joinVary(value: string, change: FieldChange | undefined): string {
  const names = value.split(',').map(name => name.trim())
  const known = new Set(names.map(name => name.toLowerCase()))
  const more = (change?.values ?? []).flatMap(each => each.split(',').map(name => name.trim()))
  return [...names, ...more.filter(name => name !== '' && !known.has(name.toLowerCase()))].join(', ')
}
