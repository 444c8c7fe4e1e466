/**
 * Whether a process runs on this computer, and which: a number alone says
 * little, since the system gives it to another program once its owner has ended.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { systemError } from './problems.ts'

/** Whoever's it is. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemError(error).code === 'EPERM'
  }
}

/** When it was started, in the system's own notation: only to be compared. Null: not known here. */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    // Field 22 (proc_pid_stat(5)); the name, which may hold anything, ends with the last parenthesis.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  }
  if (process.platform === 'win32') return null
  return new Promise(resolve => {
    const options = { timeout: 2000, env: { ...process.env, LC_ALL: 'C' } }
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], options, (error, stdout) => {
      resolve(error ? null : stdout.trim() || null)
    })
  })
}
