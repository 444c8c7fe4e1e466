/** The list: the truth as its title, the sites, and the way to add one. Also the left side of a wide window. */
import type { SiteId } from '../electron/contract.ts'
import { useActions } from './actions.tsx'
import { DropStrip, FirstRun } from './Drop.tsx'
import { count } from './format.ts'
import { Icon } from './Icon.tsx'
import { Notice } from './Notice.tsx'
import { useNavigation } from './navigation.tsx'
import { SiteCard, SiteCardLog } from './SiteCard.tsx'
import { SiteRow } from './SiteRow.tsx'
import { withKey } from './shortcuts.ts'
import { isListening, summary } from './sites.ts'
import { useAppState, useStore } from './store.ts'

/** Stops every site; Undo starts again those that ran. */
export function useStopAll() {
  const store = useStore()
  const { invoke, toast, speakFor } = useActions()
  const statusOf = (id: SiteId) => store.state()?.sites.find(site => site.id === id)?.status
  const startAgain = async (ids: readonly SiteId[]) => {
    const results = await speakFor(Promise.all(ids.map(id => invoke('site.start', { id }))))
    if (!results.every(result => result.ok)) return // the alert says why
    // A site that cannot be served is an answer too, which its row and the alert give.
    const started = ids.filter(id => statusOf(id)?.phase !== 'failed').length
    if (started > 0) toast(`Started ${count(started, 'site')}.`)
  }
  return async () => {
    const result = await speakFor(invoke('site.stopAll', {}))
    if (!result.ok || result.value.length === 0) return
    const ids = result.value
    toast(`Stopped ${count(ids.length, 'site')}.`, () => void startAgain(ids))
  }
}

function ListBar() {
  const { sites, host } = useAppState()
  const { go } = useNavigation()
  const stopAll = useStopAll()
  return (
    <header className="bar">
      <h1 className="bar-title">{summary(sites)}</h1>
      {sites.filter(isListening).length >= 2 && (
        <button
          type="button"
          className="btn plain"
          title={withKey('Stop every site', 'stopAll', host)}
          onClick={() => void stopAll()}
        >
          Stop All
        </button>
      )}
      <button
        type="button"
        className="icon-btn"
        data-settings
        aria-label="Settings"
        title={withKey('Settings', 'settings', host)}
        onClick={() => go({ name: 'settings' })}
      >
        <Icon name="gear" />
      </button>
    </header>
  )
}

export function SiteList({ current }: { readonly current: SiteId | null }) {
  const { sites } = useAppState()
  const { wide } = useNavigation()
  const [only] = sites
  if (only === undefined) {
    return (
      <>
        <ListBar />
        <Notice />
        <FirstRun />
      </>
    )
  }
  const asCard = sites.length === 1 && !wide
  return (
    <>
      <ListBar />
      <Notice />
      <div className="body">
        {asCard ? (
          <>
            <SiteCard site={only} />
            <SiteCardLog site={only} />
          </>
        ) : (
          // biome-ignore lint/a11y/noRedundantRoles: a list without markers is no list to VoiceOver
          <ul className="group rows sites" role="list" aria-label="Sites">
            {sites.map((site, index) => (
              <SiteRow key={site.id} site={site} index={index} current={site.id === current} />
            ))}
          </ul>
        )}
      </div>
      <DropStrip />
    </>
  )
}
