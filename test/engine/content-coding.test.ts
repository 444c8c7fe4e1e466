import { describe, expect, it } from 'vitest'
import { ask, decoded, hasZstd, KiB, text } from '../support/coded.ts'
import { rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

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
      // Also where nothing is compressed: who refuses identity would get something else (RFC 9110 §12.5.5).
      expect(response.fields.vary).toBe('Accept-Encoding')
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
    for (const ignored of [range, { Range: 'bytes=99999-' }]) {
      const coding = await ask(served, '/a.html', 'br, identity;q=0', ignored)
      expect(coding).toMatchObject({ status: 200, fields: { 'content-encoding': 'br' } })
      expect(decoded(coding).toString()).toBe(page)
    }
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
