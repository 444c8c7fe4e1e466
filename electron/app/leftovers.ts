/** Removes the temporary files that processes left beside a file when they were killed while they wrote it. */
import { readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isProcessAlive } from './process-alive.ts'

/** A name beside the file for this process to write to. */
export function temporaryName(file: string): string {
  return `${file}.${process.pid}.tmp`
}

export async function removeLeftovers(file: string): Promise<void> {
  const folder = dirname(file)
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = name.startsWith(`${basename(file)}.`) && /\.(\d+)\.tmp$/.exec(name)?.[1]
    if (pid && !isProcessAlive(Number(pid))) await unlink(join(folder, name)).catch(() => {})
  }
}
