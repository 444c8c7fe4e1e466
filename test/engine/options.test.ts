import { describe, expect, it } from 'vitest'
import { isOptionError, resolveLive, resolveOptions } from '../../electron/engine/options.ts'
import { startServer } from '../../electron/engine/server.ts'
import type { ServerOptions } from '../../electron/engine/types.ts'
import { get, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const LEAST: ServerOptions = {
  root: '/srv',
  host: 'localhost',
  port: 0,
  portFallback: false,
  name: 'site',
  listing: true,
  dotfiles: false,
}

it('fills in what is safe', () => {
  expect(resolveOptions(LEAST)).toEqual({
    root: '/srv',
    host: 'localhost',
    port: 0,
    portFallback: false,
    headersTimeout: 15_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 30_000,
    maxConnections: Number.POSITIVE_INFINITY,
    memory: 32 * 1024 * 1024,
    tls: null,
    live: {
      name: 'site',
      listing: true,
      dotfiles: false,
      index: ['index.html'],
      symlinks: 'confined',
      cacheControl: 'no-cache',
      cors: false,
      fields: [],
      spa: false,
      cleanUrls: false,
      slashedPages: false,
      codings: true,
      verify: null,
      zip: false,
      uploads: null,
      manage: false,
      liveReload: false,
      hostRules: 'off',
      isolate: false,
      throttle: null,
      blocked: new Set(),
      hosts: [],
    },
  })
})

describe('values that are understood', () => {
  it.each<[Partial<ServerOptions>, object]>([
    [{ cache: 'no-store' }, { cacheControl: 'no-store' }],
    [{ cache: 0 }, { cacheControl: 'max-age=0' }],
    [{ cache: 31_536_000 }, { cacheControl: 'max-age=31536000' }],
    [{ cache: 'immutable' }, { cacheControl: 'max-age=31536000, immutable' }],
    [{ cors: 'any' }, { cors: 'any' }],
    [{ uploads: {} }, { uploads: { maxSize: Number.POSITIVE_INFINITY, overwrite: false } }],
    [{ uploads: { maxSize: 5, overwrite: true } }, { uploads: { maxSize: 5, overwrite: true } }],
    [{ cors: 'https://app.example:8443' }, { cors: 'https://app.example:8443' }],
    [{ cors: 'http://[::1]:3000' }, { cors: 'http://[::1]:3000' }],
    [{ cors: 'chrome-extension://abcdef' }, { cors: 'chrome-extension://abcdef' }],
    [{ index: [] }, { index: [] }],
    [{ index: ['home page.html', 'index.htm'] }, { index: ['home page.html', 'index.htm'] }],
    [{ hosts: ['Site.Test', '*.b.test'] }, { hosts: ['site.test', '*.b.test'] }],
    [{ fields: [['X-Empty', '']] }, { fields: [['X-Empty', '']] }],
    [{ auth: null }, { verify: null }],
    [{ auth: { user: 'ann', password: 'x' } }, { verify: expect.any(Function) }],
  ])('%j', (given, expected) => {
    expect(resolveLive({ ...LEAST, ...given })).toMatchObject(expected)
  })
})

describe('values that are refused, by the name of their option', () => {
  const bad = (option: keyof ServerOptions, ...values: unknown[]) =>
    values.map(value => [option, value] as const)
  it.each([
    ...bad('root', 'srv', '', '/srv\0', undefined),
    ...bad('host', 'example.org', '', '127.0.0.1:80', null),
    ...bad('port', -1, 65_536, 1.5, '80', Number.NaN),
    ...bad('portFallback', 'yes', undefined),
    ...bad('name', undefined, 7),
    ...bad('listing', 'on', undefined, 0),
    ...bad('dotfiles', 'on', null),
    ...bad(
      'index',
      'index.html',
      [''],
      ['.'],
      ['..'],
      ['a/b'],
      ['a\\b'],
      ['a\0'],
      ['a\n'],
      [7],
      ['x'.repeat(256)],
    ),
    ...bad('symlinks', 'yes', '', true),
    ...bad('cache', 'public', '', -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 31_536_001, '60'),
    ...bad(
      'cors',
      '*',
      true,
      'app.example',
      'https://app.example/',
      'https://APP.example',
      'https://a.example:443',
    ),
    ...bad('cors', 'https://a b', 'null', 'https://a\r\nX: y', 'https://user@a.example', ''),
    ...bad(
      'fields',
      'X: y',
      [['', 'x']],
      [['X Y', 'x']],
      [['X:', 'x']],
      [['X', 'a\r\nY: b']],
      [['X', 'a\n']],
    ),
    ...bad(
      'fields',
      [['X', ' a']],
      [['X', 'a ']],
      [['X', 'a\0b']],
      [['X', 'é']],
      [['X', 7]],
      [['X\r\nY', 'b']],
    ),
    ...bad(
      'fields',
      [['Content-Length', '1']],
      [['transfer-encoding', 'chunked']],
      [['CONNECTION', 'close']],
    ),
    ...bad(
      'fields',
      [['Date', 'x']],
      [['ETag', '"x"']],
      [['Location', '/']],
      [['Content-Type', 'text/plain']],
    ),
    ...bad('fields', [['Cache-Control', 'no-store']], [['Content-Encoding', 'gzip']], [['Keep-Alive', 'x']]),
    ...bad('spa', 'yes', 1),
    ...bad('cleanUrls', 'yes'),
    ...bad('codings', 'br'),
    ...bad('zip', 'yes'),
    ...bad('manage', 1),
    ...bad('uploads', true, { maxSize: 0 }, { maxSize: 1.5 }, { maxSize: '5' }, { overwrite: 'yes' }),
    ...bad('auth', 'ann:x', { user: 'ann' }, { user: '', password: 'x' }, { user: 'ann', password: '' }),
    ...bad(
      'auth',
      { user: 'a:b', password: 'x' },
      { user: 'a', password: 'x\n' },
      { user: 'a\0', password: 'x' },
    ),
    ...bad(
      'hosts',
      'a.test',
      [''],
      ['*'],
      ['a.test:80'],
      ['http://a.test'],
      ['a..b'],
      ['a*.test'],
      ['*.*.test'],
    ),
    ...bad('hosts', ['-a.test'], ['a.test/'], ['x'.repeat(300)], [7]),
    ...bad('headersTimeout', 0, 99, 1.5, '1000', Number.POSITIVE_INFINITY),
    ...bad('headersTimeout', 70_000),
    ...bad('requestTimeout', 0, -1, 86_400_001),
    ...bad('keepAliveTimeout', 0, Number.NaN),
    ...bad('maxConnections', 0, -1, 1.5, Number.NaN, '5'),
  ])('%s: %j', async (option, value) => {
    const options = { ...LEAST, [option]: value } as ServerOptions
    const error = await startServer(options, () => {}).then(
      () => null,
      error => error,
    )
    expect(isOptionError(error)).toBe(true)
    expect(error).toMatchObject({ option, message: `Option ${option}: ${error.remedy}` })
  })

  it('never repeats a password', () => {
    for (const auth of [
      { user: 'a:b', password: 'SECRET' },
      { user: '', password: 'SECRET' },
      { user: 'a\0', password: 'SECRET' },
    ]) {
      expect(() => resolveLive({ ...LEAST, auth })).toThrow(/^(?!.*SECRET)Option auth:/)
    }
  })

  it('on a running server leaves the old ones in force', async () => {
    const served = await serve({ 'a.txt': 'a' })
    const bad = { name: 'site', listing: true, dotfiles: false, cache: 'weekly' as 'no-store' }
    expect(() => served.server.configure(bad)).toThrow(RangeError)
    expect((await rawRequest(served.port, get('/a.txt'))).fields['cache-control']).toBe('no-cache')
    served.server.configure({ ...bad, cache: 60, hosts: ['site.test'] })
    const response = await rawRequest(served.port, get('/a.txt', { Host: 'site.test' }))
    expect(response).toMatchObject({ status: 200, fields: { 'cache-control': 'max-age=60' } })
    served.server.configure({ name: 'site', listing: true, dotfiles: false })
    expect((await rawRequest(served.port, get('/a.txt', { Host: 'site.test' }))).status).toBe(421)
  })

  it('what is no error of an option is none', () => {
    expect(isOptionError(new RangeError('x'))).toBe(false)
    expect(isOptionError(null)).toBe(false)
  })
})
