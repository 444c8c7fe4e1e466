import { describe, expect, it } from 'vitest'
import { dialects, type HostName } from '../../../electron/engine/rules/dialects.ts'
import { parseRedirects } from '../../../electron/engine/rules/redirects.ts'
import { Slice } from '../../../electron/engine/turns.ts'

const parse = (text: string, host: HostName = 'netlify') => parseRedirects(text, dialects[host], new Slice())

describe('a line', () => {
  it.each([
    ['/a /b', { status: 301, force: false }],
    ['  /a\t/b   302  # moved', { status: 302, force: false }],
    ['/a /b 301!', { status: 301, force: true }],
    ['/a /b 200!', { status: 200, force: true }],
    ['/a /b 404', { status: 404 }],
    ['/a /b 410', { status: 410 }],
    ['/a https://x.test/b', { status: 301, target: { origin: 'https://x.test' } }],
    ['https://A.test/* /b/:splat', { origin: { scheme: 'https', host: 'a.test' } }],
    ['/a id=:id tag=x /b/:id 302', { status: 302 }],
    ['/a/* 200', { status: 200, target: { path: ['/a/', { name: 'splat' }] } }],
    [
      '/a /b 302 Language=EN,de-CH Cookie=seen',
      { conditions: { languages: ['en', 'de-ch'], cookies: ['seen'] } },
    ],
  ])('of Netlify: %s', async (line, rule) => {
    const { rules, problems } = await parse(line)
    expect(problems).toEqual([])
    expect(rules).toMatchObject([rule])
  })

  it.each([
    ['/a', 'the rule for "/a" has no target'],
    ['/a 301', 'the rule for "/a" has a status, but no target'],
    ['/a b', 'the target of the rule for "/a" begins neither with a slash nor with https://'],
    ['a /b', '"a" does not begin with a slash'],
    ['/a?x=1 /b', 'the path "/a?x=1" may not have a query or a fragment'],
    ['/a/%zz /b', '"/a/%zz" is not a path that can be asked for'],
    ['/../a /b', '"/../a" is not a path that can be asked for'],
    ['/a ftp://x.test/', 'the target "ftp://x.test/" begins neither with a slash nor with https://'],
    ['/a //evil.test/', 'the target "//evil.test/" begins with two slashes; write https:// before a host'],
    ['/a /\\evil.test', 'the target "/\\\\evil.test" begins with two slashes; write https:// before a host'],
    [
      '/a/* https://:splat/',
      'the host of "https://:splat/" may not be taken from the address that is asked for',
    ],
    [
      '/a/* https://x.test:splat/',
      'the host of "https://x.test:splat/" may not be taken from the address that is asked for',
    ],
    ['/a https://u:p@x.test/', '"https://u:p@x.test/" is not a URL'],
    ['/a https://[x]/', '"https://[x]/" is not a URL'],
    ['/a /b 999', '999 is not a status of a rule; there are 200, 301, 302, 303, 307 and 308, and 400 to 599'],
    ['/a /b 3o1', '"3o1" is not a status'],
    ['/a /b Country=us', '"Country=us" is not a status; a condition comes behind a status'],
    ['/a /b 301 Country', '"Country" is not a condition such as Language=en,de'],
    ['/a /b 301 Moon=full', '"Moon=full" is not a condition such as Language=en,de'],
    ['/a x /b', '"x" is neither a target nor a condition such as id=:id'],
    ['/*.jpg /b', 'a * inside of a segment may stand only at the end of a path'],
    ['/:id.html /b', '":id.html" is not a placeholder; one is a whole segment, such as :name'],
    ['/:a/:a /b', ':a is used twice'],
    ['/.netlify/x /b', '"/.netlify/x" belongs to Netlify itself'],
  ])('%s: %s', async (line, message) => {
    const { rules, problems } = await parse(`# first\n\n${line}\n/good /better`)
    expect(problems).toEqual([{ file: '_redirects', line: 3, severity: 'error', message }])
    expect(rules).toHaveLength(1)
  })

  it.each([
    [
      '/api/* https://api.test/:splat 200',
      '"https://api.test/:splat" is on another host, whose content is not fetched here',
    ],
    ['/api/* /.netlify/functions/:splat 200', '"/.netlify/functions/:splat" runs on Netlify only'],
    ['/ /us 302 Country=us', 'Country is known to Netlify only, so the rule is not applied here'],
    ['/admin/* /x 200! role=admin', 'role is known to Netlify only, so the rule is not applied here'],
    ['/a /b 200 Signed=KEY', 'Signed is known to Netlify only, so the rule is not applied here'],
  ])('what only the host can do is noted: %s', async (line, message) => {
    const { rules, problems } = await parse(line)
    expect(problems).toEqual([{ file: '_redirects', line: 1, severity: 'note', message }])
    expect(rules).toEqual([])
  })
})

describe('a line of Cloudflare Pages', () => {
  it.each([
    ['/a /b', { status: 302, force: true }],
    ['a /b 308 # moved', { status: 308, force: true }],
    ['/*.html /b/:splat', { status: 302 }],
    ['/p-:id/x /b?id=:id#top', { target: { query: ['?id=', { name: 'id' }], fragment: ['#top'] } }],
  ])('%s', async (line, rule) => {
    const { rules, problems } = await parse(line, 'cloudflare')
    expect(problems).toEqual([])
    expect(rules).toMatchObject([rule])
  })

  it.each([
    [
      '/a /b 404',
      '404 is not a status of a rule of Cloudflare Pages; there are 200, 301, 302, 303, 307 and 308',
    ],
    [
      '/a /b 301!',
      '301! is not a status of a rule of Cloudflare Pages; there are 200, 301, 302, 303, 307 and 308',
    ],
    ['/a id=:id /b 301', '"301" is too much; Cloudflare Pages reads a path, a target and a status'],
    ['/a http://x.test/', 'Cloudflare Pages redirects to https:// only, not to "http://x.test/"'],
    [
      '/a https://x.test/ 200',
      'Cloudflare Pages rewrites only to paths of the site, not to "https://x.test/"',
    ],
    ['/*/a/* /b', 'only one * may be used'],
    [
      '/* /index.html 200',
      'the rule would lead to itself; Cloudflare Pages makes "/index.html" a folder\'s address',
    ],
    [`/${'a'.repeat(2_000)} /b`, 'the line is longer than the 2000 characters that Cloudflare Pages reads'],
  ])('%s: %s', async (line, message) => {
    const { rules, problems } = await parse(line, 'cloudflare')
    expect(problems).toEqual([{ file: '_redirects', line: 1, severity: 'error', message }])
    expect(rules).toEqual([])
  })

  it('is not read behind another for the same path', async () => {
    const { rules, problems } = await parse('/a /b\n/a /c', 'cloudflare')
    expect(rules).toHaveLength(1)
    expect(problems).toMatchObject([{ line: 2, message: 'there is a rule for "/a" above, which is applied' }])
  })

  it('is not read beyond 2000 without wildcards, and 100 from the first with one', async () => {
    const lines = (count: number, line: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => line(i))
    const many = await parse(lines(2_001, i => `/a${i} /b`).join('\n'), 'cloudflare')
    expect(many.rules).toHaveLength(2_000)
    expect(many.problems).toMatchObject([
      { line: 2_001, message: expect.stringContaining('only 2000 rules') },
    ])
    const wild = await parse(['/x/* /b', ...lines(100, i => `/a${i} /b`)].join('\n'), 'cloudflare')
    expect(wild.rules).toHaveLength(100)
    expect(wild.problems).toMatchObject([{ line: 101, message: expect.stringContaining('only 100 rules') }])
  })
})

it('a file of nonsense is reported in bounds', async () => {
  const { problems } = await parse('nonsense\n'.repeat(1_000))
  expect(problems).toHaveLength(101)
  expect(problems.at(-1)).toMatchObject({ line: 0, message: '900 more problems are left out' })
})

it('a long file lets others have their turns', async () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `/section-${i}/:a/* /other/:a/:splat 301`).join('\n')
  let turns = 0
  let done = false
  const turn = (): void => {
    turns++
    if (!done) setImmediate(turn)
  }
  turn()
  const { rules } = await parse(text)
  done = true
  // One for each slice of some hundred lines.
  expect(turns).toBeGreaterThan(10)
  expect(rules).toHaveLength(20_000)
})
