import { describe, expect, it } from 'vitest'
import { dialects, type HostName } from '../../../electron/engine/rules/dialects.ts'
import { HeaderTable, parseHeaders } from '../../../electron/engine/rules/header-rules.ts'
import { Slice } from '../../../electron/engine/turns.ts'

const parse = (text: string, host: HostName) => parseHeaders(text, dialects[host], new Slice())

/** `X-A: b` for each field that is set, `! X-A` for each that is taken away. */
async function fields(text: string, path: string, host: HostName, at = 'localhost'): Promise<string[]> {
  const { blocks, problems } = await parse(text, host)
  expect(problems).toEqual([])
  const ask = { path, query: '', fields: {}, scheme: 'http', host: at } as const
  return [...new HeaderTable(blocks, dialects[host]).find(ask).values()].flatMap(({ name, values }) =>
    values.length === 0 ? [`! ${name}`] : values.map(value => `${name}: ${value}`),
  )
}

const FILE = `
# everything
/*
  X-All: 1
  Cache-Control: max-age=0
  Cache-Control: must-revalidate

/static/*
\tCache-Control: max-age=99
  Link: </a.css>; rel=preload
/secret/:name/page/
X-Name: :name
`

describe('_headers of Netlify', () => {
  it.each([
    ['/', ['X-All: 1', 'Cache-Control: max-age=0, must-revalidate']],
    ['/static/a.css', ['X-All: 1', 'Cache-Control: max-age=99', 'Link: </a.css>; rel=preload']],
    ['/STATIC', ['X-All: 1', 'Cache-Control: max-age=99', 'Link: </a.css>; rel=preload']],
    ['/statically', ['X-All: 1', 'Cache-Control: max-age=0, must-revalidate']],
    // A placeholder is for the path alone.
    ['/secret/x/page', ['X-All: 1', 'Cache-Control: max-age=0, must-revalidate', 'X-Name: :name']],
    ['/secret/x/y/page', ['X-All: 1', 'Cache-Control: max-age=0, must-revalidate']],
  ])('%s', async (path, expected) => {
    expect(await fields(FILE, path, 'netlify')).toEqual(expected)
  })

  it.each([
    ['/*.jpg', '/a/b.jpg', true],
    ['/*.jpg', '/a.jpg.png', false],
    ['/a*z/x', '/abc/y/z/x', true],
    ['/', '/', true],
    ['/', '/a', false],
    ['/a/*/b', '/a/b', true],
    ['/a/', '/a', true],
  ])('a star stands for anything: %s, %s: %s', async (pattern, path, matches) => {
    expect(await fields(`${pattern}\n X-A: b`, path, 'netlify')).toEqual(matches ? ['X-A: b'] : [])
  })
})

describe('_headers of Cloudflare Pages', () => {
  it('joins what several blocks say, and takes away', async () => {
    const text = '/*\n X-Robots-Tag: nosnippet\n X-A: 1\n/s/*\n X-Robots-Tag: noindex\n ! X-A\n ! ETagged'
    expect(await fields(text, '/s/a', 'cloudflare')).toEqual([
      'X-Robots-Tag: nosnippet, noindex',
      '! X-A',
      '! ETagged',
    ])
    // Taken away first, then set again.
    expect(await fields('/*\n X-A: 1\n/a\n X-A: 2\n ! X-A', '/a', 'cloudflare')).toEqual(['X-A: 2'])
  })

  it('fills in what the path says, encoded', async () => {
    const text = '/movies/:title\n X-Movie: You are watching ":title"\n/x/*\n X-Rest: :splat!'
    expect(await fields(text, '/movies/\r\nSet-Cookie: a', 'cloudflare')).toEqual([
      'X-Movie: You are watching "%0D%0ASet-Cookie%3A%20a"',
    ])
    expect(await fields(text, '/x/a/ü', 'cloudflare')).toEqual(['X-Rest: a/%C3%BC!'])
  })

  it('tells cookies apart', async () => {
    const text = '/*\n Set-Cookie: a=1\n Set-Cookie: b=2'
    expect(await fields(text, '/', 'cloudflare')).toEqual(['Set-Cookie: a=1', 'Set-Cookie: b=2'])
  })

  it('goes by the host where a URL says so, whatever its port and scheme', async () => {
    const text = 'https://:project.Pages.dev/*\n X-P: :project\n/*\n X-All: 1'
    expect(await fields(text, '/a', 'cloudflare', 'mine.pages.dev')).toEqual(['X-P: mine', 'X-All: 1'])
    expect(await fields(text, '/a', 'cloudflare', 'a.b.pages.dev')).toEqual(['X-All: 1'])
    expect(await fields(text, '/a', 'cloudflare')).toEqual(['X-All: 1'])
  })

  it('reads 100 blocks', async () => {
    const text = Array.from({ length: 101 }, (_, i) => `/${i}\n X-A: b`).join('\n')
    const { blocks, problems } = await parse(text, 'cloudflare')
    expect(blocks).toHaveLength(100)
    expect(problems).toMatchObject([{ line: 201, message: 'Cloudflare Pages reads only 100 blocks' }])
  })
})

describe('a line that is none', () => {
  it.each([
    ['netlify', 'X-A: b', 1, '"X-A: b" belongs to no path; a path begins with a slash and comes first'],
    ['netlify', '/a\n/b\n X-A: b', 1, 'the path has no field below it'],
    [
      'netlify',
      '/a\n X-A: b\n nonsense',
      3,
      '"nonsense" is neither a path nor a field such as X-Frame-Options: DENY',
    ],
    ['netlify', '/a\n X-A: b\n X-B:', 3, 'X-B has no value'],
    ['netlify', '/a\n X-A: b\n : c', 3, '"" is not the name of a field'],
    ['netlify', '/a\n X-A: b\n X B: c', 3, '"X B" is not the name of a field'],
    ['netlify', '/a\n X-A: b\n X-B: ü', 3, 'the value of X-B may hold printable ASCII only'],
    ['netlify', '/a\n X-A: b\n ! X-B', 3, 'Netlify takes no field away; Cloudflare Pages does'],
    [
      'netlify',
      'https://x.test/\n X-A: b',
      1,
      'Netlify reads only paths here, no whole URL such as "https://x.test/"',
    ],
    ['netlify', '/%zz\n X-A: b', 1, '"/%zz" is not a path that can be asked for'],
    ['cloudflare', 'http://x.test/\n X-A: b', 1, 'the URL "http://x.test/" does not begin with https://'],
    ['cloudflare', 'https://x.test:80/\n X-A: b', 1, 'a URL may not name a port'],
    ['cloudflare', 'https://x y/\n X-A: b', 1, '"x y" is not the name of a host'],
    ['cloudflare', '/*/*\n X-A: b', 1, 'only one * may be used'],
  ] as const)('%s: %j', async (host, text, line, message) => {
    const { problems } = await parse(text, host)
    expect(problems).toEqual([{ file: '_headers', line, severity: 'error', message }])
  })

  it.each([
    ['Content-Length: 3', 'Content-Length is set by the server itself'],
    ['etag: "x"', 'etag is set by the server itself'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding is set by the server itself'],
    ['Basic-Auth: me:secret', 'Basic-Auth is known to Netlify only; here the whole site can have a password'],
    [
      'Strict-Transport-Security: max-age=1',
      'Strict-Transport-Security is not sent here, as browsers would apply it to all that runs on this computer',
    ],
  ])('is noted where the host has it: %s', async (line, message) => {
    const { blocks, problems } = await parse(`/a\n X-A: b\n ${line}`, 'netlify')
    expect(problems).toEqual([{ file: '_headers', line: 3, severity: 'note', message }])
    expect(blocks).toMatchObject([{ lines: [{ name: 'X-A', value: 'b' }] }])
  })

  it('never belongs to another path', async () => {
    const { blocks } = await parse('/a\n X-A: 1\n/%zz\n X-A: 2', 'netlify')
    expect(blocks).toMatchObject([{ lines: [{ name: 'X-A', value: '1' }] }])
  })
})
