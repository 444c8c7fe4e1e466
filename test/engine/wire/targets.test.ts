/**
 * RFC 9110 §4.2, §17.2 and RFC 3986: every way to name a file, and every way to
 * name one that is not meant.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodePath } from '../../../electron/engine/target.ts'
import { converse } from '../../support/conversation.ts'
import { get, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'
import { tempFolder } from '../../support/temp.ts'

const SECRET = 'the secret'
const NAMES = [
  'with space.txt',
  ' leading and trailing ',
  '100%#1?.txt',
  '%2e%2e%2f',
  '%',
  '%00',
  'a+b&c=d;e,f@g:h$.txt',
  'quo"te\'s`.txt',
  '<script>alert(1)</script>'.replace('/', '\u2215'),
  '&amp;.txt',
  '\u{1f4a9}\u{1f468}\u200d\u{1f4bb}.txt',
  '\u00e9 NFC.txt',
  'e\u0301 NFD.txt',
  '\u202egnp.exe',
  'new\nline.txt',
  'tab\tand\x7f.txt',
  'back\\slash.txt',
  '...',
  '..a',
  'a..',
  '~',
  '-rf',
  'con',
  'a.txt:stream',
  `${'\u00e4'.repeat(127)}x`,
  'x'.repeat(255),
  '[1].txt',
  '{a}|b^c.txt',
  'index.html.',
  '*',
]
const shown = NAMES.filter(name => !name.startsWith('.'))

let served: Served
beforeAll(async () => {
  const outer = tempFolder({
    'secret.txt': SECRET,
    'site-old/secret.txt': SECRET,
    'site/a.txt': 'hello',
    'site/sub/deep/x.txt': 'x',
    'site/.env': SECRET,
    'site/.git/config': SECRET,
    'site/evil.example/x': '',
    ...Object.fromEntries(NAMES.map(name => [`site/names/${name}`, `content of ${name}`])),
    ...Object.fromEntries(NAMES.map(name => [`site/folders/${name}/in.txt`, `in ${name}`])),
  })
  served = await serve(`${outer}/site`)
})
afterAll(() => served.close())

describe('names', () => {
  it.each(shown.map(name => [name]))(
    '%j is served by its escaped name, from a file and from a folder',
    async name => {
      const file = await rawRequest(served.port, get(`/names/${encodePath(name)}`))
      expect(file.text).toBe(`content of ${name}`)
      const inside = await rawRequest(served.port, get(`/folders/${encodePath(name)}/in.txt`))
      expect(inside.text).toBe(`in ${name}`)
      // Each byte escaped is the same name (RFC 3986 §2.3).
      const escaped = [...Buffer.from(name)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
      expect((await rawRequest(served.port, get(`/names/${escaped}`))).text).toBe(`content of ${name}`)
    },
  )

  it.each(shown.map(name => [name]))(
    '%j: a folder without its slash leads to itself, query and all',
    async name => {
      const target = `/folders/${encodePath(name)}`
      const response = await rawRequest(served.port, get(`${target}?q=%20&r=/../`))
      expect(response.status).toBe(301)
      const location = response.fields.location ?? ''
      const url = new URL(location, `http://localhost${target}`)
      expect(url.origin).toBe('http://localhost')
      expect(url.search).toBe('?q=%20&r=/../')
      const there = await rawRequest(served.port, get(url.pathname + url.search))
      expect(there.text).toContain('in.txt')
    },
  )

  it('all are listed, and each link leads back to the same bytes', async () => {
    const { text } = await rawRequest(served.port, get('/names/'))
    expect(text).not.toContain('<script')
    const links = [...text.matchAll(/href="(\.\/[^"?]+)"/g)].map(
      match => new URL((match[1] ?? '').replaceAll('&amp;', '&'), 'http://localhost/names/'),
    )
    const contents = await Promise.all(
      links.map(async ({ pathname }) => (await rawRequest(served.port, get(pathname))).text),
    )
    expect(contents.sort()).toEqual(shown.map(name => `content of ${name}`).sort())
  })
})

describe('§17.2 nothing outside the root', () => {
  const up = [
    '..',
    '%2e%2e',
    '%2E.',
    '.%2e',
    '%252e%252e',
    '..%00',
    '..%01',
    '..;',
    '..\\',
    '..%5c',
    '%c0%ae%c0%ae',
    '%e0%80%ae.',
    '\uff0e\uff0e',
  ]
  const slash = ['/', '//', '/./', '%2f', '%2F', '%5c', '\\', '%c0%af', '%252f', '/;/', '\u2215']
  const targets = up.flatMap(dots =>
    slash.flatMap(between => [
      `/${dots}${between}secret.txt`,
      `/sub/${dots}${between}${dots}${between}secret.txt`,
      `/sub${between}${dots}${between}${dots}${between}site-old${between}secret.txt`,
      `/${dots}${between}site-old/secret.txt`,
    ]),
  )
  it(`by ${targets.length} disguises of dots and slashes`, async () => {
    for (const target of targets) {
      const bytes = Buffer.from(get('TARGET').replace('TARGET', target))
      const response = await rawRequest(served.port, bytes)
      expect([400, 403, 404], target).toContain(response.status)
      expect(response.text, target).not.toContain(SECRET)
    }
  })

  it.each([
    'http://localhost/../secret.txt',
    'http://localhost/..%2fsecret.txt',
    '/etc/passwd',
    '//etc/passwd',
    '/C:/Windows/win.ini',
    '/file:///etc/passwd',
    '/%2fetc%2fpasswd',
    '/names/../../secret.txt',
  ])('%s', async target => {
    const response = await rawRequest(served.port, get(target))
    expect([400, 404]).toContain(response.status)
    expect(response.text).not.toContain('root:')
  })
})

describe('private names', () => {
  it.each([
    '/.env',
    '/%2eenv',
    '/%2Eenv',
    '//.env',
    '/./.env',
    '/sub/../.env',
    '/.git/config',
    '/%2egit/config',
    '/.git',
    '/.git/',
    '/sub/..//.git//config',
    'http://localhost/.env',
    '/.env?x',
    '/names/...',
    '/.env/',
  ])('%s', async target => {
    const response = await rawRequest(served.port, get(target))
    expect(response.status).toBe(403)
    expect(response.text).not.toContain(SECRET)
  })

  it.each(['/.env%00', '/.env%20', '/.env.', '/.env%2f', '/.ENV', '/.env;x'])('%s neither', async target => {
    expect((await rawRequest(served.port, get(target))).text).not.toContain(SECRET)
  })
})

describe('§4.2.3 escapes', () => {
  it.each([
    ['/%61.txt', 200],
    ['/a%2etxt', 200],
    ['/a%2Etxt', 200],
    ['/sub/%2e/deep/%2e%2e/deep/x.txt', 200],
    ['/a%252etxt', 404],
    ['/%', 400],
    ['/%6', 400],
    ['/%zz', 400],
    ['/a.txt%', 400],
    ['/%u0061.txt', 400],
    ['/a.txt%00', 400],
    ['/%00', 400],
    ['/a%00.txt', 400],
    ['/%c1%a1.txt', 404],
    ['/%ff', 404],
    ['/%ed%a0%80', 404],
    ['/a.txt%2f', 404],
    ['/sub%2fdeep%2fx.txt', 404],
    ['/a.txt/', 404],
    ['/a.txt/x', 404],
    [`/${'x'.repeat(256)}`, 404],
    [`/${'x/'.repeat(3_000)}`, 404],
    ['/..', 400],
    ['/sub/../../a.txt', 400],
  ])('%s: %i', async (target, status) => {
    await converse(served, get(target), [status], 'open')
  })
})

it.each([
  '//evil.example',
  '///evil.example',
  '//evil.example?x',
  '/.//evil.example',
  '/sub/..//evil.example',
  'http://localhost//evil.example',
])('%s does not lead to another origin', async target => {
  const [response] = await converse(served, get(target), [301], 'open')
  expect(response?.fields.location).toMatch(/^\/evil\.example\/(?:\?x)?$/)
})
