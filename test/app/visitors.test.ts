import { describe, expect, it } from 'vitest'
import { newSite } from '../../electron/app/sites.ts'
import { createVisitors } from '../../electron/app/visitors.ts'
import type { Site } from '../../electron/contract.ts'
import { exchange } from '../support/exchange.ts'

const site = newSite('/sites/a', 8080, '/home/ann')
const shared: Site = {
  ...site,
  options: { ...site.options, share: true },
  status: { phase: 'listening', origins: [] },
}
const foreign = exchange({ clientAddress: '192.168.1.7', clientIsLocal: false })

describe('visitors', () => {
  it('were there for a minute after the last request of another device', () => {
    let now = 1_000_000
    const visitors = createVisitors(() => now)
    visitors.note(site.id, exchange())
    expect(visitors.wereRecently([shared])).toBe(false)
    visitors.note(site.id, foreign)
    now += 60_000
    expect(visitors.wereRecently([shared])).toBe(true)
    now += 1
    expect(visitors.wereRecently([shared])).toBe(false)
  })

  it('do not count on a site that is stopped, private or gone', () => {
    const visitors = createVisitors()
    visitors.note(site.id, foreign)
    expect(visitors.wereRecently([{ ...shared, status: { phase: 'stopped' } }])).toBe(false)
    expect(visitors.wereRecently([{ ...shared, options: site.options }])).toBe(false)
    expect(visitors.wereRecently([])).toBe(false)
    expect(visitors.wereRecently([shared])).toBe(true)
    visitors.forget(site.id)
    expect(visitors.wereRecently([shared])).toBe(false)
  })
})
