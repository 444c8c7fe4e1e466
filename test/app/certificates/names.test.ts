import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import {
  canonical,
  createNameCheck,
  isHostName,
  namesOfComputer,
  permittedSubtrees,
} from '../../../electron/app/certificates/names.ts'

const loopback = ['localhost', '127.0.0.1', '::1']

function interfaces(...addresses: readonly string[]): NodeJS.Dict<NetworkInterfaceInfo[]> {
  const list = addresses.map(address => ({ address, internal: address.startsWith('127.') }))
  return { en0: list as NetworkInterfaceInfo[] }
}

describe('namesOfComputer', () => {
  it.each([
    ['Annas-Mac.local', ['annas-mac.local', 'annas-mac']],
    ['DESKTOP-4F2', ['desktop-4f2', 'desktop-4f2.local']],
    ['anna.fritz.box', ['anna.fritz.box', 'anna.local']],
    ['anna.', ['anna', 'anna.local']],
    ['münchen-1', ['xn--mnchen-1-65a', 'xn--mnchen-1-65a.local']],
    ['localhost', []],
    ['site.localhost', []],
    ['my_pc', []], // no host name by RFC 1123
    ['4711', []], // an address to a browser
    ['', []],
  ])('of %j', (host, names) => {
    expect(namesOfComputer(host, {})).toEqual([...loopback, ...names])
  })

  it('has the addresses of the network, but none that a URL cannot hold', () => {
    const own = interfaces('127.0.0.1', '192.168.1.24', 'fe80::1', 'fd00:0:0::2', '2001:db8::1')
    expect(namesOfComputer('', own)).toEqual([...loopback, '192.168.1.24', 'fd00::2', '2001:db8::1'])
  })

  it('knows those of this computer', () => {
    expect(namesOfComputer()).toEqual(expect.arrayContaining(loopback))
  })
})

describe('permittedSubtrees', () => {
  const own = (host: string) =>
    permittedSubtrees(namesOfComputer(host, {})).filter(name => !name.includes('/'))
  it.each([
    ['annas-mac', ['localhost', 'local', 'annas-mac']],
    ['pc2', ['localhost', 'local', 'pc2']],
    ['anna.fritz.box', ['localhost', 'local', 'anna.fritz.box']],
    ['annas-mac.local', ['localhost', 'local', 'annas-mac']],
    // A computer of that name must not give the authority a top-level domain.
    ['dev', ['localhost', 'local']],
    ['xn--p1ai', ['localhost', 'local']],
  ])('of %s', (host, names) => {
    expect(own(host)).toEqual(names)
  })
})

describe('createNameCheck', () => {
  const permits = createNameCheck(permittedSubtrees(namesOfComputer('annas-mac', {})))
  it.each([
    ...['localhost', 'site.localhost', 'a.b.localhost', 'annas-mac', 'annas-mac.local', 'other.local'],
    ...['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.24'],
    ...['169.254.3.4', '100.100.1.1', '::1', 'fe80::1', 'fd00::2', 'fc00::'],
  ])('permits %s', name => {
    expect(permits(name)).toBe(true)
  })

  it.each([
    ...['example.com', 'mylocalhost', 'localhost.com', 'local.example', 'annas-mac.com', 'xannas-mac', ''],
    ...['128.0.0.1', '11.0.0.1', '172.15.0.1', '172.32.0.1', '192.169.0.1', '8.8.8.8', '100.128.0.1'],
    ...['::2', '2001:db8::1', 'ff02::1', 'fec0::1', '::', '*.localhost', 'a_b.localhost'],
  ])('refuses %j', name => {
    expect(permits(name)).toBe(false)
  })
})

it.each([
  ['LocalHost.', 'localhost'],
  ['fd00:0:0:0:0:0:0:2', 'fd00::2'],
  ['fe80::1%en0', 'fe80::1'],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ['10.0.0.1', '10.0.0.1'],
])('canonical(%s) is %s', (name, expected) => {
  expect(canonical(name)).toBe(expected)
})

it.each([
  ['a', true],
  ['a-1.local', true],
  [`${'a'.repeat(63)}.local`, true],
  [`${'a'.repeat(64)}.local`, false],
  [`${'abc.'.repeat(63)}ab`, false],
  ['-a', false],
  ['a-', false],
  ['a..b', false],
  ['', false],
  ['a.42', false],
])('isHostName(%s) is %s', (name, expected) => {
  expect(isHostName(name)).toBe(expected)
})
