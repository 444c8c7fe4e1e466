import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  promises,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { isInside, missingFor, nearestFolder, select } from '../../electron/engine/representation.ts'
import { contentOf, nastySite } from '../fixtures/nasty-site.ts'
import { get, overHttp2, RawConnection, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'
import { tempFolder, writeFiles } from '../support/temp.ts'

/** Node has no call for it. */
const MAKE_FIFO = 'mkfifo'

/** A root with its neighbours: `site-old` shares its prefix, `outside` is where links lead. */
function neighbourhood(): { top: string; root: string } {
  const top = tempFolder({
    'site/a.txt': 'inside',
    'site/sub/b.txt': 'inside too',
    'site-old/secret.txt': 'SECRET',
    'outside/secret.txt': 'SECRET',
    'outside/index.html': 'SECRET',
    'secret.txt': 'SECRET',
  })
  return { top, root: join(top, 'site') }
}

describe('the nearest folder that is there', () => {
  const rules = { symlinks: 'confined' } as const
  const nearest = (root: string, path: string) =>
    nearestFolder(root, { path, bytes: null, folder: true }, rules)

  it('is the deepest on the way', async () => {
    const root = tempFolder({ 'a/b/c/d/e/f.txt': 'f', file: 'f' })
    const names = ['a', 'b', 'c', 'd', 'e']
    for (let depth = 0; depth <= names.length; depth++) {
      const there = names.slice(0, depth).join('/')
      for (let more = 1; more < 10; more++) {
        const path = [...names.slice(0, depth), ...new Array<string>(more).fill('x')].join('/')
        expect([path, await nearest(root, path)]).toEqual([path, there])
      }
    }
    expect(await nearest(root, 'file/x/y')).toBe('')
    expect(await nearest(root, '')).toBe('')
    expect(await nearest(join(root, 'gone'), 'a/b')).toBeNull()
  })

  it('is found without a look at each of thousands', async () => {
    const root = tempFolder({ 'a/b/c.txt': 'c' })
    const look = vi.spyOn(promises, 'stat')
    onTestFinished(() => look.mockRestore())
    expect(await nearest(root, `a/b/${'x/'.repeat(3_900)}`)).toBe('a/b')
    expect(look.mock.calls.length).toBeLessThan(20)
  })
})

describe('symlinks', () => {
  it.each([
    ['file inside', 'sub/b.txt', '/link', 200],
    ['folder inside', 'sub', '/link/b.txt', 200],
    ['folder inside, without slash', 'sub', '/link', 301],
    ['up and in again', '../site/a.txt', '/link', 200],
    ['file outside', '../secret.txt', '/link', 403],
    ['file outside, absolute', '/etc/hostname', '/link', 403],
    ['neighbour with the same prefix', '../site-old', '/link/secret.txt', 403],
    ['folder outside', '../outside', '/link/', 403],
    ['folder outside, without slash', '../outside', '/link', 403],
    ['file in a folder outside', '../outside', '/link/secret.txt', 403],
    ['out and back in', '../outside', '/link/../a.txt', 200],
    ['to nothing', 'nowhere', '/link', 404],
    ['to itself', 'link', '/link', 404],
    ['to the root', '.', '/link/link/a.txt', 200],
  ])('%s', async (_, link, target, status) => {
    const { root } = neighbourhood()
    symlinkSync(link, join(root, 'link'))
    const { port } = await serve(root)
    const response = await rawRequest(port, get(target))
    expect(response.status).toBe(status)
    expect(response.text).not.toContain('SECRET')
  })

  it('an index.html that leads out is refused', async () => {
    const { root } = neighbourhood()
    symlinkSync('../../secret.txt', join(root, 'sub/index.html'))
    const response = await rawRequest((await serve(root)).port, get('/sub/'))
    expect(response.status).toBe(403)
  })

  it('a root that is itself a symlink is followed', async () => {
    const { top } = neighbourhood()
    symlinkSync('site', join(top, 'alias'))
    const { port } = await serve(join(top, 'alias'))
    expect((await rawRequest(port, get('/a.txt'))).text).toBe('inside')
  })

  it('a folder that turns into a link to elsewhere never shows what is there', async () => {
    const { top, root } = neighbourhood()
    writeFiles(root, { 'flip/secret.txt': 'inside' })
    const { port } = await serve(root)
    const connection = new RawConnection(port)
    const flip = join(root, 'flip')
    const aside = join(top, 'aside')
    let flips = 0
    let done = false
    const flipping = (async () => {
      while (!done) {
        renameSync(flip, aside)
        symlinkSync('../outside', flip)
        // Now one turn of the event loop, now two, so that requests meet both.
        for (let turns = flips % 2; turns >= 0; turns--) await new Promise(resolve => setImmediate(resolve))
        rmSync(flip)
        renameSync(aside, flip)
        await new Promise(resolve => setImmediate(resolve))
        flips++
      }
    })()
    const statuses = new Set<number>()
    try {
      for (let n = 0; n < 300; n++) {
        connection.send(get('/flip/secret.txt'))
        const response = await connection.response()
        expect(response.text).not.toContain('SECRET')
        statuses.add(response.status)
      }
    } finally {
      done = true
      await flipping
      connection.destroy()
    }
    expect(flips).toBeGreaterThan(10)
    expect(statuses.size).toBeGreaterThan(1)
  })
})

describe('without a folder of handles, as on macOS and Windows', () => {
  const find = (root: string, path: string, handles: string | null = null) =>
    select(root, { path, bytes: null, folder: false }, undefined, handles)

  it.each([null, '/no/such/folder'])('files are found and links confined (%s)', async handles => {
    const { root } = neighbourhood()
    symlinkSync('sub/b.txt', join(root, 'in'))
    symlinkSync('../secret.txt', join(root, 'out'))
    symlinkSync('../outside', join(root, 'folder-out'))
    for (const name of ['a.txt', 'in']) {
      const found = await find(root, name, handles)
      expect(found).toMatchObject({ kind: 'file', file: { name } })
      if (found.kind === 'file') found.file.close()
    }
    for (const name of ['out', 'folder-out', 'folder-out/secret.txt']) {
      expect(await find(root, name, handles)).toMatchObject({ kind: 'missing', reason: 'outside' })
    }
  })
})

describe('what is no ordinary file', () => {
  it('a FIFO is refused at once, also when nobody writes to it', async () => {
    const root = tempFolder({ 'a.txt': 'a' })
    execFileSync(MAKE_FIFO, [join(root, 'fifo'), join(root, 'index.html')])
    const { port } = await serve(root)
    expect((await rawRequest(port, get('/fifo'), { deadline: 1_000 })).status).toBe(403)
    // As an index it is passed over.
    const listing = await rawRequest(port, get('/'), { deadline: 1_000 })
    expect(listing.status).toBe(200)
    expect(listing.text).not.toContain('fifo')
  })

  it('a socket is refused', async () => {
    const root = tempFolder()
    const server = createServer().listen(join(root, 'socket'))
    onTestFinished(() => void server.close())
    await new Promise(resolve => server.once('listening', resolve))
    expect((await rawRequest((await serve(root)).port, get('/socket'))).status).toBe(403)
  })

  it('a device is refused', async () => {
    const place = { path: 'null', bytes: null, folder: false }
    expect(await select('/dev', place)).toMatchObject({ kind: 'missing', reason: 'special' })
  })
})

describe('what may not be read', () => {
  it('is 403 without a path', async () => {
    const root = tempFolder({ 'a.txt': 'a', 'closed/b.txt': 'b', 'unlisted/c.txt': 'c' })
    chmodSync(root, 0o755)
    chmodSync(join(root, 'a.txt'), 0)
    chmodSync(join(root, 'closed'), 0)
    chmodSync(join(root, 'unlisted'), 0o311)
    const { port } = await serve(root)
    // The superuser may read everything: for these requests be somebody else.
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    try {
      for (const target of ['/a.txt', '/closed/', '/closed/b.txt', '/unlisted/']) {
        const response = await rawRequest(port, get(target))
        expect([target, response.status]).toEqual([target, 403])
        expect(response.text).not.toContain(root)
      }
      expect((await rawRequest(port, get('/unlisted/c.txt'))).text).toBe('c')
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(join(root, 'closed'), 0o755)
      chmodSync(join(root, 'unlisted'), 0o755)
    }
  })

  it.each([
    ['ENOENT', 'absent'],
    ['ENOTDIR', 'absent'],
    ['ENAMETOOLONG', 'absent'],
    ['ELOOP', 'absent'],
    ['EACCES', 'unreadable'],
    ['EPERM', 'unreadable'],
    ['ENXIO', 'special'],
    ['EMFILE', 'busy'],
    ['ENFILE', 'busy'],
    ['EIO', 'broken'],
    ['ESTALE', 'broken'],
  ])('%s is %s', (code, reason) => {
    expect(missingFor(Object.assign(new Error('/secret/path'), { code }))).toEqual({
      kind: 'missing',
      reason,
      cause: code,
    })
  })

  it('an error without a code is broken too', () => {
    expect(missingFor(new Error('x')).reason).toBe('broken')
    expect(missingFor(null).reason).toBe('broken')
  })
})

describe('names', () => {
  it('every listed link leads back to its own file', async () => {
    const { root, names } = nastySite()
    writeFileSync(Buffer.concat([Buffer.from(`${root}/nasty/latin1-`), Buffer.from([0xe9, 0xff])]), 'bytes')
    const { port } = await serve(root)
    const { text } = await rawRequest(port, get('/nasty/'))
    const links = [...text.matchAll(/<td role="cell" class="f"><a href="(\.\/[^"]*)"/g)].map(
      match => match[1] ?? '',
    )
    const contents = new Set<string>()
    for (const link of links) {
      const url = new URL(link, 'http://localhost/nasty/')
      expect(url.origin).toBe('http://localhost')
      contents.add((await rawRequest(port, get(url.pathname))).text)
    }
    expect(contents).toEqual(new Set([...names.map(contentOf), 'bytes']))
    expect(text).not.toContain('<script>')
  })

  it('a folder whose name is no text is listed and redirected to', async () => {
    const root = tempFolder()
    const folder = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])])
    mkdirSync(folder)
    writeFileSync(Buffer.concat([folder, Buffer.from('/a.txt')]), 'deep')
    const { port } = await serve(root)
    expect((await rawRequest(port, get('/%FF?x'))).fields.location).toBe('/%FF/?x')
    expect((await rawRequest(port, get('/%FF/'))).text).toContain('href="./a.txt"')
    expect((await rawRequest(port, get('/%FF/a.txt'))).text).toBe('deep')
    expect((await rawRequest(port, get('/%FF/none'))).status).toBe(404)
  })
})

it('nothing outside the root is ever returned', async () => {
  const { root } = neighbourhood()
  symlinkSync('../outside', join(root, 'out'))
  symlinkSync('../secret.txt', join(root, 'sub', 'leak'))
  const { port } = await serve(root, { dotfiles: true })
  const connection = new RawConnection(port)
  const piece = fc.constantFrom(
    ...[
      '..',
      '.',
      '%2e%2e',
      '.%2E',
      '..%2f',
      '%2f',
      '%5c',
      '\\',
      '..\\',
      '%252e%252e',
      '%c0%ae%c0%ae',
      '',
      '%00',
    ],
    ...[
      'a.txt',
      'sub',
      'b.txt',
      'out',
      'leak',
      'secret.txt',
      'site-old',
      'outside',
      'site',
      'index.html',
      'etc',
    ],
    ...['passwd', 'C:', '%ff', ';x', '?', '..;', '%20', '....', '//'],
  )
  // Which has no place in HTTP/2.
  const absolute = overHttp2 ? [] : ['http://localhost/']
  const target = fc
    .tuple(fc.constantFrom('/', '//', '/./', '/%2e/', ...absolute), fc.array(piece, { maxLength: 7 }))
    .map(([start, pieces]) => start + pieces.join('/'))
  await fc.assert(
    fc.asyncProperty(target, async raw => {
      connection.send(get(raw))
      const response = await connection.response()
      expect(response.text).not.toContain('SECRET')
      expect(response.text).not.toContain('root:')
      expect([200, 301, 400, 403, 404]).toContain(response.status)
    }),
    { numRuns: 1_000 },
  )
  connection.destroy()
})

it('compares paths with the separator', () => {
  expect(isInside('/srv/site', '/srv/site')).toBe(true)
  expect(isInside('/srv/site', '/srv/site/a')).toBe(true)
  expect(isInside('/srv/site', '/srv/site-old/a')).toBe(false)
  expect(isInside('/srv/site', '/srv')).toBe(false)
  expect(isInside('/', '/etc')).toBe(true)
  expect(isInside('/srv/site', Buffer.from('/srv/site/\xff', 'latin1'))).toBe(true)
  expect(isInside('/srv/site', Buffer.from('/srv/site'))).toBe(true)
  expect(isInside('/srv/site', Buffer.from('/srv/site-\xff', 'latin1'))).toBe(false)
})

it('closes what it opened and does not hand out', async () => {
  const { root } = neighbourhood()
  symlinkSync('../secret.txt', join(root, 'leak'))
  const open = () => readdirSync('/proc/self/fd').length
  const before = open()
  for (let n = 0; n < 50; n++) await select(root, { path: 'leak', bytes: null, folder: false })
  await expect.poll(open).toBeLessThanOrEqual(before)
})
