/**
 * What may have been meant by a path that is not there: the same names in other
 * letter case, with an extension, or the nearest ones. Goes down from the root
 * name by name, so that a mistyped folder is found too. Reads a bounded number
 * of folders and names, never behind a link, and never suggests a hidden name
 * or the path itself.
 */
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MissingPath } from '../contract.ts'
import { encodePath, isHidden, parseTarget } from '../engine/target.ts'

type Suggestion = NonNullable<MissingPath['suggestion']>
type Reason = Suggestion['reason']

const MAX_FOLDERS = 200
const MAX_NAMES = 2000
/** Of a name; longer ones are compared for equality only. */
const MAX_COMPARED = 64

interface Names {
  /** Name -> it is a folder. */
  readonly all: ReadonlyMap<string, boolean>
}

interface Match {
  readonly name: string
  readonly reason: Reason | null
}

/** For several paths of one folder on disk: each folder is read once. */
export function createSuggestions(root: string): (path: string) => Promise<Suggestion | null> {
  const folders = new Map<string, Names | null>()

  async function namesOf(folder: string): Promise<Names | null> {
    const known = folders.get(folder)
    if (known !== undefined) return known
    if (folders.size >= MAX_FOLDERS) return null
    const names = await readNames(folder)
    folders.set(folder, names)
    return names
  }

  return async path => {
    const target = parseTarget(path, process.platform)
    if (target.kind === 'asterisk' || target.kind === 'refused') return null
    const wanted = target.path.split('/').filter(name => name !== '')
    if (wanted.length === 0) return null
    const found: string[] = []
    let reason: Reason | null = null
    let isFolder = true
    for (const [index, name] of wanted.entries()) {
      const names = await namesOf(join(root, ...found))
      if (!names) return null
      const isLast = index === wanted.length - 1
      const match = bestMatch(name, names, isLast)
      if (!match) return null
      found.push(match.name)
      isFolder = names.all.get(match.name) ?? false
      reason = worse(reason, match.reason)
    }
    await nextTurn() // many names may have been compared
    return reason && { path: `/${encodePath(found.join('/'))}${isFolder ? '/' : ''}`, reason }
  }
}

async function readNames(folder: string): Promise<Names | null> {
  const all = new Map<string, boolean>()
  try {
    for await (const entry of await opendir(folder)) {
      if (isHidden(entry.name, process.platform)) continue
      all.set(entry.name, entry.isDirectory())
      if (all.size >= MAX_NAMES) break
    }
  } catch {
    return null // gone, or not ours to read: nothing to suggest
  }
  return { all }
}

/** A name that has more names after it stands for a folder. */
function bestMatch(wanted: string, { all }: Names, isLast: boolean): Match | null {
  const fits = (name: string): boolean => isLast || all.get(name) === true
  if (fits(wanted) && all.has(wanted)) return { name: wanted, reason: null }
  const folded = fold(wanted)
  let best: Match | null = null
  let bestDistance = Math.min(3, Math.floor([...folded].length / 3)) + 1
  for (const name of all.keys()) {
    if (!fits(name)) continue
    const other = fold(name)
    if (other === folded) return { name, reason: 'letter-case' }
    if (isLast && stemOf(other) === folded && all.get(name) === false) {
      if (best?.reason !== 'extension' || isPage(name)) best = { name, reason: 'extension' }
    } else if (best?.reason !== 'extension') {
      const distance = distanceWithin(folded, other, bestDistance - 1)
      if (distance === null) continue
      best = { name, reason: 'similar' }
      bestDistance = distance
    }
  }
  return best
}

const ORDER: readonly (Reason | null)[] = [null, 'letter-case', 'extension', 'similar']

function worse(a: Reason | null, b: Reason | null): Reason | null {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b
}

const fold = (name: string): string => name.normalize('NFC').toLowerCase()
const stemOf = (name: string): string => name.replace(/\.[^.]+$/, '')
const isPage = (name: string): boolean => /\.html?$/i.test(name)

/** Letters to add, drop, change or swap with their neighbour; null: more than `limit`. */
export function distanceWithin(a: string, b: string, limit: number): number | null {
  if (limit < 1 || Math.abs(a.length - b.length) > limit) return null
  if (a.length > MAX_COMPARED || b.length > MAX_COMPARED) return null
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const at = (line: readonly number[], index: number): number => line[index] ?? limit + 1
      const isSame = a[i - 1] === b[j - 1]
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1))
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) least = Math.min(least, at(beforeLast, j - 2) + 1)
      row.push(least)
    }
    if (Math.min(...row) > limit) return null
    beforeLast = last
    last = row
  }
  const distance = last[b.length] ?? limit + 1
  return distance <= limit ? distance : null
}
