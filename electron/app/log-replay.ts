/**
 * Asks a site of this computer for the same again: method, target and fields of
 * a kept request, but for what belongs to its connection and for credentials,
 * which were never kept. Leads only to the port given, on this computer.
 */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Exchange, Field } from '../engine/types.ts'

export interface ReplayTarget {
  readonly port: number
  readonly https: boolean
}

/** RFC 9110 §7.6.1, and what only makes sense with a body that was not kept. */
const LEFT_OUT = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'content-length',
  'expect',
  'authorization',
  'proxy-authorization',
])

/** Until the answer begins, and then for the rest of it, in ms. */
const PATIENCE = 10_000

export function isReplayable({ method, target }: Pick<Exchange, 'method' | 'target'>): boolean {
  return (method === 'GET' || method === 'HEAD') && target.startsWith('/')
}

/** The status of the answer, whose content is thrown away. */
export function replay(
  { port, https }: ReplayTarget,
  { method, target, requestFields }: Pick<Exchange, 'method' | 'target' | 'requestFields'>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      // Every site is bound there; what a Host field says leads nowhere else.
      host: '127.0.0.1',
      port,
      method,
      path: target,
      headers: fieldsFor(requestFields),
      agent: false,
    } as const
    const request = https
      ? requestHttps({
          ...options,
          servername: 'localhost',
          // Its certificate may be of an authority that is not installed; it is our own port, on this computer.
          rejectUnauthorized: false,
        })
      : requestHttp(options)
    // An answer may have no end (an event stream).
    const timer = setTimeout(() => request.destroy(new Error('no answer in time')), PATIENCE)
    timer.unref()
    request.once('error', reject)
    request.once('close', () => clearTimeout(timer))
    request.once('response', response => {
      // Its content is read, so that the log has the whole answer as it had before.
      response.on('error', () => {})
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.end()
  })
}

function fieldsFor(fields: readonly Field[]): Record<string, string | string[]> {
  const named = fields.find(([name]) => name === 'connection')?.[1] ?? ''
  const ofConnection = new Set(named.split(',').map(name => name.trim().toLowerCase()))
  const kept = new Map<string, string[]>()
  for (const [name, value] of fields) {
    if (LEFT_OUT.has(name) || isMasked(name, value) || ofConnection.has(name) || !isSendable(name, value))
      continue
    kept.set(name, [...(kept.get(name) ?? []), value])
  }
  return Object.fromEntries(
    [...kept].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  )
}

/** Of an earlier run: what was written has no values (written-fields.ts), and `sid=***` would say that there was one. */
function isMasked(name: string, value: string): boolean {
  return (name === 'cookie' || name === 'servebar-token') && value.includes('***')
}

/** RFC 9110 §5.5 and §5.6.2, which Node keeps to by throwing. */
function isSendable(name: string, value: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}
