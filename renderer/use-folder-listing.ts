/**
 * The folder that the chooser shows, and the path in its field. What is typed
 * is split at the last separator: before it the folder to list, after it the
 * beginning of a name. Only the newest answer counts.
 */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { FolderListing, Problem } from '../electron/contract.ts'
import { useBridge } from './store.ts'

function splitPath(text: string): { folder: string; partial: string } {
  if (text.trim() === '~') return { folder: '~', partial: '' }
  const end = Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1
  return { folder: text.slice(0, end), partial: text.slice(end) }
}

export interface FolderListingState {
  readonly listing: FolderListing | null
  readonly problem: Problem | null
  readonly text: string
  /** The beginning of a name after the folder's path. */
  readonly partial: string
  type(text: string): void
  /** Goes to this folder; the field then shows its path. */
  enter(path: string | undefined): void
}

/** `typed`: where the text is kept for the next time; null: start in the home folder. */
export function useFolderListing(typed: RefObject<string | null>): FolderListingState {
  const bridge = useBridge()
  const [listing, setListing] = useState<FolderListing | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [text, setText] = useState('')
  const newest = useRef(0)
  /** The folder that was asked for last, as it was written. */
  const asked = useRef('')

  const load = useCallback(
    async (path: string | undefined, written: boolean) => {
      newest.current += 1
      const ticket = newest.current
      asked.current = path ?? ''
      const result = await bridge.invoke('folder.list', path === undefined ? {} : { path })
      if (ticket !== newest.current) return
      if (!result.ok) {
        setProblem(result.problem)
        if (written) setListing(null)
        return
      }
      setProblem(null)
      setListing(result.value)
      if (!written) {
        setText(result.value.label)
        asked.current = result.value.label
      }
    },
    [bridge],
  )

  useEffect(() => {
    if (typed.current === null) {
      void load(undefined, false)
      return
    }
    setText(typed.current)
    void load(splitPath(typed.current).folder || undefined, true)
  }, [load, typed])

  const { partial } = splitPath(text)
  return {
    listing,
    problem,
    text,
    partial,
    type(next) {
      setText(next)
      typed.current = next
      const wanted = splitPath(next).folder
      if (wanted !== '' && wanted !== asked.current) void load(wanted, true)
    },
    enter(path) {
      typed.current = null
      void load(path, false)
    },
  }
}
