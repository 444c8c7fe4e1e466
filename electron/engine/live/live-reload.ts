/**
 * Live reload of one site: answers its two reserved addresses (the script, the
 * stream of what changed), and watches the root while somebody listens, not a
 * moment longer, and never before the first page has come. What is put into the
 * pages is inject.ts's business.
 */

import type { IncomingHttpHeaders } from 'node:http'
import { crypto } from '../built-ins.ts'
import type { SymlinkPolicy } from '../types.ts'
import { findChangedSince } from './changed-since.ts'
import { type Batch, Changes } from './changes.ts'
import client from './client/client.js?raw'
import { EventStream } from './event-stream.ts'
import { isReserved, SCRIPT_PATH, STREAM_PATH } from './reserved.ts'
import { createWatchRules } from './rules.ts'
import { TreeWatch, type WatchState } from './tree-watch.ts'

interface LiveRequest {
  /** GET or HEAD. */
  readonly method: string
  /** Decoded, relative to the root. */
  readonly path: string
  /** With its `?`, or ''. */
  readonly query: string
  readonly fields: IncomingHttpHeaders
}

interface LiveResponse {
  readonly status: number
  /** Names and values in turn. */
  readonly fields: readonly string[]
  /** A stream is closed by whoever writes it, when the client has gone. */
  readonly content: Buffer | EventStream | null
}

export interface LiveStatus {
  /** How many pages are open that reload. */
  readonly pages: number
  /** Null while nobody listens. */
  readonly watch: WatchState | null
}

export interface LiveReloadOptions {
  /** As of the site: what is not served is not watched. */
  readonly dotfiles: boolean
  readonly symlinks: SymlinkPolicy
  /** Navigations to nothing get the root's page. */
  readonly spa: boolean
  /** Told of each change of the status. */
  readonly onStatus?: (status: LiveStatus) => void
}

export interface LiveReload {
  /** Null where the path is not one of ours. */
  respond(request: LiveRequest): LiveResponse | null
  /**
   * What each answer with the script in it says besides, 304 and HEAD too: when it was sent. A page that a browser
   * keeps and shows again without a question learns from it what it has missed.
   */
  stamp(): readonly string[]
  readonly status: LiveStatus
  /** Ends the streams; their pages ask again, and find another instance or none. */
  close(): void
}

/** Below the two minutes after which the server gives up a connection without a byte. */
const HEARTBEAT = 15_000
/** A page that reloads goes and comes back. */
const LINGER = 10_000
/** How long a browser waits before it opens a stream again that broke off. */
const RETRY = 1_000
/** Each takes a connection. */
const MOST_STREAMS = 200
/** As many as a person could open; what is told is only shown. */
const MOST_PAGES = 1_000

/** Everything that lives as long as somebody listens. */
interface Session {
  readonly watch: TreeWatch
  readonly changes: Changes
  /** Of every change after this id the session knows: when each folder is watched. */
  readonly from: Promise<number>
}

/** `root` is a real path. */
export function createLiveReload(root: string, options: LiveReloadOptions): LiveReload {
  const rules = createWatchRules(root, options)
  const nextId = createIds()
  const streams = new Set<EventStream>()
  let session: Session | null = null
  let watchState: WatchState | null = null
  let lingering: NodeJS.Timeout | null = null
  let heartbeat: NodeJS.Timeout | null = null
  let closed = false

  const status = (): LiveStatus => {
    let pages = 0
    for (const stream of streams) pages += stream.pages
    return { pages, watch: watchState }
  }
  const tellStatus = (): void => options.onStatus?.(status())

  function watching(): Session {
    if (session !== null) return session
    const watch = new TreeWatch(root, rules, {
      onChange: path => changes.add(path),
      onState: state => {
        watchState = state
        tellStatus()
      },
    })
    const changes = new Changes(root, nextId, () => watch.verify(), tell)
    session = { watch, changes, from: watch.settled.then(nextId) }
    return session
  }

  function stopWatching(): void {
    session?.watch.close()
    session?.changes.close()
    session = null
    watchState = null
    tellStatus()
  }

  function tell(batch: Batch): void {
    const data = JSON.stringify(batch)
    for (const stream of streams) stream.send(batch.id, data)
  }

  function linger(): void {
    if (lingering !== null) clearTimeout(lingering)
    lingering = setTimeout(() => {
      if (streams.size === 0) stopWatching()
    }, LINGER)
    lingering.unref()
  }

  function open(since: number | null, pages: number): EventStream {
    const end = (): void => {
      streams.delete(stream)
      if (streams.size === 0 && heartbeat !== null) {
        clearInterval(heartbeat)
        heartbeat = null
      }
      if (!closed) linger()
      tellStatus()
    }
    const stream: EventStream = new EventStream(crypto().randomUUID(), end, pages)
    heartbeat ??= setInterval(() => {
      for (const each of streams) each.beat()
    }, HEARTBEAT)
    stream.sendRetry(RETRY)
    void begin(stream, watching(), since ?? nextId())
    tellStatus()
    return stream
  }

  /**
   * First what the page has missed since its script was fetched or its last stream broke off; then all as it comes.
   * What nobody has watched is looked for meanwhile, which takes a second where there are very many files.
   */
  async function begin(stream: EventStream, { changes, from }: Session, since: number): Promise<void> {
    for (const batch of changes.since(since)) stream.send(batch.id, JSON.stringify(batch))
    const now = nextId()
    stream.send(now, JSON.stringify({ id: now, changed: [], gone: [], all: false, stream: stream.id }))
    streams.add(stream)
    if (since >= (await from)) return
    const { changed, all } = await findChangedSince(root, rules, since, () => !stream.closed)
    if (changed.length === 0 && !all) return
    const batch: Batch = { id: nextId(), changed, gone: [], all }
    stream.send(batch.id, JSON.stringify(batch))
  }

  function respond(request: LiveRequest): LiveResponse | null {
    if (!isReserved(request.path)) return null
    const isHead = request.method === 'HEAD'
    const isOurs = OURS.includes(String(request.fields['sec-fetch-site'] ?? 'none'))
    if (`/${request.path}` === SCRIPT_PATH) {
      if (!isHead && isOurs) {
        // Its stream follows in a moment.
        watching()
        linger()
      }
      // Everybody may have it: where it is of no use, as in a sandbox, it ends without a word.
      return scriptFrom(nextId(), options.spa)
    }
    // Whatever the site allows to other origins: what its owner works on is not theirs to know.
    if (!isOurs) return refusal(403)
    const query = new URLSearchParams(request.query)
    const told = query.get('stream')
    const pages = query.get('pages')
    if (told !== null) return count(told, Number(pages ?? Number.NaN))
    if (isHead) return { status: 200, fields: STREAM_FIELDS, content: null }
    if (streams.size >= MOST_STREAMS) return refusal(503)
    // A browser that comes back by itself says what it saw last (§9.2.4); our script does otherwise.
    const since = Number(request.fields['last-event-id'] ?? query.get('since') ?? Number.NaN)
    return {
      status: 200,
      fields: STREAM_FIELDS,
      content: open(Number.isFinite(since) ? since : null, pages === '0' ? 0 : 1),
    }
  }

  /** One page listens for all of its browser, and tells how many they are. */
  function count(id: string, pages: number): LiveResponse {
    for (const stream of streams) {
      if (stream.id !== id || !Number.isInteger(pages) || pages < 0 || pages > MOST_PAGES) continue
      stream.pages = pages
      tellStatus()
    }
    return { status: 204, fields: ['Cache-Control', 'no-store'], content: null }
  }

  return {
    respond,
    stamp: () => ['Server-Timing', `${TIMING};desc="${nextId()}"`],
    get status() {
      return status()
    },
    close() {
      closed = true
      if (lingering !== null) clearTimeout(lingering)
      for (const stream of streams) stream.close()
      stopWatching()
    },
  }
}

/** The metric of Server-Timing in which a page finds when it was sent. */
const TIMING = 'servebar-live'
const OURS = ['same-origin', 'none']
const OPEN_FIELDS = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff']
const CLOSED_FIELDS = [...OPEN_FIELDS, 'Cross-Origin-Resource-Policy', 'same-origin']
const STREAM_FIELDS = ['Content-Type', 'text/event-stream', ...CLOSED_FIELDS]

/** The script, with the moment from which its page wants to know of changes: not much later than the page was read. */
function scriptFrom(since: number, hasFallback: boolean): LiveResponse {
  const text = client
    .replace('__STREAM__', STREAM_PATH)
    .replace('__TIMING__', TIMING)
    .replace('__FALLBACK__', String(hasFallback))
    .replace('__SINCE__', String(since))
  const content = Buffer.from(text)
  const fields = ['Content-Type', 'text/javascript; charset=utf-8', 'Content-Length', String(content.length)]
  return { status: 200, fields: [...fields, ...OPEN_FIELDS], content }
}

function refusal(status: 403 | 503): LiveResponse {
  return { status, fields: ['Content-Length', '0', ...CLOSED_FIELDS], content: null }
}

/** Times in ms, but each greater than the one before, whatever the clock does. */
function createIds(): () => number {
  let last = 0
  return () => {
    last = Math.max(last + 1, Date.now())
    return last
  }
}
