/** The only site of the list: its card is open, with path, address, reach and the last requests. */
import type { Site } from '../electron/contract.ts'
import { AddressButtons, Reach } from './Address.tsx'
import { RecentRequests } from './log/RecentRequests.tsx'
import { useNavigation } from './navigation.tsx'
import { Switch } from './Switch.tsx'
import { withKey } from './shortcuts.ts'
import { useSiteActions } from './site-actions.ts'
import { isListening, isOn, nameAndState } from './sites.ts'
import { useAppState, useLog } from './store.ts'
import { Tile } from './Tile.tsx'

export function SiteCard({ site }: { readonly site: Site }) {
  const { host } = useAppState()
  const { go } = useNavigation()
  const { toggle } = useSiteActions()
  const show = () => go({ name: 'site', id: site.id, tab: 'requests' })
  return (
    <section className="group hero" aria-label={site.name} data-site={site.id}>
      <div className="hero-head">
        <Tile site={site} />
        <div className="hero-words">
          <h2 className="hero-name">
            <button type="button" data-row title={site.name} onClick={show}>
              {site.name}
              <span className="vh">{nameAndState(site).slice(site.name.length)}</span>
            </button>
          </h2>
          <p className="hero-path" title={site.folder}>
            {site.folderLabel}
          </p>
        </div>
        <Switch
          label={`Serve ${site.name}`}
          on={isOn(site)}
          title={withKey(isOn(site) ? `Stop ${site.name}` : `Serve ${site.name}`, 'toggle', host)}
          onChange={() => toggle(site)}
        />
      </div>
      <div className="addr-row">
        <AddressButtons site={site} />
      </div>
      <Reach site={site} />
    </section>
  )
}

/** Absent while it is stopped and nothing was asked of it: nothing is about to appear. */
export function SiteCardLog({ site }: { readonly site: Site }) {
  const { go } = useNavigation()
  const { requests } = useLog(site.id).totals
  if (requests === 0 && !isListening(site)) return null
  return (
    <>
      <h2 className="group-title">
        Recent requests
        <button
          type="button"
          className="link"
          onClick={() => go({ name: 'site', id: site.id, tab: 'requests' })}
        >
          Show All
        </button>
      </h2>
      <RecentRequests site={site} />
    </>
  )
}
