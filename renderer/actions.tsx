/**
 * What every part of the panel may do: call a command, copy, open, and say so
 * in one toast. A command that fails says why in the alert, so a caller looks
 * at the Result only when it goes on from it; one that shows the problem itself
 * (beside its field) asks for quiet.
 */
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'
import type { CommandName, Input, Output, Result, SiteId } from '../electron/contract.ts'
import { isListening, urlOf } from './sites.ts'
import { type Store, useStore } from './store.ts'

export interface Toast {
  readonly key: number
  readonly message: string
  /** Written in the monospaced face after the message. */
  readonly mono?: string
  readonly failed: boolean
  readonly undo?: () => void
}

export interface InvokeOptions {
  /** The caller shows the problem itself. */
  readonly quiet?: boolean
}

export interface Actions {
  /** Copies, and says "Copied" with the label (what was copied, or a word for it). False: it was not copied. */
  copyText(text: string, label?: string): Promise<boolean>
  openUrl(site: SiteId, target?: string): void
  toast(message: string, undo?: () => void): void
  dismissToast(): void
  /** While this is under way, its toast speaks for all sites: their own starts and stops are not read out. */
  speakFor<T>(work: Promise<T>): Promise<T>
  isSpokenFor(): boolean
  /** While somebody is at the toast (pointer or focus on it), it stays. */
  holdToast(on: boolean): void
  invoke<C extends CommandName>(
    command: C,
    input: Input<C>,
    options?: InvokeOptions,
  ): Promise<Result<Output<C>>>
}

interface Feedback {
  readonly toast: Toast | null
  /** The text that was copied in the last 1.6 s: its button shows a check. */
  readonly copied: string | null
}

const ActionsContext = createContext<Actions | null>(null)
const FeedbackContext = createContext<Feedback>({ toast: null, copied: null })

/** How long a toast stays. With Undo: long enough to reach the button. */
const stayTime = 1600
const undoTime = 8000
/** After what several sites do together, in ms: the last of their states may come a little later. */
const afterTime = 500

/** Without the Clipboard API (no secure context, or refused): the old way, through a selection. */
function copyThroughSelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'vh'
  const before = document.activeElement
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}

async function writeClipboard(store: Store, text: string): Promise<boolean> {
  if (store.state()?.host.capabilities.includes('clipboard')) {
    return (await store.bridge.invoke('clipboard.write', { text })).ok
  }
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyThroughSelection(text)
  }
}

export function ActionsProvider({ children }: { readonly children: ReactNode }) {
  const store = useStore()
  const [toast, setToast] = useState<Toast | null>(null)
  const [isHeld, setHeld] = useState(false)
  const [copied, setCopied] = useState<string | null>(null)

  useEffect(() => {
    if (toast === null || isHeld) return
    const timer = setTimeout(() => setToast(null), toast.undo || toast.failed ? undoTime : stayTime)
    return () => clearTimeout(timer)
  }, [toast, isHeld])

  useEffect(() => {
    if (copied === null) return
    const timer = setTimeout(() => setCopied(null), stayTime)
    return () => clearTimeout(timer)
  }, [copied])

  const actions = useMemo<Actions>(() => {
    let key = 0
    let spokenFor = 0
    const say = (toast: Omit<Toast, 'key'>) => {
      key += 1
      setToast({ key, ...toast })
    }
    const invoke: Actions['invoke'] = async (command, input, { quiet = false } = {}) => {
      const result = await store.bridge.invoke(command, input)
      // A lost connection has its banner.
      if (!result.ok && !quiet && result.problem.type !== 'disconnected') {
        say({ message: result.problem.title, failed: true })
      }
      return result
    }
    return {
      invoke,
      async copyText(text, label = text) {
        const done = await writeClipboard(store, text)
        if (done) {
          setCopied(text)
          const isUrl = label.includes('://')
          say({ message: isUrl ? 'Copied' : `Copied ${label}`, ...(isUrl && { mono: label }), failed: false })
        } else {
          say({ message: 'The clipboard is not available', failed: true })
        }
        return done
      },
      openUrl(id, target) {
        const state = store.state()
        if (state?.host.capabilities.includes('open-url')) {
          void invoke('site.open', { id, target })
          return
        }
        const site = state?.sites.find(each => each.id === id)
        if (site && isListening(site)) window.open(urlOf(site) + (target ?? '/'), '_blank', 'noopener')
      },
      toast(message, undo) {
        say({ message, failed: false, ...(undo && { undo }) })
      },
      dismissToast: () => setToast(null),
      async speakFor(work) {
        spokenFor += 1
        try {
          return await work
        } finally {
          setTimeout(() => {
            spokenFor -= 1
          }, afterTime)
        }
      },
      isSpokenFor: () => spokenFor > 0,
      holdToast: setHeld,
    }
  }, [store])

  const feedback = useMemo(() => ({ toast, copied }), [toast, copied])
  return (
    <ActionsContext value={actions}>
      <FeedbackContext value={feedback}>{children}</FeedbackContext>
    </ActionsContext>
  )
}

export function useActions(): Actions {
  const actions = use(ActionsContext)
  if (actions === null) throw new Error('No ActionsProvider above this component')
  return actions
}

export function useToast(): Toast | null {
  return use(FeedbackContext).toast
}

/** This text was copied a moment ago. */
export function useCopied(text: string | null): boolean {
  return use(FeedbackContext).copied === text && text !== null
}
