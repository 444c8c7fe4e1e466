/** The only site of the list: its card is open, with path, address, reach and the last requests. */
import type { Site } from '../electron/contract.ts'
import { AddressButtons, Reach } from './Address.tsx'
import { RecentRequests } from './log/RecentRequests.tsx'
import { useNavigation } from './navigation.tsx'
import { ServeSwitch } from './ServeSwitch.tsx'
import { SiteNotes } from './SiteNotes.tsx'
import { isListening, stateInWords } from './sites.ts'
import { useLog } from './store.ts'
import { Tile } from './Tile.tsx'
import { isolate } from './words.ts'

export function SiteCard({ site }: { readonly site: Site }) {
  const { go } = useNavigation()
  const show = () => go({ name: 'site', id: site.id, tab: 'requests' })
  return (
    <section className="group hero" aria-label={isolate(site.name)} data-site={site.id}>
      <div className="hero-head">
        <Tile site={site} />
        <div className="hero-words">
          <h2 className="hero-name">
            <button type="button" data-row title={site.name} onClick={show}>
              <bdi>{site.name}</bdi>
              <span className="vh">, {stateInWords(site)}</span>
            </button>
          </h2>
          <p className="hero-path" title={site.folder}>
            <bdi>{site.folderLabel}</bdi>
          </p>
        </div>
        <ServeSwitch site={site} />
      </div>
      <div className="addr-row">
        <AddressButtons site={site} />
      </div>
      <Reach site={site} />
      <SiteNotes site={site} />
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
