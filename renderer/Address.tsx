/**
 * The address of a site, the thing people came for: the well that copies it,
 * Open, and the line that says who can reach it (or why nobody can yet).
 */
import type { Site } from '../electron/contract.ts'
import { useActions, useCopied } from './actions.tsx'
import { Icon } from './Icon.tsx'
import { useNavigation } from './navigation.tsx'
import { Remedies } from './Remedies.tsx'
import { withKey } from './shortcuts.ts'
import { useSiteActions } from './site-actions.ts'
import { address, isListening, isSecure, networkOrigins, urlOf } from './sites.ts'
import { useAppState } from './store.ts'

/** The host may be shortened, the port never. */
export function HostAndPort({ host, port }: { readonly host: string; readonly port: number }) {
  return (
    <>
      <span className="host">{host}</span>
      <span>
        :<b>{port}</b>
      </span>
    </>
  )
}

export function AddressButtons({ site }: { readonly site: Site }) {
  const { host } = useAppState()
  const { copy, open } = useSiteActions()
  const url = urlOf(site)
  const copied = useCopied(isListening(site) ? url : null)
  return (
    <>
      <button
        type="button"
        className={copied ? 'addr is-done' : 'addr'}
        data-copy
        disabled={!isListening(site)}
        title={withKey(url, 'copy', host)}
        onClick={() => copy(site)}
      >
        <span className="vh">Copy URL {url}</span>
        {isSecure(site) && <Icon name="lock" />}
        <span className="addr-url" aria-hidden="true">
          <HostAndPort {...address(site)} />
        </span>
        <span className="addr-copy" aria-hidden="true">
          <Icon name={copied ? 'check' : 'copy'} />
          {copied ? 'Copied' : 'Copy'}
        </span>
      </button>
      <button
        type="button"
        className="btn lg"
        disabled={!isListening(site)}
        title={withKey('Open in browser', 'open', host)}
        onClick={() => open(site)}
      >
        <Icon name="open" />
        Open
      </button>
    </>
  )
}

/** Only where it serves: who can open it. Clicking the network address copies that one. */
function ListeningReach({ site }: { readonly site: Site }) {
  const { host } = useAppState()
  const { copyText } = useActions()
  const { share } = useSiteActions()
  const { wide, overlay } = useNavigation()
  const [network] = networkOrigins(site)
  const isSharing = overlay?.name === 'share' && overlay.id === site.id
  return (
    <div className="reach">
      <Icon name={site.options.share ? 'lan' : 'mac'} />
      {network ? (
        <span className="reach-network">
          <span>On this network at </span>
          <button
            type="button"
            className="mono"
            title={withKey(network.url, 'copyNetwork', host)}
            onClick={() => void copyText(network.url)}
          >
            <span className="vh">Copy URL {network.url}</span>
            <span className="host" aria-hidden="true">
              {network.host}
            </span>
            <span aria-hidden="true">:{network.port}</span>
          </button>
        </span>
      ) : (
        <span>{site.options.share ? 'Not connected to a network' : 'Only this computer can open it'}</span>
      )}
      <button
        type="button"
        // A sheet covers it, a popover hangs from it.
        className={wide && isSharing ? 'btn plain is-on' : 'btn plain'}
        data-share
        aria-haspopup="dialog"
        aria-expanded={isSharing}
        title={withKey('Share on network', 'share', host)}
        onClick={() => share(site)}
      >
        <Icon name="qr" />
        {site.options.share ? 'Share' : 'Share…'}
      </button>
    </div>
  )
}

export function Reach({ site }: { readonly site: Site }) {
  const { host } = useAppState()
  const { start } = useSiteActions()
  const { phase } = site.status
  if (phase === 'listening') return <ListeningReach site={site} />
  if (phase === 'failed') {
    const { problem } = site.status
    return (
      <div className="reach is-error">
        <span title={problem.detail ?? problem.title}>{problem.title}</span>
        <Remedies site={site} problem={problem} />
      </div>
    )
  }
  if (phase !== 'stopped') {
    return (
      <div className="reach">
        <span>{phase === 'starting' ? 'Starting…' : 'Stopping…'}</span>
      </div>
    )
  }
  const { host: name, port } = address(site)
  return (
    <div className="reach">
      <span>
        Stopped. It will use {name}:{port}.
      </span>
      <button
        type="button"
        className="btn primary"
        title={withKey('Start', 'toggle', host)}
        onClick={() => start(site)}
      >
        Start
      </button>
    </div>
  )
}
