import { join } from 'node:path'
import { expect, it } from 'vitest'
import { onlyFile } from '../../../electron/engine/rules/only-file.ts'
import { type Files, tempFolder } from '../../support/temp.ts'

const ROOT = { path: '', bytes: null, folder: true }

it.each<[Files, string | null]>([
  [{ 'a.png': 'x' }, 'a.png'],
  [{}, null],
  [{ 'a.png': 'x', 'b.png': 'x' }, null],
  [{ 'a/b': 'x' }, null],
])('of %j it is %s', async (files, name) => {
  expect((await onlyFile(tempFolder(files), ROOT))?.name ?? null).toBe(name)
})

it('of what is no folder there is none', async () => {
  expect(await onlyFile(join(tempFolder(), 'none'), ROOT)).toBeNull()
})
