/** The switch that starts and stops a site: in its row, on its card and in its detail. */
import type { Site } from '../electron/contract.ts'
import { Switch } from './Switch.tsx'
import { withKey } from './shortcuts.ts'
import { useSiteActions } from './site-actions.ts'
import { isOn } from './sites.ts'
import { useAppState } from './store.ts'
import { isolate } from './words.ts'

export function ServeSwitch({ site }: { readonly site: Site }) {
  const { host } = useAppState()
  const { toggle } = useSiteActions()
  const name = isolate(site.name)
  const on = isOn(site)
  return (
    <Switch
      label={`Serve ${name}`}
      on={on}
      title={withKey(on ? `Stop ${name}` : `Serve ${name}`, 'toggle', host)}
      onChange={() => toggle(site)}
    />
  )
}
