/**
 * What the pipeline is told: the request, reduced to what it asks, and the site
 * with everything that is resolved once at start. Types only.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { ContentCache } from './content-cache.ts'
import type { HostDecision } from './host-names.ts'
import type { KeptFiles } from './kept-files.ts'
import type { ResolvedLive } from './options.ts'
import type { ParsedTarget } from './target.ts'

/** What the pipeline needs of a request; made from an IncomingMessage by server.ts. */
export interface Request {
  readonly method: string
  readonly target: string
  readonly fields: IncomingHttpHeaders
  /** Every Host field line, in order; one is right (RFC 9112 §3.2). */
  readonly hosts: readonly string[]
  readonly httpVersion: string
  readonly clientIsLocal: boolean
  /** It shares what the disk has shown to others in this turn of the event loop (sight.ts); otherwise all is looked at anew. */
  readonly shares?: boolean
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
  live: ResolvedLive
}
