/** How an option of a site is changed: at once; there is nothing to save. */
import type { Result, Site, SiteOptions } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'

export type Configure = (
  options: Partial<SiteOptions>,
  how?: { readonly quiet?: boolean },
) => Promise<Result<void>>

export function useConfigure(site: Site): Configure {
  const { invoke } = useActions()
  return (options, how = {}) => invoke('site.configure', { id: site.id, options }, how)
}
