/**
 * One drop target, three sizes: the whole panel when there are no sites, a
 * strip at the foot with sites, the whole panel again during a drag. What was
 * dropped is learnt in `use-drop.ts`.
 */

import { useRef } from 'react'
import { useFolders } from './folders.ts'
import { Icon } from './Icon.tsx'
import { KeyHint } from './KeyHint.tsx'
import { useAppState } from './store.ts'
import { useLeave } from './use-leave.ts'

function Dash() {
  return (
    <svg className="dash" aria-hidden="true">
      <rect />
    </svg>
  )
}

function Illustration({ over }: { readonly over: boolean }) {
  return (
    <svg className="ill" viewBox="0 0 88 80" fill="none" aria-hidden="true">
      <path
        className="back"
        d="M10 26c0-4.400 3.600-8 8-8h14.500c2.300 0 4.500 1 6 2.800L44 27.500h22c4.400 0 8 3.600 8 8V48H10z"
      />
      <path
        className="front"
        d="M9.500 42c0-3.600 2.900-6.500 6.500-6.500h52c3.600 0 6.500 2.900 6.500 6.500v22c0 5-4 9-9 9h-47c-5 0-9-4-9-9z"
      />
      {over ? (
        <path
          className="wave"
          d="M62 15.500A21 21 0 0 1 80.500 34M64 3a33 33 0 0 1 29 29"
          strokeWidth="5"
          strokeLinecap="round"
        />
      ) : (
        <path
          className="arrow"
          d="M42 44.500v18M34.500 55.500 42 63l7.500-7.500"
          strokeWidth="2.5"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      )}
    </svg>
  )
}

/** How folders come in here: dropped, chosen, or both. */
function useWaysIn() {
  const { capabilities } = useAppState().host
  return {
    canDrop: capabilities.includes('drop-paths'),
    canChoose: capabilities.includes('choose-folder') || capabilities.includes('list-folders'),
  }
}

export function FirstRun() {
  const { choose } = useFolders()
  const { canDrop, canChoose } = useWaysIn()
  return (
    <div className="body first-run">
      <div className="drop full">
        <Dash />
        <Illustration over={false} />
        <h2>{canDrop ? 'Drop a folder to serve it' : 'Choose a folder to serve it'}</h2>
        <p>You get a localhost address straight away.</p>
        {canChoose && (
          <button type="button" className="btn primary lg" data-first data-choose onClick={choose}>
            Choose Folder… <KeyHint name="choose" />
          </button>
        )}
      </div>
      <p className="trust">
        <Icon name="mac" />
        Only this computer can open it until you share it.
      </p>
    </div>
  )
}

export function DropStrip() {
  const { choose } = useFolders()
  const { canDrop, canChoose } = useWaysIn()
  if (!canChoose) return null
  return (
    <footer className="foot">
      <button type="button" className="drop strip" data-choose onClick={choose}>
        <Dash />
        <Icon name="plus" />
        <span>{canDrop ? 'Drop a folder, or choose one' : 'Choose a folder'}</span>
        <KeyHint name="choose" />
      </button>
    </footer>
  )
}

export interface Drag {
  readonly title: string
  /** The port that a folder dropped now would get; null until it is known, or when it cannot be used. */
  readonly port: number | null
}

export function DropOverlay({ drag }: { readonly drag: Drag }) {
  const overlay = useRef<HTMLDivElement>(null)
  useLeave(overlay)
  return (
    <div className="drop over" ref={overlay}>
      <Dash />
      <Illustration over />
      <h2>{drag.title}</h2>
      {drag.port !== null && (
        <p className="mono">
          localhost:<b>{drag.port}</b>
        </p>
      )}
    </div>
  )
}
