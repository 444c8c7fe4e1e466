import type { NetworkInterfaceInfo } from 'node:os'
import { expect, it } from 'vitest'
import { originsOf } from '../../electron/engine/addresses.ts'

const address = (family: 'IPv4' | 'IPv6', text: string, internal = false): NetworkInterfaceInfo =>
  ({ address: text, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as NetworkInterfaceInfo

const INTERFACES = {
  lo0: [address('IPv4', '127.0.0.1', true), address('IPv6', '::1', true)],
  en0: [address('IPv6', 'fe80::1'), address('IPv6', 'fd00::2'), address('IPv4', '192.168.1.24')],
  en5: [address('IPv4', '10.0.0.7')],
}
const urls = (host: string, port = 8080) => originsOf(host, port, INTERFACES).map(origin => origin.url)

it.each([
  ['localhost', ['http://localhost:8080']],
  ['127.0.0.1', ['http://127.0.0.1:8080']],
  ['::1', ['http://[::1]:8080']],
  [
    '*',
    ['http://localhost:8080', 'http://192.168.1.24:8080', 'http://10.0.0.7:8080', 'http://[fd00::2]:8080'],
  ],
  ['0.0.0.0', ['http://127.0.0.1:8080', 'http://192.168.1.24:8080', 'http://10.0.0.7:8080']],
  [
    '::',
    ['http://localhost:8080', 'http://192.168.1.24:8080', 'http://10.0.0.7:8080', 'http://[fd00::2]:8080'],
  ],
  ['10.0.0.7', ['http://10.0.0.7:8080']],
  ['10.9.9.9', ['http://10.9.9.9:8080']],
])('%s', (host, expected) => {
  expect(urls(host)).toEqual(expected)
})

it('names the interface and the reach', () => {
  expect(originsOf('10.0.0.7', 8080, INTERFACES)).toEqual([
    { url: 'http://10.0.0.7:8080', host: '10.0.0.7', port: 8080, reach: 'network', interfaceName: 'en5' },
  ])
  expect(originsOf('localhost', 8080, INTERFACES)[0]).toEqual({
    url: 'http://localhost:8080',
    host: 'localhost',
    port: 8080,
    reach: 'loopback',
  })
})

it('leaves out port 80, and copes without a network', () => {
  expect(urls('localhost', 80)).toEqual(['http://localhost'])
  expect(originsOf('*', 1, {}).map(origin => origin.host)).toEqual(['localhost'])
})
