/**
 * One Servebar per settings folder: a lock file says which process has it and
 * where its panel is. Two of them would overwrite each other's settings. A lock
 * left by a crash is recognised (process gone, or older than the last boot) and
 * taken over. Not a guard against a hostile user: the folder is the user's own.
 */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { systemError } from './problems.ts'
import { isProcessAlive } from './process-alive.ts'

export interface LockHolder {
  readonly pid: number
  readonly kind: 'menubar' | 'window' | 'browser'
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

function parseHolder(text: string): LockHolder | null {
  try {
    const { pid, kind, url } = JSON.parse(text) as Partial<Record<string, unknown>>
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return null
    return {
      pid: pid as number,
      kind: kind === 'browser' || kind === 'window' ? kind : 'menubar',
      ...(typeof url === 'string' ? { url } : {}),
    }
  } catch {
    return null
  }
}

function isRunning(pid: number): boolean {
  // A container starts each run with the same few pids: our own number in an old file is not us.
  return pid !== process.pid && isProcessAlive(pid)
}

async function isStale(file: string, holder: LockHolder | null): Promise<boolean> {
  const { mtimeMs } = await stat(file)
  // Written by somebody who is about to finish it, or broken off half way.
  if (!holder) return Date.now() - mtimeMs > 2000
  // After a restart of the computer the number may belong to anything; 10 s for clocks that were set.
  return !isRunning(holder.pid) || mtimeMs < Date.now() - uptime() * 1000 - 10_000
}

/** Takes the lock of this settings folder, or tells who has it. Rejects when the folder cannot be written. */
export async function takeLock(folder: string, kind: LockHolder['kind']): Promise<LockAttempt> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'servebar.lock')
  const content = (url?: string) => `${JSON.stringify({ pid: process.pid, kind, url })}\n`
  const lock: Lock = {
    held: true,
    async publish(url) {
      const next = `${file}.${process.pid}`
      await writeFile(next, content(url), { mode: 0o600 })
      await rename(next, file)
    },
    async release() {
      const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''))
      if (holder?.pid === process.pid) await rm(file, { force: true })
    },
  }
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await create(file, content())) return lock
    const text = await readFile(file, 'utf8').catch(() => null)
    if (text === null) continue // released just now
    const holder = parseHolder(text)
    const stale = await isStale(file, holder).catch(() => false)
    if (!stale && holder) return { held: false, holder }
    if (stale) await removeStale(file, text)
    else await new Promise(resolve => setTimeout(resolve, 200))
  }
  throw new Error(`The lock ${file} changes hands without end`)
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
  const aside = `${file}.${process.pid}-old`
  try {
    await rename(file, aside)
  } catch {
    return // somebody was faster
  }
  const text = await readFile(aside, 'utf8')
  if (text !== expected) await create(file, text)
  await rm(aside, { force: true })
}
