/**
 * Whether there is room for an upload. Some is left for the computer itself: a
 * disk that is full to the last byte stops more than uploads. Where the system
 * does not tell (before Node 18.15, some network volumes), only writing will.
 */
import * as fs from 'node:fs'
import { WriteProblem } from './write-problem.ts'

/** What is left free. */
const RESERVE = 64 * 1024 * 1024

/** Throws when the volume of this folder has not that many bytes to spare. */
export async function checkRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeSpace(folder)
  if (free !== null && bytes + RESERVE > free) {
    throw new WriteProblem('no-space', { detail: 'Nothing was changed. Ask the owner to make room.' })
  }
}

async function freeSpace(folder: string): Promise<number | null> {
  if (typeof fs.promises.statfs !== 'function') return null
  try {
    const { bavail, bsize } = await fs.promises.statfs(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
