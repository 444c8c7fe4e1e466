/**
 * One Servebar per settings folder: a lock file says which process has it and
 * where its panel is. Two of them would overwrite each other's settings. A lock
 * left by a crash is recognised (process gone or another one by now, no panel at
 * its address, older than the last boot) and taken over. Not a guard against a
 * hostile user: the folder is the user's own.
 */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { removeLeftovers, temporaryName } from './leftovers.ts'
import { systemError } from './problems.ts'
import { isProcessAlive, processStart } from './process-alive.ts'

export interface LockHolder {
  readonly pid: number
  readonly kind: 'menubar' | 'window' | 'browser'
  /** When that process started, so that another one with its number is not taken for it. */
  readonly started?: string
  /** Of a panel in the browser: its address with the token, so only the user may read the file. */
  readonly url?: string
}

export interface Lock {
  readonly held: true
  /** Lets a second launch find the panel. */
  publish(url: string): Promise<void>
  release(): Promise<void>
}

export type LockAttempt = Lock | { readonly held: false; readonly holder: LockHolder }

const ATTEMPTS = 20
const PAUSE = 200
const PROBE_LIMIT = 1500

function parseHolder(text: string): LockHolder | null {
  try {
    const { pid, kind, started, url } = JSON.parse(text) as Partial<Record<string, unknown>>
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return null
    return {
      pid: pid as number,
      kind: kind === 'browser' || kind === 'window' ? kind : 'menubar',
      ...(typeof started === 'string' ? { started } : {}),
      ...(typeof url === 'string' ? { url } : {}),
    }
  } catch {
    return null
  }
}

/** `stale`: nobody has it. `settling`: it is being written, or given up. */
type Finding = 'held' | 'settling' | 'stale'

async function examine(file: string, holder: LockHolder | null, asker: LockHolder['kind']): Promise<Finding> {
  const { mtimeMs } = await stat(file)
  // Written by somebody who is about to finish it, or broken off half way.
  if (!holder) return Date.now() - mtimeMs > 2000 ? 'stale' : 'settling'
  // Electron's own lock has let this one in, so there is no other menubar app.
  if (asker !== 'browser' && holder.kind !== 'browser') return 'stale'
  // A container starts each run with the same few pids: our own number in an old file is not us.
  if (holder.pid === process.pid || !isProcessAlive(holder.pid)) return 'stale'
  // After a restart of the computer the number may belong to anything; 10 s for clocks that were set.
  if (mtimeMs < Date.now() - uptime() * 1000 - 10_000) return 'stale'
  const started = holder.started === undefined ? null : await processStart(holder.pid)
  if (started !== null && started !== holder.started) return 'stale'
  if (holder.url === undefined || (await isPanelAt(holder.url).catch(() => false))) return 'held'
  // That very process without its panel is about to end; of another one we know nothing good.
  return started === null ? 'stale' : 'settling'
}

/** A Servebar answers there, or somebody who is too busy to answer. */
function isPanelAt(url: string): Promise<boolean> {
  return new Promise(resolve => {
    // Refuses by throwing what is no http URL: then the promise rejects.
    const { host } = new URL(url)
    const request = get(url, { agent: false, timeout: PROBE_LIMIT }, response => {
      response.destroy()
      // The page's policy names its own socket (panel-policy.ts).
      resolve(String(response.headers['content-security-policy']).includes(`ws://${host}`))
    })
    request.once('timeout', () => {
      resolve(true)
      request.destroy()
    })
    request.once('error', () => resolve(false))
  })
}

/** Takes the lock of this settings folder, or tells who has it. Rejects when the folder cannot be written. */
export async function takeLock(folder: string, kind: LockHolder['kind']): Promise<LockAttempt> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'servebar.lock')
  const started = (await processStart(process.pid)) ?? undefined
  const content = (url?: string) => `${JSON.stringify({ pid: process.pid, kind, started, url })}\n`
  const lock: Lock = {
    held: true,
    async publish(url) {
      const next = temporaryName(file)
      await writeFile(next, content(url), { mode: 0o600 })
      await rename(next, file)
    },
    async release() {
      const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''))
      if (holder?.pid === process.pid) await rm(file, { force: true })
    },
  }
  let seen: LockHolder | null = null
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await create(file, content())) {
      await removeLeftovers(file)
      return lock
    }
    const text = await textOf(file)
    if (text === null) continue // released just now
    seen = parseHolder(text)
    const finding = await examine(file, seen, kind).catch(() => 'settling' as const)
    if (finding === 'held' && seen) return { held: false, holder: seen }
    if (finding === 'stale') await removeStale(file, text)
    else await new Promise(resolve => setTimeout(resolve, PAUSE))
  }
  if (seen) return { held: false, holder: seen }
  throw new Error(`The lock ${file} changes hands without end`)
}

/** Null: not there (any more). */
async function textOf(file: string): Promise<string | null> {
  try {
    // A pipe would be read without end.
    if (!(await stat(file)).isFile()) await rm(file)
    return await readFile(file, 'utf8')
  } catch (error) {
    if (systemError(error).code === 'ENOENT') return null
    throw error
  }
}

/** False: it exists. */
async function create(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (systemError(error).code === 'EEXIST') return false
    throw error
  }
}

/** Takes the old file away; puts it back if another process has replaced it in the meantime. */
async function removeStale(file: string, expected: string): Promise<void> {
  const aside = temporaryName(`${file}.old`)
  try {
    await rename(file, aside)
  } catch {
    return // somebody was faster
  }
  const text = await readFile(aside, 'utf8')
  if (text !== expected) await create(file, text)
  await rm(aside, { force: true })
}
