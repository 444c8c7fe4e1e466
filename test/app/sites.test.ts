import { describe, expect, it } from 'vitest'
import { hashesOf, newSite, settingsOf, siteOf } from '../../electron/app/sites.ts'
import type { HostInfo, ShareEnd } from '../../electron/contract.ts'
import { mockOptions, mockSettings } from '../support/mock-data.ts'

const home = '/home/ann'
const host: HostInfo = { kind: 'window', os: 'linux', version: '1', capabilities: [] }

describe('sites', () => {
  it('begin private, stopped, named after their folder', () => {
    const site = newSite('/home/ann/Sites/portfolio', 8080, home)
    expect(site).toEqual({
      id: site.id,
      name: 'portfolio',
      folder: '/home/ann/Sites/portfolio',
      folderLabel: '~/Sites/portfolio',
      // Those that the panel's stand-in begins with, too.
      options: mockOptions,
      portChosen: false,
      status: { phase: 'stopped' },
      shareEnd: { kind: 'never' },
      localUrl: null,
      livePages: 0,
      liveLimited: false,
      rules: null,
      blocked: [],
    })
    expect(newSite('/x', 1, home).id).not.toBe(site.id)
  })

  it('come back from the settings as they went in', () => {
    const site = { ...newSite('/home/ann/a', 8080, home), portChosen: true, name: 'Other' }
    const state = {
      revision: 1,
      sites: [site, newSite('/b', 8081, home)],
      settings: {
        startAtLogin: true,
        restoreOnLaunch: false,
        defaultPort: 3000,
        theme: 'dark',
        keepRequests: '7d',
      },
      authority: null,
      host,
      notice: null,
    } as const
    const { preferences, sites } = settingsOf(state, new Set([site.id]), new Map())
    // Whether it starts at login is the system's to remember.
    expect(preferences).toEqual({
      restoreOnLaunch: false,
      defaultPort: 3000,
      theme: 'dark',
      keepRequests: '7d',
    })
    expect(sites.map(saved => saved.running)).toEqual([true, false])
    expect(sites.map(saved => siteOf(saved, home))).toEqual(state.sites)
  })

  it('keep the hash of a password out of the state', () => {
    const { options, ...site } = newSite('/a', 8080, home)
    const secured = { ...site, options: { ...options, password: { user: 'ann' } } }
    const state = {
      revision: 1,
      sites: [secured],
      settings: mockSettings,
      host,
      authority: null,
      notice: null,
    }
    const { sites } = settingsOf(state, new Set(), new Map([[site.id, 'the hash']]))
    expect(sites[0]?.password).toEqual({ user: 'ann', hash: 'the hash' })
    expect(hashesOf(sites)).toEqual(new Map([[site.id, 'the hash']]))
    expect(sites.map(saved => siteOf(saved, home))).toEqual([secured])
  })

  it.each<[end: ShareEnd, shared: boolean]>([
    [{ kind: 'never' }, true],
    [{ kind: 'time', at: 1001 }, true],
    [{ kind: 'time', at: 1000 }, false],
    [{ kind: 'network-change' }, false],
  ])('that were shared until %j come back shared: %s', (shareEnd, shared) => {
    const site = newSite('/a', 8080, home)
    const state = {
      ...{ revision: 1, settings: mockSettings, host, authority: null, notice: null },
      sites: [{ ...site, options: { ...site.options, share: true }, shareEnd }],
    }
    const [saved] = settingsOf(state, new Set(), new Map()).sites
    const back = saved && siteOf(saved, home, 1000)
    expect(back?.options.share).toBe(shared)
    expect(back?.shareEnd).toEqual(shared ? shareEnd : { kind: 'never' })
  })
})
