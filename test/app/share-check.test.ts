import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkShare, type ShareCheckOptions } from '../../electron/app/share-check.ts'
import { newSite } from '../../electron/app/sites.ts'
import type { Origin, Site } from '../../electron/contract.ts'

function address(text: string, internal = false): NetworkInterfaceInfo {
  return { address: text, family: 'IPv4', internal, netmask: '', mac: '', cidr: null }
}

const wifi: Origin = {
  url: 'http://192.168.1.24:8080',
  host: '192.168.1.24',
  port: 8080,
  reach: 'network',
  interfaceName: 'Wi-Fi',
}
const site = newSite('/sites/a', 8080, '/home/ann')
const shared = (origins: readonly Origin[]): Site => ({
  ...site,
  options: { ...site.options, share: true },
  status: { phase: 'listening', origins },
})

async function check(of: Site, change: Partial<ShareCheckOptions> = {}) {
  const findings = await checkShare(of, {
    os: 'linux',
    interfaces: () => ({ wlan0: [address('192.168.1.24')] }),
    run: async () => 'missing',
    read: () => Promise.reject(new Error('ENOENT')),
    reaches: async () => true,
    ...change,
  })
  return findings.map(({ ok, title }) => `${ok ? 'ok' : 'no'} ${title}`)
}

describe('checkShare', () => {
  it('finds nothing in the way', async () => {
    expect(await check(shared([wifi]))).toEqual([
      'ok It listens on port 8080 of every network',
      'ok This computer has the address 192.168.1.24 on Wi-Fi',
      'ok This computer reaches the site at 192.168.1.24:8080',
    ])
  })

  it('says first what makes the rest idle', async () => {
    expect(await check(site)).toEqual(['no Sharing is off'])
    expect(await check({ ...shared([]), status: { phase: 'stopped' } })).toEqual([
      'no The site is not running',
    ])
    expect(await check(shared([]))).toEqual([
      'ok It listens on port 8080 of every network',
      'no Not connected to a network',
    ])
  })

  it('sees a VPN, but not one that takes nothing away', async () => {
    const withOther = (name: string) => ({
      interfaces: () => ({ wlan0: [address('192.168.1.24')], [name]: [address('10.8.0.2')] }),
    })
    expect(await check(shared([wifi]), withOther('wg0'))).toContain('no A VPN is connected')
    expect((await check(shared([wifi]), withOther('tailscale0'))).join()).not.toContain('VPN')
    const vpn = { ...wifi, host: '10.8.0.2', interfaceName: 'VPN' }
    expect(await check(shared([vpn]), withOther('wg0'))).toContain('no This computer is only on a VPN')
  })

  it('sees a firewall', async () => {
    const run: ShareCheckOptions['run'] = async program =>
      program === 'ufw' ? { code: 0, stdout: 'Status: active', stderr: '' } : 'missing'
    expect(await check(shared([wifi]), { run })).toContain('no The firewall ufw keeps port 8080 closed')
  })

  it('really asks', async () => {
    const methods: (string | undefined)[] = []
    const server = createServer((request, response) => {
      methods.push(request.method)
      response.statusCode = 401
      response.end()
    })
    onTestFinished(() => void server.close())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const here = { ...wifi, url: `http://127.0.0.1:${port}`, host: '127.0.0.1', port }
    const run: ShareCheckOptions['run'] = async () => 'missing'
    const findings = (of: Origin) => checkShare(shared([of]), { os: 'linux', interfaces: () => ({}), run })
    expect((await findings(here))[2]).toMatchObject({ ok: true })
    expect(methods).toEqual(['HEAD'])
    await new Promise(resolve => server.close(resolve))
    expect((await findings(here))[2]).toMatchObject({ ok: false })
  })
})
