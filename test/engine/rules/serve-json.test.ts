import { describe, expect, it } from 'vitest'
import type { Ask } from '../../../electron/engine/rules/redirect-table.ts'
import { decideServe, takeSlash } from '../../../electron/engine/rules/serve-decision.ts'
import { parseServeJson, type ServeConfig } from '../../../electron/engine/rules/serve-json.ts'

const ROOT = '/srv/site'

function config(value: object): ServeConfig {
  const { config, problems } = parseServeJson(JSON.stringify(value), ROOT)
  expect(problems).toEqual([])
  if (config === null) throw new Error('no config')
  return config
}

const ask = (path: string, query = ''): Ask => ({
  path,
  query,
  fields: {},
  scheme: 'http',
  host: 'localhost',
})

function decide(value: object, path: string, query?: string): string | null {
  const decision = decideServe(config(value), ask(path, query))
  if (decision === null) return null
  const to = decision.kind === 'redirect' ? decision.location : decision.target
  return `${decision.status}${decision.outranksFiles ? '!' : ''} ${to}`
}

describe('redirects', () => {
  const redirects = [
    { source: '/from', destination: '/to' },
    { source: 'old-docs/:id', destination: 'new-docs/:id', type: 302 },
    { source: '/old-pages/**', destination: '/home' },
    { source: '/x/*/y', destination: 'https://x.test:8080/:0?z=1' },
    { source: '/same', destination: '/same' },
    { source: '!/{kept,same}{,/**}', destination: '/kept' },
  ]
  it.each([
    ['/from', '301! /to'],
    ['/FROM/', '301! /to'],
    ['/old-docs/12', '302! /new-docs/12'],
    ['/old-pages', '301! /home'],
    ['/old-pages/a/b', '301! /home'],
    ['/x/a/b/y', '301! https://x.test:8080/a/b?z=1'],
    ['/same', null],
    ['/kept', null],
    ['/kept/x', null],
    ['/other', '301! /kept'],
  ])('%s: %s', (path, decision) => {
    expect(decide({ redirects }, path)).toBe(decision)
  })

  it('pass the query on, and no more than a path', () => {
    const rules = { redirects: [{ source: '/go/*', destination: '/:0' }] }
    expect(decide(rules, '/go/a', '?x=1')).toBe('301! /a?x=1')
    expect(decide(rules, '/go/\r\nA: b')).toBe('301! /%0D%0AA%3A%20b')
  })
})

describe('rewrites', () => {
  it.each([
    [[{ source: '**', destination: '/index.html' }], '/', '200! /index.html'],
    [[{ source: '**', destination: '/index.html' }], '/app/x', '200! /index.html'],
    // A file with an extension goes first.
    [[{ source: '**', destination: '/index.html' }], '/app.js', '200 /index.html'],
    [[{ source: '/p/:id/edit', destination: '/edit-:id.html' }], '/p/5/edit', '200! /edit-5.html'],
    [[{ source: 'p/*/edit', destination: 'e.html' }], '/p/5/edit', '200! /e.html'],
    [[{ source: '/a{b,c}', destination: '/x' }], '/ac', '200! /x'],
    [[{ source: '/a', destination: '/x' }], '/b', null],
    // One leads to another, each once.
    [
      [
        { source: '/a', destination: '/b' },
        { source: '/b', destination: '/c' },
      ],
      '/a',
      '200! /c',
    ],
    [
      [
        { source: '/b', destination: '/c' },
        { source: '/a', destination: '/b' },
      ],
      '/a',
      '200! /c',
    ],
    [
      [
        { source: '/a', destination: '/b' },
        { source: '/b', destination: '/a' },
      ],
      '/a',
      '200! /a',
    ],
    [[{ source: '/a/:x', destination: '/a/:x' }], '/a/1', '200! /a/1'],
  ])('%j: %s: %s', (rewrites, path, decision) => {
    expect(decide({ rewrites }, path)).toBe(decision)
  })

  it('are looked at by what they begin with', () => {
    const sources = [
      ...Array.from({ length: 2_000 }, (_, i) => `/Old-${i}/:a`),
      '/:x/y',
      '{/b,/c}/x',
      '!/d/**',
    ]
    const { rewrites } = config({ rewrites: sources.map(source => ({ source, destination: '/z' })) })
    expect([...rewrites.candidates('/oLD-7/x')]).toHaveLength(4)
    expect([...rewrites.candidates('/nothing')]).toHaveLength(3)
  })

  it('end, however many there are', () => {
    const rewrites = Array.from({ length: 500 }, (_, i) => ({ source: '/a*', destination: `/a${i}:0` }))
    expect(decide({ rewrites }, '/a')).toMatch(/^200! \/a/)
  })
})

describe('trailingSlash', () => {
  it.each([
    [true, '/a', '301! /a/'],
    [true, '/a/', null],
    [true, '/a.html', null],
    [true, '/.well-known', null],
    [true, '/', null],
    [true, '/evil.test/a', '301! /evil.test/a/'],
    [true, '/a\r\nb', '301! /a%0D%0Ab/'],
    [false, '/a', null],
    [undefined, '/a', null],
  ])('%s puts one at the end: %s: %s', (trailingSlash, path, expected) => {
    expect(decide({ trailingSlash }, path)).toBe(expected)
  })

  it('comes before redirects, and keeps the query', () => {
    const value = { trailingSlash: true, redirects: [{ source: '/a', destination: '/b' }] }
    expect(decide(value, '/a', '?x')).toBe('301! /a/?x')
    expect(decide(value, '/a/')).toBe('301! /b')
  })

  it.each([
    [false, '/a/', '/a?x'],
    [false, '/a.txt/', '/a.txt?x'],
    [false, '/a', null],
    [false, '/', null],
    [true, '/a/', null],
    [undefined, '/a/', null],
  ])('%s takes it away: %s: %s', (trailingSlash, path, expected) => {
    const decision = takeSlash(config({ trailingSlash }), ask(path, '?x'))
    expect(decision?.kind === 'redirect' ? decision.location : null).toBe(expected)
  })
})

describe('what is served, and shown', () => {
  it.each([
    [{}, '', 0],
    [{ public: '_site' }, '_site', 1],
    [{ public: './a//b/' }, 'a/b', 1],
    [{ public: '/srv/site/dist' }, 'dist', 1],
    [{ public: '/srv/site' }, '', 1],
    [{ symlinks: false, etag: true, $schema: 'x' }, '', 1],
    [{ redirects: [{ source: 'a', destination: '/b' }], headers: [], cleanUrls: false }, '', 2],
  ])('%j', (value, folder, count) => {
    expect(config(value)).toMatchObject({
      folder,
      count,
      symlinks: false,
      renderSingle: false,
      trailingSlash: null,
    })
  })

  it('links are followed where it says so, but never out of the root, which is said', () => {
    const { config, problems } = parseServeJson('{\n"symlinks": true }', ROOT)
    expect(config?.symlinks).toBe(true)
    expect(problems).toEqual([
      {
        file: 'serve.json',
        line: 2,
        severity: 'note',
        message:
          'symlinks: a link out of the folder that is served is not followed for a file of that folder',
      },
    ])
  })

  it('cleanUrls and directoryListing are for all, for none, or for some', () => {
    expect(config({}).cleanUrls('/a')).toBe(true)
    expect(config({ cleanUrls: false }).cleanUrls('/a')).toBe(false)
    const some = config({ cleanUrls: ['/app/**'], directoryListing: ['/assets/**', '/x'] })
    expect(['/app/a', '/a'].map(some.cleanUrls)).toEqual([true, false])
    expect(['/assets/a', '/x', '/'].map(some.listing)).toEqual([true, true, false])
  })

  it('headers are for files by their names', () => {
    const { headers } = config({
      headers: [
        { source: '**/*.@(jpg|png)', headers: [{ key: 'Cache-Control', value: 'max-age=7200' }] },
        { source: '404.html', headers: [{ key: 'X-None', value: null }] },
      ],
      etag: true,
      $schema: 'x',
    })
    expect(headers.map(({ glob }) => glob.matches('/a/b.png'))).toEqual([true, false])
    expect(headers[1]?.changes).toEqual(new Map([['x-none', { name: 'X-None', values: [] }]]))
  })
})

describe('what is wrong is told with its line', () => {
  it.each([
    ['{\n  "rewrites": [\n    { "source": 1 }\n  ]\n}', 3, 'the source of rewrites is not a text'],
    ['{\n"rewrites": [{ "source": "/a" }] }', 2, 'the destination of rewrites is not a text'],
    ['{\n\n"redirects": {} }', 3, 'redirects is not a list'],
    ['{ "redirects": [\n7] }', 2, 'an entry of redirects is not an object'],
    [
      '{ "redirects": [{ "source": "/a", "destination": "/b",\n"type": 200 }] }',
      1,
      'the type 200 is none of 301, 302, 303, 307 and 308',
    ],
    [
      '{ "redirects": [{ "source": "/a", "destination": "//evil" }] }',
      1,
      'the target "//evil" begins with two slashes; write https:// before a host',
    ],
    [
      '{ "redirects": [{ "source": "/a", "destination": "javascript:alert(1)" }] }',
      1,
      '"javascript:alert(1)" is neither a path nor an https:// URL',
    ],
    [
      '{ "redirects": [{ "source": "/:a", "destination": "https://:a/" }] }',
      1,
      'the host of "https://:a/" may not be taken from the address that is asked for',
    ],
    ['{ "rewrites": [{ "source": "/a", "destination": "/:b" }] }', 1, 'the source has no :b for "/:b"'],
    [
      '{ "rewrites": [{ "source": "/a", "destination": "https://x.test/" }] }',
      1,
      '"https://x.test/" is on another host; a rewrite leads to a path of the site',
    ],
    ['{ "public": "../other" }', 1, 'public leads out of the folder that is served: "../other"'],
    ['{ "public": "/etc" }', 1, 'public leads out of the folder that is served: "/etc"'],
    ['{ "public": "/srv/site-old" }', 1, 'public leads out of the folder that is served: "/srv/site-old"'],
    ['{ "public": "C:\\\\x" }', 1, 'public leads out of the folder that is served: "C:\\\\x"'],
    ['{ "trailingSlash": "yes" }', 1, 'trailingSlash is neither true nor false'],
    ['{ "cleanUrls": "yes" }', 1, 'cleanUrls is not true, false or a list of globs'],
    ['{\n"clean": true }', 2, '"clean" is not known to serve, in serve.json'],
    ['[]', 1, 'serve.json is not an object'],
    [
      '{ "headers": [{ "source": "a", "headers": [\n{ "key": "X A", "value": "1" }] }] }',
      2,
      '"X A" is not the name of a field',
    ],
    [
      '{ "headers": [{ "source": "a", "headers": [{ "key": "X-A", "value": 1 }] }] }',
      1,
      'the value of X-A is not a text',
    ],
    ['{\n  "a": 1,\n}', 3, 'this is not JSON: property name expected'],
    ['// no\n{}', 1, 'this is not JSON: invalid comment token'],
    ['', 1, 'this is not JSON: value expected'],
  ])('%j', (text, line, message) => {
    const { problems } = parseServeJson(text, ROOT)
    expect(problems).toContainEqual({ file: 'serve.json', line, severity: 'error', message })
  })

  it('and what is right still counts, but for what is no JSON', () => {
    const text = '{ "rewrites": [{ "source": 1 }, { "source": "/a", "destination": "/b" }] }'
    const rewrites = parseServeJson(text, ROOT).config?.rewrites
    expect([...(rewrites?.candidates('/a') ?? [])]).toHaveLength(1)
    expect(parseServeJson(`${text}}`, ROOT).config).toBeNull()
  })

  it('and so is what is nested without end', () => {
    expect(parseServeJson('['.repeat(500_000), ROOT)).toMatchObject({ config: null, problems: [{ line: 0 }] })
  })

  it('and so is a source of such length', () => {
    const text = JSON.stringify({
      unlisted: ['@('.repeat(100_000)],
      rewrites: [{ source: '@('.repeat(480), destination: '/' }],
    })
    const { config, problems } = parseServeJson(text, ROOT)
    expect(problems).toMatchObject([{ message: expect.stringContaining('longer than 1000 characters') }])
    expect([...(config?.rewrites.candidates('/a') ?? [])]).toEqual([])
  })

  it('what cannot be done here is noted', () => {
    const text = '{ "rewrites": [{ "source": "/!(a)", "destination": "/b" }] }'
    expect(parseServeJson(text, ROOT).problems).toMatchObject([{ severity: 'note' }])
  })
})
