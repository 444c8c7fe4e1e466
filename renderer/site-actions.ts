/**
 * What can be done with one site, for its row, its card, its detail, its menu
 * and the keyboard: one function each, so that all of them do the same.
 */
import { useMemo } from 'react'
import type { Remedy, Site } from '../electron/contract.ts'
import { useActions } from './actions.tsx'
import { useFolders } from './folders.ts'
import { useNavigation } from './navigation.tsx'
import { isListening, isOn, networkOrigins, urlOf } from './sites.ts'

export interface SiteActions {
  copy(site: Site): void
  copyNetwork(site: Site): void
  open(site: Site): void
  toggle(site: Site): void
  /** By its own button, which then goes: the focus follows what comes of it. */
  start(site: Site): void
  restart(site: Site): void
  reveal(site: Site): void
  share(site: Site): void
  /** In its options, where its name stands. */
  rename(site: Site): void
  /** In its options, ready to be typed. */
  setPassword(site: Site): void
  remove(site: Site): void
  remedy(site: Site, remedy: Remedy): void
}

export function useSiteActions(): SiteActions {
  const { copyText, openUrl, invoke } = useActions()
  const navigation = useNavigation()
  const { locate } = useFolders()
  const { open: openOverlay, follow, go } = navigation
  return useMemo<SiteActions>(
    () => ({
      copy(site) {
        if (isListening(site)) void copyText(urlOf(site))
      },
      copyNetwork(site) {
        const [origin] = networkOrigins(site)
        if (origin) void copyText(origin.url)
      },
      open(site) {
        if (isListening(site)) openUrl(site.id)
      },
      toggle(site) {
        void invoke(isOn(site) ? 'site.stop' : 'site.start', { id: site.id })
      },
      start(site) {
        follow(site)
        void invoke('site.start', { id: site.id })
      },
      restart(site) {
        void invoke('site.restart', { id: site.id })
      },
      reveal(site) {
        void invoke('site.reveal', { id: site.id })
      },
      share(site) {
        if (isListening(site)) openOverlay({ name: 'share', id: site.id })
      },
      rename({ id }) {
        go({ name: 'site', id, tab: 'options' }, '[data-name]')
      },
      setPassword({ id }) {
        go({ name: 'site', id, tab: 'options', ask: 'password' }, '[data-password]')
      },
      remove(site) {
        openOverlay({ name: 'remove', id: site.id })
      },
      async remedy(site, remedy) {
        const { id } = site
        switch (remedy.action) {
          case 'use-port': {
            follow(site)
            const result = await invoke('site.configure', { id, options: { port: remedy.port } })
            if (result.ok) await invoke('site.start', { id })
            return
          }
          case 'try-again':
            follow(site)
            await invoke('site.start', { id })
            return
          case 'locate':
            locate(id)
            return
          case 'remove':
            openOverlay({ name: 'remove', id })
            return
          case 'allow-access':
            await invoke('access.allow', {})
        }
      },
    }),
    [copyText, openUrl, invoke, openOverlay, follow, go, locate],
  )
}
