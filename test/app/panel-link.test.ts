import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { removePanelLink, writePanelLink } from '../../electron/app/panel-link.ts'
import { tempFolder } from '../support/temp.ts'

const url = 'http://127.0.0.1:4600/#token=secret'

it('is a page for the user alone that goes on to the address, until it is removed', async () => {
  const folder = tempFolder()
  await writeFile(join(folder, 'panel.html'), 'old', { mode: 0o644 })
  const file = (await writePanelLink(folder, url)) ?? ''
  expect(await readFile(file, 'utf8')).toContain(`<script>location.replace("${url}")</script>`)
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  await removePanelLink(folder)
  await removePanelLink(folder)
  expect(await readdir(folder)).toEqual([])
})

it('cannot be left by what the address holds', async () => {
  const file = await writePanelLink(tempFolder(), '</script><script>alert(1)//')
  expect(await readFile(file ?? '', 'utf8')).not.toContain('</script><script>')
})

it('is not there where it cannot be written', async () => {
  expect(await writePanelLink('/nowhere/at/all', url)).toBeNull()
})
