import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../../electron/engine/server.ts'
import { type Answer, ask } from '../../support/put.ts'
import { get, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'
import { type Files, tempFolder } from '../../support/temp.ts'

const open = (files: Files | string, options = {}): Promise<Served> =>
  serve(files, { manage: true, ...options })
const remove = (port: number, path: string, fields = {}): Promise<Answer> =>
  ask(port, path, { method: 'DELETE', fields })
const move = (port: number, from: string, Destination: string, fields = {}): Promise<Answer> =>
  ask(port, from, { method: 'MOVE', fields: { Destination, ...fields } })
const seen = (root: string): string[] =>
  readdirSync(root)
    .filter(name => !name.startsWith('.'))
    .sort()

describe('deleting', () => {
  it('removes a file, and a folder with all in it', async () => {
    const { port, root } = await open({ 'a b.txt': 'a', 'b/c/d.txt': 'd', 'b/e.txt': 'e', 'f.txt': 'f' })
    expect((await remove(port, '/a%20b.txt')).status).toBe(204)
    expect((await remove(port, '/b/')).status).toBe(204)
    expect((await remove(port, '/b')).status).toBe(404)
    expect(readdirSync(root)).toEqual(['f.txt'])
  })

  it('removes a link, and not what it leads to', async () => {
    const outside = tempFolder({ 'x.txt': 'x' })
    const { port, root } = await open({ link: { link: outside }, 'f/link': { link: outside } })
    expect((await remove(port, '/link')).status).toBe(204)
    expect((await remove(port, '/f')).status).toBe(204)
    expect(readdirSync(root)).toEqual([])
    expect(readFileSync(join(outside, 'x.txt'), 'utf8')).toBe('x')
  })

  it('goes to the Trash where there is one, and is not done where that fails', async () => {
    const root = tempFolder({ 'a.txt': 'a', 'b.txt': 'b' })
    const trashed = tempFolder({})
    const options = {
      root,
      host: '127.0.0.1',
      port: 0,
      portFallback: false,
      name: 's',
      listing: true,
      dotfiles: false,
      manage: true,
    }
    const server = await startServer(options, () => {}, {
      trash: async path => {
        if (path.endsWith('b.txt')) throw Object.assign(new Error('no'), { code: 'ENOTSUP' })
        renameSync(path, join(trashed, 'a.txt'))
      },
    })
    onTestFinished(() => server.close(0))
    expect((await remove(server.port, '/a.txt')).status).toBe(204)
    expect(readFileSync(join(trashed, 'a.txt'), 'utf8')).toBe('a')
    expect((await remove(server.port, '/b.txt')).json()).toMatchObject({ code: 'trash', status: 500 })
    expect(readdirSync(root)).toEqual(['b.txt'])
  })

  it.each(['/', '/.env', '/out/x.txt', '/.servebar', '/%2e%2e/x', '/nothing', '/f/nothing/x'])(
    'leaves %s alone',
    async path => {
      const outside = tempFolder({ 'x.txt': 'x' })
      const { port, root } = await open({ '.env': 'x', out: { link: outside }, 'f/x': 'x' })
      expect((await remove(port, path)).status).toBeGreaterThanOrEqual(400)
      expect(readdirSync(root).sort()).toEqual(['.env', 'f', 'out'])
      expect(readdirSync(outside)).toEqual(['x.txt'])
    },
  )

  it('heeds If-Match', async () => {
    const { port } = await open({ 'a.txt': 'a' })
    expect((await remove(port, '/a.txt', { 'If-Match': '"x"' })).status).toBe(412)
    const { etag = '' } = (await rawRequest(port, get('/a.txt'))).fields
    expect((await remove(port, '/a.txt', { 'If-Match': etag })).status).toBe(204)
  })

  it('is not allowed with uploads alone, nor from other sites', async () => {
    const { port, root } = await serve({ 'a.txt': 'a' }, { uploads: {} })
    expect((await remove(port, '/a.txt')).status).toBe(405)
    expect((await move(port, '/a.txt', '/b.txt')).status).toBe(405)
    const managed = await open(root)
    expect((await remove(managed.port, '/a.txt', { Origin: 'http://evil.test' })).status).toBe(403)
    expect(
      (await remove(managed.port, '/a.txt', { Origin: `http://127.0.0.1:${managed.port}` })).status,
    ).toBe(403)
    expect(seen(root)).toEqual(['a.txt'])
    const { fields } = await ask(managed.port, '/', { method: 'OPTIONS' })
    expect(fields.allow).toBe('GET, HEAD, OPTIONS, DELETE, MOVE')
  })
})

describe('renaming', () => {
  it('gives a file or folder another name, or place', async () => {
    const { port, root } = await open({ 'a.txt': 'a', 'f/x.txt': 'x', 'g/y.txt': 'y' })
    const { status, fields } = await move(
      port,
      '/a.txt',
      '/naïve b.txt'.replace('ï', '%C3%AF').replace(' ', '%20'),
    )
    expect([status, fields.location]).toEqual([201, '/na%C3%AFve%20b.txt'])
    expect((await move(port, '/f', `http://127.0.0.1:${port}/g/h`)).status).toBe(201)
    expect(readFileSync(join(root, 'naïve b.txt'), 'utf8')).toBe('a')
    expect(readFileSync(join(root, 'g/h/x.txt'), 'utf8')).toBe('x')
    expect(seen(root)).toEqual(['g', 'naïve b.txt'])
  })

  it('changes only the case, where that is all', async () => {
    const { port, root } = await open({ 'photo.jpg': 'p' })
    expect((await move(port, '/photo.jpg', '/Photo.jpg')).status).toBe(201)
    expect(seen(root)).toEqual(['Photo.jpg'])
    expect((await move(port, '/Photo.jpg', '/Photo.jpg')).status).toBe(201)
    expect(seen(root)).toEqual(['Photo.jpg'])
  })

  it('never replaces anything', async () => {
    const { port, root } = await open(
      { 'a.txt': 'a', 'b.txt': 'b', 'C.txt': 'c', 'f/x': 'x', 'g/y': 'y' },
      { uploads: { overwrite: true } },
    )
    linkSync(join(root, 'a.txt'), join(root, 'same.txt'))
    mkdirSync(join(root, 'empty'))
    for (const [from, to] of [
      ['/a.txt', '/b.txt'],
      ['/a.txt', '/c.txt'],
      ['/a.txt', '/same.txt'],
      ['/a.txt', '/f'],
      ['/f', '/g'],
      ['/f', '/empty'],
      ['/f', '/a.txt'],
    ] as const) {
      expect((await move(port, from, to)).status, `${from} to ${to}`).toBe(409)
    }
    expect(seen(root)).toEqual(['C.txt', 'a.txt', 'b.txt', 'empty', 'f', 'g', 'same.txt'])
    expect(readFileSync(join(root, 'b.txt'), 'utf8')).toBe('b')
  })

  it.each([
    ['/a.txt', '/what%3F.txt', 422],
    ['/a.txt', '/.hidden', 403],
    ['/a.txt', '/.servebar/x', 403],
    ['/a.txt', '/../x.txt', 400],
    ['/a.txt', '/no/such/x.txt', 404],
    ['/a.txt', '/out/x.txt', 403],
    ['/a.txt', 'http://other.test/x.txt', 403],
    ['/a.txt', '/', 400],
    ['/a.txt', '/x?y', 400],
    ['/a.txt', 'x.txt', 400],
    ['/f', '/f/g', 409],
    ['/', '/x', 400],
    ['/nothing', '/x', 404],
    ['/.env', '/env', 403],
    ['/out/x.txt', '/x', 403],
  ])('%s to %s is %i', async (from, to, status) => {
    const outside = tempFolder({ 'x.txt': 'x' })
    const { port, root } = await open({ 'a.txt': 'a', '.env': 'x', out: { link: outside }, 'f/x': 'x' })
    expect((await move(port, from, to)).status).toBe(status)
    expect(readdirSync(root).sort()).toEqual(['.env', 'a.txt', 'f', 'out'])
    expect(readdirSync(outside)).toEqual(['x.txt'])
  })

  it('needs to be told where to', async () => {
    const { port } = await open({ 'a.txt': 'a' })
    expect((await ask(port, '/a.txt', { method: 'MOVE' })).status).toBe(400)
  })
})
