/** Files that lie compressed beside others: content-coding.ts, over real sockets. */
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ask, decoded, KiB, text } from '../support/coded.ts'
import { serve } from '../support/serve.ts'

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

  it('no part of one is sent', async () => {
    const served = await serve(FILES)
    const range = { Range: 'bytes=10-19' }
    expect(await ask(served, '/app.js', 'br', range)).toMatchObject({
      status: 206,
      text: source.slice(10, 20),
    })
    const whole = await ask(served, '/app.js', 'br, identity;q=0', range)
    expect(whole.status).toBe(200)
    expect(whole.body.equals(br)).toBe(true)
    // Under its own name it is a file like others.
    expect((await ask(served, '/app.js.br', 'br', range)).body.equals(br.subarray(10, 20))).toBe(true)
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
