/**
 * The folder of what is built, for build.mjs: whether it is newer than its
 * sources, how a new one takes its place while others read it or build as well,
 * and what interrupted builds left beside it.
 */
import { readdirSync, statSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Every one of these files is there and newer than all that is in the sources (files and folders). */
export function isFresh(files, sources) {
  const times = files.map(file => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  return Math.min(...times) > Math.max(...sources.map(newest))
}

/** Of a folder its own time counts as well: a file may have been deleted. */
function newest(path) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0
  return Math.max(stats.mtimeMs, ...readdirSync(path).map(name => newest(join(path, name))))
}

/** Whoever looks meanwhile finds the old folder or the new one; of several at a time the last one stays. */
export async function putInPlace(folder, place) {
  for (let attempt = 1; ; attempt++) {
    await rename(place, `${place}.${process.pid}-${attempt}.tmp`).catch(error => {
      if (error.code !== 'ENOENT') throw error
    })
    try {
      return await rename(folder, place)
    } catch (error) {
      // Another build was faster.
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code) || attempt === 20) throw error
    }
  }
}

/** What builds that were interrupted left beside it; `own`: also what this process did. */
export async function removeLeftovers(place, own) {
  for (const name of await readdir(dirname(place))) {
    const pid = name.startsWith(`${basename(place)}.`) && /\.(\d+)(?:-\d+)?\.tmp$/.exec(name)?.[1]
    if (!pid || (Number(pid) !== own && isAlive(Number(pid)))) continue
    await rm(join(dirname(place), name), { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
