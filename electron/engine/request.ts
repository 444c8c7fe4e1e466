/**
 * What the pipeline is told: the request, reduced to what it asks, and the site
 * with everything that is resolved once at start. Types only.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { ContentCache } from './content-cache.ts'
import type { HostDecision } from './host-names.ts'
import type { ResolvedLive } from './options.ts'

/** What the pipeline needs of a request; made from an IncomingMessage by server.ts. */
export interface Request {
  readonly method: string
  readonly target: string
  readonly fields: IncomingHttpHeaders
  /** Every Host field line, in order; one is right (RFC 9112 §3.2). */
  readonly hosts: readonly string[]
  readonly httpVersion: string
  readonly clientIsLocal: boolean
}

/** What is served, resolved once. */
export interface Site {
  /** Real path of the root. */
  readonly root: string
  readonly platform: NodeJS.Platform
  checkHost: (authority: string) => HostDecision
  /** What was compressed for earlier requests. */
  readonly coded: ContentCache
  live: ResolvedLive
}
