/**
 * Finds which of many patterns may match a path, in the order of their file:
 * by the whole path where a pattern has no wildcard, by its first segment where
 * that has none, and only then one by one. Of two thousand rules a request
 * looks at a few.
 */
import { firstSegment, foldCase, type Pattern } from './pattern.ts'
import { RuleError } from './problems.ts'

/** So many that begin alike may have to be tried for one request, and each of them reads all of its path. */
const MOST_ALIKE = 1_000

/** Counts rules by how they are found, so that no file makes requests slow. */
export class Crowd {
  readonly #counts = new Map<string, number>()

  /** Throws a RuleError where there is no room for another one. */
  add({ exact, segment }: Pick<Pattern, 'exact' | 'segment'>): void {
    const key = exact !== null ? `exactly ${exact}` : segment !== null ? `below ${segment}` : 'anywhere'
    const count = (this.#counts.get(key) ?? 0) + 1
    if (count > MOST_ALIKE) throw new RuleError(`only ${MOST_ALIKE} rules that begin alike are applied here`)
    this.#counts.set(key, count)
  }
}

interface Numbered<T> {
  readonly nth: number
  readonly item: T
}

export class PathIndex<T> {
  readonly #exact = new Map<string, Numbered<T>[]>()
  readonly #bySegment = new Map<string, Numbered<T>[]>()
  readonly #others: Numbered<T>[] = []
  readonly #fold: boolean

  /** `fold`: the patterns do not tell letter case apart. */
  constructor(
    items: readonly T[],
    patternOf: (item: T) => Pick<Pattern, 'exact' | 'segment'>,
    { fold = false } = {},
  ) {
    this.#fold = fold
    for (const [nth, item] of items.entries()) {
      const { exact, segment } = patternOf(item)
      if (exact !== null) add(this.#exact, exact, { nth, item })
      else if (segment !== null) add(this.#bySegment, segment, { nth, item })
      else this.#others.push({ nth, item })
    }
  }

  /** Those without wildcard match for certain, the others are to be tried. `path` begins with a slash. */
  *candidates(path: string): Generator<T> {
    const key = this.#fold ? foldCase(path) : path
    const named = inOrder(this.#exact.get(key) ?? [], this.#bySegment.get(firstSegment(key)) ?? [])
    for (const { item } of inOrder(named, this.#others)) yield item
  }
}

function* inOrder<T>(a: Iterable<Numbered<T>>, b: readonly Numbered<T>[]): Generator<Numbered<T>> {
  let next = 0
  for (const item of a) {
    for (let other = b[next]; other !== undefined && other.nth < item.nth; other = b[++next]) yield other
    yield item
  }
  for (; next < b.length; next++) yield b[next] as Numbered<T>
}

function add<T>(groups: Map<string, Numbered<T>[]>, key: string, numbered: Numbered<T>): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [numbered])
  else group.push(numbered)
}
