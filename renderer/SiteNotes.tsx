/**
 * What the owner of a site should not forget: that it is held back on purpose,
 * and that everybody on the network may write to its folder. Nothing while
 * neither holds.
 */
import type { Site } from '../electron/contract.ts'
import { Glyph, Icon } from './Icon.tsx'
import { useConfigure } from './options/use-configure.ts'
import { useSiteActions } from './site-actions.ts'
import { openWrites, slowness } from './sites.ts'
import { isolate } from './words.ts'

function SlowNote({ site, name }: { readonly site: Site; readonly name: string }) {
  const configure = useConfigure(site)
  return (
    <div className="opt-note" role="note">
      <Icon name="slow" />
      <span>
        <b>{name}</b> · for every device
      </span>
      <button
        type="button"
        className="btn"
        aria-label={`Turn off ${name}`}
        onClick={() => void configure({ throttle: 'off' })}
      >
        Turn Off
      </button>
    </div>
  )
}

export function OpenWritesNote({ site, named = false }: { readonly site: Site; readonly named?: boolean }) {
  const { setPassword } = useSiteActions()
  return (
    <div className="opt-note" role="note">
      <Glyph name="s-4" />
      <span>{openWrites(site)}</span>
      <button
        type="button"
        className="btn"
        aria-label={named ? `Set password of ${isolate(site.name)}…` : undefined}
        onClick={() => setPassword(site)}
      >
        Set Password…
      </button>
    </div>
  )
}

/** `writes` false: where the options say so themselves. */
export function SiteNotes({ site, writes = true }: { readonly site: Site; readonly writes?: boolean }) {
  const slow = slowness(site)
  const isOpen = writes && openWrites(site) !== null
  if (slow === null && !isOpen) return null
  return (
    <div className="site-notes" data-site={site.id}>
      {slow !== null && <SlowNote site={site} name={slow} />}
      {isOpen && <OpenWritesNote site={site} />}
    </div>
  )
}
