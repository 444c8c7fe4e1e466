/**
 * What the shortcuts of `shortcuts.ts` do, wherever the focus is: the only
 * listener for them, so that a menu or dialog switches all of them off. The
 * log's own are offered by log/LogTools.tsx. A key that a control has used, or
 * that belongs to a text field, is left alone. Also the right click, which is a
 * key as well.
 */
import { useEffect, useEffectEvent } from 'react'
import type { Site, SiteId } from '../electron/contract.ts'
import { useActions, useToast } from './actions.tsx'
import { useFolders } from './folders.ts'
import { nextIndex } from './list-keys.ts'
import { useNavigation } from './navigation.tsx'
import { useStopAll } from './SiteList.tsx'
import { jumpOf, type ShortcutName, shortcutOf } from './shortcuts.ts'
import { type SiteActions, useSiteActions } from './site-actions.ts'
import { isListening } from './sites.ts'
import { useAppState } from './store.ts'

/** Shortcuts of one site: those of `SiteActions`, by name. */
const ofSite: Partial<Record<ShortcutName, keyof SiteActions & ShortcutName>> = {
  copy: 'copy',
  copyNetwork: 'copyNetwork',
  open: 'open',
  toggle: 'toggle',
  restart: 'restart',
  reveal: 'reveal',
  share: 'share',
  remove: 'remove',
}

/** A key that is held down does these once. */
const onceOnly: ReadonlySet<ShortcutName> = new Set(['toggle', 'stopAll', 'restart', 'remove', 'quit'])

/** In a text field these mean something else. */
const ofText: ReadonlySet<ShortcutName> = new Set(['copy', 'remove', 'undo'])

function isTextField(element: Element | null): boolean {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
}

/** ↑, ↓, Home and End go from row to row, wherever in a row the focus is. */
function moveToRow(event: KeyboardEvent): boolean {
  const list = document.activeElement?.closest('.sites')
  if (!list || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false
  const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')]
  const here = rows.findIndex(row => row.parentElement?.contains(document.activeElement))
  const next = nextIndex(event.key, here, rows.length, { axis: 'vertical', wraps: false })
  if (next === null) return false
  rows[next]?.focus()
  return true
}

export function Keys({ current }: { readonly current: SiteId | null }) {
  const { sites, host } = useAppState()
  const navigation = useNavigation()
  const { invoke, dismissToast } = useActions()
  const siteActions = useSiteActions()
  const { choose } = useFolders()
  const stopAll = useStopAll()
  const toast = useToast()
  const { view, overlay, wide } = navigation
  const can = (capability: (typeof host.capabilities)[number]) => host.capabilities.includes(capability)

  /** The site of the row with the focus, else the one that is looked at, else the only one. */
  const target = (): Site | undefined => {
    const row = document.activeElement?.closest<HTMLElement>('[data-site]')?.dataset.site
    const looked = view.name === 'site' ? view.id : view.name === 'list' ? current : null
    const only = view.name === 'list' && sites.length === 1 ? sites[0] : undefined
    return sites.find(site => site.id === (row ?? looked)) ?? only
  }

  /** Answers whether the key was used. */
  const onSite = (action: keyof SiteActions & ShortcutName): boolean => {
    const site = target()
    if (site === undefined) return false
    if (action === 'copy' && String(getSelection()) !== '') return false
    if (action === 'reveal' && !can('reveal-folder')) return false
    if (action === 'restart' && !isListening(site)) return true
    siteActions[action](site)
    return true
  }

  const run = (name: ShortcutName): boolean => {
    const action = ofSite[name]
    if (action !== undefined) return onSite(action)
    switch (name) {
      case 'choose':
        if (!can('choose-folder') && !can('list-folders')) return false
        choose()
        return true
      case 'stopAll':
        void stopAll()
        return true
      case 'settings':
        navigation.go({ name: 'settings' })
        return true
      case 'back':
        return goBack()
      case 'tabs': {
        const id = view.name === 'site' ? view.id : wide && view.name === 'list' ? current : null
        if (id === null) return false
        const tab = view.name === 'site' && view.tab === 'options' ? 'requests' : 'options'
        navigation.go({ name: 'site', id, tab }, null)
        return true
      }
      case 'undo':
        if (toast?.undo === undefined) return false
        dismissToast()
        toast.undo()
        return true
      case 'quit':
        if (!can('quit')) return false
        void invoke('app.quit', {})
        return true
      default:
        return navigation.runOffered(name)
    }
  }

  const goBack = (): boolean => {
    if (view.name === 'list' || (wide && view.name === 'site')) return false
    navigation.back()
    return true
  }

  const onEscape = (): boolean => {
    // It stays for seconds and covers the list's last rows.
    if (toast?.undo !== undefined) {
      dismissToast()
      return true
    }
    if (goBack()) return true
    if (!can('close-panel')) return false
    void invoke('panel.close', {})
    return true
  }

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    // Held down on a switch or a button, ↩ would press it again and again.
    if (event.repeat && event.key === 'Enter' && document.activeElement instanceof HTMLButtonElement) {
      event.preventDefault()
      return
    }
    // A menu or dialog has the keys while it is open; Esc is its own.
    if (event.defaultPrevented || event.isComposing || overlay !== null) return
    if (wide && view.name === 'chooser') return
    if (event.key === 'Escape') {
      if (onEscape()) event.preventDefault()
      return
    }
    if (moveToRow(event)) {
      event.preventDefault()
      return
    }
    const jump = jumpOf(event, host)
    const site = jump === null ? undefined : sites[jump]
    if (site !== undefined) {
      event.preventDefault()
      // Among rows the focus jumps; from one site's detail it is that of the other site.
      if (view.name === 'list' || wide) navigation.reveal(site.id, 'row')
      else navigation.go({ name: 'site', id: site.id, tab: 'requests' })
      return
    }
    const name = shortcutOf(event, host)
    if (name === null || (ofText.has(name) && isTextField(document.activeElement))) return
    if ((event.repeat && onceOnly.has(name)) || run(name)) event.preventDefault()
  })

  /** A right click on a row, a card or the head of a detail; the keyboard's menu key does the same. */
  const onContextMenu = useEffectEvent((event: MouseEvent) => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-site]') : null
    const id = element?.dataset.site
    if (event.defaultPrevented || id === undefined) return
    event.preventDefault()
    navigation.open({ name: 'menu', id, at: { x: event.clientX, y: event.clientY } })
  })

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => onKey(event)
    const onMenu = (event: MouseEvent) => onContextMenu(event)
    addEventListener('keydown', onKeyDown)
    addEventListener('contextmenu', onMenu)
    return () => {
      removeEventListener('keydown', onKeyDown)
      removeEventListener('contextmenu', onMenu)
    }
  }, [])
  return null
}
