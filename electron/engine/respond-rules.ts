/**
 * Step 6 where the rules of a host hold (rules/): what they say of a request
 * comes before, or after, what its path names, and of the answer's fields last.
 * Promises that a rule leads no further than a request for its target would.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { withExtraFields } from './header-fields.ts'
import type { Request, Site } from './request.ts'
import { createResponse, type Response, refuse, withFields } from './response.ts'
import { changeFields } from './rules/field-changes.ts'
import { askOf, type HostRules, type Rules } from './rules/host-rules.ts'
import type { Decision } from './rules/redirect-table.ts'
import { type Soon, whenReady } from './soon.ts'
import type { Target } from './target.ts'

/** Answers with what a target stands for; `otherwise` where that is nothing. */
type Represent = (
  target: Target,
  site: Site,
  otherwise: (() => Soon<Response>) | null,
  request: Request,
) => Soon<Response>

export function respondByRules(
  target: Target,
  request: Request,
  site: Site,
  host: HostRules,
  represent: Represent,
): Soon<Response> {
  return whenReady(host.current(), rules => {
    if (rules.none) return represent(target, site, null, request)
    if (rules.isRuleFile(target.path))
      return refuse('absent', request, { path: `/${target.path}`, nearest: '' })
    const ask = askOf(target, request, site.scheme)
    const { decision, vary } = rules.decide(ask)
    const ruled = siteUnder(rules, site, target.path)
    const follow = decision && (() => apply(decision, rules, request, ruled, represent))
    const response =
      follow !== null && decision?.outranksFiles === true
        ? follow()
        : represent({ ...target, ...rules.placeOf(target) }, ruled, follow, request)
    return whenReady(response, response => {
      const slash =
        response.status === 200 ? rules.decideSlash(ask, { listing: response.source === null }) : null
      const final = slash?.kind === 'redirect' ? redirect(slash.status, slash.location, response) : response
      const { status, source } = final
      const changes = rules.fieldsFor(ask, source?.name ?? null, status)
      const fields = changeFields(final.fields, changes, { status, file: source !== null })
      const changed = fields === final.fields ? final : withFields(final, fields)
      return vary.length === 0 ? changed : withExtraFields(changed, ['Vary', vary.join(', ')])
    })
  })
}

function apply(
  decision: Decision,
  rules: Rules,
  request: Request,
  site: Site,
  represent: Represent,
): Soon<Response> {
  if (decision.kind === 'redirect') return redirect(decision.status, decision.location)
  const { status } = decision
  const target = site.parseTarget(decision.target)
  if (target.kind !== 'path' || target.reserved || rules.isRuleFile(target.path)) {
    return refuse('absent', request, { nearest: '' })
  }
  if (target.hidden && !site.live.dotfiles) return refuse('hidden', request, {})
  // Another status is no success: nothing of it can be had in part, or be unchanged.
  const asked = status === 200 ? request : { ...request, fields: withoutConditions(request.fields) }
  const place = { ...target, ...rules.placeOf(target) }
  return whenReady(represent(place, site, null, asked), response =>
    status !== 200 && response.status === 200 ? { ...response, status } : response,
  )
}

function redirect(status: number, location: string, instead?: Response): Response {
  instead?.file?.close()
  const fields = ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-cache']
  return createResponse(status, fields, null)
}

/** What serve.json says of a path, as options; the same object for the same, so that nothing that is kept by it is lost. */
function siteUnder({ serve }: Rules, site: Site, path: string): Site {
  if (serve === null) return site
  const { live } = site
  const cleanUrls = live.cleanUrls || serve.cleanUrls(`/${path}`)
  const listing = live.listing && serve.listing(`/${path}`)
  if (cleanUrls === live.cleanUrls && listing === live.listing) return site
  return { ...site, live: { ...live, cleanUrls, listing } }
}

const CONDITIONS = [
  ...['range', 'if-range', 'if-match', 'if-none-match'],
  ...['if-modified-since', 'if-unmodified-since'],
]

/** The fields of a request that wants all of an answer whatever it has (RFC 9110 §13.2.1). */
export function withoutConditions(fields: IncomingHttpHeaders): IncomingHttpHeaders {
  const plain = { ...fields }
  for (const name of CONDITIONS) delete plain[name]
  return plain
}
