/**
 * What was chosen or dropped -> files with their place: a folder comes with all
 * that is in it. What systems put into folders for themselves is left out, and
 * private names are where the server would refuse them.
 */

export interface Picked {
  readonly file: File
  /** Its name, with the folders it lies in. */
  readonly name: string
}

export function pickedIn(files: FileList | null): Picked[] {
  return Array.from(files ?? [], file => ({ file, name: file.webkitRelativePath || file.name }))
}

/** To be called while the drop is handled: afterwards it is empty. */
export async function pickedByDrop({ items, files }: DataTransfer): Promise<Picked[]> {
  const entries = Array.from(items, item => (item.kind === 'file' ? item.webkitGetAsEntry() : null))
  if (!entries.some(entry => entry !== null)) return pickedIn(files)
  const picked: Picked[] = []
  for (const entry of entries) if (entry !== null) await collect(entry, picked)
  return picked
}

async function collect(entry: FileSystemEntry, picked: Picked[]): Promise<void> {
  if (isFile(entry)) {
    // What cannot be read is reported when it is sent, and not here.
    const file = await new Promise<File | null>(resolve => entry.file(resolve, () => resolve(null)))
    if (file !== null) picked.push({ file, name: entry.fullPath.replace(/^\//, '') })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // It tells some at a time, and nothing when that was all.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>(resolve =>
      reader.readEntries(resolve, () => resolve([])),
    )
    if (some.length === 0) return
    for (const each of some) await collect(each, picked)
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile

const JUNK = /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/i
const PRIVATE = /(?:^|\/)\.(?!well-known\/)/

/** Those that can be sent, and how many private ones cannot. */
export function sift(picked: readonly Picked[], hidden: boolean): { wanted: Picked[]; private: number } {
  const files = picked.filter(({ name }) => !JUNK.test(name))
  const wanted = files.filter(({ name }) => hidden || !PRIVATE.test(name))
  return { wanted, private: files.length - wanted.length }
}
