/**
 * Who is here: the other devices that asked lately, each of which can be kept
 * away. Asked for every two seconds while it is seen; nothing comes by itself.
 */
import { useCallback, useEffect, useState } from 'react'
import type { Device, Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { count, formatBytes } from '../format.ts'

const LOOK_INTERVAL = 2000
/** What nobody reads is not drawn. */
const MOST_SHOWN = 50

function useDevices(site: Site) {
  const { invoke } = useActions()
  const { id, blocked } = site
  const [devices, setDevices] = useState<readonly Device[] | null>(null)
  const [now, setNow] = useState(Date.now)
  const look = useCallback(async () => {
    const result = await invoke('site.devices', { id }, { quiet: true })
    if (!result.ok) return
    setDevices(result.value)
    setNow(Date.now())
  }, [invoke, id])
  // biome-ignore lint/correctness/useExhaustiveDependencies: who was blocked or let in again is seen at once
  useEffect(() => {
    void look()
    const timer = setInterval(() => {
      if (!document.hidden) void look()
    }, LOOK_INTERVAL)
    return () => clearInterval(timer)
  }, [look, blocked])
  return { devices, now }
}

/** `now`, `12 s ago`, `3 min ago`, `2 h ago` */
function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 5) return 'now'
  if (seconds < 60) return `${seconds} s ago`
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`
}

function DeviceRow({
  device,
  now,
  onBlock,
}: {
  readonly device: Device
  readonly now: number
  readonly onBlock: () => void
}) {
  const { address, browser, lastSeen, requests, bytesSent, blocked } = device
  const facts = [
    browser === null ? null : address,
    blocked ? 'Blocked' : null,
    ...(requests === 0 ? [] : [count(requests, 'request'), formatBytes(bytesSent), ago(now - lastSeen)]),
  ].filter(fact => fact !== null)
  const label = blocked ? 'Unblock' : 'Block'
  return (
    <li className="opt">
      <div>
        <span className="device-name">{browser ?? address}</span>
        <small className="num">{facts.join(' · ')}</small>
      </div>
      <button
        type="button"
        className="btn"
        aria-label={`${label} ${browser === null ? address : `${browser}, ${address}`}`}
        onClick={onBlock}
      >
        {label}
      </button>
    </li>
  )
}

export function ShareDevices({ site }: { readonly site: Site }) {
  const { invoke } = useActions()
  const { devices, now } = useDevices(site)
  const { id } = site
  if (devices === null) return null
  const rest = devices.length - MOST_SHOWN
  return (
    <>
      <h3 className="group-title share-title">Who is here</h3>
      {devices.length === 0 ? (
        <p className="group-note share-note is-first">No other device has asked yet.</p>
      ) : (
        <ul className="group rows" aria-label="Who is here">
          {devices.slice(0, MOST_SHOWN).map(device => (
            <DeviceRow
              key={device.address}
              device={device}
              now={now}
              onBlock={() => {
                const { address, blocked } = device
                void invoke('site.block', { id, address, blocked: !blocked })
              }}
            />
          ))}
        </ul>
      )}
      {rest > 0 && <p className="group-note share-note">{`And ${count(rest, 'other device')}.`}</p>}
    </>
  )
}
