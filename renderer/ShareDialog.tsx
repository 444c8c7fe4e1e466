/**
 * Sharing one site on the network: the switch, and while it is on the address
 * of the chosen interface as text and as a QR code. A sheet in the panel, a
 * popover below its button in a wide window.
 */
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Origin, Site } from '../electron/contract.ts'
import { useActions, useCopied } from './actions.tsx'
import { Dialog } from './Dialog.tsx'
import { Icon } from './Icon.tsx'
import { nextIndex } from './list-keys.ts'
import { useNavigation } from './navigation.tsx'
import { qrCodeOf } from './qr.ts'
import { Switch } from './Switch.tsx'
import { networkOrigins } from './sites.ts'
import { isolate } from './words.ts'

/** An interface often has one address of each kind: two controls must not have one name. */
function nameOf({ interfaceName, host }: Origin): string {
  if (interfaceName === undefined) return host
  return host.startsWith('[') ? `${interfaceName} (IPv6)` : interfaceName
}

function QrCode({ origin }: { readonly origin: Origin }) {
  const { size, path } = useMemo(() => qrCodeOf(origin.url), [origin.url])
  return (
    <div className="qr-wrap">
      <div className="qr">
        <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={`QR code for ${origin.url}`}>
          <path d={path} fill="#000" />
        </svg>
      </div>
      <p className="qr-url">
        {origin.host}:<b>{origin.port}</b>
      </p>
      <p className="qr-hint">Scan with a phone on the same Wi-Fi</p>
    </div>
  )
}

function Interface({
  origin,
  on,
  onChoose,
}: {
  readonly origin: Origin
  readonly on: boolean
  readonly onChoose: () => void
}) {
  const { copyText } = useActions()
  const copied = useCopied(origin.url)
  const name = nameOf(origin)
  return (
    <div className="iface">
      {/* biome-ignore lint/a11y/useSemanticElements: a native radio cannot be drawn as the design has it */}
      <button
        type="button"
        className={on ? 'radio is-on' : 'radio'}
        role="radio"
        aria-checked={on}
        aria-label={`${name}, ${origin.host}:${origin.port}`}
        tabIndex={on ? 0 : -1}
        onClick={onChoose}
      />
      <span className="iface-name" title={name}>
        {name}
      </span>
      <span className="mono iface-address" title={origin.url}>
        <span className="host">{origin.host}</span>
        <span>:{origin.port}</span>
      </span>
      <button
        type="button"
        className={copied ? 'icon-btn is-done' : 'icon-btn'}
        aria-label={`Copy ${name} URL`}
        title={`Copy ${name} URL`}
        onClick={() => void copyText(origin.url)}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </button>
    </div>
  )
}

function Addresses({ origins }: { readonly origins: readonly Origin[] }) {
  const [url, setUrl] = useState<string | null>(null)
  const group = useRef<HTMLDivElement>(null)
  const chosen = origins.find(origin => origin.url === url) ?? origins[0]
  if (chosen === undefined) return null
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.target as Element).getAttribute('role') !== 'radio') return
    const next = nextIndex(event.key, origins.indexOf(chosen), origins.length, { axis: 'both', wraps: true })
    const origin = next === null ? undefined : origins[next]
    if (next === null || origin === undefined) return
    event.preventDefault()
    setUrl(origin.url)
    group.current?.querySelectorAll<HTMLElement>('[role="radio"]')[next]?.focus()
  }
  return (
    <>
      <QrCode origin={chosen} />
      <div
        className="group rows"
        role="radiogroup"
        aria-label="Address shown as QR code"
        ref={group}
        onKeyDown={onKeyDown}
      >
        {origins.map(origin => (
          <Interface
            key={origin.url}
            origin={origin}
            on={origin === chosen}
            onChoose={() => setUrl(origin.url)}
          />
        ))}
      </div>
      <p className="group-note share-note">Anyone on this network can open it.</p>
    </>
  )
}

/** Right edges in line with the button that opened it, inside the window. */
function usePlaceBelowShare(wide: boolean) {
  const [place, setPlace] = useState<{ left: number; top: number }>()
  useLayoutEffect(() => {
    if (!wide) return
    const put = () => {
      const button = document.querySelector('.main [data-share]')?.getBoundingClientRect()
      if (button === undefined) return
      const width = 376
      setPlace({
        left: Math.max(12, Math.min(button.right + 8, innerWidth - 20) - width),
        top: button.bottom + 8,
      })
    }
    put()
    addEventListener('resize', put)
    return () => removeEventListener('resize', put)
  }, [wide])
  return wide ? place : undefined
}

export function ShareDialog({ site }: { readonly site: Site }) {
  const { wide, closeOverlay } = useNavigation()
  const { invoke } = useActions()
  const place = usePlaceBelowShare(wide)
  const { share } = site.options
  const origins = networkOrigins(site)
  return (
    <Dialog
      className={wide ? 'popover' : 'sheet'}
      label={`Share ${isolate(site.name)}`}
      clear={wide}
      returnTo="[data-share]"
      style={place}
      onClose={closeOverlay}
    >
      <header className="sheet-bar">
        <h2>Share on network</h2>
        <Switch
          label="Share on network"
          on={share}
          onChange={on => void invoke('site.configure', { id: site.id, options: { share: on } })}
        />
        {!wide && (
          <button type="button" className="btn" onClick={closeOverlay}>
            Done
          </button>
        )}
      </header>
      {share && origins.length > 0 ? (
        <Addresses origins={origins} />
      ) : (
        <p className="share-off">
          <Icon name={share ? 'lan' : 'mac'} />
          {share ? 'Not connected to a network' : 'Only this computer can open it'}
        </p>
      )}
    </Dialog>
  )
}
