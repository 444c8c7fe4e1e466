import { describe, expect, it } from 'vitest'
import { createInterfaceNames, describeInterface, parseHardwarePorts } from '../../electron/app/interfaces.ts'
import type { Origin } from '../../electron/engine/types.ts'

const hardwarePorts = `
Hardware Port: Ethernet
Device: en0
Ethernet Address: a4:83:e7:00:00:01

Hardware Port: Wi-Fi
Device: en1
Ethernet Address: a4:83:e7:00:00:02

VLAN Configurations
===================
`

function on(interfaceName: string, host: string): Origin {
  return { url: `http://${host}:8080`, host, port: 8080, reach: 'network', interfaceName }
}
const loopback: Origin = { url: 'http://localhost:8080', host: 'localhost', port: 8080, reach: 'loopback' }
const never = async () => 'missing' as const
const seen = (origins: readonly Origin[]) =>
  origins.map(({ host, interfaceName }) => [host, interfaceName].filter(Boolean).join(' '))

describe('names of interfaces', () => {
  it.each([
    ['linux', 'wlp3s0', 'Wi-Fi'],
    ['linux', 'wlan0', 'Wi-Fi'],
    ['linux', 'enp0s31f6', 'Ethernet'],
    ['linux', 'eth0', 'Ethernet'],
    ['linux', 'br0', 'Ethernet'],
    ['linux', 'wg0', 'VPN'],
    ['linux', 'tun0', 'VPN'],
    ['linux', 'tailscale0', 'Tailscale'],
    ['linux', 'odd7', 'odd7'],
    ['linux', 'docker0', null],
    ['linux', 'veth12ab34c', null],
    ['linux', 'br-0f3c2d1e4b5a', null],
    ['linux', 'virbr0', null],
    ['darwin', 'utun4', 'VPN'],
    ['darwin', 'bridge100', null],
    ['darwin', 'awdl0', null],
    ['darwin', 'en7', 'en7'],
    ['win32', 'Wi-Fi', 'Wi-Fi'],
    ['win32', 'WLAN 2', 'WLAN 2'],
    ['win32', 'NordLynx', 'NordLynx'],
    ['win32', 'vEthernet (WSL)', null],
  ] as const)('on %s: %s is %s', (os, name, label) => {
    expect(describeInterface(name, os)?.label ?? null).toBe(label)
  })

  it.each([
    ['linux', 'tun0'],
    ['darwin', 'utun4'],
    ['win32', 'OpenVPN TAP-Windows6'],
  ] as const)('on %s %s is a VPN', (os, name) => {
    expect(describeInterface(name, os)?.kind).toBe('vpn')
  })

  it('come from networksetup on macOS, asked once', async () => {
    const asked: string[] = []
    const names = createInterfaceNames({
      os: 'darwin',
      async run(program, args) {
        asked.push([program, ...args].join(' '))
        return { code: 0, stdout: hardwarePorts, stderr: '' }
      },
    })
    const origins = [loopback, on('en1', '192.168.1.24')]
    expect(seen(names.name(origins))).toEqual(['localhost', '192.168.1.24 en1'])
    expect(await names.learn()).toBe(true)
    expect(await names.learn()).toBe(false)
    expect(asked).toEqual(['/usr/sbin/networksetup -listallhardwareports'])
    expect(seen(names.name(origins))).toEqual(['localhost', '192.168.1.24 Wi-Fi'])
    expect([...parseHardwarePorts(hardwarePorts)]).toEqual([
      ['en0', 'Ethernet'],
      ['en1', 'Wi-Fi'],
    ])
  })

  it('are those of the system where it cannot be asked', async () => {
    for (const run of [never, () => Promise.reject(new Error('no'))]) {
      const names = createInterfaceNames({ os: 'darwin', run })
      expect(await names.learn()).toBe(false)
      expect(seen(names.name([on('en1', '192.168.1.24')]))).toEqual(['192.168.1.24 en1'])
    }
  })

  it('put what people know first, and leave out what no phone can reach', () => {
    const { name } = createInterfaceNames({ os: 'linux', run: never })
    const named = name([
      loopback,
      on('tun0', '10.8.0.2'),
      on('docker0', '172.17.0.1'),
      on('wlan0', '192.168.1.24'),
      on('eth0', '169.254.7.7'),
      on('enp2s0', '10.0.0.8'),
      on('enp3s0', '10.0.1.8'),
      on('wlan0', '[2001:db8::1]'),
      on('wlan0', '[2001:db8::2]'),
    ])
    expect(seen(named)).toEqual([
      'localhost',
      '192.168.1.24 Wi-Fi',
      '10.0.0.8 Ethernet',
      '10.0.1.8 Ethernet 2',
      '10.8.0.2 VPN',
      '[2001:db8::1] Wi-Fi',
    ])
  })
})
