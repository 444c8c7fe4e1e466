/**
 * Puts the live-reload script into a page of ours: a list of files, or the page
 * that says why there is nothing to show. So a page that was missing appears when
 * it is made, and a list follows its folder. The policy of such a page then names
 * the one script, by a nonce: `'self'` would also allow what somebody has uploaded.
 */
import { crypto } from '../built-ins.ts'
import { addFields } from '../header-fields.ts'
import type { Request, Site } from '../request.ts'
import { type Response, withFields } from '../response.ts'
import { type Soon, whenReady } from '../soon.ts'
import { asksForDocument, INJECTION_FIELDS } from './inject.ts'
import type { LiveReload } from './live-reload.ts'
import { SCRIPT_PATH } from './reserved.ts'

/** While pages reload, one of ours follows the folder. It is as it was made, not yet compressed; all else stays as it is. */
export function following(response: Soon<Response>, request: Request, { reload }: Site): Soon<Response> {
  return reload === null ? response : whenReady(response, each => withLiveScript(each, request, reload))
}

function withLiveScript(response: Response, request: Request, reload: LiveReload): Response {
  const { fields, content, source } = response
  if (source !== null || !Buffer.isBuffer(content) || !isPage(fields)) return response
  const head = content.indexOf('</head>')
  if (asksForDocument(request.fields) === 'no' || head < 0) {
    return withFields(response, addFields(fields, ['Vary', INJECTION_FIELDS]))
  }
  const nonce = crypto().randomBytes(16).toString('base64')
  const element = Buffer.from(`<script nonce="${nonce}" async data-follow src="${SCRIPT_PATH}"></script>\n`)
  const page = Buffer.concat([content.subarray(0, head), element, content.subarray(head)])
  const changed = fields.map((value, index) => {
    const name = index % 2 === 1 ? fields[index - 1] : undefined
    if (name === 'Content-Length') return String(page.length)
    return name === 'Content-Security-Policy' ? withNonce(value, nonce) : value
  })
  const all = addFields(changed, ['Vary', INJECTION_FIELDS, ...reload.stamp()])
  return { ...withFields(response, all), content: page }
}

const isPage = (fields: readonly string[]): boolean =>
  fields.some((value, index) => value.startsWith('text/html') && fields[index - 1] === 'Content-Type')

/** As page.ts writes it: a script has the right to ask this server. */
function withNonce(policy: string, nonce: string): string {
  return policy.includes('script-src ')
    ? policy.replace('script-src ', `script-src 'nonce-${nonce}' `)
    : policy.replace('; form-action', `; script-src 'nonce-${nonce}'; connect-src 'self'; form-action`)
}
