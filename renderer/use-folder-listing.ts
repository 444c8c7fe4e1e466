/**
 * The folder that the chooser shows, and the path in its field. What is typed
 * is split at the last separator: before it the folder to list, after it the
 * beginning of a name. Only the newest answer counts. The way up from a folder
 * that cannot be listed ends at the nearest one that can.
 */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { FolderListing } from '../electron/contract.ts'
import { useBridge } from './store.ts'
import { parentOf } from './words.ts'

function splitPath(text: string): { folder: string; partial: string } {
  if (text.trim() === '~') return { folder: '~', partial: '' }
  const end = Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1
  return { folder: text.slice(0, end), partial: text.slice(end) }
}

/** Of this system or another: the app knows better, but it must not take its own current folder for the start. */
function isFullPath(path: string): boolean {
  return /^(~?[\\/]|~$|[a-z]:[\\/])/i.test(path)
}

/** The folder that this one is in, and on upwards. */
function ancestorsOf(path: string): string[] {
  const parent = parentOf(path)
  return parent === null ? [] : [parent, ...ancestorsOf(parent)]
}

export interface FolderListingState {
  readonly listing: FolderListing | null
  /** Why there is none, in words. */
  readonly problem: string | null
  readonly text: string
  /** The beginning of a name after the folder's path. */
  readonly partial: string
  type(text: string): void
  /** Goes to this folder; the field then shows its path. */
  enter(path: string): void
  /** Goes to the enclosing folder; null at the top. */
  readonly up: (() => void) | null
}

/**
 * `typed`: where the text is kept for the next time; null: start near `lost`, a
 * folder that is gone, or in the home folder.
 */
export function useFolderListing(
  typed: RefObject<string | null>,
  lost: string | undefined,
): FolderListingState {
  const bridge = useBridge()
  const [listing, setListing] = useState<FolderListing | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [text, setText] = useState('')
  const [start] = useState(() => [...ancestorsOf(lost ?? ''), undefined])
  const newest = useRef(0)
  /** The folder that was asked for last, as it was written. */
  const asked = useRef('')

  /** The first of these that can be listed; undefined: the home folder. */
  const load = useCallback(
    async (paths: readonly (string | undefined)[], written: boolean) => {
      newest.current += 1
      const ticket = newest.current
      asked.current = paths[0] ?? ''
      let first: string | null = null
      for (const path of paths) {
        const result = await bridge.invoke('folder.list', path === undefined ? {} : { path })
        if (ticket !== newest.current) return
        if (result.ok) {
          setProblem(null)
          setListing(result.value)
          if (!written) {
            setText(result.value.label)
            asked.current = result.value.label
          }
          return
        }
        first ??= result.problem.title
      }
      setProblem(first)
      if (written) setListing(null)
    },
    [bridge],
  )

  useEffect(() => {
    if (typed.current === null) {
      void load(start, false)
      return
    }
    setText(typed.current)
    void load([splitPath(typed.current).folder || undefined], true)
  }, [load, typed, start])

  const { folder, partial } = splitPath(text)
  // A name alone is looked for in the folder that is shown.
  const isRelative = !isFullPath(folder) && (folder !== '' || (listing === null && partial !== ''))
  const shown = isRelative ? null : listing
  const above = shown === null ? ancestorsOf(folder) : [shown.parent].filter(parent => parent !== null)
  return {
    listing: shown,
    problem: isRelative ? 'Use the full path of a folder' : problem,
    text,
    partial,
    type(next) {
      setText(next)
      typed.current = next
      const wanted = splitPath(next).folder
      if (isFullPath(wanted) && wanted !== asked.current) void load([wanted], true)
    },
    enter(path) {
      typed.current = null
      void load([path], false)
    },
    up:
      above.length === 0 || isRelative
        ? null
        : () => {
            typed.current = null
            void load(above, false)
          },
  }
}
