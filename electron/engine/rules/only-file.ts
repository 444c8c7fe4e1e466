/**
 * The file that a folder holds when it holds nothing else, for serve.json's
 * `renderSingle`. Looks at two entries at most, however many there are.
 */
import * as fs from 'node:fs'
import { append, type Place } from '../representation.ts'

export interface OnlyFile {
  readonly name: string
  readonly place: Place
}

/** Null where there is another number of entries, or a folder. Whether it may be sent is for select() to say. */
export async function onlyFile(root: string, { path, bytes }: Place): Promise<OnlyFile | null> {
  const names: Buffer[] = []
  try {
    const folder = path === '' ? root : append(root, bytes ?? path)
    // One character for each byte, so that no name loses any.
    for await (const entry of await fs.promises.opendir(folder, { encoding: 'latin1' })) {
      names.push(Buffer.from(entry.name, 'latin1'))
      if (names.length > 1 || entry.isDirectory()) return null
    }
  } catch {
    return null
  }
  const [raw] = names
  if (raw === undefined) return null
  const name = raw.toString()
  const isText = bytes === null && Buffer.from(name).equals(raw)
  const above = path === '' ? '' : `${path}/`
  const place = {
    path: above + name,
    bytes: isText
      ? null
      : Buffer.concat([bytes ?? Buffer.from(path), Buffer.from(path === '' ? '' : '/'), raw]),
    folder: false,
  }
  return { name, place }
}
