import { describe, expect, it } from 'vitest'
import { createDevices, MOST_DEVICES, withBlocked } from '../../electron/app/devices.ts'
import type { Exchange } from '../../electron/engine/types.ts'
import { exchange } from '../support/exchange.ts'

const iPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1'

const from = (clientAddress: string, change: Partial<Exchange> = {}) =>
  exchange({ clientAddress, clientIsLocal: false, ...change })
const site = { id: 'a', blocked: [] as readonly string[] }

describe('devices', () => {
  it('are the others that asked, newest first', () => {
    let now = 1000
    const devices = createDevices(() => now)
    devices.note('a', exchange())
    devices.note('a', from('192.168.1.42', { bytesSent: 5, requestFields: [['user-agent', iPhone]] }))
    now = 2000
    devices.note('a', from('192.168.1.77'))
    devices.note('b', from('192.168.1.99'))
    now = 3000
    devices.note('a', from('192.168.1.42', { bytesSent: 7 }))
    expect(devices.list({ ...site, blocked: ['192.168.1.77', '10.0.0.1'] })).toEqual([
      {
        address: '192.168.1.42',
        browser: 'Safari on iPhone',
        lastSeen: 3000,
        requests: 2,
        bytesSent: 12,
        blocked: false,
      },
      { address: '192.168.1.77', browser: null, lastSeen: 2000, requests: 1, bytesSent: 10, blocked: true },
      { address: '10.0.0.1', browser: null, lastSeen: 0, requests: 0, bytesSent: 0, blocked: true },
    ])
    devices.forget('a')
    expect(devices.list(site)).toEqual([])
  })

  it('are asked for their browser once a second at most', () => {
    let now = 0
    let looks = 0
    const devices = createDevices(() => now)
    const requestField = () => {
      looks += 1
      return iPhone
    }
    for (now = 0; now < 1000; now += 1) devices.note('a', from('10.0.0.2', { requestField }))
    expect(looks).toBe(1)
    devices.note('a', from('10.0.0.2', { requestField }))
    expect(looks).toBe(2)
    expect(devices.list(site)[0]).toMatchObject({ requests: 1001, browser: 'Safari on iPhone' })
  })

  it('are not more than can be kept: those that asked last', () => {
    let now = 0
    const devices = createDevices(() => now)
    for (now = 1; now <= MOST_DEVICES; now++) devices.note('a', from(`fd00::${now}`))
    devices.note('a', from('fd00::1'))
    devices.note('a', from('10.0.0.9'))
    const addresses = devices.list(site).map(device => device.address)
    expect(addresses).toHaveLength(MOST_DEVICES)
    expect(addresses).toContain('fd00::1')
    expect(addresses).toContain('10.0.0.9')
    expect(addresses).not.toContain('fd00::2')
  })
})

describe('withBlocked', () => {
  it('adds once, and takes away', () => {
    expect(withBlocked(['1.1.1.1'], '2.2.2.2', true)).toEqual(['1.1.1.1', '2.2.2.2'])
    expect(withBlocked(['1.1.1.1', '2.2.2.2'], '1.1.1.1', true)).toEqual(['2.2.2.2', '1.1.1.1'])
    expect(withBlocked(['1.1.1.1'], '1.1.1.1', false)).toEqual([])
  })

  it('has an end', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `fd00::${index}`)
    const blocked = withBlocked(many, '10.0.0.1', true)
    expect(blocked).toHaveLength(1000)
    expect(blocked.at(-1)).toBe('10.0.0.1')
  })
})
