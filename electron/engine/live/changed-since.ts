/**
 * What under the root has changed since a moment at which nobody watched: the
 * server was restarted, or the last page had gone for a while. Looks at every
 * file once; a change of the time a file was changed cannot be faked, so this
 * also finds what was put there with an old date.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'
import { type Batch, MOST_PATHS } from './changes.ts'
import type { WatchRules } from './rules.ts'
import { rootFolder, walk } from './walk.ts'

/** The kernel's clock ticks; what was changed within a tick may seem older (16 ms on Windows, less elsewhere). */
const CLOCK_TICK = 20
/** So many files at a time, as others wait for the same threads. */
const AT_ONCE = 16

/** `since`: ms since the epoch. Ends early when nobody wants to know any more. */
export async function findChangedSince(
  root: string,
  rules: WatchRules,
  since: number,
  isWanted: () => boolean,
): Promise<Pick<Batch, 'changed' | 'all'>> {
  const changed: string[] = []
  const isNewer = async (path: string): Promise<boolean> => {
    try {
      const { mtimeMs, ctimeMs } = await fs.promises.stat(join(root, path))
      return Math.max(mtimeMs, ctimeMs) > since - CLOCK_TICK
    } catch {
      return false
    }
  }
  for await (const { folder, files } of walk(root, rules, rootFolder(root), isWanted)) {
    // Something was deleted in it, or renamed, and it does not say what.
    if (await isNewer(folder.path)) return { changed: [], all: true }
    for (let at = 0; at < files.length; at += AT_ONCE) {
      const some = files.slice(at, at + AT_ONCE)
      const newer = await Promise.all(some.map(isNewer))
      changed.push(...some.filter((_, index) => newer[index]))
    }
    if (changed.length > MOST_PATHS) return { changed: [], all: true }
  }
  return { changed, all: false }
}
