/**
 * A file that is known without being open: its validators, its content where it
 * is small, and the answers about it, which are the same for all who ask. Says
 * nothing of whether it still is so; kept-files.ts does.
 */
import type { Validators } from './conditional.ts'
import type { KeptContent } from './content-cache.ts'
import type { Headroom } from './headroom.ts'
import type { Coding } from './negotiation.ts'
import type { OpenFile } from './open-file.ts'
import type { ResolvedLive } from './options.ts'
import { lasting, type Response } from './response.ts'

export class KeptFile {
  readonly size: number
  readonly validators: Validators
  /** Relative to the root, `/` between segments. */
  readonly name: string
  readonly path: string
  readonly contentType: string
  readonly modified: bigint
  /** All of it, where it is small and has been read. */
  room: Headroom | null = null
  /** Whether the file system had to fold letter case to find it; null until it was asked. */
  foundByFolding: boolean | null = null

  /** What has been compressed of it. */
  readonly coded = new Map<Coding, KeptContent>()
  /** The options of the answers below. */
  #live: ResolvedLive | null = null
  #whole: Response | null = null
  /** By itself, as most are not coded, and a field is found without a lookup. */
  #unchanged: Response | null = null
  readonly #unchangedCoded = new Map<Coding, Response>()

  constructor({ size, validators, name, contentType, modified }: OpenFile, path: string) {
    this.size = size
    this.validators = validators
    this.name = name
    this.contentType = contentType
    this.path = path
    this.modified = modified
  }

  get content(): Buffer | null {
    return this.room?.content ?? null
  }

  /** All of it, as it is or coded, as it was answered under these options. */
  whole(coding: Coding | null, live: ResolvedLive): Response | null {
    if (coding === null) return this.#live === live ? this.#whole : null
    const content = this.coded.get(coding)
    if (content?.answer?.live !== live) return null
    content.used = true
    return content.answer.response
  }

  keepWhole(coding: Coding | null, live: ResolvedLive, response: Response): Response {
    const content = coding === null ? null : this.coded.get(coding)
    const room = content?.room ?? (coding === null ? this.room : null)
    if (room === null) return response
    const kept = lasting(response, room)
    if (content) content.answer = { live, response: kept }
    else {
      this.#startUnder(live)
      this.#whole = kept
    }
    return kept
  }

  /** That it is what the client has, as it was answered under these options. */
  unchanged(coding: Coding | null, live: ResolvedLive): Response | null {
    if (this.#live !== live) return null
    return coding === null ? this.#unchanged : (this.#unchangedCoded.get(coding) ?? null)
  }

  keepUnchanged(coding: Coding | null, live: ResolvedLive, response: Response): Response {
    this.#startUnder(live)
    const kept = lasting(response)
    if (coding === null) this.#unchanged = kept
    else this.#unchangedCoded.set(coding, kept)
    return kept
  }

  #startUnder(live: ResolvedLive): void {
    if (this.#live === live) return
    this.#live = live
    this.#whole = null
    this.#unchanged = null
    this.#unchangedCoded.clear()
  }

  /** Nothing is open. Here, so that whoever holds a file need not ask which it is. */
  close(): void {}
}

/** A file to answer with. */
export type SourceFile = OpenFile | KeptFile
