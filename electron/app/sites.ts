/**
 * Sites in their three forms: new, in the settings file, in the state. Pure
 * conversions; the one place that says with which options a new site begins.
 */
import { randomUUID } from 'node:crypto'
import type { AppState, Site, SiteId } from '../contract.ts'
import { folderLabel, folderName } from './folders.ts'
import type { SavedSite, Settings } from './settings.ts'

/** Private and harmless by default: only this computer, no hidden files. */
export function newSite(folder: string, port: number, home: string): Site {
  return siteOf(
    {
      id: randomUUID(),
      name: folderName(folder),
      folder,
      port,
      portChosen: false,
      share: false,
      listing: true,
      dotfiles: false,
    },
    home,
  )
}

export function siteOf(saved: Omit<SavedSite, 'running'>, home: string): Site {
  const { id, name, folder, portChosen, port, share, listing, dotfiles } = saved
  return {
    id,
    name,
    folder,
    folderLabel: folderLabel(folder, home),
    options: { port, share, listing, dotfiles },
    portChosen,
    status: { phase: 'stopped' },
  }
}

export function settingsOf({ sites, settings }: AppState, wanted: ReadonlySet<SiteId>): Settings {
  const { restoreOnLaunch, defaultPort, theme } = settings
  return {
    preferences: { restoreOnLaunch, defaultPort, theme },
    sites: sites.map(({ id, name, folder, portChosen, options }) => ({
      id,
      name,
      folder,
      portChosen,
      ...options,
      running: wanted.has(id),
    })),
  }
}
