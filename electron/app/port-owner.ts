/**
 * The name of the program that listens on a port: from /proc on Linux, lsof on
 * macOS, netstat and tasklist on Windows. Best effort: null when it cannot be
 * told (another user's program, no such tool). Never throws, never takes
 * longer than a second.
 */
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'

const TIME_LIMIT = 1000

export async function portOwner(port: number): Promise<string | null> {
  const deadline = Date.now() + TIME_LIMIT
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(resolve, TIME_LIMIT, null)
  })
  try {
    return cleanName(await Promise.race([late, find(port, deadline)]))
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

function find(port: number, deadline: number): Promise<string | null> {
  if (process.platform === 'linux') return findInProc(port, deadline)
  if (process.platform === 'darwin') return findWithLsof(port)
  if (process.platform === 'win32') return findWithNetstat(port)
  return Promise.resolve(null)
}

/** A program's name may hold anything; it becomes part of one line of text. */
function cleanName(name: string | null): string | null {
  const clean = name
    ?.replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 40)
  return clean || null
}

// ---- Linux ----

async function findInProc(port: number, deadline: number): Promise<string | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map(file => readFile(file, 'latin1').catch(() => '')),
  )
  const sockets = new Set(
    tables.flatMap(table => parseProcNet(table, port)).map(inode => `socket:[${inode}]`),
  )
  if (sockets.size === 0) return null
  for (const pid of await readdir('/proc')) {
    if (Date.now() > deadline) return null
    if (!/^\d+$/.test(pid)) continue
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
    const links = await Promise.all(
      descriptors.map(number => readlink(`/proc/${pid}/fd/${number}`).catch(() => '')),
    )
    if (links.some(link => sockets.has(link))) return await programName(pid)
  }
  return null
}

/** Inodes of the listening sockets on this port, from /proc/net/tcp or tcp6 (proc(5)). */
export function parseProcNet(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const LISTEN = '0A'
  return table.split('\n').flatMap(line => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    return local?.endsWith(suffix) && state === LISTEN && inode ? [inode] : []
  })
}

async function programName(pid: string): Promise<string> {
  // Not `comm`: that is the name of the main thread, which newer Node calls "MainThread".
  const program = await readlink(`/proc/${pid}/exe`).catch(() => '')
  if (program) return basename(program.replace(/ \(deleted\)$/, ''))
  return readFile(`/proc/${pid}/comm`, 'utf8')
}

// ---- macOS ----

async function findWithLsof(port: number): Promise<string | null> {
  return parseLsof(await run('/usr/sbin/lsof', ['-nP', '+c', '0', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fc']))
}

/** Output of `lsof -Fc`: one field a line, `c` is the command; odd characters as `\x20`. */
export function parseLsof(output: string): string | null {
  const line = output.split('\n').find(text => text.startsWith('c'))
  return (
    line
      ?.slice(1)
      .replace(/\\x([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16))) ?? null
  )
}

// ---- Windows ----

async function findWithNetstat(port: number): Promise<string | null> {
  const pid = parseNetstat(await run('netstat', ['-ano']), port)
  if (pid === null) return null
  return parseTasklist(await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']))
}

/** Process id from `netstat -ano`. A listener has the foreign port 0; the word for its state is translated. */
export function parseNetstat(output: string, port: number): string | null {
  for (const line of output.split('\n')) {
    const [protocol, local, foreign, , pid] = line.trim().split(/\s+/)
    if (protocol === 'TCP' && local?.endsWith(`:${port}`) && foreign?.endsWith(':0') && pid) return pid
  }
  return null
}

/** Program from `tasklist /FO CSV /NH`: `"node.exe","1234",...`. */
export function parseTasklist(output: string): string | null {
  return /^"([^"]+?)(?:\.exe)?","\d+"/im.exec(output)?.[1] ?? null
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: TIME_LIMIT, windowsHide: true }, (error, output) => {
      // lsof exits 1 when one of its questions had no answer, with the others' answers printed.
      if (error && !output) reject(error)
      else resolve(output)
    })
  })
}
