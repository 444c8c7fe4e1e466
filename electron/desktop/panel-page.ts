/**
 * Where the panel's page comes from: `app://servebar/`, a scheme of our own that
 * serves the built renderer and nothing else. Better than file:// for three
 * reasons: the page gets a real origin, so 'self' in its policy means these
 * files only and module scripts load; the policy travels as a header that no
 * edit of the page can lose; and the page has no right to read local files.
 */
import { extname, join } from 'node:path'
// biome-ignore lint/style/useNodejsImportProtocol: Electron's own, which reads our archive (build/node-build.mjs)
import { readFile } from 'fs/promises'
import { panelPolicy } from '../app/panel-policy.ts'

export const panelScheme = 'app'
export const panelUrl = `${panelScheme}://servebar/index.html`

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** The URL is the panel's page itself, not merely something of our scheme. */
export function isPanelUrl(url: string): boolean {
  return url.split(/[?#]/, 1)[0] === panelUrl
}

/** A file that the panel's page has made itself, for the user to save. */
export function isPanelDownload(url: string): boolean {
  return url.startsWith(`blob:${panelScheme}://servebar/`)
}

/** The file's path inside the renderer's folder, or null where the URL names none. */
export function panelFile(url: string): string | null {
  const prefix = `${panelScheme}://servebar/`
  if (!url.startsWith(prefix)) return null
  const name = url.slice(prefix.length).split(/[?#]/, 1)[0] ?? ''
  // Built files have plain names: no escapes, no dot segments, no separators but /.
  const isPlain = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/.test(name)
  return isPlain && extname(name) in mediaTypes ? name : null
}

export async function answerPanel(folder: string, url: string): Promise<Response> {
  const name = panelFile(url)
  const content = name === null ? null : await readFile(join(folder, name)).catch(() => null)
  if (name === null || content === null) return new Response(null, { status: 404 })
  return new Response(content, {
    headers: {
      'content-type': mediaTypes[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': panelPolicy(), // the bridge is no connection of the page's
      'x-content-type-options': 'nosniff',
    },
  })
}
