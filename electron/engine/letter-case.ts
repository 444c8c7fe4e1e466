/**
 * File systems that fold letter case (macOS, Windows) find `Logo.PNG` for
 * `/logo.png`; the host that the site is published on will not. Tells such
 * requests, for the log. Unicode forms (NFC, NFD) are folded by the same
 * systems and count as case.
 */
import { KeptFile, type SourceFile } from './kept-file.ts'
import type { DiskPath } from './open-file.ts'
import { realPath } from './representation.ts'
import type { Soon } from './soon.ts'

const FOLDING: ReadonlySet<NodeJS.Platform> = new Set<NodeJS.Platform>(['darwin', 'win32'])

/** False where the system does not fold, so that nothing is asked of the disk there. */
export function isFoundByFolding(file: Pick<SourceFile, 'path'>, platform: NodeJS.Platform): Soon<boolean> {
  if (!FOLDING.has(platform)) return false
  // The name on disk cannot change while the file is as it was kept: a new name is a change.
  if (!(file instanceof KeptFile)) return askDisk(file.path)
  return file.foundByFolding ?? askDisk(file.path).then(found => (file.foundByFolding = found))
}

async function askDisk(path: DiskPath): Promise<boolean> {
  // What has gone meanwhile is not worth a note.
  const real = await realPath(path).catch(() => path)
  return differsInCase(path.toString(), real.toString())
}

/** Whether two paths are one but for letter case, Unicode form, and the separator of Windows. */
export function differsInCase(asked: string, real: string): boolean {
  const [a, b] = [asked.replaceAll('\\', '/'), real.replaceAll('\\', '/')]
  return a !== b && fold(a) === fold(b)
}

const fold = (path: string): string => path.normalize('NFC').toLowerCase()
