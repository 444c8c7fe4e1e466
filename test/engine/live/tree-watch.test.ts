/**
 * The watch on real folders, both ways it can watch: folder by folder as on
 * Linux, and whole trees as on macOS and Windows, where Node can imitate it here.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createWatchRules } from '../../../electron/engine/live/rules.ts'
import { TreeWatch, type WatchState } from '../../../electron/engine/live/tree-watch.ts'
import type { SymlinkPolicy } from '../../../electron/engine/types.ts'
import { bundle } from '../../support/bundle.ts'
import { type Files, tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

interface Watched {
  readonly root: string
  readonly watch: TreeWatch
  /** Every path that was told, once. */
  readonly paths: Set<string>
  readonly states: WatchState[]
  /** Waits until the path is told, and forgets what was told before. */
  told(path: string): Promise<void>
  write(name: string, content?: string): void
}

async function watchOf(
  files: Files | string,
  { trees = false, symlinks = 'confined' }: { trees?: boolean; symlinks?: SymlinkPolicy } = {},
): Promise<Watched> {
  const root = typeof files === 'string' ? files : tempFolder(files)
  const paths = new Set<string>()
  const states: WatchState[] = []
  const rules = createWatchRules(root, { dotfiles: false, symlinks })
  const events = {
    onChange: (path: string) => paths.add(path),
    onState: (state: WatchState) => states.push(state),
  }
  const watch = new TreeWatch(root, rules, events, trees)
  onTestFinished(() => watch.close())
  await watch.settled
  return {
    root,
    watch,
    paths,
    states,
    told: async path => {
      await until(() => paths.has(path), `${path} to be told, after ${[...paths].join()}`)
      paths.clear()
    },
    write: (name, content = String(Math.random())) => writeFileSync(join(root, name), content),
  }
}

describe.each([
  ['folder by folder', false],
  // Node's imitation on Linux came with 20.
  ...(Number(process.versions.node.split('.')[0]) >= 20 || process.platform !== 'linux'
    ? [['as a tree', true] as const]
    : []),
] as const)('watched %s', (_, trees) => {
  it('tells of files that are written, made, renamed and deleted, wherever they are', async () => {
    const { root, told, write } = await watchOf({ 'a.html': '', 'b/c/d.css': '' }, { trees })
    write('a.html')
    await told('a.html')
    write('b/c/d.css')
    await told('b/c/d.css')
    write('b/new.js')
    await told('b/new.js')
    renameSync(join(root, 'b/new.js'), join(root, 'b/other.js'))
    await told('b/other.js')
    unlinkSync(join(root, 'b/c/d.css'))
    await told('b/c/d.css')
  })

  // Node's imitation goes on watching the file that was replaced.
  it.skipIf(trees && process.platform === 'linux')(
    'tells of what is saved by a rename, again and again',
    async () => {
      const { root, told, write } = await watchOf({ 'b/a.css': '' }, { trees })
      for (let n = 0; n < 3; n++) {
        write('b/.a.css.swp')
        renameSync(join(root, 'b/.a.css.swp'), join(root, 'b/a.css'))
        await told('b/a.css')
      }
    },
  )

  it('says nothing of what is ignored', async () => {
    const { root, paths, told, write } = await watchOf(
      { 'a.html': '', 'node_modules/x/y.js': '', '.git/HEAD': '' },
      { trees },
    )
    write('node_modules/x/y.js')
    write('.git/index')
    write('.a.html.swp')
    write('a.html~')
    mkdirSync(join(root, 'deep/node_modules/z'), { recursive: true })
    write('deep/node_modules/z/index.js')
    await until(() => paths.has('deep'), 'the folder')
    write('last.html')
    await until(() => paths.has('last.html'), 'the last one')
    expect([...paths].filter(path => path !== 'deep')).toEqual(['last.html'])
    await told('last.html')
  })
})

describe('folders that come and go', () => {
  it('are watched with what is in them', async () => {
    const { root, states, told, write } = await watchOf({ 'a.html': '' })
    expect(states.at(-1)).toEqual({ phase: 'watching', folders: 1 })
    const elsewhere = tempFolder({ 'x/y/z.html': '' })
    renameSync(join(elsewhere, 'x'), join(root, 'x'))
    // It was there before it could be watched.
    await told('x/y/z.html')
    await until(
      () => states.at(-1)?.phase === 'watching' && JSON.stringify(states.at(-1)).includes(':3}'),
      '3 folders',
    )
    write('x/y/z.html')
    await told('x/y/z.html')
    mkdirSync(join(root, 'x/y/deeper/still'), { recursive: true })
    write('x/y/deeper/still/a.html')
    await told('x/y/deeper/still/a.html')
    rmSync(join(root, 'x'), { recursive: true })
    await told('x')
    await until(() => JSON.stringify(states.at(-1)).includes(':1}'), '1 folder')
    mkdirSync(join(root, 'x'))
    write('x/again.html')
    await told('x/again.html')
    write('x/again.html')
    await told('x/again.html')
  })

  it('may have the name of another that has just gone', async () => {
    const { root, paths, told, write } = await watchOf({ 'x/a.html': '' })
    for (let n = 0; n < 5; n++) {
      renameSync(join(root, 'x'), join(root, `old-${n}`))
      mkdirSync(join(root, 'x'))
      write('x/b.html')
      await until(() => paths.has('x/b.html'), 'the file in the new folder')
      write(`old-${n}/a.html`)
      await told(`old-${n}/a.html`)
    }
  })
})

describe('the root', () => {
  it('is noticed to go, and to come back', async () => {
    const { root, watch, paths, states, told, write } = await watchOf({ 'a/b.html': '' })
    expect(await watch.verify()).toBe(true)
    rmSync(root, { recursive: true })
    expect(await watch.verify()).toBe(false)
    expect(states.at(-1)).toEqual({ phase: 'gone' })
    paths.clear()
    mkdirSync(join(root, 'a'), { recursive: true })
    await told('')
    await until(() => states.at(-1)?.phase === 'watching', 'the new root')
    expect(await watch.verify()).toBe(true)
    await watch.settled
    write('a/b.html')
    await told('a/b.html')
  })

  it('is noticed to be another', async () => {
    const { root, watch, told, write } = await watchOf({ 'a.html': '' })
    renameSync(root, `${root}-old`)
    onTestFinished(() => rmSync(`${root}-old`, { recursive: true, force: true }))
    mkdirSync(root)
    expect(await watch.verify()).toBe(true)
    await told('')
    await watch.settled
    write('a.html')
    await told('a.html')
  })

  it('may come later', async () => {
    const root = tempFolder()
    rmSync(root, { recursive: true })
    const { states, told, write } = await watchOf(root)
    expect(states.at(-1)).toEqual({ phase: 'gone' })
    mkdirSync(root)
    await told('')
    await until(() => states.at(-1)?.phase === 'watching', 'the root')
    write('a.html')
    await told('a.html')
  })
})

describe('links', () => {
  it('are told by their own names, folders and files', async () => {
    const { root, paths, told, write } = await watchOf({
      'real/a.css': '',
      folder: { link: 'real' },
      'deep/file.css': { link: '../real/a.css' },
    })
    write('real/a.css')
    await until(
      () => ['real/a.css', 'folder/a.css', 'deep/file.css'].every(path => paths.has(path)),
      'all names',
    )
    paths.clear()
    // Replaced by a rename, and one that comes later.
    write('real/.tmp')
    renameSync(join(root, 'real/.tmp'), join(root, 'real/a.css'))
    await told('deep/file.css')
    symlinkSync('../real/a.css', join(root, 'deep/later.css'))
    await told('deep/later.css')
    write('real/a.css')
    await told('deep/later.css')
    symlinkSync('../real', join(root, 'deep/folder'))
    await until(() => paths.has('deep/folder'), 'the link')
    await told('deep/folder/a.css')
    write('real/a.css')
    await told('deep/folder/a.css')
  })

  it.each<[SymlinkPolicy, boolean]>([
    ['confined', false],
    ['refuse', false],
    ['follow', true],
  ])('out of the root: %s', async (symlinks, followed) => {
    const outside = tempFolder({ 'x/a.css': '', 'b.css': '' })
    const { paths, told, write } = await watchOf(
      { out: { link: join(outside, 'x') }, 'out.css': { link: join(outside, 'b.css') } },
      { symlinks },
    )
    writeFileSync(join(outside, 'x/a.css'), 'new')
    writeFileSync(join(outside, 'b.css'), 'new')
    if (followed) await until(() => paths.has('out/a.css') && paths.has('out.css'), 'both')
    write('inside.html')
    await until(() => paths.has('inside.html'), 'what is inside')
    expect([...paths].some(path => path.startsWith('out'))).toBe(followed)
    await told('inside.html')
  })

  it('in a ring are followed once', async () => {
    const { states, told, write } = await watchOf({
      'a/x.css': '',
      'a/to-b': { link: '../b' },
      'b/to-a': { link: '../a' },
      'a/self': { link: '.' },
      up: { link: '.' },
    })
    // The root, a, b, a/to-b and b/to-a.
    expect(states.at(-1)).toEqual({ phase: 'watching', folders: 5 })
    write('a/x.css')
    await told('b/to-a/x.css')
  })
})

/** A user namespace has limits of its own. */
const canLimit =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-Ur', 'sh', '-c', 'echo 9 > /proc/sys/user/max_inotify_watches']).status === 0

describe.skipIf(!canLimit)('where the system has no more watches', () => {
  it.each<[limit: string, value: number, state: WatchState]>([
    ['max_inotify_watches', 4, { phase: 'limited', folders: 4, cause: 'ENOSPC' }],
    ['max_inotify_instances', 0, { phase: 'limited', folders: 0, cause: 'EMFILE' }],
  ])('(%s: %i) it says so, and has those near the root', async (limit, value, state) => {
    const root = tempFolder({ 'a/b/c/d.html': '', 'e/f.html': '', 'g/h/i.html': '' })
    const program = await bundle('test/support/watch-main.ts')
    const { stdout, stderr } = spawnSync(
      'unshare',
      [
        '-Ur',
        'sh',
        '-c',
        `echo ${value} > /proc/sys/user/${limit}; exec "$0" "$@"`,
        process.execPath,
        program,
        root,
      ],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(state)
  })
})
