/**
 * The panel as a whole: which view is shown, what lies over it, and how it sits
 * in its window (under the menubar icon, in a window, as a page in a browser).
 */
import { useState, useSyncExternalStore } from 'react'
import type { Site } from '../electron/contract.ts'
import { Announcer } from './Announcer.tsx'
import { ActionsProvider } from './actions.tsx'
import type { Connection } from './bridge.ts'
import { Message } from './ErrorBoundary.tsx'
import { FolderChooser } from './FolderChooser.tsx'
import { Keys } from './Keys.tsx'
import { LogMemory } from './log/shared-log-view.tsx'
import { LostBanner } from './Notice.tsx'
import { NavigationProvider, useNavigation } from './navigation.tsx'
import { RemoveDialog } from './RemoveDialog.tsx'
import { Settings } from './Settings.tsx'
import { ShareDialog } from './ShareDialog.tsx'
import { SiteDetail } from './SiteDetail.tsx'
import { SiteList } from './SiteList.tsx'
import { SiteMenu } from './SiteMenu.tsx'
import { isListening } from './sites.ts'
import { type Store, StoreContext, useAppState, useMaybeState } from './store.ts'
import { useDrop } from './use-drop.ts'
import { useHostWindow, useOpeningFocus } from './use-host-window.ts'

/** The site on the right of a wide window: the one looked at last, else one that runs, else the first. */
function siteInDetail(sites: readonly Site[], current: string | null): Site | undefined {
  return sites.find(site => site.id === current) ?? sites.find(isListening) ?? sites[0]
}

function PanelView() {
  const { sites } = useAppState()
  const { view } = useNavigation()
  if (view.name === 'settings') return <Settings />
  if (view.name === 'chooser') return <FolderChooser relocate={view.relocate} dropped={view.dropped} />
  const site = view.name === 'site' ? sites.find(each => each.id === view.id) : undefined
  if (view.name === 'site' && site) return <SiteDetail site={site} tab={view.tab} />
  return <SiteList current={null} />
}

function WideView({ site }: { readonly site: Site | undefined }) {
  const { view } = useNavigation()
  const tab = view.name === 'site' ? view.tab : 'requests'
  return (
    <>
      {site && (
        <aside className="side" aria-label="Sites">
          <SiteList current={view.name === 'settings' ? null : site.id} />
        </aside>
      )}
      {view.name === 'settings' ? (
        <main className="main is-plain">
          <Settings />
          <MenuOverlay />
        </main>
      ) : (
        <main className={site ? 'main' : 'main is-plain'}>
          {site ? <SiteDetail site={site} tab={tab} /> : <SiteList current={null} />}
          <MenuOverlay />
        </main>
      )}
    </>
  )
}

function MenuOverlay() {
  const { sites } = useAppState()
  const { overlay } = useNavigation()
  const site = sites.find(each => each.id === overlay?.id)
  return site && overlay?.name === 'menu' ? <SiteMenu key={site.id} site={site} at={overlay.at} /> : null
}

function Dialogs({ wide }: { readonly wide: boolean }) {
  const { sites } = useAppState()
  const { view, overlay } = useNavigation()
  const site = sites.find(each => each.id === overlay?.id)
  return (
    <>
      {wide && view.name === 'chooser' && <FolderChooser relocate={view.relocate} dropped={view.dropped} />}
      {site && overlay?.name === 'share' && <ShareDialog site={site} />}
      {site && overlay?.name === 'remove' && <RemoveDialog site={site} />}
    </>
  )
}

/** The panel opens without motion; only views that come after the first one slide in. */
function useHasChanged(key: string): boolean {
  const [first] = useState(key)
  const [changed, setChanged] = useState(false)
  if (!changed && key !== first) setChanged(true)
  return changed
}

function Panel({ connection, lost }: { readonly connection: Connection; readonly lost: boolean }) {
  const { sites } = useAppState()
  const { wide, view, current, overlay } = useNavigation()
  const drag = useDrop(connection.pathOf)
  const frame = useHostWindow()
  useOpeningFocus()
  const site = siteInDetail(sites, current)
  const isModal = (overlay !== null && overlay.name !== 'menu') || (wide && view.name === 'chooser')
  const viewKey = wide ? 'wide' : `${view.name} ${view.name === 'site' ? view.id : ''}`
  const isPushed = useHasChanged(viewKey)
  const classes = ['sb', wide && 'window', `is-${view.name}`, isModal && 'has-dialog']
  return (
    <div
      className={classes.filter(Boolean).join(' ')}
      {...(!wide && { role: 'dialog', 'aria-label': 'Servebar' })}
      ref={frame}
    >
      {lost && <LostBanner onRetry={connection.retry} />}
      <div className={isPushed ? 'view is-pushed' : 'view'} key={viewKey} inert={isModal}>
        {wide ? <WideView site={site} /> : <PanelView />}
      </div>
      <Dialogs wide={wide} />
      {!wide && <MenuOverlay />}
      <Announcer drag={drag} />
      <Keys current={wide ? (site?.id ?? null) : null} />
    </div>
  )
}

function Shell({ connection }: { readonly connection: Connection }) {
  const status = useSyncExternalStore(connection.status.subscribe, connection.status.get)
  const state = useMaybeState()
  if (status === 'refused') {
    return (
      <Message
        title="This address has expired"
        text="Open the address that Servebar printed in the terminal. It is a new one each time Servebar starts."
      />
    )
  }
  if (state !== null) {
    return (
      <LogMemory>
        <Panel connection={connection} lost={status === 'lost'} />
      </LogMemory>
    )
  }
  if (status !== 'lost') return null // the first snapshot is a matter of milliseconds
  return (
    <Message
      title="Servebar is not responding"
      text="Start it again in the terminal, then open the address that it prints."
      button="Try Again"
      onPress={connection.retry}
    />
  )
}

export function App({ store, connection }: { readonly store: Store; readonly connection: Connection }) {
  return (
    <StoreContext value={store}>
      <ActionsProvider>
        <NavigationProvider>
          <Shell connection={connection} />
        </NavigationProvider>
      </ActionsProvider>
    </StoreContext>
  )
}
