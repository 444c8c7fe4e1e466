/**
 * One site in the list: glyph, name, address, and what is done most often. The
 * name covers the whole row as its link; the buttons lie above it. The link's
 * own words are hidden from the eye and the seen ones from the screen reader:
 * name and state in one phrase, without the address that Copy already says.
 */
import type { MouseEvent } from 'react'
import type { Site } from '../electron/contract.ts'
import { HostAndPort } from './Address.tsx'
import { useCopied } from './actions.tsx'
import { count } from './format.ts'
import { Icon } from './Icon.tsx'
import { useNavigation } from './navigation.tsx'
import { Remedies } from './Remedies.tsx'
import { ServeSwitch } from './ServeSwitch.tsx'
import { OpenWritesNote } from './SiteNotes.tsx'
import { jumpLabel, withKey } from './shortcuts.ts'
import { useSiteActions } from './site-actions.ts'
import { address, isListening, isSecure, nameAndState, openWrites, slowness, urlOf } from './sites.ts'
import { useAppState, useLog } from './store.ts'
import { Tile } from './Tile.tsx'
import { reducedMotionQuery, useMedia } from './use-media.ts'
import { isolate } from './words.ts'

/** What blinking says to others, in words: only where the arcs must not blink. */
function Activity({ site }: { readonly site: Site }) {
  const { requests } = useLog(site.id).totals
  return requests === 0 ? null : <span className="site-count">· {count(requests, 'request')}</span>
}

function SubLine({ site }: { readonly site: Site }) {
  const stillness = useMedia(reducedMotionQuery)
  const { phase } = site.status
  if (phase === 'failed') {
    const { problem } = site.status
    return (
      <span aria-hidden="true" className="site-sub is-error">
        <span title={problem.detail ?? problem.title}>{problem.title}</span>
      </span>
    )
  }
  if (phase !== 'listening') {
    const words = { stopped: 'Stopped', starting: 'Starting…', stopping: 'Stopping…' }[phase]
    return (
      <span aria-hidden="true" className="site-sub">
        <span>
          {words} · port {address(site).port}
        </span>
      </span>
    )
  }
  return (
    <span aria-hidden="true" className="site-sub">
      {isSecure(site) && <Icon name="lock" />}
      <span className="mono">
        <HostAndPort {...address(site)} />
      </span>
      {site.options.share && <span>· Shared</span>}
      {stillness && <Activity site={site} />}
    </span>
  )
}

export function SiteRow({
  site,
  index,
  current,
}: {
  readonly site: Site
  readonly index: number
  readonly current: boolean
}) {
  const { host } = useAppState()
  const { wide, lit, go } = useNavigation()
  const { copy, open } = useSiteActions()
  const listens = isListening(site)
  const slow = listens ? slowness(site) : null
  const copied = useCopied(listens ? urlOf(site) : null)
  const jump = jumpLabel(index, host)
  const classes = ['site', current && 'is-current', lit === site.id && 'is-hover']
  const show = (event: MouseEvent) => {
    event.preventDefault() // a link to the screen reader, but there is no page to open in another tab
    if (event.button === 0) go({ name: 'site', id: site.id, tab: 'requests' })
  }
  return (
    <li className={classes.filter(Boolean).join(' ')} data-site={site.id}>
      <Tile site={site} />
      {/* biome-ignore lint/a11y/useValidAnchor: it goes to a view of the panel, which has no address of its own */}
      <a
        className="site-main"
        href="#site"
        data-row
        draggable={false}
        aria-current={current ? 'true' : undefined}
        title={jump === null ? site.folderLabel : `${isolate(site.folderLabel)} (${jump})`}
        onClick={show}
        onAuxClick={show}
      >
        <span className="vh">{nameAndState(site)}</span>
        <span className="site-name" aria-hidden="true">
          <span>
            <bdi>{site.name}</bdi>
          </span>
          {!wide && <Icon name="next" />}
          {slow !== null && (
            <span className="site-slow">
              <Icon name="slow" /> {slow}
            </span>
          )}
        </span>
        <SubLine site={site} />
      </a>
      <div className="site-actions">
        {listens && (
          <button
            type="button"
            className={copied ? 'icon-btn is-done' : 'icon-btn'}
            data-copy
            aria-label={`Copy URL of ${isolate(site.name)}`}
            title={withKey(`Copy URL of ${isolate(site.name)}`, 'copy', host)}
            onClick={() => copy(site)}
          >
            <Icon name={copied ? 'check' : 'copy'} />
          </button>
        )}
        {listens && !wide && (
          <button
            type="button"
            className="icon-btn"
            aria-label={`Open ${isolate(site.name)} in browser`}
            title={withKey(`Open ${isolate(site.name)} in browser`, 'open', host)}
            onClick={() => open(site)}
          >
            <Icon name="open" />
          </button>
        )}
        <ServeSwitch site={site} />
      </div>
      {site.status.phase === 'failed' && <Remedies site={site} problem={site.status.problem} />}
      {/* In a wide window the detail beside it says so. */}
      {listens && !(wide && current) && openWrites(site) !== null && <OpenWritesNote site={site} named />}
    </li>
  )
}
