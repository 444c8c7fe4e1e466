import { describe, expect, it } from 'vitest'
import {
  address,
  mainOrigin,
  nameAndState,
  networkOrigins,
  summary,
  tileState,
} from '../../renderer/sites.ts'
import { origins, portInUse, site, threeSites } from '../support/memory-bridge.ts'

const stopped = site('docs', {
  status: { phase: 'stopped' },
  options: { port: 8081, share: false, listing: true, dotfiles: false },
})

describe('addresses', () => {
  it('shows the loopback origin, else the first, else where it will be', () => {
    expect(mainOrigin(site('a'))?.url).toBe('http://localhost:8080')
    const networkOnly = origins(8080, true).filter(origin => origin.reach === 'network')
    const bound = site('a', { status: { phase: 'listening', origins: networkOnly } })
    expect(mainOrigin(bound)?.host).toBe('192.168.1.24')
    expect(mainOrigin(stopped)).toBeNull()
    expect(address(stopped)).toEqual({ host: 'localhost', port: 8081 })
  })

  it('puts addresses that can be typed before IPv6', () => {
    const v6 = { url: 'http://[fe80::1]:80', host: '[fe80::1]', port: 80, reach: 'network' } as const
    const status = { phase: 'listening', origins: [v6, ...origins(80, true)] } as const
    expect(networkOrigins(site('a', { status })).map(origin => origin.host)).toEqual([
      '192.168.1.24',
      '10.0.0.8',
      '[fe80::1]',
    ])
  })
})

describe('words', () => {
  it('names a site together with its state', () => {
    expect(threeSites.map(nameAndState)).toEqual([
      'portfolio, running',
      'handbook-docs, stopped',
      'tide-pool, failed, port 5173 is in use by node',
    ])
    const problem = { ...portInUse, title: 'macOS does not let Servebar read it' }
    expect(nameAndState(site('x', { status: { phase: 'failed', problem } }))).toBe(
      'x, failed, macOS does not let Servebar read it',
    )
  })

  it('tells the truth in the title', () => {
    expect(summary([])).toBe('Servebar')
    expect(summary([site('a')])).toBe('1 site running')
    expect(summary([stopped])).toBe('No site running')
    expect(summary(threeSites)).toBe('1 of 3 running')
  })

  it('draws a site that is starting as not yet running', () => {
    expect(tileState(site('a', { status: { phase: 'starting' } }))).toBe('stopped')
    expect(threeSites.map(tileState)).toEqual(['running', 'stopped', 'error'])
  })
})
