/**
 * Requests on disk, for as long as the owner wants them kept: append-only files
 * of JSON lines in a folder of the user's own, a new one after 8 MiB and a few
 * times within the time that is kept, so that whole files expire. Promises: to
 * note a request costs a push to a list; in a flood, or while the disk is slow,
 * what does not fit is dropped and counted; a file that a crash has cut is read
 * up to there; a cleared log is gone. One process at a time (lock.ts).
 */
import { createHash } from 'node:crypto'
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KeepRequests, SiteId } from '../contract.ts'
import { formatJson } from '../engine/access-log.ts'
import type { Exchange } from '../engine/types.ts'
import { parseLine } from './log-lines.ts'

/** How long a noted request may wait for its file, in ms. */
const WRITE_INTERVAL = 250
/** Requests that wait at most, so that a flood costs a few percent of a core: some 4000 in a second are kept. */
const MAX_WAITING = 1000
/** So many lines are made, or read, before others have their turn. */
const AT_ONCE = 100
const FILE_LIMIT = 8 * 1024 * 1024
const TOTAL_LIMIT = 64 * 1024 * 1024
/** Files begun within the time that is kept: a request may outstay it by one part. */
const PARTS = 8

const HOUR = 3_600_000
const KEPT_FOR: Readonly<Record<KeepRequests, number>> = {
  quit: 0,
  '1h': HOUR,
  '1d': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
}

export interface LogFiles {
  /** From now on requests are kept so long; with `quit` all files are deleted. */
  keep(choice: KeepRequests): void
  isOn(): boolean
  note(site: SiteId, exchange: Exchange): void
  /** The last requests of earlier runs, oldest first; none where nothing is kept. */
  read(site: SiteId, limit: number): Promise<readonly Exchange[]>
  /** Deletes what is kept of a site. */
  clear(site: SiteId): void
  /** In the place of what is kept of a site. */
  replace(site: SiteId, records: readonly Exchange[]): void
  /** Deletes the files of sites that are not among these. */
  retain(sites: readonly SiteId[]): void
  /** How many requests could not be kept. */
  dropped(): number
  /** What was noted so far is in the files. */
  settled(): Promise<void>
  /** The last of it, at the end of the run. */
  close(): Promise<void>
}

interface Part {
  readonly path: string
  /** Stands for its site in file names. */
  readonly key: string
  /** What is in it is not in memory. */
  readonly isOfEarlierRun: boolean
  /** ms since the epoch. */
  readonly begun: number
  /** Of those begun in the same millisecond. */
  readonly number: number
  /** When its last request was noted. */
  last: number
  size: number
}

export interface LogFilesOptions {
  readonly now?: () => number
  readonly fileLimit?: number
  readonly totalLimit?: number
}

/** `<key>.<begun, as digits>.<number>.jsonl` */
const NAME = /^([0-9a-f]{32})\.(\d+)\.(\d+)\.jsonl$/

/** `beside`: the folder of the settings, in which they get one of their own. */
export function createLogFiles(beside: string, keep: KeepRequests, options: LogFilesOptions = {}): LogFiles {
  const folder = join(beside, 'log')
  const { now = Date.now, fileLimit = FILE_LIMIT, totalLimit = TOTAL_LIMIT } = options
  let choice = keep
  let waiting: { readonly site: SiteId; readonly exchange: Exchange }[] = []
  let dropped = 0
  let lastNumber = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let tidying: ReturnType<typeof setInterval> | undefined
  let hasComplained = false
  /** Oldest first. */
  let parts: Part[] = []
  /** The file that is appended to, of each site that has one in this run. */
  const open = new Map<string, Part>()
  /** One thing after the other, so that nothing is written into what is being deleted. */
  let turn: Promise<void> = Promise.resolve()

  function inTurn(work: () => Promise<void>): Promise<void> {
    turn = turn.then(work).catch(error => {
      // Each request would say the same again.
      if (!hasComplained) console.error(error)
      hasComplained = true
    })
    return turn
  }

  async function remove(which: (part: Part) => boolean): Promise<void> {
    const gone = parts.filter(which)
    parts = parts.filter(part => !gone.includes(part))
    for (const part of gone) {
      if (open.get(part.key) === part) open.delete(part.key)
      await rm(part.path, { force: true })
    }
  }

  /** What has expired, and the oldest beyond the bound. */
  async function tidy(): Promise<void> {
    const since = now() - KEPT_FOR[choice]
    await remove(part => choice === 'quit' || part.last < since)
    let total = parts.reduce((sum, part) => sum + part.size, 0)
    await remove(part => {
      const isTooMuch = total > totalLimit
      if (isTooMuch) total -= part.size
      return isTooMuch
    })
  }

  async function append(key: string, text: string): Promise<void> {
    const size = Buffer.byteLength(text)
    let part = open.get(key)
    const isOld = part && now() - part.begun > KEPT_FOR[choice] / PARTS
    if (!part || isOld || part.size + size > fileLimit) {
      const begun = now()
      const path = join(folder, `${key}.${begun}.${++lastNumber}.jsonl`)
      part = { path, key, isOfEarlierRun: false, begun, number: lastNumber, last: begun, size: 0 }
      open.set(key, part)
      parts.push(part)
    }
    part.size += size
    part.last = now()
    await appendFile(part.path, text, { mode: 0o600 })
  }

  async function write(records: typeof waiting): Promise<void> {
    const texts = new Map<SiteId, string>()
    for (const [index, { site, exchange }] of records.entries()) {
      texts.set(site, `${texts.get(site) ?? ''}${formatJson(exchange)}\n`)
      if (index % AT_ONCE === AT_ONCE - 1) await nextTurn()
    }
    try {
      await ownFolder(folder)
      for (const [site, text] of texts) await append(keyOf(site), text)
    } catch (error) {
      dropped += records.length
      throw error
    }
    await tidy()
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    return inTurn(async () => {
      const records = waiting
      waiting = []
      if (records.length > 0 && choice !== 'quit') await write(records)
    })
  }

  function clear(site: SiteId): void {
    waiting = waiting.filter(each => each.site !== site)
    const key = keyOf(site)
    void inTurn(() => remove(part => part.key === key))
  }

  /** Requests also expire while none come. */
  function tidyNowAndThen(): void {
    clearInterval(tidying)
    if (choice === 'quit') return
    tidying = setInterval(() => void inTurn(tidy), Math.min(HOUR, KEPT_FOR[choice] / PARTS))
    tidying.unref()
  }

  // What earlier runs have left.
  void inTurn(async () => {
    parts = await listParts(folder)
    await tidy()
  })
  tidyNowAndThen()

  return {
    keep(next) {
      if (next === choice) return
      choice = next
      if (next === 'quit') waiting = []
      void inTurn(tidy)
      tidyNowAndThen()
    },
    isOn: () => choice !== 'quit',
    note(site, exchange) {
      if (choice === 'quit') return
      if (waiting.length >= MAX_WAITING) {
        dropped += 1
        return
      }
      waiting.push({ site, exchange })
      if (timer === null) {
        timer = setTimeout(() => void flush(), WRITE_INTERVAL)
        timer.unref()
      }
    },
    async read(site, limit) {
      const key = keyOf(site)
      const newestFirst: Exchange[] = []
      await inTurn(async () => {
        const since = now() - KEPT_FOR[choice]
        const own = parts.filter(part => part.key === key && part.isOfEarlierRun && part.last >= since)
        for (const part of own.reverse()) {
          if (newestFirst.length >= limit) break
          await readPart(part.path, since, limit, newestFirst)
        }
      })
      return newestFirst.reverse().sort((a, b) => a.time - b.time)
    },
    clear,
    replace(site, records) {
      clear(site)
      void inTurn(async () => {
        if (choice === 'quit') return
        const since = now() - KEPT_FOR[choice]
        const kept = records.filter(({ time }) => time >= since)
        for (let at = 0; at < kept.length; at += MAX_WAITING) {
          await write(kept.slice(at, at + MAX_WAITING).map(exchange => ({ site, exchange })))
        }
      })
    },
    retain(sites) {
      const keys = new Set(sites.map(keyOf))
      void inTurn(() => remove(part => !keys.has(part.key)))
    },
    dropped: () => dropped,
    settled: flush,
    close() {
      clearInterval(tidying)
      return flush()
    },
  }
}

/** A site's id comes from a file and may be any text; this is a name on every system. */
function keyOf(site: SiteId): string {
  return createHash('sha256').update(site).digest('hex').slice(0, 32)
}

async function ownFolder(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) return
  // Not of our making, then: nobody else shall read in it.
  const { mode } = await stat(folder)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(folder, 0o700)
}

async function listParts(folder: string): Promise<Part[]> {
  const parts: Part[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    const [, key, begun, number] = NAME.exec(name) ?? []
    if (key === undefined) continue
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found?.isFile()) {
      parts.push({
        path,
        key,
        isOfEarlierRun: true,
        begun: Number(begun),
        number: Number(number),
        last: found.mtimeMs,
        size: found.size,
      })
    }
  }
  return parts.sort((a, b) => a.begun - b.begun || a.number - b.number)
}

/** Appends what is in a file to `newestFirst`. */
async function readPart(path: string, since: number, limit: number, newestFirst: Exchange[]): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '')
  // A crash may have cut the last line, which then has no end.
  let end = text.lastIndexOf('\n')
  for (let lines = 1; end > 0 && newestFirst.length < limit; lines++) {
    const start = text.lastIndexOf('\n', end - 1) + 1
    const exchange = parseLine(text.slice(start, end))
    if (exchange && exchange.time >= since) newestFirst.push(exchange)
    end = start - 1
    if (lines % AT_ONCE === 0) await nextTurn()
  }
}
