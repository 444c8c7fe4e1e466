/**
 * Step 6 where the rules of a host hold (rules/): what they say of a request
 * comes before, or after, what its path names, and of the answer's fields last.
 * Promises that a rule leads no further than a request for its target would.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { withExtraFields } from './header-fields.ts'
import type { Found } from './kept-files.ts'
import type { ResolvedLive } from './options.ts'
import { redirect } from './redirect.ts'
import type { Place } from './representation.ts'
import type { Request, Site, Under } from './request.ts'
import { type Response, refuse, withFields } from './response.ts'
import { changeFields, type FieldChanges } from './rules/field-changes.ts'
import { askOf, type HostRules, type Rules } from './rules/host-rules.ts'
import { onlyFile } from './rules/only-file.ts'
import type { Decision } from './rules/redirect-table.ts'
import { takeSlash } from './rules/serve-decision.ts'
import { type Soon, whenReady } from './soon.ts'
import { encodePath, encodeQuery, isHidden, type Target } from './target.ts'

/** What is otherwise in finding what to answer with. */
export interface Ruled {
  /** What is answered where nothing would be served but a list; null: that list, or that there is nothing. */
  readonly otherwise: ((found: Found) => Soon<Response> | null) | null
  /** What is answered where a folder is asked for without its slash; null: the way to its address. */
  readonly slashless: (() => Soon<Response>) | null
  /** What is found is for the address that was asked for: nothing leads to its own. */
  readonly stays: boolean
}

/** Answers with what a target stands for. */
type Represent = (target: Target, site: Site, ruled: Ruled | null, request: Request) => Soon<Response>

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
    // What goes into a page on its way out has to know what the page will say.
    const policiesOf = (file: string): readonly string[] | null => policiesIn(rules.fieldsFor(ask, file, 200))
    const told = site.reload === null ? request : { ...request, policiesOf }
    const finder = new Finder(rules, siteUnder(rules, site, target.path), told, represent)
    return whenReady(finder.find(target, decision), response => {
      const slash = rules.serve === null || isList(response) ? null : takeSlash(rules.serve, ask)
      const leads = slash?.kind === 'redirect' && response.status < 500 && !isRedirected(response)
      const final = leads ? redirect(slash.status, slash.location, response) : response
      const { status, source } = final
      const changes = rules.fieldsFor(ask, source?.name ?? null, status)
      const fields = changeFields(final.fields, changes, { status, file: source !== null })
      const changed = fields === final.fields ? final : withFields(final, fields)
      return vary.length === 0 ? changed : withExtraFields(changed, ['Vary', vary.join(', ')])
    })
  })
}

function policiesIn(changes: FieldChanges): readonly string[] | null {
  const { values = [] } = changes.get('content-security-policy') ?? {}
  return values.length > 0 ? values : null
}

/** Of a folder, or all of it as an archive; what has no content is neither. */
const isList = ({ status, source }: Response): boolean => status === 200 && source === null
const isRedirected = ({ status }: Response): boolean => status >= 300 && status < 400 && status !== 304

/** What a request gets under the rules that hold for it. */
class Finder {
  readonly #rules: Rules
  readonly #site: Site
  readonly #request: Request
  readonly #represent: Represent

  constructor(rules: Rules, site: Site, request: Request, represent: Represent) {
    this.#rules = rules
    this.#site = site
    this.#request = request
    this.#represent = represent
  }

  find(target: Target, decision: Decision | null): Soon<Response> {
    if (decision === null) return this.#content(target, null)
    if (!decision.outranksFiles) return this.#content(target, () => this.#apply(decision))
    const response = this.#apply(decision)
    if (decision.kind === 'redirect' || decision.fallsBack !== true) return response
    return whenReady(response, response => {
      if (response.status !== 404) return response
      response.file?.close()
      return this.#content(target, null)
    })
  }

  /** `follow`: a rule that is applied where there is no file. */
  #content(target: Target, follow: (() => Soon<Response>) | null): Soon<Response> {
    const place = { ...target, ...this.#rules.placeOf(target) }
    let followed = false
    const otherwise = (found: Found): Soon<Response> | null => {
      if (follow !== null) {
        followed = true
        return follow()
      }
      return found.kind === 'folder' ? this.#single(place) : null
    }
    const slashless = (): Soon<Response> => {
      const inside = this.#see({ ...place, folder: true }, { otherwise, slashless: null, stays: false })
      return whenReady(inside, response => {
        // A folder that is only a list is no page: a rule for its address comes first, and its links need the slash.
        const stays = this.#rules.serve?.trailingSlash === false && !isList(response)
        if (followed || stays) return response
        const location = `/${encodePath(target.bytes ?? target.path)}/${encodeQuery(target.query)}`
        return redirect(301, location, response)
      })
    }
    return this.#see(place, { otherwise, slashless, stays: false })
  }

  #apply(decision: Decision): Soon<Response> {
    if (decision.kind === 'redirect') return redirect(decision.status, decision.location)
    const { status } = decision
    const target = this.#site.parseTarget(decision.target)
    if (target.kind !== 'path' || target.reserved || this.#rules.isRuleFile(target.path)) {
      return refuse('absent', this.#request, { nearest: '' })
    }
    if (target.hidden && !this.#site.live.dotfiles) return refuse('hidden', this.#request, {})
    // Another status is no success: nothing of it can be had in part, or be unchanged.
    const request =
      status === 200 ? this.#request : { ...this.#request, fields: withoutConditions(this.#request.fields) }
    const place = { ...target, ...this.#rules.placeOf(target) }
    const otherwise = (found: Found) => (found.kind === 'folder' ? this.#single(place) : null)
    const slashless = (): Soon<Response> =>
      this.#see({ ...place, folder: true }, { otherwise, slashless: null, stays: true }, request)
    return whenReady(this.#see(place, { otherwise, slashless, stays: true }, request), response =>
      status !== 200 && response.status === 200 ? { ...response, status } : response,
    )
  }

  /** serve.json's `renderSingle`: null where the folder is not one of a single file. */
  #single(target: Target): Soon<Response> | null {
    if (this.#rules.serve?.renderSingle !== true) return null
    const { root, platform, live } = this.#site
    const place = { ...target, folder: true }
    return onlyFile(root, place).then(file => {
      const shown = file !== null && (live.dotfiles || !isHidden(file.name, platform))
      const only: Place = shown && this.#rules.isListed(file.place.path) ? file.place : place
      return this.#see({ ...place, ...only }, { otherwise: null, slashless: null, stays: true })
    })
  }

  #see(target: Target, ruled: Ruled, request = this.#request): Soon<Response> {
    return this.#represent(target, this.#site, ruled, request)
  }
}

/** What is kept for a set of options is kept by the object; so there is one for each combination. */
const variants = new WeakMap<Rules, Map<string, ResolvedLive>>()

/** What the rules say of a path, as options. */
function siteUnder(rules: Rules, site: Site, path: string): Site {
  const { live } = site
  const { serve } = rules
  const under: Under = { folder: serve?.folder ?? '', isListed: path => rules.isListed(path) }
  const cleanUrls = serve === null ? live.cleanUrls : serve.cleanUrls(`/${path}`)
  const listing = live.listing && (serve === null || serve.listing(`/${path}`))
  const refuses = serve !== null && !serve.symlinks && live.symlinks === 'confined'
  const symlinks = refuses ? 'refuse' : live.symlinks
  const known = variants.get(rules) ?? new Map<string, ResolvedLive>()
  variants.set(rules, known)
  const key = `${cleanUrls} ${listing}`
  let variant = known.get(key)
  if (variant === undefined || baseOf.get(variant) !== live) {
    variant = { ...live, cleanUrls, slashedPages: serve !== null && cleanUrls, listing, symlinks }
    baseOf.set(variant, live)
    known.set(key, variant)
  }
  return { ...site, live: variant, under }
}

/** The options of the site that a variant was made of. */
const baseOf = new WeakMap<ResolvedLive, ResolvedLive>()

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
