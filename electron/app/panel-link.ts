/**
 * A file that leads to the panel in the browser. What opens a browser takes the
 * address as an argument, and arguments can be read by every user of the
 * computer; the address has the token in it. So a file is opened that only the
 * user can read, and that goes on to the address.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

function linkIn(folder: string): string {
  return join(folder, 'panel.html')
}

/** The file's path; null where it cannot be written. `folder`: that of the settings. */
export async function writePanelLink(folder: string, url: string): Promise<string | null> {
  const file = linkIn(folder)
  const script = `location.replace(${JSON.stringify(url).replaceAll('<', '\\u003c')})`
  try {
    // Made anew: an old one may be open to others.
    await rm(file, { force: true })
    await writeFile(
      file,
      `<!doctype html><meta charset="utf-8"><title>Servebar</title><script>${script}</script>\n`,
      { flag: 'wx', mode: 0o600 },
    )
    return file
  } catch {
    return null
  }
}

export async function removePanelLink(folder: string): Promise<void> {
  await rm(linkIn(folder), { force: true }).catch(() => {})
}
