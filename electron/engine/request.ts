/**
 * What the pipeline is told: the request, reduced to what it asks, and the site
 * with everything that is resolved once at start. Types only.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { AuthorityDownloads } from './authority-page.ts'
import type { ContentCache } from './content-cache.ts'
import type { HostDecision } from './host-names.ts'
import type { Incoming } from './incoming.ts'
import type { KeptFiles } from './kept-files.ts'
import type { LiveReload } from './live/live-reload.ts'
import type { ResolvedLive } from './options.ts'
import type { Response } from './response.ts'
import type { HostRules } from './rules/host-rules.ts'
import type { ParsedTarget, Target } from './target.ts'

/** What the pipeline needs of a request; made from an IncomingMessage by server.ts. */
export interface Request {
  readonly method: string
  readonly target: string
  readonly fields: IncomingHttpHeaders
  /** Every Host field line, in order; one is right (RFC 9112 §3.2). */
  readonly hosts: readonly string[]
  readonly httpVersion: string
  readonly clientIsLocal: boolean
  /** The client's address. */
  readonly client: string
  /** It shares what the disk has shown to others in this turn of the event loop (sight.ts); otherwise all is looked at anew. */
  readonly shares?: boolean
  /** The policies that rules give to the page of this file; null: the owner's. Asked for while pages reload. */
  readonly policiesOf?: (file: string) => readonly string[] | null
  /** Where `takesContent` wants it; else it has been read and dropped. */
  readonly content?: Incoming
}

/** What is served, resolved once. */
export interface Site {
  /** Real path of the root. */
  readonly root: string
  readonly platform: NodeJS.Platform
  checkHost: (authority: string) => HostDecision
  readonly parseTarget: (raw: string) => ParsedTarget
  /** What stands at which place, from memory or from the disk. */
  readonly files: KeptFiles
  /** What was compressed for earlier requests. */
  readonly coded: ContentCache
  readonly scheme: 'http' | 'https'
  /** While pages reload by themselves. */
  reload: LiveReload | null
  /** While the rules of a host hold. */
  rules: HostRules | null
  /** What rules say of all that is found under them; only on the site of one request. */
  readonly under?: Under
  /** This computer's authority, for devices that are to trust it. */
  readonly authority: AuthorityDownloads | null
  /** What may be changed in it. */
  readonly writes: SiteWrites
  live: ResolvedLive
}

export interface Under {
  /** The folder below the root that is served in its place; empty: the root. */
  readonly folder: string
  /** Whether a list may show an entry. `path`: relative to the root. */
  isListed(path: string): boolean
}

/** Uploads, deleting and renaming (writes/), where the owner allows them. */
export interface SiteWrites {
  /** New with each start: shows that a request comes from a page of ours. */
  readonly token: string
  /** What is deleted can be found again. */
  readonly hasTrash: boolean
  /** Whether the content of such a request is read by respond(). */
  takesContent(method: string, live: ResolvedLive): boolean
  /** What is allowed besides reading. */
  methods(live: ResolvedLive): readonly string[]
  /** Further fields for OPTIONS. */
  optionFields(site: Site): readonly string[]
  /** Null for a request that changes nothing, or may not. Never rejects. */
  respond(request: Request, target: Target, site: Site): Promise<Response | null>
  /** Removes what an earlier server left behind. */
  start(site: Site): Promise<void>
  close(site: Site): Promise<void>
}
