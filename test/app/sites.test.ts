import { describe, expect, it } from 'vitest'
import { newSite, settingsOf, siteOf } from '../../electron/app/sites.ts'

const home = '/home/ann'

describe('sites', () => {
  it('begin private, stopped, named after their folder', () => {
    const site = newSite('/home/ann/Sites/portfolio', 8080, home)
    expect(site).toEqual({
      id: site.id,
      name: 'portfolio',
      folder: '/home/ann/Sites/portfolio',
      folderLabel: '~/Sites/portfolio',
      options: { port: 8080, share: false, listing: true, dotfiles: false },
      portChosen: false,
      status: { phase: 'stopped' },
    })
    expect(newSite('/x', 1, home).id).not.toBe(site.id)
  })

  it('come back from the settings as they went in', () => {
    const site = { ...newSite('/home/ann/a', 8080, home), portChosen: true, name: 'Other' }
    const state = {
      revision: 1,
      sites: [site, newSite('/b', 8081, home)],
      settings: { startAtLogin: true, restoreOnLaunch: false, defaultPort: 3000, theme: 'dark' },
      host: { kind: 'window', os: 'linux', version: '1', capabilities: [] },
      notice: null,
    } as const
    const { preferences, sites } = settingsOf(state, new Set([site.id]))
    // Whether it starts at login is the system's to remember.
    expect(preferences).toEqual({ restoreOnLaunch: false, defaultPort: 3000, theme: 'dark' })
    expect(sites.map(saved => saved.running)).toEqual([true, false])
    expect(sites.map(saved => siteOf(saved, home))).toEqual(state.sites)
  })
})
