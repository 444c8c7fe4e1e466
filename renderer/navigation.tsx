/**
 * Where the panel is: which view, what lies over it, and where the focus goes
 * next. It dies with the window; nothing in here is state of the app.
 */
import {
  createContext,
  type ReactNode,
  type RefObject,
  use,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { PanelView, Site, SiteId, SiteStatus } from '../electron/contract.ts'
import { keepFocus, watchFocus } from './kept-focus.ts'
import type { ShortcutName } from './shortcuts.ts'
import { useMaybeState, useStore } from './store.ts'
import { useMedia, wideQuery } from './use-media.ts'

export type Tab = 'requests' | 'options'

export type View =
  | { readonly name: 'list' }
  /** `ask`: the options open with what was asked for ready to be typed. */
  | { readonly name: 'site'; readonly id: SiteId; readonly tab: Tab; readonly ask?: 'password' }
  | { readonly name: 'settings' }
  /** The panel's own folder chooser. `dropped`: it opened because a drop could not be used. */
  | { readonly name: 'chooser'; readonly relocate: SiteId | null; readonly dropped: boolean }

export interface Point {
  readonly x: number
  readonly y: number
}

export type Overlay =
  | { readonly name: 'share'; readonly id: SiteId }
  | { readonly name: 'remove'; readonly id: SiteId }
  | { readonly name: 'menu'; readonly id: SiteId; readonly at: Point }

/** By the name of the field; the one that was typed in last stands last. */
export type DraftValues = ReadonlyMap<string, string>

/** Answers whether the key was used. */
export type OfferedKeys = (name: ShortcutName) => boolean

export interface Navigation {
  /** List left, detail right: a wide window, never the panel under the menubar icon. */
  readonly wide: boolean
  readonly view: View
  /** The site that is looked at, or was last, while it exists: what stands on the right of a wide window. */
  readonly current: SiteId | null
  readonly overlay: Overlay | null
  /** What is typed in the folder chooser, which is drawn anew when the window becomes wide or narrow. */
  readonly typedPath: RefObject<string | null>
  /** What is typed in the forms that are open, for the same reason. */
  readonly drafts: RefObject<Map<string, DraftValues>>
  /** The row that was just added or found again: it is lit for a moment. */
  readonly lit: SiteId | null
  /** `focus`: a selector of what takes the focus there instead of the view's own choice; null leaves it. */
  go(view: View, focus?: string | null): void
  back(): void
  open(overlay: Overlay): void
  closeOverlay(): void
  /** Shows this site's row and moves the focus there: to Copy once it runs, or to the row itself. */
  reveal(id: SiteId, what: 'copy' | 'row'): void
  /** Where the user has just asked this site to start: the focus goes to Copy when it runs, to what helps when not. */
  follow(site: Site): void
  /** What is on screen has shortcuts of its own, which Keys then asks; returns its end. */
  offerKeys(keys: OfferedKeys): () => void
  /** Answers whether the key was used. */
  runOffered(name: ShortcutName): boolean
}

const NavigationContext = createContext<Navigation | null>(null)

const listView: View = { name: 'list' }
const litTime = 1600
/** A site that has not come up by then does not get the focus any more: the user went on. */
const wishTime = 3000

function viewOf(wish: PanelView): View {
  return wish.name === 'site' ? { name: 'site', id: wish.id, tab: 'requests' } : wish
}

interface Outcome {
  readonly id: SiteId
  readonly before: SiteStatus
  /** A selector of the part of a wide window, which shows the site twice. */
  readonly within: string
}

/** Where the focus goes as soon as it is there. */
interface Wish {
  /** A selector, a site's row or Copy button, or what there is to press when it is no longer as it was. */
  readonly of: string | { readonly id: SiteId; readonly what: 'copy' | 'row' } | Outcome
  readonly until: number
}

function wishFor(of: Wish['of']): Wish {
  return { of, until: Date.now() + wishTime }
}

/** Null also when the user has gone elsewhere in the meantime. */
function findOutcome({ id, before, within }: Outcome, sites: readonly Site[]): HTMLElement | null {
  const status = sites.find(site => site.id === id)?.status
  const { activeElement, body } = document
  const isElsewhere = activeElement !== body && !activeElement?.closest(`[data-site="${CSS.escape(id)}"]`)
  if (status === undefined || status === before || isElsewhere) return null
  const what = { listening: '[data-copy]:not([disabled])', failed: '.site-fix button' }[String(status.phase)]
  return what === undefined
    ? null
    : document.querySelector<HTMLElement>(`${within} [data-site="${CSS.escape(id)}"] ${what}`)
}

/** Of a site that failed to start there is no Copy button: its row then. */
function find({ of }: Wish, sites: readonly Site[]): HTMLElement | null {
  if (typeof of === 'string') return document.querySelector<HTMLElement>(of)
  if ('before' in of) return findOutcome(of, sites)
  const row = document.querySelector(`[data-site="${CSS.escape(of.id)}"]`)
  const what =
    of.what === 'row' || row?.querySelector('.site-fix') ? '[data-row]' : '[data-copy]:not([disabled])'
  return row?.querySelector<HTMLElement>(what) ?? null
}

/** Where Back from this view returns to. */
function wishOnLeaving(view: View): Wish | null {
  if (view.name === 'site') return wishFor({ id: view.id, what: 'row' })
  if (view.name === 'settings') return wishFor('[data-settings]')
  if (view.name === 'chooser') {
    return wishFor(view.relocate === null ? '[data-choose]' : { id: view.relocate, what: 'row' })
  }
  return null
}

export function NavigationProvider({ children }: { readonly children: ReactNode }) {
  const store = useStore()
  const state = useMaybeState()
  const [view, setView] = useState<View>({ name: 'list' })
  const [overlay, setOverlay] = useState<Overlay | null>(null)
  const [lit, setLit] = useState<SiteId | null>(null)
  const [current, setCurrent] = useState<SiteId | null>(null)
  if (view.name === 'site' && view.id !== current) setCurrent(view.id)
  const wide = useMedia(wideQuery) && state !== null && state.host.kind !== 'menubar'
  const wish = useRef<Wish | null>(null)
  const typedPath = useRef<string | null>(null)
  const drafts = useRef(new Map<string, DraftValues>())
  const offered = useRef(new Set<OfferedKeys>())

  const actions = useMemo(() => {
    return {
      go(next: View, focus?: string | null) {
        // In a wide window the row stays where it is, and so does the focus on it.
        const stays = next.name === 'list' || (wide && next.name === 'site')
        const wanted = focus === undefined && !stays ? '[data-autofocus]' : focus
        wish.current = wanted ? wishFor(wanted) : null
        typedPath.current = null
        drafts.current.clear()
        setOverlay(null)
        setView(next)
      },
      back() {
        drafts.current.clear()
        setOverlay(null)
        setView(from => {
          wish.current = wishOnLeaving(from)
          return listView
        })
      },
      open: setOverlay as (overlay: Overlay) => void,
      closeOverlay: () => setOverlay(null),
      reveal(id: SiteId, what: 'copy' | 'row') {
        wish.current = wishFor({ id, what })
        setOverlay(null)
        setView(wide ? { name: 'site', id, tab: 'requests' } : { name: 'list' })
        setLit(id)
      },
      follow({ id, status }: Site) {
        const within = document.activeElement?.closest('.main') ? '.main' : '.sb'
        wish.current = wishFor({ id, before: status, within })
      },
      offerKeys(keys: OfferedKeys) {
        offered.current.add(keys)
        return () => void offered.current.delete(keys)
      },
      runOffered: (name: ShortcutName) => [...offered.current].some(keys => keys(name)),
    }
  }, [wide])

  useEffect(watchFocus, [])
  useEffect(() => store.onShow(wanted => actions.go(viewOf(wanted))), [store, actions])

  useEffect(() => {
    if (lit === null) return
    const timer = setTimeout(() => setLit(null), litTime)
    return () => clearTimeout(timer)
  }, [lit])

  // A place that is gone with its site falls back to the list.
  const gone = (id: SiteId) => state !== null && !state.sites.some(site => site.id === id)
  const shown = view.name === 'site' && gone(view.id) ? listView : view
  const shownOverlay = overlay !== null && gone(overlay.id) ? null : overlay

  const shownCurrent = current !== null && gone(current) ? null : current

  // After every change of state or view, because the row (or its Copy button) may only have come with it.
  useEffect(() => {
    if (wish.current === null) return keepFocus()
    const isLate = Date.now() >= wish.current.until
    const wanted = isLate ? null : find(wish.current, state?.sites ?? [])
    if (wanted === null && !isLate) return
    wish.current = null
    if (wanted === null) return keepFocus()
    wanted.focus()
    wanted.scrollIntoView?.({ block: 'nearest' })
  })

  const navigation = useMemo(
    () => ({
      ...actions,
      wide,
      view: shown,
      current: shownCurrent,
      overlay: shownOverlay,
      lit,
      typedPath,
      drafts,
    }),
    [actions, wide, shown, shownCurrent, shownOverlay, lit],
  )
  return <NavigationContext value={navigation}>{children}</NavigationContext>
}

export function useNavigation(): Navigation {
  const navigation = use(NavigationContext)
  if (navigation === null) throw new Error('No NavigationProvider above this component')
  return navigation
}
