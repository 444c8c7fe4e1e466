/** Where a file may be put: names, private ones, and the bounds of the root. */
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, put } from '../../support/put.ts'
import { get, RawConnection, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'
import { type Files, tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

const open = (files: Files | string = {}, options = {}): Promise<Served> =>
  serve(files, { uploads: {}, ...options })

/** Of what the engine keeps for itself, nothing is left. */
const isTidy = (root: string): boolean => {
  const own = join(root, '.servebar/uploads')
  return !existsSync(own) || readdirSync(own).length === 0
}

describe('names', () => {
  it.each([
    ['/what%3F.txt', '/what_.txt'],
    ['/a%3Ab/c%2A.txt', '/a_b/c_.txt'],
    ['/nul.txt', '/nul_.txt'],
    ['/end.', '/end'],
    ['/gnp%E2%80%AEexe', '/gnp_exe'],
    [`/${'x'.repeat(260)}.txt`, `/${'x'.repeat(251)}.txt`],
  ])('%s cannot be used, %s can', async (path, suggestion) => {
    const { port, root } = await open()
    const { status, json } = await put(port, path, 'x')
    expect([status, json()]).toMatchObject([422, { code: 'bad-name', suggestion }])
    expect((await put(port, suggestion, 'x')).status).toBe(201)
    expect(readdirSync(root)).toHaveLength(existsSync(join(root, '.servebar')) ? 2 : 1)
  })

  it.each(['/', '/folder/', '/new/'])('%s is none for a file', async path => {
    const { port } = await open({ 'folder/a.txt': 'a' })
    expect((await put(port, path, 'x')).status).toBe(400)
  })

  it.each(['/%FF.txt', '/a%ED%A0%80.txt'])('%s is not UTF-8', async path => {
    const { port } = await open()
    expect((await put(port, path, 'x')).status).toBe(422)
  })

  it('that are private stay so', async () => {
    const { port, root } = await open()
    for (const path of [
      '/.env',
      '/.git/config',
      '/a/.hidden/b',
      '/.servebar/uploads/x',
      '/.ServeBar/x',
      '/.%C5%BFervebar/x',
      '/a/.servebar',
    ]) {
      expect((await put(port, path, 'x')).json()).toMatchObject({ code: 'hidden' })
    }
    expect(readdirSync(root)).toEqual([])
    expect((await put(port, '/.well-known/ok.txt', 'x')).status).toBe(201)
  })

  it('that are the engine’s own stay so even where hidden ones are shown', async () => {
    const { port, root } = await open(
      { 'a/.servebar/uploads/secret.part': 's', '.servebar/x': 'x' },
      { dotfiles: true },
    )
    expect((await put(port, '/.env', 'x')).status).toBe(201)
    expect((await put(port, '/.servebar/x.txt', 'x')).json()).toMatchObject({ code: 'hidden' })
    // The same name to APFS.
    expect((await put(port, '/.%C5%BFervebar/x.txt', 'x')).json()).toMatchObject({ code: 'hidden' })
    for (const path of [
      '/.servebar/',
      '/.servebar/x',
      '/.SERVEBAR/x',
      '/a/.servebar/uploads/secret.part',
      '/x/../.servebar/x',
    ]) {
      expect((await rawRequest(port, get(path))).status).toBe(403)
    }
    expect((await rawRequest(port, get('/?json'))).text).not.toContain('.servebar')
    expect((await rawRequest(port, get('/a/?json'))).text).not.toContain('.servebar')
    expect(existsSync(join(root, '.servebar/x.txt'))).toBe(false)
  })
})

describe('the root', () => {
  it('that a host takes for its rules are the owner’s', async () => {
    const rules = { _headers: '/*\n  X-A: 1\n', 'a.txt': 'a' }
    const { port, root } = await open(rules, {
      hostRules: 'netlify',
      manage: true,
      uploads: { overwrite: true },
    })
    const refused = { code: 'rules', status: 403 }
    for (const path of ['/_redirects', '/_headers', '/serve.json', '/x/../%5Fheaders']) {
      expect((await put(port, path, '/* https://evil.example/ 302!\n')).json()).toMatchObject(refused)
    }
    expect((await ask(port, '/_headers', { method: 'DELETE' })).json()).toMatchObject(refused)
    for (const [path, Destination] of [
      ['/_headers', '/b.txt'],
      ['/a.txt', '/_redirects'],
    ] as const) {
      const moved = await ask(port, path, { method: 'MOVE', fields: { Destination } })
      expect(moved.json()).toMatchObject(refused)
    }
    expect(readdirSync(root)).toEqual(['_headers', 'a.txt'])
    // Elsewhere they are files like others.
    expect((await put(port, '/below/_headers', 'x')).status).toBe(201)
  })

  it.each(['/../out.txt', '/%2e%2e/out.txt', '/a/../../out.txt', '/..%2fout.txt', '/%5c..%5cout.txt'])(
    'cannot be left by %s',
    async path => {
      const parent = tempFolder({ 'site/a/x': 'x' })
      const { port } = await open(join(parent, 'site'))
      expect(
        (await rawRequest(port, `PUT ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx`))
          .status,
      ).toBeGreaterThanOrEqual(400)
      expect(readdirSync(parent)).toEqual(['site'])
    },
  )

  it('cannot be left by links', async () => {
    const outside = tempFolder({ 'there/x': 'x' })
    const files: Files = {
      out: { link: outside },
      in: { link: 'real' },
      'real/x': 'x',
      'file.txt': { link: join(outside, 'there/x') },
    }
    const { port, root } = await open(files, { uploads: { overwrite: true } })
    expect((await put(port, '/out/new.txt', 'x')).json()).toMatchObject({ code: 'outside', status: 403 })
    expect((await put(port, '/out/there/deep/new.txt', 'x')).json()).toMatchObject({ code: 'outside' })
    expect((await put(port, '/in/new.txt', 'x')).status).toBe(201)
    expect(readFileSync(join(root, 'real/new.txt'), 'utf8')).toBe('x')
    // The link itself is replaced, and not what it leads to.
    expect((await put(port, '/file.txt', 'new')).status).toBe(200)
    expect(lstatSync(join(root, 'file.txt')).isSymbolicLink()).toBe(false)
    expect(readFileSync(join(outside, 'there/x'), 'utf8')).toBe('x')
    expect(readdirSync(outside)).toEqual(['there'])
  })

  it('cannot be left by a link that is put in the way while it is sent', async () => {
    const outside = tempFolder({})
    const { port, root } = await open({ 'inbox/x': 'x' })
    const connection = new RawConnection(port)
    connection.send('PUT /inbox/new.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nabc')
    await until(() => !isTidy(root), 'the upload to begin')
    renameSync(join(root, 'inbox'), join(root, 'away'))
    symlinkSync(outside, join(root, 'inbox'))
    connection.send('def')
    expect((await connection.response()).status).toBe(403)
    expect(readdirSync(outside)).toEqual([])
    expect(isTidy(root)).toBe(true)
  })

  it('is not left by the engine’s own folder either', async () => {
    const outside = tempFolder({})
    const { port } = await open({ '.servebar': { link: outside } })
    expect((await put(port, '/a.txt', 'x')).status).toBe(403)
    expect(readdirSync(outside)).toEqual([])
  })

  it('takes no links at all where none are followed', async () => {
    const { port } = await open({ in: { link: 'real' }, 'real/x': 'x' }, { symlinks: 'refuse' })
    expect((await put(port, '/in/new.txt', 'x')).status).toBeGreaterThanOrEqual(400)
    expect((await put(port, '/real/new.txt', 'x')).status).toBe(201)
  })
})
