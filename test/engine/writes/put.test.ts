import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, put } from '../../support/put.ts'
import { get, RawConnection, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'
import type { Files } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

const open = (files: Files | string = {}, options = {}): Promise<Served> =>
  serve(files, { uploads: {}, ...options })

/** Of what the engine keeps for itself, nothing is left. */
const isTidy = (root: string): boolean => {
  const own = join(root, '.servebar/uploads')
  return !existsSync(own) || readdirSync(own).length === 0
}

describe('a file that is put', () => {
  it('is there, byte by byte, and is served', async () => {
    const { port, root, exchange } = await open()
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i * 7))
    const { status, fields, json } = await put(
      port,
      '/naïve%20café.bin'.replace('ï', '%C3%AF').replace('é', '%C3%A9'),
      content,
    )
    expect(status).toBe(201)
    expect(fields.location).toBe('/na%C3%AFve%20caf%C3%A9.bin')
    expect(json()).toEqual({ path: '/na%C3%AFve%20caf%C3%A9.bin', size: 300_000 })
    expect(readFileSync(join(root, 'naïve café.bin')).equals(content)).toBe(true)
    expect((await rawRequest(port, get('/na%C3%AFve%20caf%C3%A9.bin'))).body.equals(content)).toBe(true)
    expect(await exchange(1)).toMatchObject({
      method: 'PUT',
      status: 201,
      file: 'naïve café.bin',
      fileSize: 300_000,
    })
    expect(isTidy(root)).toBe(true)
  })

  it('may be empty, and of a length that nobody tells', async () => {
    const { port, root } = await open()
    expect((await put(port, '/empty.txt')).status).toBe(201)
    expect(readFileSync(join(root, 'empty.txt'), 'utf8')).toBe('')
    const chunked =
      'PUT /c.txt HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'
    expect((await rawRequest(port, chunked)).status).toBe(201)
    expect(readFileSync(join(root, 'c.txt'), 'utf8')).toBe('abcde')
  })

  it('lies in folders that are made for it', async () => {
    const { port, root } = await open({ 'a/x.txt': 'x' })
    expect((await put(port, '/a/b/c/d.txt', 'd')).status).toBe(201)
    expect(readFileSync(join(root, 'a/b/c/d.txt'), 'utf8')).toBe('d')
  })

  it('can be read by who reads the others, and has the date that it came with', async () => {
    const { port, root } = await open()
    await put(port, '/a.txt', 'a', { 'Last-Modified': 'Tue, 04 Mar 2025 10:58:02 GMT' })
    const stats = statSync(join(root, 'a.txt'))
    expect(stats.mtimeMs).toBe(Date.UTC(2025, 2, 4, 10, 58, 2))
    expect(stats.mode & 0o777).toBe(0o666 & ~process.umask())
    await put(port, '/b.txt', 'b', { 'Last-Modified': 'Tue, 04 Mar 2125 10:58:02 GMT' })
    expect(statSync(join(root, 'b.txt')).mtimeMs).toBeLessThanOrEqual(Date.now())
  })

  it('leaves the connection open for the next', async () => {
    const { port } = await open()
    const connection = new RawConnection(port)
    for (const name of ['a', 'b']) {
      connection.send(`PUT /${name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc`)
      expect((await connection.response()).status).toBe(201)
    }
    connection.send(get('/b'))
    expect((await connection.response()).text).toBe('abc')
    connection.destroy()
  })

  it('is asked for before it is sent, where the client waits for that, and only then', async () => {
    const { port } = await open({ 'taken.txt': 'x' })
    const connection = new RawConnection(port)
    const head = (name: string) =>
      `PUT /${name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n`
    connection.send(head('new.bin'))
    expect((await connection.response()).status).toBe(100)
    connection.send(Buffer.alloc(5_000_000))
    expect((await connection.response()).status).toBe(201)
    connection.send(head('taken.txt'))
    expect((await connection.response()).status).toBe(409)
    await connection.closed()
  })

  it('that is refused is told so, however much of it comes', async () => {
    const { port } = await open({ 'taken.txt': 'x' })
    for (let i = 0; i < 5; i++) {
      const connection = new RawConnection(port)
      connection.send(`PUT /taken.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40000000\r\n\r\n`)
      for (let sent = 0; sent < 40_000_000; sent += 1_000_000) connection.send(Buffer.alloc(1_000_000))
      expect((await connection.response()).status).toBe(409)
      await connection.closed()
    }
  })

  it('is not allowed where the owner does not allow it', async () => {
    const { port, server, root } = await serve({ 'a.txt': 'a' })
    const refused = await put(port, '/b.txt', 'b')
    expect([refused.status, refused.fields.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
    const live = { name: 'site', listing: true, dotfiles: false }
    server.configure({ ...live, uploads: {} })
    expect((await put(port, '/b.txt', 'b')).status).toBe(201)
    const options = await ask(port, '/', { method: 'OPTIONS' })
    expect(options.fields.allow).toBe('GET, HEAD, OPTIONS, PUT, POST')
    expect(options.fields['accept-patch']).toBe('application/partial-upload')
    server.configure(live)
    expect((await put(port, '/c.txt', 'c')).status).toBe(405)
    expect(existsSync(join(root, 'c.txt'))).toBe(false)
  })

  it('needs the password where there is one, before it is read', async () => {
    const { port, root } = await open({}, { auth: { user: 'ann', password: 'x' } })
    expect((await put(port, '/a.txt', 'a')).status).toBe(401)
    expect(existsSync(join(root, 'a.txt'))).toBe(false)
    const Authorization = `Basic ${Buffer.from('ann:x').toString('base64')}`
    expect((await put(port, '/a.txt', 'a', { Authorization })).status).toBe(201)
  })
})

describe('what is there already', () => {
  it('stays, and another name is proposed', async () => {
    const { port, root } = await open({ 'a b.txt': 'old', 'a b (2).txt': 'second', 'folder/x': 'x' })
    const { status, json } = await put(port, '/a%20b.txt', 'new')
    expect(status).toBe(409)
    expect(json()).toMatchObject({
      code: 'exists',
      suggestion: '/a%20b%20%283%29.txt'.replace('%28', '(').replace('%29', ')'),
      existing: '/a%20b.txt',
    })
    expect(readFileSync(join(root, 'a b.txt'), 'utf8')).toBe('old')
    expect((await put(port, '/folder', 'new')).json()).toMatchObject({
      code: 'is-folder',
      suggestion: '/folder%20(2)',
    })
    expect((await put(port, '/a%20b.txt/below.txt', 'new')).json()).toMatchObject({
      code: 'not-a-folder',
      status: 409,
    })
    expect(isTidy(root)).toBe(true)
  })

  it('is replaced where that is allowed, with what it was for', async () => {
    const { port, root } = await open({ 'a.sh': 'old', 'folder/x': 'x' }, { uploads: { overwrite: true } })
    chmodSync(join(root, 'a.sh'), 0o755)
    expect((await put(port, '/a.sh', 'new')).status).toBe(200)
    expect(readFileSync(join(root, 'a.sh'), 'utf8')).toBe('new')
    expect(statSync(join(root, 'a.sh')).mode & 0o777).toBe(0o755)
    expect((await put(port, '/folder', 'new')).status).toBe(409)
  })

  it('is heeded as preconditions ask for', async () => {
    const { port, root } = await open({ 'a.txt': 'old' }, { uploads: { overwrite: true } })
    const { etag = '' } = (await rawRequest(port, get('/a.txt'))).fields
    const taken = await put(port, '/a.txt', 'x', { 'If-None-Match': '*' })
    expect([taken.status, taken.json()]).toMatchObject([412, { code: 'exists', suggestion: '/a%20(2).txt' }])
    expect((await put(port, '/a.txt', 'x', { 'If-Match': '"other"' })).status).toBe(412)
    expect((await put(port, '/b.txt', 'x', { 'If-Match': '*' })).status).toBe(412)
    expect((await put(port, '/b.txt', 'x', { 'If-None-Match': '*' })).status).toBe(201)
    expect((await put(port, '/a.txt', 'new', { 'If-Match': etag })).status).toBe(200)
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('new')
  })

  it('counts also where it differs only in case or accents', async () => {
    const { port, root } = await open({ 'Photo.JPG': 'old', 'Été/a.txt': 'a' })
    expect((await put(port, '/photo.jpg', 'new')).json()).toMatchObject({
      code: 'exists',
      existing: '/Photo.JPG',
    })
    const decomposed = encodeURIComponent('e\u0301te\u0301')
    expect((await put(port, `/${decomposed}/b/c.txt`, 'new')).json()).toMatchObject({
      code: 'other-case',
      suggestion: '/%C3%89t%C3%A9/b/c.txt',
    })
    expect(readdirSync(root).filter(name => !name.startsWith('.'))).toHaveLength(2)
  })

  it('is never two at once: of many for one name, one gets it', async () => {
    const { port, root } = await open()
    const contents = Array.from({ length: 12 }, (_, i) => String(i).repeat(200_000))
    const answers = await Promise.all(contents.map(content => put(port, '/same.txt', content)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(11)
    expect(contents).toContain(readFileSync(join(root, 'same.txt'), 'utf8'))
    expect(isTidy(root)).toBe(true)
  })
})

describe('limits', () => {
  it('of size are told before anything is sent, and kept when nobody tells', async () => {
    const { port, root } = await open({}, { uploads: { maxSize: 1_000 } })
    const refused = await put(port, '/a.bin', Buffer.alloc(1_001))
    expect([refused.status, refused.fields['upload-limit']]).toEqual([413, 'max-size=1000'])
    expect((await put(port, '/a.bin', Buffer.alloc(1_000))).status).toBe(201)
    const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`
    const chunked = `PUT /c.bin HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`
    expect((await rawRequest(port, chunked)).status).toBe(413)
    expect(existsSync(join(root, 'c.bin'))).toBe(false)
    expect(isTidy(root)).toBe(true)
  })

  it('of room are told before anything is sent', async () => {
    const { port } = await open()
    const head = `PUT /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${2 ** 52}\r\nExpect: 100-continue\r\n\r\n`
    const { status, text } = await rawRequest(port, head)
    expect([status, JSON.parse(text)]).toMatchObject([507, { code: 'no-space' }])
  })

  it('of silence end an upload, however long it may last', async () => {
    const { port, root, exchange } = await open({}, { requestTimeout: 400, headersTimeout: 400 })
    const slow = new RawConnection(port)
    slow.send('PUT /slow.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\n')
    // Longer than a whole request may take, and never silent for as long.
    for (const letter of 'abcdefghijkl') {
      await new Promise(resolve => setTimeout(resolve, 100))
      slow.send(letter)
    }
    expect((await slow.response()).status).toBe(201)
    expect(readFileSync(join(root, 'slow.txt'), 'utf8')).toBe('abcdefghijkl')
    const silent = new RawConnection(port)
    silent.send('PUT /silent.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\nabc')
    expect((await silent.response()).status).toBe(408)
    await silent.closed()
    expect((await exchange(2)).status).toBe(408)
    expect(existsSync(join(root, 'silent.txt'))).toBe(false)
    expect(isTidy(root)).toBe(true)
  })

  it.each([
    [{ 'Content-Range': 'bytes 0-1/5' }, 400],
    [{ 'Content-Encoding': 'gzip' }, 415],
    [{ 'Content-Encoding': 'identity' }, 201],
  ])('%j is %i', async (fields, status) => {
    const { port } = await open()
    expect((await put(port, '/a.txt', 'ab', fields as unknown as Record<string, string>)).status).toBe(status)
  })
})

describe('what breaks off', () => {
  it('is never seen', async () => {
    const { port, root, exchange } = await open()
    const connection = new RawConnection(port)
    connection.send('PUT /half.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf')
    await until(() => !isTidy(root), 'the upload to begin')
    expect((await rawRequest(port, get('/half.txt'))).status).toBe(404)
    expect((await rawRequest(port, get('/?json'))).text).toContain('"unfiltered":0')
    connection.reset()
    await until(() => isTidy(root), 'the rest to be removed')
    expect(existsSync(join(root, 'half.txt'))).toBe(false)
    expect(await exchange(3)).toMatchObject({ method: 'PUT', status: 499, aborted: true })
  })

  it('because its chunks are none is refused', async () => {
    const { port, root } = await open()
    const chunked =
      'PUT /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense\r\n'
    expect((await rawRequest(port, chunked)).status).toBe(400)
    expect(existsSync(join(root, 'a'))).toBe(false)
    await until(() => isTidy(root), 'the rest to be removed')
  })

  it('because the server stops leaves nothing', async () => {
    const { port, root, close } = await open()
    const connection = new RawConnection(port)
    connection.send('PUT /half.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf')
    await until(() => !isTidy(root), 'the upload to begin')
    await close(0)
    expect(readdirSync(root)).toEqual([])
  })

  it('because it is no longer allowed stops', async () => {
    const { port, root, server } = await open()
    const connection = new RawConnection(port)
    connection.send('PUT /half.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf')
    await until(() => !isTidy(root), 'the upload to begin')
    server.configure({ name: 'site', listing: true, dotfiles: false })
    connection.send('more')
    expect((await connection.response()).status).toBe(403)
  })
})

describe('a browser', () => {
  it('may write from a page of ours, and from no other', async () => {
    const { port, root } = await open()
    const own = `http://127.0.0.1:${port}`
    expect((await put(port, '/a', 'x', { Origin: 'http://evil.test' })).json()).toMatchObject({
      code: 'foreign',
      status: 403,
    })
    expect((await put(port, '/a', 'x', { 'Sec-Fetch-Site': 'cross-site' })).json()).toMatchObject({
      code: 'foreign',
    })
    expect((await put(port, '/a', 'x', { Origin: own })).json()).toMatchObject({ code: 'token' })
    expect(readdirSync(root)).toEqual([])
  })

  it('of another site is told so before it sends, whatever may be read', async () => {
    const { port } = await open({}, { cors: 'any' })
    const { fields } = await ask(port, '/a', {
      method: 'OPTIONS',
      fields: { Origin: 'http://evil.test', 'Access-Control-Request-Method': 'PUT' },
    })
    expect(fields['access-control-allow-methods']).toBe('GET, HEAD, OPTIONS')
  })
})

it('stores two hundred files at once', async () => {
  const { port, root } = await open()
  const names = Array.from({ length: 200 }, (_, i) => `folder ${i % 7}/file-${i}.txt`)
  const answers = await Promise.all(names.map(name => put(port, `/${encodeURI(name)}`, name.repeat(50))))
  expect(answers.every(({ status }) => status === 201)).toBe(true)
  for (const name of names) expect(readFileSync(join(root, name), 'utf8')).toBe(name.repeat(50))
  expect(isTidy(root)).toBe(true)
})
