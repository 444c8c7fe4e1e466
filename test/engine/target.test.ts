import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodePath, isHidden, MAX_TARGET_LENGTH, parseTarget } from '../../electron/engine/target.ts'

function pathOf(raw: string, platform: NodeJS.Platform = 'linux'): string | number {
  const target = parseTarget(raw, platform)
  if (target.kind === 'refused') return target.status
  if (target.kind === 'asterisk') return '*'
  return target.path + (target.folder ? '|' : '')
}

describe('parseTarget', () => {
  it.each([
    ['/', '|'],
    ['/a.txt', 'a.txt'],
    ['/a/', 'a|'],
    ['/a/b.txt?x=1#', 400],
    ['/a?b/../c', 'a'],
    ['/a%20b', 'a b'],
    ['/100%25%231%3F.txt', '100%#1?.txt'],
    ['/%2541', '%41'],
    ['/a+b', 'a+b'],
    ['/%E2%9C%93', '✓'],
    ['/\xc3\xa9', 'é'],
    ['/a\\b', 'a\\b'],
    ['/a%5Cb', 'a\\b'],
    ['/%0A', '\n'],
    // Forms of the target (RFC 9112 §3.2).
    ['*', '*'],
    ['http://example.org/a.txt', 'a.txt'],
    ['HTTP://example.org', '|'],
    ['http://example.org?x', '|'],
    ['https://example.org/', 421],
    ['a.txt', 400],
    ['', 400],
    ['ftp://example.org/a', 400],
    ['example.org:80', 400],
    // Empty and dot segments, in every disguise.
    ['//a//b', 'a/b'],
    ['//', '|'],
    ['/./a/./', 'a|'],
    ['/a/.', 'a|'],
    ['/a/..', '|'],
    ['/a/../b', 'b'],
    ['/a/%2e%2E/b', 'b'],
    ['/..', 400],
    ['/../a', 400],
    ['/%2e%2e/a', 400],
    ['/.%2e/a', 400],
    ['/a/../../b', 400],
    ['//../b', 400],
    ['/..%2fetc', 404],
    ['/%2e%2e%2fetc', 404],
    ['/a%2Fb', 404],
    ['/%252e%252e/a', '%2e%2e/a'],
    ['/...', '...'],
    ['/..a', '..a'],
    // Escapes.
    ['/%', 400],
    ['/%4', 400],
    ['/%zz', 400],
    ['/%u0041', 400],
    ['/%00', 400],
    ['/a%00.txt', 400],
    ['/a b', 400],
    ['/a\tb', 400],
    ['/a#b', 400],
  ] as const)('%j -> %j', (raw, expected) => {
    expect(pathOf(raw)).toBe(expected)
  })

  it('keeps the bytes of a name that is not UTF-8, where names are bytes', () => {
    expect(parseTarget('/a%FF', 'linux')).toMatchObject({ bytes: Buffer.from([0x61, 0xff]) })
    expect(pathOf('/a%FF', 'darwin')).toBe(404)
    expect(pathOf('/a%FF', 'win32')).toBe(404)
  })

  it('does not take overlong forms for the characters they spell', () => {
    for (const raw of ['/%c0%ae%c0%ae/a', '/%e0%80%ae%e0%80%ae/a', '/%c0%af', '/%ed%a0%80']) {
      const target = parseTarget(raw, 'linux')
      expect(target).toMatchObject({ kind: 'path', bytes: expect.any(Buffer) })
      expect(target.kind === 'path' && target.path).not.toContain('..')
    }
  })

  it.each([
    'a:b',
    'C:',
    'a.txt::$DATA',
    'a%5Cb',
    '..%5Cb',
    'con',
    'NUL.txt',
    'nul%20.txt',
    'com1',
    'a.',
    'a%20',
    'PROGRA~1',
    'a*',
    'a%01',
    'a%7Cb',
  ])('refuses %s on Windows', name => {
    expect(pathOf(`/x/${name}`, 'win32')).toBe(404)
    expect(pathOf('/console.txt', 'win32')).toBe('console.txt')
  })

  it('refuses a target that is too long', () => {
    expect(pathOf(`/${'a'.repeat(MAX_TARGET_LENGTH)}`)).toBe(414)
    expect(pathOf(`/${'a'.repeat(MAX_TARGET_LENGTH - 1)}`)).toHaveLength(MAX_TARGET_LENGTH - 1)
  })

  it.each([
    ['/.env', true],
    ['/a/.git/config', true],
    ['/%2eenv', true],
    ['/.well-known/acme', false],
    ['/a/.well-known/x', false],
    ['/.well-known/.x', true],
    ['/.well-knownx', true],
    ['/a.b', false],
    ['/...', true],
    ['/.%FF', true],
  ])('%s hidden: %s', (raw, hidden) => {
    expect(parseTarget(raw, 'linux')).toMatchObject({ hidden })
  })

  it('sees through characters that HFS+ ignores', () => {
    expect(isHidden('\u200c.env', 'darwin')).toBe(true)
    expect(isHidden('\u200c.env', 'linux')).toBe(false)
  })

  it('never yields a path that leaves the root', () => {
    const piece = fc.constantFrom(
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '/',
      '%2f',
      '\\',
      '%5c',
      'a',
      '%00',
      '%',
      '//',
      ':',
      '?',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const target = parseTarget(`/${pieces.join('')}`, 'linux')
        if (target.kind !== 'path') return
        const segments = target.path.split('/')
        expect(segments).not.toContain('..')
        expect(segments).not.toContain('.')
        if (target.path !== '') expect(segments).not.toContain('')
        expect(target.path).not.toContain('\0')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('encodePath', () => {
  it('leads back to the same name, whatever it is', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter(text => !/[/\0]/.test(text) && text !== '.' && text !== '..')
    fc.assert(
      fc.property(name, text => {
        expect(parseTarget(`/${encodePath(text)}`, 'linux')).toMatchObject({ path: text, bytes: null })
      }),
    )
  })

  it('leads back to the same bytes', () => {
    const bytes = Buffer.from([0x2d, 0xff, 0x25, 0x23, 0xc0, 0xae])
    expect(parseTarget(`/${encodePath(bytes)}`, 'linux')).toMatchObject({ bytes })
  })

  it('does not throw on half a surrogate pair', () => {
    expect(encodePath('a\ud800b')).toBe('a%EF%BF%BDb')
  })
})
