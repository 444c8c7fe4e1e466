/**
 * The files of the authority, in a folder that is the user's alone (0700; on
 * Windows by the rights of the profile). Key and certificate share one file, so
 * that they cannot be of different age. Such a file is never changed or
 * replaced: one that is of no use gets a successor with the next number, and
 * the highest number counts. So any number of processes, killed at any moment,
 * end with one authority and without a lock.
 */
import { randomBytes } from 'node:crypto'
import { chmod, link, lstat, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { removeLeftovers, temporaryName } from '../leftovers.ts'
import { systemError } from '../problems.ts'

export interface StoredAuthority {
  readonly number: number
  readonly file: string
  /** Null: not a file, or larger than any of ours. */
  readonly text: string | null
  /** Others may read it. Always false on Windows. */
  readonly exposed: boolean
  /** Half a file, and so young that another process may just be writing it. */
  readonly unfinished: boolean
}

const SECRET = /^authority-([1-9]\d{0,8})\.pem$/
const PUBLIC = /^servebar-ca-([1-9]\d{0,8})\.crt$/
const MAX_SIZE = 64 * 1024
const WRITING_TIME = 500
const hasModes = process.platform !== 'win32'

/** Of the private file with this number, which holds the key. */
export function secretFile(folder: string, number: number): string {
  return join(folder, `authority-${number}.pem`)
}

/** Of the certificate alone, for other programs to read. */
export function publicFile(folder: string, number: number): string {
  return join(folder, `servebar-ca-${number}.crt`)
}

/** Of a leaf by which a system shows whether it trusts the authority. */
export function probeFile(folder: string): string {
  return join(folder, 'probe.crt')
}

/** Makes the folder, closes it to others, and removes what killed processes left. */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (hasModes && ((await stat(folder)).mode & 0o077) !== 0) await chmod(folder, 0o700).catch(() => {})
  await removeLeftovers(join(folder, 'authority'))
}

/** The one that counts. Null: there is none yet. */
export async function readNewest(folder: string): Promise<StoredAuthority | null> {
  for (;;) {
    const number = (await numbersIn(folder, SECRET)).at(-1)
    if (number === undefined) return null
    const file = secretFile(folder, number)
    try {
      const stats = await stat(file)
      // A pipe would be read without end.
      const text = stats.isFile() && stats.size <= MAX_SIZE ? await readFile(file, 'utf8') : null
      const exposed = hasModes && (stats.mode & 0o077) !== 0
      const unfinished = isHalf(text) && Math.abs(Date.now() - stats.mtimeMs) < WRITING_TIME
      return { number, file, text, exposed, unfinished }
    } catch (error) {
      // Removed just now, by a process that has found a higher one.
      if (systemError(error).code !== 'ENOENT' || (await isLink(file))) throw error
    }
  }
}

function isHalf(text: string | null): boolean {
  return text !== null && !/-----END CERTIFICATE-----\s*$/.test(text)
}

async function isLink(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => null))?.isSymbolicLink() ?? false
}

/** False: another process has made this number. Either way `readNewest` says what counts now. */
export async function addSecret(folder: string, number: number, text: string): Promise<boolean> {
  const file = secretFile(folder, number)
  const temporary = await writeBeside(folder, text, 0o600)
  try {
    // Unlike a rename, this never replaces what another process has put there meanwhile.
    await link(temporary, file)
  } catch (error) {
    const { code } = systemError(error)
    if (code === 'EEXIST') return false
    // A file system without links (exFAT): others can see the half file, and wait (`unfinished`).
    return await createInPlace(file, text)
  } finally {
    await unlink(temporary).catch(() => {})
  }
  await syncFolder(folder)
  return true
}

async function createInPlace(file: string, text: string): Promise<boolean> {
  try {
    await writeNew(file, text, 0o600)
    return true
  } catch (error) {
    if (systemError(error).code === 'EEXIST') return false
    throw error
  }
}

/** False: the file system knows no modes, or it is another user's. */
export async function closeToOthers(file: string): Promise<boolean> {
  await chmod(file, 0o600).catch(() => {})
  return ((await stat(file)).mode & 0o077) === 0
}

/** Only ever called when a higher number is there. */
export async function removeSecretsBefore(folder: string, number: number): Promise<void> {
  const older = (await numbersIn(folder, SECRET)).filter(other => other < number)
  for (const other of older) await unlink(secretFile(folder, other)).catch(() => {})
}

/** Writes the file unless it is there with this very text. */
export async function writePublic(folder: string, file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => null)) === text) return
  const temporary = await writeBeside(folder, text, 0o644)
  try {
    await rename(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
}

/** Certificates of authorities that count no more: the files of lower numbers. */
export async function retiredFiles(folder: string, number: number): Promise<readonly string[]> {
  const older = (await numbersIn(folder, PUBLIC)).filter(other => other < number)
  return older.map(other => publicFile(folder, other))
}

async function numbersIn(folder: string, pattern: RegExp): Promise<number[]> {
  const found = (await readdir(folder)).map(name => Number(pattern.exec(name)?.[1] ?? 0))
  return found.filter(number => number > 0).sort((a, b) => a - b)
}

async function writeBeside(folder: string, text: string, mode: number): Promise<string> {
  // Several openings in one process must not share a name.
  const temporary = temporaryName(join(folder, `authority.${randomBytes(6).toString('hex')}`))
  await writeNew(temporary, text, mode)
  return temporary
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode)
  try {
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    await unlink(file).catch(() => {})
    throw error
  }
}

/** Forces the new name to disk, too. Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (!hasModes) return
  const handle = await open(folder, 'r')
  await handle.sync().catch(() => {})
  await handle.close()
}
