/**
 * Content codings over real sockets. Node decodes what it gets, so that each
 * answer is compared with the bytes of the file and not with what we think
 * that a coder makes of them.
 */
import { readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { get, RawConnection, type RawResponse, rawRequest } from '../support/raw-request.ts'
import { type Served, serve } from '../support/serve.ts'

const zstd = zlib as {
  zstdDecompressSync?: (content: Buffer) => Buffer
  zstdCompressSync?: (content: Buffer) => Buffer
}
const hasZstd = zstd.zstdDecompressSync !== undefined
const KiB = 1024

/** Text of a length that compresses like text. */
function text(length: number, seed = 1): string {
  const words: string[] = []
  let state = seed
  for (let size = 0; size < length; ) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
    const word = state.toString(36)
    words.push(word)
    size += word.length + 1
  }
  return words.join(' ').slice(0, length)
}

function decoded({ body, fields }: RawResponse): Buffer {
  switch (fields['content-encoding']) {
    case 'br':
      return zlib.brotliDecompressSync(body)
    case 'gzip':
      return zlib.gunzipSync(body)
    case 'zstd':
      return zstd.zstdDecompressSync?.(body) ?? Buffer.alloc(0)
    default:
      return body
  }
}

async function ask(
  { port }: Served,
  target: string,
  coding?: string,
  fields: Record<string, string> = {},
  method = 'GET',
): Promise<RawResponse> {
  const all = coding === undefined ? fields : { 'Accept-Encoding': coding, ...fields }
  const response = await rawRequest(port, get(target, all, method), { head: method === 'HEAD' })
  const vary = response.fields.vary ?? ''
  if (response.fields['content-encoding'] !== undefined) expect(vary).toContain('Accept-Encoding')
  return response
}

const page = text(20 * KiB)
const FILES = {
  'a.html': page,
  'a.js': text(3_000),
  'small.css': text(1024),
  'larger.css': text(1025),
  'picture.png': text(5_000),
  'archive.zip': text(5_000),
  'font.woff2': text(5_000),
  'unknown.xyz': text(5_000),
  'drawing.svg': text(5_000),
  'data.json': text(5_000),
  'module.wasm': text(5_000),
  'big.js': text(200 * KiB),
  'huge.js': text(4 * KiB * KiB + 1),
  'listed/x.txt': 'x',
}

describe('compressed on the fly', () => {
  it.each([
    ['/a.html', 'gzip', 'gzip'],
    ['/a.html', 'br', 'br'],
    ['/a.html', 'gzip, deflate, br', 'br'],
    ['/a.html', 'x-gzip', 'gzip'],
    ['/a.html', 'br;q=0.5, gzip', 'gzip'],
    ['/a.html', '*', 'br'],
    ['/a.html', 'deflate', undefined],
    ['/a.html', 'identity', undefined],
    ['/a.html', 'gzip;q=0', undefined],
    ['/a.html', '', undefined],
    ['/a.html', undefined, undefined],
    ['/a.html', 'gzip;q=banana', undefined],
    ['/a.html', hasZstd ? 'zstd' : 'gzip', hasZstd ? 'zstd' : 'gzip'],
    // Without the coder, another one that is accepted.
    ['/a.html', 'zstd, gzip;q=0.5', hasZstd ? 'zstd' : 'gzip'],
    ['/a.js', 'gzip', 'gzip'],
    ['/drawing.svg', 'gzip', 'gzip'],
    ['/data.json', 'gzip', 'gzip'],
    ['/module.wasm', 'gzip', 'gzip'],
    ['/big.js', 'br', 'br'],
    ['/big.js', 'gzip', 'gzip'],
    ['/small.css', 'gzip', undefined],
    ['/larger.css', 'gzip', 'gzip'],
    ['/huge.js', 'br, gzip', undefined],
    ['/picture.png', 'gzip', undefined],
    ['/archive.zip', 'gzip', undefined],
    ['/font.woff2', 'gzip', undefined],
    ['/unknown.xyz', 'gzip', undefined],
  ])('%s for %j is %s', async (target, accepted, coding) => {
    const served = await serve(FILES)
    for (const round of ['made', 'kept']) {
      const response = await ask(served, target, accepted)
      expect([round, response.status]).toEqual([round, 200])
      expect(response.fields['content-encoding']).toBe(coding)
      expect(decoded(response).toString() === FILES[target.slice(1) as 'a.js']).toBe(true)
      const compressible = !/png|zip|woff2|xyz/.test(target)
      expect(response.fields.vary).toBe(compressible ? 'Accept-Encoding' : undefined)
      if (coding !== undefined) {
        expect(response.fields).not.toHaveProperty('accept-ranges')
        expect(response.body.length).toBeLessThan(FILES[target.slice(1) as 'a.js'].length)
        expect(response.fields.etag).toMatch(new RegExp(`^"[^"]+-${coding}"$`))
      }
      if (round === 'kept') expect(response.fields['content-length']).toBe(String(response.body.length))
    }
    const exchange = await served.exchange(2)
    expect(exchange).toMatchObject({
      contentCoding: coding ?? null,
      file: target.slice(1),
      fileSize: FILES[target.slice(1) as 'a.js'].length,
      bytesSent: Number(Object.fromEntries(exchange.responseFields)['content-length']),
    })
  })

  it('each form has a validator of its own, for every kind of precondition', async () => {
    const served = await serve(FILES)
    const forms = ['gzip', 'br', 'identity']
    const tags: string[] = []
    for (const form of forms) tags.push((await ask(served, '/a.html', form)).fields.etag ?? '')
    expect(new Set(tags).size).toBe(3)
    for (const [i, form] of forms.entries()) {
      for (const [j, tag] of tags.entries()) {
        const same = i === j
        const none = await ask(served, '/a.html', form, { 'If-None-Match': tag })
        expect(none.status).toBe(same ? 304 : 200)
        if (same) {
          expect(none.fields).toMatchObject({
            etag: tag,
            vary: 'Accept-Encoding',
            'cache-control': 'no-cache',
          })
          expect(none.fields).not.toHaveProperty('content-encoding')
        }
        expect((await ask(served, '/a.html', form, { 'If-None-Match': `W/${tag}` })).status).toBe(
          same ? 304 : 200,
        )
        expect((await ask(served, '/a.html', form, { 'If-Match': tag })).status).toBe(same ? 200 : 412)
      }
    }
    expect((await ask(served, '/a.html', 'gzip', { 'If-None-Match': tags.join(', ') })).status).toBe(304)
  })

  it('a range is always of the file as it is', async () => {
    const served = await serve(FILES)
    const coded = (await ask(served, '/a.html', 'br')).fields.etag ?? ''
    const plain = (await ask(served, '/a.html')).fields.etag ?? ''
    const range = { Range: 'bytes=100-199' }
    const part = await ask(served, '/a.html', 'br, gzip', range)
    expect(part).toMatchObject({ status: 206, text: page.slice(100, 200) })
    expect(part.fields).not.toHaveProperty('content-encoding')
    expect(part.fields).toMatchObject({ vary: 'Accept-Encoding', etag: plain, 'accept-ranges': 'bytes' })
    expect((await ask(served, '/a.html', 'br', { ...range, 'If-Range': plain })).status).toBe(206)
    // Who has the coded form gets a whole one, and no part of another.
    const whole = await ask(served, '/a.html', 'br', { ...range, 'If-Range': coded })
    expect(whole.status).toBe(200)
    expect(decoded(whole).toString()).toBe(page)
    const beyond = await ask(served, '/a.html', 'br', { Range: 'bytes=99999-' })
    expect(beyond).toMatchObject({ status: 416, fields: { 'content-range': `bytes */${page.length}` } })
    // Without identity there is nothing to take a part of.
    const coding = await ask(served, '/a.html', 'br, identity;q=0', range)
    expect(coding).toMatchObject({ status: 200, fields: { 'content-encoding': 'br' } })
    expect(decoded(coding).toString()).toBe(page)
  })

  it.each([
    ['/a.html', 'identity;q=0', 406],
    ['/a.html', '*;q=0', 406],
    ['/a.html', 'deflate, identity;q=0', 406],
    ['/huge.js', 'gzip, identity;q=0', 406],
    ['/listed/', '*;q=0', 406],
    ['/a.html', 'gzip, identity;q=0', 200],
    ['/small.css', 'gzip, identity;q=0', 200],
    ['/picture.png', 'gzip, identity;q=0', 200],
    ['/a.html', 'gzip;q=0, br;q=0', 200],
    ['/none', 'identity;q=0', 404],
  ])('%s for %j is %i', async (target, accepted, status) => {
    const response = await ask(await serve(FILES), target, accepted)
    expect(response.status).toBe(status)
    if (status === 406) expect(response.fields.vary).toContain('Accept-Encoding')
    if (status === 200 && accepted.endsWith('identity;q=0')) {
      expect(decoded(response).toString()).toBe(FILES[target.slice(1) as 'a.js'])
      expect(response.fields['content-encoding']).toBe('gzip')
    }
  })

  it.each(['/a.html', '/small.css', '/big.js', '/picture.png', '/listed/'])(
    'HEAD %s says what GET does',
    async target => {
      for (const accepted of ['br', 'gzip', 'identity']) {
        const served = await serve(FILES)
        const [head, whole, again] = [
          await ask(served, target, accepted, {}, 'HEAD'),
          await ask(served, target, accepted),
          await ask(served, target, accepted, {}, 'HEAD'),
        ]
        // A first answer may begin before its length is known (RFC 9110 §9.3.2 allows for it).
        const { date: _, 'transfer-encoding': _chunked, ...expected } = whole.fields
        expect(again.fields).toMatchObject(expected)
        const {
          'content-length': _length,
          'transfer-encoding': _framing,
          date: _date,
          ...first
        } = head.fields
        expect(expected).toMatchObject(first)
        expect(again.body).toHaveLength(0)
      }
    },
  )

  it('is left out where the owner or the request says so', async () => {
    const off = await serve(FILES, { codings: false })
    const plain = await ask(off, '/a.html', 'gzip')
    expect(plain.text).toBe(page)
    expect(plain.fields).not.toHaveProperty('vary')
    expect((await ask(off, '/a.html', 'identity;q=0')).status).toBe(200)
    const served = await serve(FILES)
    const untouched = await ask(served, '/a.html', 'gzip', { 'Cache-Control': 'max-age=0, No-Transform' })
    expect(untouched.text).toBe(page)
    expect(untouched.fields.vary).toBe('Accept-Encoding')
    expect((await ask(served, '/a.html', 'gzip', { 'Cache-Control': 'no-transformer' })).text).not.toBe(page)
  })

  it('HTTP/1.0 gets a length', async () => {
    const { port } = await serve(FILES)
    const response = await rawRequest(
      port,
      'GET /big.js HTTP/1.0\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n',
    )
    expect(response.fields['content-length']).toBe(String(response.body.length))
    expect(decoded(response).toString() === FILES['big.js']).toBe(true)
  })

  it('a listing is compressed too, an error page is not', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`file-${n}.txt`, 'x']))
    const served = await serve(many)
    const plain = await ask(served, '/')
    for (const coding of ['br', 'gzip']) {
      const response = await ask(served, '/', coding)
      expect(response.fields).toMatchObject({
        'content-encoding': coding,
        'content-length': String(response.body.length),
        'content-type': 'text/html; charset=utf-8',
      })
      expect(response.fields['content-security-policy']).toBeDefined()
      expect(decoded(response).toString()).toBe(plain.text)
    }
    expect(plain.fields.vary).toContain('Accept-Encoding')
    expect((await served.exchange(2)).contentCoding).toBe('br')
    expect((await ask(served, '/none', 'gzip')).fields).not.toHaveProperty('content-encoding')
  })
})

describe('compressed siblings', () => {
  const source = text(5_000)
  const br = zlib.brotliCompressSync(source)
  const gz = zlib.gzipSync(source)
  const FILES = {
    'app.js': source,
    'app.js.br': br,
    'app.js.gz': gz,
    'sub/index.html': source,
    'sub/index.html.gz': gz,
  }

  it.each([
    ['/app.js', 'br, gzip', 'br', br],
    ['/app.js', 'gzip', 'gzip', gz],
    ['/app.js', 'gzip;q=0.9, br;q=0.8', 'gzip', gz],
    ['/sub/', 'br, gzip', 'gzip', gz],
    ['/app.js', 'identity', undefined, Buffer.from(source)],
    ['/app.js.gz', 'gzip', undefined, gz],
  ] as const)('%s for %j', async (target, accepted, coding, bytes) => {
    const served = await serve(FILES)
    const response = await ask(served, target, accepted)
    expect(response.fields['content-encoding']).toBe(coding)
    expect(response.body.equals(bytes)).toBe(true)
    expect(response.fields['content-length']).toBe(String(bytes.length))
    if (coding === undefined) return
    expect(response.fields['content-type']).toMatch(/^text\/(javascript|html); charset=utf-8$/)
    expect(response.fields.etag).toMatch(new RegExp(`-${coding}"$`))
    const again = await ask(served, target, accepted, { 'If-None-Match': response.fields.etag ?? '' })
    expect(again.status).toBe(304)
    expect(await served.exchange(1)).toMatchObject({
      contentCoding: coding,
      fileSize: 5_000,
      bytesSent: bytes.length,
    })
  })

  it('a zst one is served also where Node cannot make one', async () => {
    const served = await serve({ 'a.js': source, 'a.js.zst': 'as it is on disk' })
    const response = await ask(served, '/a.js', 'zstd')
    expect(response).toMatchObject({ text: 'as it is on disk', fields: { 'content-encoding': 'zstd' } })
  })

  it('also of small files, and of large ones', async () => {
    const large = text(5 * KiB * KiB)
    const served = await serve({
      ...{ 'a.js': 'tiny', 'a.js.gz': zlib.gzipSync('tiny') },
      ...{
        'b.js': large,
        'b.js.br': zlib.brotliCompressSync(large, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
      },
    })
    expect(decoded(await ask(served, '/a.js', 'gzip')).toString()).toBe('tiny')
    const response = await ask(served, '/b.js', 'br')
    expect(response.fields['content-encoding']).toBe('br')
    expect(decoded(response).toString() === large).toBe(true)
  })

  it('an older one is passed over; one of the same time is not', async () => {
    const served = await serve(FILES)
    const at = (name: string, time: number) => utimesSync(join(served.root, name), time, time)
    at('app.js', 2_000)
    at('app.js.br', 1_999)
    at('app.js.gz', 2_000)
    const response = await ask(served, '/app.js', 'br, gzip')
    expect(response.body.equals(gz)).toBe(true)
    at('app.js.gz', 1_000)
    const made = await ask(served, '/app.js', 'br, gzip')
    expect(made.fields['content-encoding']).toBe('br')
    expect(decoded(made).toString()).toBe(source)
  })

  it('what is no file inside the root is passed over', async () => {
    const served = await serve({
      ...{ 'a.js': source, 'a.js.br/x': 'folder', 'a.js.gz': { link: '/etc/hostname' } },
      ...{ 'b.js': source, 'b.js.br': { link: 'b.js.br' }, 'b.js.gz': { link: 'nowhere' } },
    })
    for (const name of ['a', 'b']) {
      for (const coding of ['br', 'gzip']) {
        const response = await ask(served, `/${name}.js`, coding)
        expect(response.fields['content-encoding']).toBe(coding)
        expect(decoded(response).toString()).toBe(source)
      }
    }
  })

  it('a name that is no text has siblings too', async () => {
    const served = await serve({})
    const name = Buffer.concat([Buffer.from(`${served.root}/`), Buffer.from([0xff]), Buffer.from('.js')])
    writeFileSync(name, source)
    writeFileSync(Buffer.concat([name, Buffer.from('.gz')]), gz)
    expect((await ask(served, '/%FF.js', 'gzip')).body.equals(gz)).toBe(true)
  })
})

describe('truth first', () => {
  it('a changed file is in the very next answer, whatever stays the same', async () => {
    const served = await serve({ 'a.js': '' })
    const file = join(served.root, 'a.js')
    const connection = new RawConnection(served.port)
    const seen = new Set<string>()
    const numRuns = process.env.SERVEBAR_LONG === '1' ? 2_000 : 150
    const change = fc.constantFrom('write', 'rename', 'touch older', 'delete and write', 'longer')
    let state = 0
    await fc.assert(
      fc.asyncProperty(change, fc.constantFrom('br', 'gzip', 'identity'), async (how, coding) => {
        state++
        const length = how === 'longer' ? 3_000 + (state % 500) : 3_000
        // Same size, and (but for "write") the same second, or an earlier one.
        const content = text(length, state)
        if (how === 'rename') {
          writeFileSync(`${file}.new`, content)
          renameSync(`${file}.new`, file)
        } else {
          if (how === 'delete and write') rmSync(file)
          writeFileSync(file, content)
        }
        if (how !== 'write') utimesSync(file, 1_000_000_000, 1_000_000_000)
        if (how === 'touch older') utimesSync(file, 1_000_000_000 - state, 1_000_000_000 - state)
        for (const round of [1, 2]) {
          connection.send(
            get('/a.js', {
              'Accept-Encoding': coding,
              ...(round === 1 ? { 'If-None-Match': [...seen].slice(-20).join(', ') } : {}),
            }),
          )
          const response = await connection.response()
          expect([how, response.status]).toEqual([how, 200])
          expect(decoded(response).toString() === content).toBe(true)
          const tag = response.fields.etag ?? ''
          if (round === 1) expect(seen.has(tag)).toBe(false)
          seen.add(tag)
        }
      }),
      { numRuns },
    )
    connection.destroy()
  })

  it('while it is rewritten again and again, no answer mixes two states or is older than one before', async () => {
    const contentOf = (n: number) => `${n} `.padEnd(6, '-').repeat(30 * KiB)
    const served = await serve({ 'a.js': contentOf(0) })
    const file = join(served.root, 'a.js')
    let written = 0
    let done = false
    const writing = (async () => {
      while (!done) {
        writeFileSync(`${file}.new`, contentOf(written + 1))
        renameSync(`${file}.new`, file)
        written++
        await new Promise(resolve => setTimeout(resolve, 3))
      }
    })()
    const codings = ['br', 'gzip', 'identity']
    try {
      await Promise.all(
        codings.map(async coding => {
          for (let n = 0; n < 40; n++) {
            const before = written
            const response = await ask(served, '/a.js', coding)
            const content = decoded(response).toString()
            const state = Number.parseInt(content, 10)
            expect(state).toBeGreaterThanOrEqual(before)
            expect(content === contentOf(state)).toBe(true)
          }
        }),
      )
    } finally {
      done = true
      await writing
    }
    expect(written).toBeGreaterThan(10)
  })
})

describe('many at once', () => {
  it('share one compression, and those that leave do no harm', async () => {
    const big = text(1_000 * KiB)
    const served = await serve({ 'big.js': big })
    const connections = Array.from({ length: 40 }, () => new RawConnection(served.port))
    for (const connection of connections) connection.send(get('/big.js', { 'Accept-Encoding': 'gzip' }))
    const leaving = connections.filter((_, n) => n % 2 === 0)
    for (const connection of leaving) connection.destroy()
    const staying = connections.filter((_, n) => n % 2 === 1)
    for (const connection of staying) {
      const response = await connection.response()
      expect(decoded(response).toString() === big).toBe(true)
      connection.destroy()
    }
    expect((await ask(served, '/big.js', 'gzip')).fields['content-length']).toBeDefined()
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThan(200)
  })

  it('different files do not wait for ever, and none holds up a small answer', async () => {
    const count = 60
    const names = Array.from({ length: count }, (_, n) => `${n}.js`)
    const served = await serve({
      ...Object.fromEntries(names.map((name, n) => [name, text(100 * KiB, n + 1)])),
      'a.txt': 'a',
    })
    const answers = Promise.all(names.map(name => ask(served, `/${name}`, 'br')))
    expect((await ask(served, '/a.txt')).text).toBe('a')
    for (const [n, response] of (await answers).entries()) {
      expect(decoded(response).toString() === text(100 * KiB, n + 1)).toBe(true)
    }
  })
})
