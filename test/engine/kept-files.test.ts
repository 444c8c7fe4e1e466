import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { KeptFile } from '../../electron/engine/kept-file.ts'
import { type Found, KeptFiles } from '../../electron/engine/kept-files.ts'
import { readParts } from '../../electron/engine/open-file.ts'
import { resolveLive } from '../../electron/engine/options.ts'
import { startPeriod } from '../../electron/engine/sight.ts'
import { type Files, tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

const MiB = 1024 * 1024
const live = resolveLive({ name: 'site', listing: true, dotfiles: false, index: ['index.html', 'index.htm'] })
const place = (path: string, folder = false) => ({ path, bytes: null, folder })

/** Files that nobody has touched for a while. */
function settled(files: Files): string {
  const root = tempFolder(files)
  return root
}

/** Opens a file through the memory and gives it its content, as the pipeline does. */
async function load(kept: KeptFiles, path: string, folder = false): Promise<Found> {
  startPeriod()
  const found = await kept.select(place(path, folder), live, true)
  if (found.kind === 'file' && !(found.file instanceof KeptFile)) {
    const content = await readParts(found.file, { first: 0, length: found.file.size })
    if (content && (await found.file.isUnchanged())) found.file.onRead?.(content)
    found.file.close()
  }
  return found
}

/** What is there without a promise. */
function inMemory(kept: KeptFiles, path: string, folder = false): string | null {
  startPeriod()
  const found = kept.select(place(path, folder), live)
  if (found instanceof Promise) {
    found.then(found => found.kind === 'file' && found.file.close())
    return null
  }
  if (found.kind !== 'file') return found.kind
  return found.file instanceof KeptFile ? String(found.file.content) : null
}

async function keeping(files: Files, path: string, folder = false, limit = MiB) {
  const root = settled(files)
  const kept = new KeptFiles(root, limit)
  // A file that was written just now is waited for.
  await load(kept, path, folder)
  return { root, kept }
}

it('keeps a small file, and gives it out without opening it', async () => {
  const { kept } = await keeping({ 'sub/a.txt': 'hello' }, 'sub/a.txt')
  expect(inMemory(kept, 'sub/a.txt')).toBe('hello')
  expect(kept.weight).toBeGreaterThan(5)
})

it('keeps the index of a folder only while none that comes before it is there', async () => {
  const { root, kept } = await keeping({ 'sub/index.htm': 'second' }, 'sub', true)
  expect(inMemory(kept, 'sub', true)).toBe('second')
  writeFileSync(join(root, 'sub/index.html'), 'first')
  expect(inMemory(kept, 'sub', true)).toBe(null)
})

it.each<[string, (root: string) => void]>([
  [
    'rewritten with the same size and time',
    root => {
      writeFileSync(join(root, 'sub/a.txt'), 'HELLO')
      utimesSync(join(root, 'sub/a.txt'), 1, 1)
    },
  ],
  ['deleted', root => rmSync(join(root, 'sub/a.txt'))],
  ['in a folder that was moved away', root => renameSync(join(root, 'sub'), join(root, 'other'))],
  [
    'in a folder that is now a link to where it went',
    root => {
      renameSync(join(root, 'sub'), `${root}-moved`)
      symlinkSync(`${root}-moved`, join(root, 'sub'))
    },
  ],
  [
    'in a root that is now another',
    root => {
      renameSync(root, `${root}-moved`)
      mkdirSync(join(root, 'sub'), { recursive: true })
    },
  ],
])('does not give out what was %s', async (_name, change) => {
  const { root, kept } = await keeping({ 'sub/a.txt': 'hello' }, 'sub/a.txt')
  expect(inMemory(kept, 'sub/a.txt')).toBe('hello')
  change(root)
  expect(inMemory(kept, 'sub/a.txt')).toBe(null)
  rmSync(`${root}-moved`, { recursive: true, force: true })
})

it('keeps nothing that is reached by a link', async () => {
  const { kept } = await keeping(
    { 'a.txt': 'a', 'link.txt': { link: 'a.txt' }, to: { link: 'sub' }, 'sub/b.txt': 'b' },
    'link.txt',
  )
  await load(kept, 'to/b.txt')
  expect(inMemory(kept, 'link.txt')).toBe(null)
  expect(inMemory(kept, 'to/b.txt')).toBe(null)
})

it('keeps of a large file what is known of it, not its content', async () => {
  const { kept } = await keeping({ 'big.bin': Buffer.alloc(300 * 1024) }, 'big.bin')
  expect(inMemory(kept, 'big.bin')).toBe('null')
  expect(kept.weight).toBeLessThan(10_000)
})

it('remembers that there is nothing until there is something', async () => {
  const root = settled({ 'sub/a.txt': 'a' })
  const kept = new KeptFiles(root, MiB)
  const found = await load(kept, 'sub/none/b.txt')
  if (found.kind !== 'missing') throw new Error(found.kind)
  kept.keepMissing(place('sub/none/b.txt'), found, 'sub', live)
  expect(inMemory(kept, 'sub/none/b.txt')).toBe('missing')
  mkdirSync(join(root, 'sub/none'))
  expect(inMemory(kept, 'sub/none/b.txt')).toBe(null)
})

it('stays within its limit, and lets go first of what nobody asked for', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `${n}.txt`)
  const root = settled(Object.fromEntries(names.map(name => [name, name.padEnd(10_000)])))
  const kept = new KeptFiles(root, 128 * 1024)
  await load(kept, '0.txt')
  for (const name of names.slice(1)) {
    expect(inMemory(kept, '0.txt')).toBe('0.txt'.padEnd(10_000))
    await load(kept, name)
    expect(kept.weight).toBeLessThanOrEqual(128 * 1024)
  }
  expect(inMemory(kept, '1.txt')).toBe(null)
})

it('keeps nothing where it may not, and forgets all when the options change', async () => {
  const { kept } = await keeping({ 'a.txt': 'a' }, 'a.txt', false, 0)
  expect(inMemory(kept, 'a.txt')).toBe(null)
  const { kept: other } = await keeping({ 'a.txt': 'a' }, 'a.txt')
  await until(() => inMemory(other, 'a.txt') === 'a', 'the file in memory')
  const found = other.select(place('a.txt'), { ...live, index: [] })
  expect(found).toBeInstanceOf(Promise)
  const opened = await found
  if (opened.kind === 'file') opened.file.close()
  expect(inMemory(other, 'a.txt')).toBe(null)
})
