import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { MdnsOptions } from '../../electron/app/mdns.ts'
import type { Announced } from '../../electron/app/mdns-records.ts'
import { createShare } from '../../electron/app/share.ts'
import { newSite } from '../../electron/app/sites.ts'
import { createState } from '../../electron/app/state.ts'
import type { Site } from '../../electron/contract.ts'
import { mockSettings } from '../support/mock-data.ts'
import { until } from '../support/until.ts'

function address(text: string, family: 'IPv4' | 'IPv6' = 'IPv4'): NetworkInterfaceInfo {
  const common = { address: text, internal: false, netmask: '', mac: '', cidr: null }
  return family === 'IPv4' ? { ...common, family } : { ...common, family, scopeid: 0 }
}

const HOUR = 3_600_000

/** What app.ts does, with a clock, a network and an mDNS of the test's own. */
function start(names: readonly string[] = ['a']) {
  let interfaces = { wlan0: [address('192.168.1.24')] } as NodeJS.Dict<NetworkInterfaceInfo[]>
  let now = 1_000_000
  let refreshes = 0
  let looks = 0
  const told: (readonly Announced[])[] = []
  let mdnsRefreshes = 0
  let mdnsClosed = false
  let onName: MdnsOptions['onName'] = () => {}
  const sites = names.map((name, index) => ({
    ...newSite(`/sites/${name}`, 8080 + index, '/home/ann'),
    status: { phase: 'listening', origins: [] } as const,
  }))
  const owned = createState({
    sites,
    settings: mockSettings,
    host: { kind: 'window', os: 'linux', version: '1', capabilities: [] },
    authority: null,
    notice: null,
  })
  const all = () => owned.state.get().sites
  const patch = (id: string, change: Partial<Site>) =>
    owned.set({ sites: all().map(site => (site.id === id ? { ...site, ...change } : site)) })
  const siteAt = (index = 0): Site => {
    const site = all()[index]
    if (!site) throw new Error('no site')
    return site
  }
  const share = createShare({
    os: 'linux',
    sites: all,
    patch,
    async configureShare(id, on, shareEnd) {
      const site = all().find(each => each.id === id)
      if (site) patch(id, { options: { ...site.options, share: on }, shareEnd })
    },
    refreshOrigins: () => {
      refreshes += 1
    },
    interfaces() {
      looks += 1
      return interfaces
    },
    now: () => now,
    lookInterval: 5,
    createMdns(options) {
      onName = options.onName
      return {
        tell: services => told.push(services),
        refresh: () => {
          mdnsRefreshes += 1
        },
        async close() {
          mdnsClosed = true
        },
      }
    },
  })
  owned.state.subscribe(share.follow)
  onTestFinished(() => share.close())
  return {
    share,
    patch,
    siteAt,
    told,
    name: (found: string | null) => onName(found),
    move(...addresses: NetworkInterfaceInfo[]) {
      interfaces = { wlan0: addresses, docker0: [address('172.17.0.1')] }
    },
    pass(ms: number) {
      now += ms
    },
    counts: () => ({ refreshes, looks, mdnsRefreshes, mdnsClosed }),
  }
}

describe('a share', () => {
  it('lasts until it is switched off', async () => {
    const { share, siteAt, told, pass, counts } = start()
    await share.set(siteAt().id, true)
    expect(siteAt()).toMatchObject({ options: { share: true }, shareEnd: { kind: 'never' } })
    pass(100 * HOUR)
    const { looks } = counts()
    await until(() => counts().looks > looks + 2, 'a few looks')
    expect(siteAt().options.share).toBe(true)
    await share.set(siteAt().id, false)
    expect(siteAt().options.share).toBe(false)
    expect(told.at(-1)).toEqual([])
  })

  it('lasts an hour', async () => {
    const { share, siteAt, pass } = start()
    await share.set(siteAt().id, true, 'hour')
    expect(siteAt().shareEnd).toEqual({ kind: 'time', at: 1_000_000 + HOUR })
    pass(HOUR - 1)
    share.refresh()
    expect(siteAt().options.share).toBe(true)
    pass(1) // as after sleep: no timer of an hour has run
    await until(() => !siteAt().options.share, 'the end')
    expect(siteAt().shareEnd).toEqual({ kind: 'never' })
  })

  it('lasts until the network changes', async () => {
    const { share, siteAt, move } = start()
    const v6 = (host: string) => address(`2001:db8:1:2:${host}`, 'IPv6')
    move(address('192.168.1.24'), v6('1:2:3:4'))
    await share.set(siteAt().id, true, 'network-change')
    move(v6('5:6:7:8'), address('192.168.1.24'), address('fe80::1', 'IPv6'), address('169.254.1.1'))
    share.refresh()
    expect(siteAt()).toMatchObject({ options: { share: true }, shareEnd: { kind: 'network-change' } })
    move(address('10.0.0.8'))
    await until(() => !siteAt().options.share, 'the end')
    await share.set(siteAt().id, true, 'network-change')
    share.refresh()
    expect(siteAt().options.share).toBe(true)
  })

  it('has no end left when it is switched off elsewhere', async () => {
    const { share, siteAt, patch } = start()
    await share.set(siteAt().id, true, 'hour')
    patch(siteAt().id, { options: { ...siteAt().options, share: false } })
    expect(siteAt().shareEnd).toEqual({ kind: 'never' })
  })

  it('looks at the network only while it is on', async () => {
    const { share, siteAt, counts, move } = start()
    share.follow()
    share.refresh()
    expect(counts().looks).toBe(0)
    await share.set(siteAt().id, true)
    move(address('10.0.0.8'))
    await until(() => counts().refreshes === 1, 'new addresses')
    expect(counts().mdnsRefreshes).toBe(1)
    await share.set(siteAt().id, false)
    const { looks } = counts()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(counts().looks).toBe(looks)
  })
})

describe('by name', () => {
  it('shared sites are found while they run', async () => {
    const { share, siteAt, told, name, patch, counts } = start(['a', 'b'])
    expect(told).toEqual([])
    await share.set(siteAt(0).id, true)
    await share.set(siteAt(1).id, true)
    expect(told.at(-1)?.map(({ port }) => port)).toEqual([8080, 8081])
    expect(told.at(-1)?.[0]?.label).toMatch(/^a on /)
    expect(siteAt().localUrl).toBeNull()
    name('annas-mac.local')
    expect(siteAt(0).localUrl).toBe('http://annas-mac.local:8080')
    expect(siteAt(1).localUrl).toBe('http://annas-mac.local:8081')
    patch(siteAt(1).id, { options: { ...siteAt(1).options, https: true, port: 443 } })
    expect(siteAt(1).localUrl).toBe('https://annas-mac.local')
    patch(siteAt(0).id, { status: { phase: 'stopped' } })
    expect(siteAt(0).localUrl).toBeNull()
    expect(told.at(-1)?.map(({ port }) => port)).toEqual([443])
    name(null)
    expect(siteAt(1).localUrl).toBeNull()
    await share.close()
    expect(counts().mdnsClosed).toBe(true)
  })

  it('sites of one name differ', async () => {
    const { share, siteAt, told } = start(['a', 'a'])
    await share.set(siteAt(0).id, true)
    await share.set(siteAt(1).id, true)
    const [first, second] = told.at(-1) ?? []
    expect(first?.label).toMatch(/^a 8080 on /)
    expect(second?.label).toMatch(/^a 8081 on /)
  })
})
