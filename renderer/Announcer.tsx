/**
 * The two live regions: one polite for toasts, starts, stops and drags, one
 * alert for failures. What is seen of them (toast, drop overlay) lies inside.
 * Always mounted, because a region that comes together with its words is not
 * read out; not atomic, because what was said before would be said again.
 */
import { useEffect, useRef, useState } from 'react'
import type { RuleProblem, Site } from '../electron/contract.ts'
import { useActions, useToast } from './actions.tsx'
import { type Drag, DropOverlay } from './Drop.tsx'
import { count } from './format.ts'
import { address, nameAndState, ruleProblems, rulesInWords } from './sites.ts'
import { useAppState } from './store.ts'
import { ToastBar } from './Toast.tsx'
import { isolate } from './words.ts'

interface Change {
  readonly text: string
  readonly failed: boolean
}

/** Long enough to be read out, in ms; what stays would be read again with the next toast. */
const stayTime = 1000

/** The words for what happened between two snapshots; null when nothing is worth a word. */
function changeOf(before: Site | undefined, now: Site): Change | null {
  if (before === undefined || before.status.phase === now.status.phase) return null
  switch (now.status.phase) {
    case 'listening': {
      const { host, port } = address(now)
      return { text: `${isolate(now.name)}, running at ${host}:${port}.`, failed: false }
    }
    case 'stopped':
      return { text: `${nameAndState(now)}.`, failed: false }
    case 'failed':
      return { text: `${nameAndState(now)}.`, failed: true }
    default:
      return null
  }
}

/** The same for the rules of the host, which change with their files. */
function ruleChangeOf(before: Site | undefined, now: Site): Change | null {
  const problems = ruleProblems(now)
  const known = before === undefined ? [] : ruleProblems(before)
  const isSame = wordsOf(problems) === wordsOf(known)
  const applied = rulesInWords(now)
  if (before === undefined || applied === null || (isSame && applied === rulesInWords(before))) return null
  const words = problems.length === 0 ? 'no problem is left' : count(problems.length, 'problem')
  const text = isSame ? `: ${applied}.` : `, ${words} in the rules of the host.`
  return { text: isolate(now.name) + text, failed: false }
}

const wordsOf = (problems: readonly RuleProblem[]) =>
  problems.map(({ file, line, message }) => `${file} ${line} ${message}`).join()

function useChanges() {
  const { sites } = useAppState()
  const { isSpokenFor } = useActions()
  const before = useRef(sites)
  const [said, setSaid] = useState<readonly Change[]>([])
  // The same words again are only read out when they were gone in between.
  useEffect(() => {
    if (said.length === 0) return
    const timer = setTimeout(() => setSaid([]), stayTime)
    return () => clearTimeout(timer)
  }, [said])
  useEffect(() => {
    const known = new Map(before.current.map(site => [site.id, site]))
    before.current = sites
    const changes = sites
      .flatMap(site => [changeOf(known.get(site.id), site), ruleChangeOf(known.get(site.id), site)])
      .filter(change => change !== null)
      .filter(change => change.failed || !isSpokenFor())
    // Together with what was said a moment ago: several sites start one after the other.
    if (changes.length > 0) setSaid(said => [...said, ...changes])
  }, [sites, isSpokenFor])
  const words = (failed: boolean) =>
    said
      .filter(change => change.failed === failed)
      .map(change => change.text)
      .join(' ')
  return { polite: words(false), alert: words(true) }
}

export function Announcer({ drag }: { readonly drag: Drag | null }) {
  const toast = useToast()
  const changes = useChanges()
  return (
    <>
      <div className="live" role="status" aria-atomic={false}>
        <span className="vh">{changes.polite}</span>
        {drag && <DropOverlay drag={drag} />}
        {toast && !toast.failed && <ToastBar key={toast.key} toast={toast} />}
      </div>
      <div className="live" role="alert" aria-atomic={false}>
        <span className="vh">{changes.alert}</span>
        {toast?.failed && <ToastBar key={toast.key} toast={toast} />}
      </div>
    </>
  )
}
