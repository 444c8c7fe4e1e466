/**
 * Which rows have only just come: they are tinted once. In a flood none is,
 * since then everything is new and a flickering list tells nothing.
 */
import { useEffect, useState } from 'react'
import type { LogEntry } from '../../electron/contract.ts'
import { firstAfter } from './log-ids.ts'

/** More at once than this is a flood. */
const MOST = 20
/** Longer than the tint's animation, so that it is never cut short. */
const STAY = 400

/** Entries with a higher id are new. `generation` tells a replaced log, where nothing is. */
export function useNewRows(entries: readonly LogEntry[], generation: number): number {
  const newest = entries.at(-1)?.id ?? 0
  const [seen, setSeen] = useState({ newest, generation, after: Number.POSITIVE_INFINITY })

  if (seen.newest !== newest || seen.generation !== generation) {
    const came = entries.length - firstAfter(entries, seen.newest)
    const isNew = seen.generation === generation && newest > seen.newest && came <= MOST
    setSeen({
      newest,
      generation,
      after: isNew ? Math.min(seen.after, seen.newest) : Number.POSITIVE_INFINITY,
    })
  }

  useEffect(() => {
    if (seen.after === Number.POSITIVE_INFINITY) return
    const timer = setTimeout(() => setSeen(now => ({ ...now, after: Number.POSITIVE_INFINITY })), STAY)
    return () => clearTimeout(timer)
  }, [seen])

  return seen.after
}
