/**
 * The addresses of a shared site, each to be copied, and the QR code of the one
 * that is chosen. Of a site by HTTPS it can also lead to the page from which a
 * phone gets this computer's certificate.
 */
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import type { Origin, Site } from '../../electron/contract.ts'
import { useActions, useCopied } from '../actions.tsx'
import { Icon } from '../Icon.tsx'
import { nextIndex } from '../list-keys.ts'
import { qrCodeOf } from '../qr.ts'
import { Segments } from '../Segments.tsx'
import { useSiteActions } from '../site-actions.ts'
import { networkOrigins, openWrites } from '../sites.ts'

/** Where an authority's certificate is handed out; the engine serves it by plain HTTP too. */
const CERTIFICATE_PAGE = '/.servebar/ca'

interface Address {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly url: string
}

/** An interface often has one address of each kind: two controls must not have one name. */
function nameOf({ interfaceName, host }: Origin): string {
  if (interfaceName === undefined) return host
  return host.startsWith('[') ? `${interfaceName} (IPv6)` : interfaceName
}

/** Last the name of the computer, which not every phone finds. */
function addressesOf(site: Site): readonly Address[] {
  const addresses = networkOrigins(site).map(origin => ({ ...origin, name: nameOf(origin) }))
  const [first] = addresses
  if (site.localUrl === null || first === undefined) return addresses
  const { hostname } = new URL(site.localUrl)
  return [...addresses, { name: 'Bonjour', host: hostname, port: first.port, url: site.localUrl }]
}

function QrCode({
  address,
  leadsTo,
}: {
  readonly address: Address
  readonly leadsTo: 'site' | 'certificate'
}) {
  const { copyText } = useActions()
  const isCertificate = leadsTo === 'certificate'
  const url = isCertificate ? `http://${address.host}:${address.port}${CERTIFICATE_PAGE}` : address.url
  const copied = useCopied(url)
  const { size, path } = useMemo(() => qrCodeOf(url), [url])
  return (
    <div className="qr-wrap">
      <div className="qr">
        <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={`QR code for ${url}`}>
          <path d={path} fill="#000" />
        </svg>
      </div>
      <p className="qr-url">
        {address.host}:<b>{address.port}</b>
        {isCertificate && CERTIFICATE_PAGE}
      </p>
      {isCertificate ? (
        <>
          <p className="qr-hint">Scan this once with a phone that warns of the certificate</p>
          <button type="button" className="btn" onClick={() => void copyText(url)}>
            <Icon name={copied ? 'check' : 'copy'} />
            Copy Certificate Link
          </button>
        </>
      ) : (
        <p className="qr-hint">Scan with a phone on the same Wi-Fi</p>
      )}
    </div>
  )
}

function AddressRow({
  address,
  on,
  onChoose,
}: {
  readonly address: Address
  readonly on: boolean
  readonly onChoose: () => void
}) {
  const { copyText } = useActions()
  const { name, host, port, url } = address
  const copied = useCopied(url)
  return (
    <div className="iface">
      {/* biome-ignore lint/a11y/useSemanticElements: a native radio cannot be drawn as the design has it */}
      <button
        type="button"
        className={on ? 'radio is-on' : 'radio'}
        role="radio"
        aria-checked={on}
        aria-label={`${name}, ${host}:${port}`}
        tabIndex={on ? 0 : -1}
        onClick={onChoose}
      />
      <span className="iface-name" title={name}>
        {name}
      </span>
      <span className="mono iface-address" title={url}>
        <span className="host">{host}</span>
        <span>:{port}</span>
      </span>
      <button
        type="button"
        className={copied ? 'icon-btn is-done' : 'icon-btn'}
        aria-label={`Copy ${name} URL`}
        title={`Copy ${name} URL`}
        onClick={() => void copyText(url)}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </button>
    </div>
  )
}

function whoCanOpen(site: Site): string {
  if (site.options.password !== null) return 'Anyone on this network who knows the password can open it.'
  const writes = openWrites(site)
  return `Anyone on this network can open it.${writes === null ? '' : ` ${writes}`}`
}

export function ShareAddresses({ site }: { readonly site: Site }) {
  const { setPassword } = useSiteActions()
  const [url, setUrl] = useState<string | null>(null)
  const [wanted, setLeadsTo] = useState<'site' | 'certificate'>('site')
  const group = useRef<HTMLDivElement>(null)
  const addresses = addressesOf(site)
  // What was chosen may be gone with its network.
  const chosen = addresses.find(address => address.url === url) ?? addresses[0]
  if (chosen === undefined) return null
  const { https, certificate } = site.options
  const hasAuthority = https && certificate === null
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.target as Element).getAttribute('role') !== 'radio') return
    const next = nextIndex(event.key, addresses.indexOf(chosen), addresses.length, {
      axis: 'both',
      wraps: true,
    })
    const address = next === null ? undefined : addresses[next]
    if (next === null || address === undefined) return
    event.preventDefault()
    setUrl(address.url)
    group.current?.querySelectorAll<HTMLElement>('[role="radio"]')[next]?.focus()
  }
  return (
    <>
      {hasAuthority && (
        <div className="share-seg">
          <Segments
            kind="radios"
            label="QR code leads to"
            segments={[
              { value: 'site', label: 'Site' },
              { value: 'certificate', label: 'Certificate' },
            ]}
            value={wanted}
            onChange={setLeadsTo}
          />
        </div>
      )}
      <QrCode address={chosen} leadsTo={hasAuthority ? wanted : 'site'} />
      <div
        className="group rows"
        role="radiogroup"
        aria-label="Address shown as QR code"
        ref={group}
        onKeyDown={onKeyDown}
      >
        {addresses.map(address => (
          <AddressRow
            key={address.url}
            address={address}
            on={address === chosen}
            onChoose={() => setUrl(address.url)}
          />
        ))}
      </div>
      <p className="group-note share-note">
        <span>{whoCanOpen(site)}</span>
        {site.options.password === null && (
          <button type="button" className="link" onClick={() => setPassword(site)}>
            Set Password…
          </button>
        )}
      </p>
    </>
  )
}
