/**
 * File systems that fold letter case (macOS, Windows) find `Logo.PNG` for
 * `/logo.png`; the host that the site is published on will not. Tells such
 * requests, for the log. Unicode forms (NFC, NFD) are folded by the same
 * systems and count as case.
 */
import type { OpenFile } from './open-file.ts'
import { realPath } from './representation.ts'

const FOLDING: ReadonlySet<NodeJS.Platform> = new Set<NodeJS.Platform>(['darwin', 'win32'])

/** False where the system does not fold, so that nothing is asked of the disk there. */
export async function isFoundByFolding(
  { path }: Pick<OpenFile, 'path'>,
  platform: NodeJS.Platform,
): Promise<boolean> {
  if (!FOLDING.has(platform)) return false
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
