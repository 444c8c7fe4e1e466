/** Sites to serve: small pages, and how the app's settings name them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PAGES = 40
const PAGE_SIZE = 1024

/** As it stands in settings.json: it is started when the app is. */
export function makeSite(folder, name, port) {
  const root = join(folder, name)
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'index.html'), `<!doctype html><title>${name}</title>`)
  for (let page = 0; page < PAGES; page++) {
    const file = `page-${String(page).padStart(2, '0')}.html`
    writeFileSync(join(root, file), `<!doctype html><title>${page}</title>`.padEnd(PAGE_SIZE))
  }
  return {
    ...{ id: name, name, folder: root, port, running: true },
    ...{ portChosen: true, share: false, listing: true, dotfiles: false },
  }
}
