/**
 * Sharing one site on the network: the switch, and while it is on its addresses
 * with a QR code, until when it lasts, who is here, and a check for a phone that
 * cannot connect. A sheet in the panel, a popover below its button in a wide window.
 */
import { useLayoutEffect, useState } from 'react'
import type { Site } from '../electron/contract.ts'
import { useActions } from './actions.tsx'
import { Dialog } from './Dialog.tsx'
import { Icon } from './Icon.tsx'
import { useNavigation } from './navigation.tsx'
import { Switch } from './Switch.tsx'
import { ShareAddresses } from './share/ShareAddresses.tsx'
import { ShareCheck } from './share/ShareCheck.tsx'
import { ShareDevices } from './share/ShareDevices.tsx'
import { ShareUntil } from './share/ShareUntil.tsx'
import { isListening, networkOrigins } from './sites.ts'
import { isolate } from './words.ts'

/** Right edges in line with the button that opened it, inside the window. */
function usePlaceBelowShare(wide: boolean) {
  const [place, setPlace] = useState<{ left: number; top: number; maxHeight: number }>()
  useLayoutEffect(() => {
    if (!wide) return
    const put = () => {
      const button = document.querySelector('.main [data-share]')?.getBoundingClientRect()
      if (button === undefined) return
      const width = 376
      const top = button.bottom + 8
      setPlace({
        left: Math.max(12, Math.min(button.right + 8, innerWidth - 20) - width),
        top,
        maxHeight: Math.max(200, innerHeight - top - 12),
      })
    }
    put()
    addEventListener('resize', put)
    return () => removeEventListener('resize', put)
  }, [wide])
  return wide ? place : undefined
}

/** Why there is no address to show, or null. */
function nothingToShow(site: Site): string | null {
  if (!site.options.share) return 'Only this computer can open it'
  if (!isListening(site)) return 'The site is not running'
  return networkOrigins(site).length === 0 ? 'Not connected to a network' : null
}

export function ShareDialog({ site }: { readonly site: Site }) {
  const { wide, closeOverlay } = useNavigation()
  const { invoke } = useActions()
  const place = usePlaceBelowShare(wide)
  const { id } = site
  const { share } = site.options
  const nothing = nothingToShow(site)
  return (
    <Dialog
      className={wide ? 'popover' : 'sheet'}
      label={`Share ${isolate(site.name)}`}
      clear={wide}
      returnTo="[data-share]"
      style={place}
      onClose={closeOverlay}
    >
      <header className="sheet-bar share-bar">
        <h2>Share on network</h2>
        <Switch
          label="Share on network"
          on={share}
          onChange={on => void invoke('site.share', { id, on, ...(on && { until: 'never' }) })}
        />
        {!wide && (
          <button type="button" className="btn" onClick={closeOverlay}>
            Done
          </button>
        )}
      </header>
      {nothing === null ? (
        <ShareAddresses site={site} />
      ) : (
        <p className="share-off">
          <Icon name={share ? 'lan' : 'mac'} />
          {nothing}
        </p>
      )}
      {share && (
        <>
          <ShareUntil site={site} />
          <ShareDevices site={site} />
          <ShareCheck key={id} site={site} />
        </>
      )}
    </Dialog>
  )
}
