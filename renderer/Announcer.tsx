/**
 * The two live regions: one polite for toasts, starts, stops and drags, one
 * alert for failures. What is seen of them (toast, drop overlay) lies inside.
 * Always mounted, because a region that comes together with its words is not
 * read out.
 */
import { useEffect, useRef, useState } from 'react'
import type { Site } from '../electron/contract.ts'
import { useToast } from './actions.tsx'
import { type Drag, DropOverlay } from './Drop.tsx'
import { address, nameAndState } from './sites.ts'
import { useAppState } from './store.ts'
import { ToastBar } from './Toast.tsx'

/** The words for what happened between two snapshots; null when nothing is worth a word. */
function changeOf(before: Site | undefined, now: Site): { text: string; failed: boolean } | null {
  if (before === undefined || before.status.phase === now.status.phase) return null
  switch (now.status.phase) {
    case 'listening': {
      const { host, port } = address(now)
      return { text: `${now.name}, running at ${host}:${port}`, failed: false }
    }
    case 'stopped':
      return { text: nameAndState(now), failed: false }
    case 'failed':
      return { text: nameAndState(now), failed: true }
    default:
      return null
  }
}

function useChanges() {
  const { sites } = useAppState()
  const before = useRef(sites)
  const [said, setSaid] = useState({ polite: '', alert: '' })
  useEffect(() => {
    const known = new Map(before.current.map(site => [site.id, site]))
    before.current = sites
    const changes = sites.flatMap(site => changeOf(known.get(site.id), site) ?? [])
    if (changes.length === 0) return
    const words = (failed: boolean) =>
      changes
        .filter(change => change.failed === failed)
        .map(change => change.text)
        .join('. ')
    setSaid({ polite: words(false), alert: words(true) })
  }, [sites])
  return said
}

export function Announcer({ drag }: { readonly drag: Drag | null }) {
  const toast = useToast()
  const changes = useChanges()
  return (
    <>
      <div className="live" role="status">
        <span className="vh">{changes.polite}</span>
        {drag && <DropOverlay drag={drag} />}
        {toast && !toast.failed && <ToastBar key={toast.key} toast={toast} />}
      </div>
      <div className="live" role="alert">
        <span className="vh">{changes.alert}</span>
        {toast?.failed && <ToastBar key={toast.key} toast={toast} />}
      </div>
    </>
  )
}
