/**
 * The file that a folder holds when it holds nothing else, for serve.json's
 * `renderSingle`. Looks at two entries at most, however many there are.
 */
import * as fs from 'node:fs'
import type { DiskPath } from '../open-file.ts'

/** Its name, or null. Whether it may be sent is for select() to say. */
export async function onlyFile(folder: DiskPath): Promise<string | null> {
  const names: string[] = []
  try {
    for await (const entry of await fs.promises.opendir(folder)) {
      names.push(entry.name)
      if (names.length > 1 || entry.isDirectory()) return null
    }
  } catch {
    return null
  }
  return names[0] ?? null
}
