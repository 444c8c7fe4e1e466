/** The option of that name; that links stay inside by default is tested with the representations. */
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { select } from '../../electron/engine/representation.ts'
import type { SymlinkPolicy } from '../../electron/engine/types.ts'
import { get, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'
import { tempFolder } from '../support/temp.ts'

const top = () =>
  tempFolder({
    'site/a.txt': 'inside',
    'site/a.txt.gz': { link: '../outside/b.txt' },
    'site/sub/c.txt': 'sub',
    'site/file-in': { link: 'a.txt' },
    'site/file-out': { link: '../outside/b.txt' },
    'site/folder-in': { link: 'sub' },
    'site/folder-out': { link: '../outside' },
    'site/paged/index.html': { link: '../a.txt' },
    'outside/b.txt': 'outside',
    'outside/deep/d.txt': 'deep',
  })

type Row = Record<SymlinkPolicy, number>
const all: [string, Row][] = [
  ['/a.txt', { confined: 200, follow: 200, refuse: 200 }],
  ['/sub/', { confined: 200, follow: 200, refuse: 200 }],
  ['/file-in', { confined: 200, follow: 200, refuse: 403 }],
  ['/file-out', { confined: 403, follow: 200, refuse: 403 }],
  ['/folder-in', { confined: 301, follow: 301, refuse: 403 }],
  ['/folder-in/', { confined: 200, follow: 200, refuse: 403 }],
  ['/folder-in/c.txt', { confined: 200, follow: 200, refuse: 403 }],
  ['/folder-out', { confined: 403, follow: 301, refuse: 403 }],
  ['/folder-out/', { confined: 403, follow: 200, refuse: 403 }],
  ['/folder-out/b.txt', { confined: 403, follow: 200, refuse: 403 }],
  ['/folder-out/deep/d.txt', { confined: 403, follow: 200, refuse: 403 }],
  ['/paged/', { confined: 200, follow: 200, refuse: 403 }],
  ['/folder-out/none', { confined: 404, follow: 404, refuse: 404 }],
]

it.each(['confined', 'follow', 'refuse'] as const)('%s', async symlinks => {
  const served = await serve(join(top(), 'site'), { symlinks })
  for (const [target, expected] of all) {
    const response = await rawRequest(served.port, get(target))
    expect([target, response.status]).toEqual([target, expected[symlinks]])
  }
  const { text } = await rawRequest(served.port, get('/'))
  for (const name of ['file-in', 'file-out', 'folder-in', 'folder-out']) {
    const target = name.startsWith('folder') ? `/${name}/` : `/${name}`
    const status = all.find(([path]) => path === target)?.[1][symlinks]
    expect([name, text.includes(`href="./${name}`)]).toEqual([name, status === 200])
  }
  // Nor does a refused one come in beside a file.
  const coded = await rawRequest(served.port, get('/a.txt', { 'Accept-Encoding': 'gzip' }))
  expect(coded.text).toBe(symlinks === 'follow' ? 'outside' : 'inside')
})

it('a root that is a link, or lies behind one, is no link', async () => {
  const folder = top()
  symlinkSync('site', join(folder, 'alias'))
  const served = await serve(join(folder, 'alias'), { symlinks: 'refuse' })
  expect((await rawRequest(served.port, get('/sub/c.txt'))).text).toBe('sub')
})

it('also without a folder of handles', async () => {
  const root = join(top(), 'site')
  const find = async (path: string, symlinks: SymlinkPolicy) => {
    const found = await select(root, { path, bytes: null, folder: false }, { index: [], symlinks }, null)
    if (found.kind === 'file') found.file.close()
    return found.kind === 'missing' ? found.reason : found.kind
  }
  expect(await find('file-out', 'follow')).toBe('file')
  expect(await find('file-out', 'confined')).toBe('outside')
  expect(await find('file-in', 'refuse')).toBe('link')
  expect(await find('folder-in', 'refuse')).toBe('link')
  expect(await find('sub/c.txt', 'refuse')).toBe('file')
})
