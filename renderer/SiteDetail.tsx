/**
 * One site: name and switch, address, reach, then Requests or Options. The
 * panel and the wide window draw the same parts in another order.
 */
import { type MouseEvent, useId } from 'react'
import type { Site } from '../electron/contract.ts'
import { AddressButtons, Reach } from './Address.tsx'
import { BackButton } from './BackButton.tsx'
import { count } from './format.ts'
import { Icon } from './Icon.tsx'
import { LogList } from './log/LogList.tsx'
import { LogStatusBar } from './log/LogStatusBar.tsx'
import { LogTools } from './log/LogTools.tsx'
import { LogViewProvider } from './log/shared-log-view.tsx'
import { type Tab, useNavigation } from './navigation.tsx'
import { Segments } from './Segments.tsx'
import { ServeSwitch } from './ServeSwitch.tsx'
import { SiteNotes } from './SiteNotes.tsx'
import { SiteOptions } from './SiteOptions.tsx'
import { withKey } from './shortcuts.ts'
import { ruleProblems } from './sites.ts'
import { useAppState } from './store.ts'
import { Tile } from './Tile.tsx'

function DetailActions({ site }: { readonly site: Site }) {
  const { overlay, open } = useNavigation()
  const isOpen = overlay?.name === 'menu' && overlay.id === site.id
  const openMenu = (event: MouseEvent<HTMLElement>) => {
    const { right, bottom } = event.currentTarget.getBoundingClientRect()
    // The menu is 232 px wide and its right edge lies below the switch, 38 px further on.
    open({ name: 'menu', id: site.id, at: { x: right + 38 - 232, y: bottom + 6 } })
  }
  return (
    <>
      <button
        type="button"
        className={isOpen ? 'icon-btn is-on' : 'icon-btn'}
        aria-label="More actions"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        title="More actions (right-click)"
        onClick={openMenu}
      >
        <Icon name="more" />
      </button>
      <ServeSwitch site={site} />
    </>
  )
}

function DetailTabs({
  site,
  tab,
  panelId,
  onChange,
}: {
  readonly site: Site
  readonly tab: Tab
  readonly panelId: string
  readonly onChange: (tab: Tab) => void
}) {
  const { host } = useAppState()
  const problems = ruleProblems(site).length
  const badge = problems > 0 ? { count: problems, words: count(problems, 'problem') } : undefined
  return (
    <Segments
      kind="tabs"
      label="Site"
      segments={[
        { value: 'requests', label: 'Requests', title: withKey('Requests', 'tabs', host) },
        { value: 'options', label: 'Options', title: withKey('Options', 'tabs', host), problems: badge },
      ]}
      value={tab}
      onChange={onChange}
      panelId={panelId}
    />
  )
}

export function SiteDetail({ site, tab }: { readonly site: Site; readonly tab: Tab }) {
  const { wide, go } = useNavigation()
  const panelId = useId()
  const tabs = (
    <DetailTabs
      site={site}
      tab={tab}
      panelId={panelId}
      onChange={next => go({ name: 'site', id: site.id, tab: next }, null)}
    />
  )
  const panel = { id: panelId, role: 'tabpanel', 'aria-labelledby': `${panelId}-tab` } as const

  if (wide) {
    return (
      <LogViewProvider site={site}>
        <div className="main-top" data-site={site.id}>
          <Tile site={site} />
          <div className="hero-words">
            <h2 className="hero-name" title={site.name}>
              <bdi>{site.name}</bdi>
            </h2>
            <p className="hero-path" title={site.folder}>
              <bdi>{site.folderLabel}</bdi>
            </p>
          </div>
          <div className="main-acts">
            <DetailActions site={site} />
          </div>
        </div>
        <div className="main-addr" data-site={site.id}>
          <AddressButtons site={site} />
          <Reach site={site} />
        </div>
        <SiteNotes site={site} writes={tab === 'requests'} />
        <div className="main-tools">
          {tabs}
          {tab === 'requests' && <LogTools />}
        </div>
        {tab === 'requests' ? (
          <div className="tab-panel" {...panel}>
            <LogList />
            <LogStatusBar />
          </div>
        ) : (
          <div className="opts" {...panel}>
            <SiteOptions site={site} />
          </div>
        )}
      </LogViewProvider>
    )
  }
  return (
    <LogViewProvider site={site}>
      <header className="bar has-back" data-site={site.id}>
        <BackButton />
        <h1 className="bar-title" title={site.folderLabel}>
          <bdi>{site.name}</bdi>
        </h1>
        <DetailActions site={site} />
      </header>
      <div className={tab === 'requests' ? 'detail-top' : 'detail-top is-options'} data-site={site.id}>
        <div className="addr-row">
          <AddressButtons site={site} />
        </div>
        <Reach site={site} />
        <SiteNotes site={site} writes={tab === 'requests'} />
        {tabs}
      </div>
      {tab === 'requests' ? (
        <div className="body flush" {...panel}>
          <h2 className="vh">Requests</h2>
          <div className="log-tools">
            <LogTools />
          </div>
          <LogList />
          <LogStatusBar />
        </div>
      ) : (
        <div className="body" {...panel}>
          <h2 className="vh">Options</h2>
          <SiteOptions site={site} />
        </div>
      )}
    </LogViewProvider>
  )
}
