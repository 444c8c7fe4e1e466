/** What helps against a problem, as buttons. Those that this host cannot do are absent, not dead. */
import type { Capability, Problem, Remedy, Site } from '../electron/contract.ts'
import { useSiteActions } from './site-actions.ts'
import { useAppState } from './store.ts'

function isPossible(remedy: Remedy, capabilities: readonly Capability[]): boolean {
  if (remedy.action === 'allow-access') return capabilities.includes('allow-access')
  if (remedy.action === 'locate') {
    return capabilities.includes('choose-folder') || capabilities.includes('list-folders')
  }
  return true
}

export function Remedies({ site, problem }: { readonly site: Site; readonly problem: Problem }) {
  const { capabilities } = useAppState().host
  const { remedy: apply } = useSiteActions()
  const remedies = problem.remedies.filter(remedy => isPossible(remedy, capabilities))
  if (remedies.length === 0) return null
  return (
    <div className="site-fix">
      {remedies.map(remedy => (
        <button
          key={remedy.label}
          type="button"
          className={remedy.action === 'use-port' ? 'btn primary' : 'btn'}
          onClick={() => apply(site, remedy)}
        >
          {remedy.label}
        </button>
      ))}
    </div>
  )
}
