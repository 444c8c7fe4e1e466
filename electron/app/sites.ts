/**
 * Sites in their three forms: new, in the settings file, in the state. Pure
 * conversions; the one place that says with which options a new site begins.
 */
import { randomUUID } from 'node:crypto'
import type { AppState, Site, SiteId } from '../contract.ts'
import { folderLabel, folderName } from './folders.ts'
import { plainSite, type SavedSite, type Settings } from './settings.ts'

/** Of each site that has one; not in the state, which windows see. */
export type PasswordHashes = ReadonlyMap<SiteId, string>

/** Whether it shall run is no part of the state. */
type Unwanted = Omit<SavedSite, 'running'>

/** Private and harmless by default: only this computer, no hidden files. */
export function newSite(folder: string, port: number, home: string): Site {
  return siteOf(
    {
      ...plainSite,
      id: randomUUID(),
      name: folderName(folder),
      folder,
      port,
      portChosen: false,
      share: false,
      listing: true,
      dotfiles: false,
      liveReload: true,
      cleanUrls: true,
    },
    home,
  )
}

export function siteOf(saved: Unwanted & Partial<SavedSite>, home: string, now = Date.now()): Site {
  const { id, name, folder, portChosen, password, shareEnd, blocked, running: _, ...options } = saved
  // Nobody watched the network meanwhile, so it counts as changed.
  const isOver = shareEnd.kind === 'network-change' || (shareEnd.kind === 'time' && shareEnd.at <= now)
  return {
    id,
    name,
    folder,
    folderLabel: folderLabel(folder, home),
    options: {
      ...options,
      share: options.share && !isOver,
      password: password && { user: password.user },
    },
    portChosen,
    status: { phase: 'stopped' },
    shareEnd: isOver || !options.share ? { kind: 'never' } : shareEnd,
    localUrl: null,
    livePages: 0,
    liveLimited: false,
    rules: null,
    blocked,
  }
}

export function hashesOf(sites: readonly SavedSite[]): Map<SiteId, string> {
  return new Map(sites.flatMap(({ id, password }) => (password ? [[id, password.hash] as const] : [])))
}

export function settingsOf(
  { sites, settings }: AppState,
  wanted: ReadonlySet<SiteId>,
  hashes: PasswordHashes,
): Settings {
  const { startAtLogin: _, ...preferences } = settings
  return { preferences, sites: sites.map(site => savedOf(site, wanted, hashes)) }
}

function savedOf(site: Site, wanted: ReadonlySet<SiteId>, hashes: PasswordHashes): SavedSite {
  const { id, name, folder, portChosen, shareEnd, options, blocked } = site
  const hash = hashes.get(id)
  const { certificate, fields, index } = options
  return {
    id,
    name,
    folder,
    portChosen,
    ...options,
    certificate: certificate && { ...certificate },
    index: [...index],
    fields: fields.map(([field, value]) => [field, value]),
    shareEnd,
    password: options.password && hash !== undefined ? { user: options.password.user, hash } : null,
    blocked: [...blocked],
    running: wanted.has(id),
  }
}
