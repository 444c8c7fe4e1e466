import { describe, expect, it } from 'vitest'
import { originsOf } from '../../electron/engine/addresses.ts'
import {
  address,
  isSecure,
  nameAndState,
  networkOrigins,
  openWrites,
  summary,
  tileState,
  urlOf,
} from '../../renderer/sites.ts'
import { origins, portInUse, site, threeSites } from '../support/memory-bridge.ts'
import { mockOptions } from '../support/mock-data.ts'

const stopped = site('docs', {
  status: { phase: 'stopped' },
  options: { ...mockOptions, port: 8081 },
})

describe('addresses', () => {
  it('shows the first origin, else where it will be', () => {
    expect(urlOf(site('a'))).toBe('http://localhost:8080')
    const networkOnly = origins(8080, true).filter(origin => origin.reach === 'network')
    const bound = site('a', { status: { phase: 'listening', origins: networkOnly } })
    expect(urlOf(bound)).toBe('http://192.168.1.24:8080')
    expect(address(bound)).toMatchObject({ host: '192.168.1.24', port: 8080 })
    expect(urlOf(stopped)).toBe('http://localhost:8081')
    expect(address(stopped)).toEqual({ host: 'localhost', port: 8081 })
  })

  it('writes port 80 alike whether the site runs or not', () => {
    const options = { ...stopped.options, port: 80 }
    const status = { phase: 'listening', origins: originsOf('localhost', 80) } as const
    const urls = [site('a', { options, status }), site('a', { options, status: { phase: 'stopped' } })]
    expect(urls.map(urlOf)).toEqual(['http://localhost', 'http://localhost'])
  })

  it('are secure by what runs, or by what will', () => {
    const https = { ...mockOptions, https: true }
    const stopped = site('a', { options: { ...https, port: 443 }, status: { phase: 'stopped' } })
    expect(urlOf(stopped)).toBe('https://localhost')
    expect(isSecure(stopped)).toBe(true)
    // Switched a moment ago: it still runs as it did.
    expect(isSecure(site('a', { options: https }))).toBe(false)
  })

  it('knows the addresses on the network, in the order of the app', () => {
    const shared = site('a', { status: { phase: 'listening', origins: origins(8080, true) } })
    expect(networkOrigins(shared).map(origin => origin.host)).toEqual(['192.168.1.24', '10.0.0.8'])
    expect(networkOrigins(stopped)).toEqual([])
  })
})

describe('words', () => {
  it('names a site together with its state', () => {
    expect(threeSites.map(nameAndState)).toEqual([
      'portfolio, running',
      'handbook-docs, stopped',
      'tide-pool, failed, port 5173 is in use by node',
    ])
    for (const title of ['macOS does not let Servebar read it', 'Servebar is not allowed to read it']) {
      const problem = { ...portInUse, title }
      expect(nameAndState(site('x', { status: { phase: 'failed', problem } }))).toBe(`x, failed, ${title}`)
    }
  })

  it('names what holds it back, while it runs', () => {
    const options = { ...mockOptions, throttle: 'flaky' } as const
    expect(nameAndState(site('a', { options }))).toBe('a, running, Flaky Wi-Fi')
    expect(nameAndState(site('a', { options, status: { phase: 'stopped' } }))).toBe('a, stopped')
  })

  it.each([
    [{ uploads: true }, 'Anyone can add files.'],
    [{ uploads: true, manage: true }, 'Anyone can add and delete files.'],
    [{ manage: true }, 'Anyone can delete files.'],
    [{}, null],
    [{ uploads: true, share: false }, null],
    [{ uploads: true, password: { user: 'maria' } }, null],
  ])('says what everybody on the network may do with %j', (options, words) => {
    expect(openWrites(site('a', { options: { ...mockOptions, share: true, ...options } }))).toBe(words)
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
