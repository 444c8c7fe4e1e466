import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { createHostCheck, isLoopbackAddress } from '../../electron/engine/host-names.ts'

const own = hostname()

describe.each(['localhost', '127.0.0.1', '::1'])('bound to %s', host => {
  const check = createHostCheck(host)
  it.each([
    ['localhost', 'served'],
    ['LocalHost:8080', 'served'],
    ['localhost.', 'served'],
    ['app.localhost:1', 'served'],
    ['127.0.0.1', 'served'],
    ['127.9.9.9:80', 'served'],
    ['[::1]', 'served'],
    ['[::1]:8080', 'served'],
    ['[0:0:0:0:0:0:0:1]', 'served'],
    ['localhost:', 'served'],
    ['evil.com', 'foreign'],
    ['evil.com:8080', 'foreign'],
    ['localhost.evil.com', 'foreign'],
    ['xlocalhost', 'foreign'],
    ['127.0.0.1.evil.com', 'foreign'],
    ['127.0.0.1.nip.io', 'foreign'],
    ['127.1', 'foreign'],
    ['192.168.1.24', 'foreign'],
    ['[fe80::1]', 'foreign'],
    ['0.0.0.0', 'foreign'],
    [own, own === 'localhost' ? 'served' : 'foreign'],
    ['', 'malformed'],
    ['a b', 'malformed'],
    ['localhost/', 'malformed'],
    ['user@localhost', 'malformed'],
    ['localhost:80:80', 'malformed'],
    ['localhost:x', 'malformed'],
    ['[::1', 'malformed'],
    ['[::1]x', 'malformed'],
    ['::1', 'malformed'],
    ['[evil]', 'malformed'],
    ['localhost, localhost', 'malformed'],
  ])('%j is %s', (authority, decision) => {
    expect(check(authority)).toBe(decision)
    // The second time comes from memory.
    expect(check(authority)).toBe(decision)
  })
})

describe.each(['*', '0.0.0.0', '192.168.1.24', '::'])('bound to %s', host => {
  const check = createHostCheck(host)
  it.each([
    ['localhost', 'served'],
    ['192.168.1.24:8080', 'served'],
    ['10.0.0.1', 'served'],
    ['[fe80::1]:8080', 'served'],
    ['[fe80::1%25en0]', 'served'],
    [own, 'served'],
    [`${own.toUpperCase()}.`, 'served'],
    [`${own}.local:8080`, 'served'],
    [`${own.split('.', 1)[0]}.local`, 'served'],
    ['evil.com', 'foreign'],
    [`${own}.evil.com`, 'foreign'],
    ['a b', 'malformed'],
  ])('%j is %s', (authority, decision) => {
    expect(check(authority)).toBe(decision)
  })
})

it.each([
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['128.0.0.1', false],
  ['::2', false],
  ['::', false],
  ['fe80::1', false],
  ['localhost', false],
  ['', false],
])('isLoopbackAddress(%j) is %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected)
})

describe('names that the owner allows', () => {
  it.each([
    ['site.test', 'served'],
    ['SITE.TEST:8080', 'served'],
    ['site.test.', 'served'],
    ['a.below.test', 'served'],
    ['a.b.below.test', 'served'],
    ['localhost', 'served'],
    ['below.test', 'foreign'],
    ['xbelow.test', 'foreign'],
    ['a.site.test', 'foreign'],
    ['site.test.evil.example', 'foreign'],
    ['evil-site.test', 'foreign'],
    ['192.168.1.1', 'foreign'],
    ['site.test@evil.example', 'malformed'],
  ])('%s is %s', (authority, decision) => {
    expect(createHostCheck('localhost', ['site.test', '*.below.test'])(authority)).toBe(decision)
  })
})
