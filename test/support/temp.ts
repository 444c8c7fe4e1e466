/**
 * Temporary folders for tests, filled from a plain object and removed when the
 * test has ended (or, made outside of a test, when the process ends).
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A file's content, `null` for an empty folder, or the target of a symlink. */
export type Files = Readonly<Record<string, string | Uint8Array | null | { readonly link: string }>>

const leftovers = new Set<string>()
process.once('exit', () => {
  for (const path of leftovers) rmSync(path, { recursive: true, force: true })
})

/** The real path of a new folder with these files in it. */
export function tempFolder(files: Files = {}): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'servebar-test-')))
  writeFiles(path, files)
  try {
    onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  } catch {
    leftovers.add(path)
  }
  return path
}

export function writeFiles(root: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name)
    mkdirSync(content === null ? path : dirname(path), { recursive: true })
    if (content === null) continue
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content)
    else symlinkSync(content.link, path)
  }
}
