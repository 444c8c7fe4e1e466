/**
 * The fields that the owner adds to every answer: CORS and fields of his own.
 * Promises to add and never to replace or remove: what the answer says itself
 * stays true. Only Vary grows, as it is a list of reasons (RFC 9110 §12.5.5).
 */
import { corsFields } from './cors.ts'
import type { ResolvedLive } from './options.ts'
import { type Response, withFields } from './response.ts'

/** `origin`: the request's Origin field. */
export function withOwnerFields(
  response: Response,
  live: Pick<ResolvedLive, 'cors' | 'fields' | 'isolate'>,
  origin: string | undefined,
): Response {
  // Most owners have no such wish.
  if (live.cors === false && live.fields.length === 0 && !live.isolate) return response
  const isolated = live.isolate ? withExtraFields(response, ISOLATION) : response
  return withExtraFields(withExtraFields(isolated, corsFields(live.cors, origin)), live.fields.flat())
}

/** Cross-origin isolation (HTML §7.1.3 and §7.1.4); what the site itself serves may be part of its pages. */
const ISOLATION = [
  ...['Cross-Origin-Opener-Policy', 'same-origin', 'Cross-Origin-Embedder-Policy', 'require-corp'],
  ...['Cross-Origin-Resource-Policy', 'same-origin'],
]

/** The same answer with what of `extra` it lacks; names and values in turn. */
export function withExtraFields(response: Response, extra: readonly string[]): Response {
  return extra.length === 0 ? response : withFields(response, addFields(response.fields, extra))
}

/** `fields` with what of `extra` it lacks; names and values in turn. */
export function addFields(fields: readonly string[], extra: readonly string[]): readonly string[] {
  if (extra.length === 0) return fields
  const all = [...fields]
  const present = new Set<string>()
  for (let i = 0; i < fields.length; i += 2) present.add((fields[i] ?? '').toLowerCase())
  for (let i = 0; i + 1 < extra.length; i += 2) {
    const [name = '', value = ''] = [extra[i], extra[i + 1]]
    if (name.toLowerCase() === 'vary') addVary(all, value)
    else if (!present.has(name.toLowerCase())) all.push(name, value)
  }
  return all
}

/** One Vary field, whoever has something to say. */
function addVary(fields: string[], names: string): void {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'vary')
  if (at < 0) {
    fields.push('Vary', names)
    return
  }
  const present = (fields[at + 1] ?? '').split(',').map(name => name.trim())
  const folded = new Set(present.map(name => name.toLowerCase()))
  const missing = names.split(',').map(name => name.trim())
  fields[at + 1] = [...present, ...missing.filter(name => !folded.has(name.toLowerCase()))].join(', ')
}
