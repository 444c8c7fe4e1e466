/**
 * Gives a file that is whole its name, in one step: whoever reads that name sees
 * what was there before, or all of what is there now. What is not to be replaced
 * is not, whoever else makes a file of that name in the same moment.
 */
import * as fs from 'node:fs'
import type { Folder } from './open-folder.ts'
import { WriteProblem } from './write-problem.ts'

/** `from` is gone afterwards. Whether there was a file before. */
export async function putInPlace(
  from: string,
  folder: Folder,
  name: string,
  replace: boolean,
): Promise<boolean> {
  const to = folder.entry(name)
  await folder.check()
  if (!replace) {
    await renameExclusively(from, to)
    return false
  }
  const before = await kindOf(to)
  if (before === 'folder') throw new WriteProblem('is-folder')
  await fs.promises.rename(from, to)
  return before !== 'nothing'
}

/** What a hard link is refused with where the file system has none, or the system does not want it. */
const NO_LINKS = new Set([
  'EPERM',
  'EACCES',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EMLINK',
  'EINVAL',
  'UNKNOWN',
])

/** Throws where there is something of that name already. A link is renamed itself, wherever it leads. */
export async function renameExclusively(from: string, to: string): Promise<void> {
  // macOS would give the file that a link leads to its second name, also one outside of the root.
  if ((await fs.promises.lstat(from)).isSymbolicLink()) return await renameInTurn(from, to)
  try {
    // The only call that both names a file and fails where the name is taken.
    await fs.promises.link(from, to)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw await takenBy(to)
    if (!NO_LINKS.has(code)) throw error
    return await renameInTurn(from, to)
  }
  await fs.promises.unlink(from)
}

let last: Promise<unknown> = Promise.resolve()

/** Where there are no links: one at a time, so that at least nobody in here is faster. Also for folders. */
export function renameInTurn(from: string, to: string): Promise<void> {
  const turn = last.then(async () => {
    if ((await kindOf(to)) !== 'nothing') throw await takenBy(to)
    await fs.promises.rename(from, to)
  })
  last = turn.catch(() => {})
  return turn
}

async function takenBy(path: string): Promise<WriteProblem> {
  return new WriteProblem((await kindOf(path)) === 'folder' ? 'is-folder' : 'exists')
}

/** A link is what it is, wherever it leads. */
export async function kindOf(path: string): Promise<'nothing' | 'folder' | 'file'> {
  try {
    return (await fs.promises.lstat(path)).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing'
    throw error
  }
}
