/**
 * Patterns of paths, matched in linear time. The rules of a site come with its
 * files, and the paths from anybody: an expression that backtracks could be
 * made to hang the server by either. So patterns are built from a few parts,
 * and a step of a pattern is tried at most once at each character (as RE2 does
 * for short texts). Captures are those that a greedy RegExp would give.
 */

/** Whether a UTF-16 code unit belongs to a set. */
export type CharSet = (code: number) => boolean

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'char'; readonly of: CharSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  /** The first that leads to a match. */
  | { readonly kind: 'choice'; readonly parts: readonly Part[] }
  /** As often as leads to a match, or where it is lazy as seldom. */
  | {
      readonly kind: 'repeat'
      readonly part: Part
      readonly min: 0 | 1
      readonly max: 1 | 'any'
      readonly lazy?: boolean
    }
  | { readonly kind: 'capture'; readonly name: string; readonly part: Part }
  /** A character of the set comes next; it is not taken. */
  | { readonly kind: 'ahead'; readonly of: CharSet }

const SLASH = 0x2f
export const inSegment: CharSet = code => code !== SLASH
const anything: CharSet = () => true

export const text = (text: string): Part => ({ kind: 'text', text })
export const char = (of: CharSet): Part => ({ kind: 'char', of })
export const sequence = (...parts: readonly Part[]): Part => ({ kind: 'sequence', parts })
export const choice = (...parts: readonly Part[]): Part => ({ kind: 'choice', parts })
export const capture = (name: string, part: Part): Part => ({ kind: 'capture', name, part })
export const optional = (part: Part): Part => ({ kind: 'repeat', part, min: 0, max: 1 })
export const many = (part: Part, min: 0 | 1 = 0, { lazy = false } = {}): Part => ({
  kind: 'repeat',
  part,
  min,
  max: 'any',
  lazy,
})
export const ahead = (of: CharSet): Part => ({ kind: 'ahead', of })

/** Whatever is left, also nothing. */
export const REST = many(char(anything))
/** What stands for a name: at least a character, no slash. */
export const NAME = many(char(inSegment), 1)

export type Captures = ReadonlyMap<string, string>

export interface Pattern {
  /** The only path that matches, or null. */
  readonly exact: string | null
  /** The first segment of every path that matches, with its slash (`/blog`), or null. For an index. */
  readonly segment: string | null
  /** Of the whole path. What did not take part is not among the captures. */
  match(path: string): Captures | null
}

type Step =
  | { readonly op: 'text'; readonly text: string }
  | { readonly op: 'set'; readonly of: CharSet }
  | { readonly op: 'ahead'; readonly of: CharSet }
  /** All that is left of a segment, or of the path: what follows could begin nowhere else. */
  | { readonly op: 'segment'; readonly min: number }
  | { readonly op: 'rest'; readonly min: number }
  /** Goes on with the next step, and where that fails with `other`. `nth` among its like. */
  | { readonly op: 'fork'; other: number; readonly nth: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'slot'; readonly slot: number }

const MAX_STEPS = 4_000
/** Each may be tried once at each character of a path. */
const MAX_FORKS = 256
const NOTHING: Captures = new Map()

/** `fold`: letter case makes no difference. Null when it is longer than any that is meant. */
export function compile(part: Part, { fold = false } = {}): Pattern | null {
  const program = new Program(fold)
  program.add(part, [END])
  const { steps, names, forks } = program
  if (steps.length > MAX_STEPS || forks > MAX_FORKS) return null
  const [first] = steps
  const prefix = first?.op === 'text' ? first.text : ''
  const rest = prefix === '' ? 0 : 1
  return {
    exact: rest === steps.length ? prefix : null,
    segment: prefix.length > 1 && isWhole(prefix, steps, rest) ? firstSegment(prefix) : null,
    match(path) {
      const folded = fold ? foldCase(path) : path
      if (!folded.startsWith(prefix)) return null
      const slots: number[] = new Array(names.length * 2).fill(-1)
      if (!run(steps, folded, slots, forks)) return null
      if (names.length === 0) return NOTHING
      const captures = new Map<string, string>()
      for (const [n, name] of names.entries()) {
        const [from = -1, to = -1] = [slots[n * 2], slots[n * 2 + 1]]
        if (to >= 0) captures.set(name, path.slice(from, to))
      }
      return captures
    },
  }
}

/** `/blog` of `/blog/2024`. */
export function firstSegment(path: string): string {
  const end = path.indexOf('/', 1)
  return end < 0 ? path : path.slice(0, end)
}

/** Whether the first segment is in the prefix to its end. */
function isWhole(prefix: string, steps: readonly Step[], rest: number): boolean {
  return prefix.indexOf('/', 1) > 0 || endsSegment(steps, rest)
}

/** Whether what comes at this step is a slash or the end, and nothing else. */
function endsSegment(steps: readonly Step[], at: number): boolean {
  const step = steps[at]
  switch (step?.op) {
    case undefined:
      return true
    case 'text':
      return step.text.startsWith('/')
    case 'slot':
      return endsSegment(steps, at + 1)
    case 'fork':
      return endsSegment(steps, at + 1) && endsSegment(steps, step.other)
    default:
      return false
  }
}

/** Code units stay where they are, so that positions hold for both. */
export function foldCase(path: string): string {
  const lower = path.toLowerCase()
  return lower.length === path.length ? lower : path.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

/** What may come next: code units, or the end of the path. Null: not known. */
type Follow = readonly number[] | null
const END = -1

/** Parts in a row, those within them, too, with as few texts as will do: a step for each letter would be slow. */
function joinTexts(parts: readonly Part[], joined: Part[] = []): Part[] {
  for (const part of parts) {
    const last = joined.at(-1)
    if (part.kind === 'sequence') joinTexts(part.parts, joined)
    else if (part.kind !== 'text' || last?.kind !== 'text') joined.push(part)
    else joined[joined.length - 1] = text(last.text + part.text)
  }
  return joined
}

class Program {
  readonly steps: Step[] = []
  readonly names: string[] = []
  forks = 0
  readonly #fold: boolean

  constructor(fold: boolean) {
    this.#fold = fold
  }

  add(part: Part, follow: Follow): void {
    if (this.steps.length > MAX_STEPS) return
    switch (part.kind) {
      case 'text':
        if (part.text !== '')
          this.steps.push({ op: 'text', text: this.#fold ? foldCase(part.text) : part.text })
        break
      case 'char':
        this.steps.push({ op: 'set', of: part.of })
        break
      case 'ahead':
        this.steps.push({ op: 'ahead', of: part.of })
        break
      case 'sequence': {
        const parts = joinTexts(part.parts)
        const follows: Follow[] = [follow]
        for (let i = parts.length - 1; i > 0; i--)
          follows.push(this.#startOf(parts[i] as Part, follows.at(-1) ?? null))
        for (const each of parts) this.add(each, follows.pop() ?? null)
        break
      }
      case 'capture': {
        const slot = this.names.push(part.name) * 2 - 2
        this.steps.push({ op: 'slot', slot })
        this.add(part.part, follow)
        this.steps.push({ op: 'slot', slot: slot + 1 })
        break
      }
      case 'choice':
        this.#addChoice(part.parts, follow)
        break
      case 'repeat':
        this.#addRepeat(part, follow)
        break
    }
  }

  #addChoice(parts: readonly Part[], follow: Follow): void {
    const ends: number[] = []
    for (const [i, each] of parts.entries()) {
      const last = i === parts.length - 1
      const fork = last ? null : this.#fork()
      this.add(each, follow)
      if (!last) ends.push(this.steps.push({ op: 'jump', to: 0 }) - 1)
      if (fork !== null) fork.other = this.steps.length
    }
    for (const at of ends) this.steps[at] = { op: 'jump', to: this.steps.length }
  }

  #addRepeat({ part, min, max, lazy = false }: Part & { kind: 'repeat' }, follow: Follow): void {
    const one = part.kind === 'char' ? part.of : null
    // Most wildcards end at a slash or at the end: found at once, without a choice at each character.
    if (max === 'any' && one === inSegment && follow?.every(code => code === END || code === SLASH)) {
      this.steps.push({ op: 'segment', min })
      return
    }
    if (max === 'any' && one === anything && follow?.every(code => code === END)) {
      this.steps.push({ op: 'rest', min })
      return
    }
    const start = this.steps.length
    if (min === 1) this.add(part, null)
    const fork = this.#fork()
    // What comes next is tried first: of a lazy one the way out.
    const out = lazy ? this.steps.push({ op: 'jump', to: 0 }) - 1 : null
    if (out !== null) fork.other = this.steps.length
    if (min === 0) this.add(part, max === 'any' ? null : follow)
    if (max === 'any') this.steps.push({ op: 'jump', to: start })
    if (out === null) fork.other = this.steps.length
    else this.steps[out] = { op: 'jump', to: this.steps.length }
  }

  #fork(): Step & { op: 'fork' } {
    const fork: Step & { op: 'fork' } = { op: 'fork', other: 0, nth: this.forks++ }
    this.steps.push(fork)
    return fork
  }

  /** With what a part can begin that `follow` comes behind. */
  #startOf(part: Part, follow: Follow): Follow {
    switch (part.kind) {
      case 'text':
        return part.text === '' ? follow : [(this.#fold ? foldCase(part.text) : part.text).charCodeAt(0)]
      case 'sequence':
        return part.parts.reduceRight<Follow>((next, each) => this.#startOf(each, next), follow)
      case 'capture':
        return this.#startOf(part.part, follow)
      case 'choice': {
        const starts = part.parts.map(each => this.#startOf(each, follow))
        return starts.some(start => start === null) ? null : starts.flatMap(start => start ?? [])
      }
      case 'repeat': {
        const start = this.#startOf(part.part, follow)
        return start === null || follow === null ? null : [...start, ...(part.min === 0 ? follow : [])]
      }
      default:
        return null
    }
  }
}

/** Whether all of `path` matches; fills the slots. */
function run(steps: readonly Step[], path: string, slots: number[], forks: number): boolean {
  const { length } = path
  const tried = forks === 0 ? null : new Uint8Array(forks * (length + 1))
  // What is left to try: a step and a position; or, as a negative number, a slot and what was in it.
  const left: number[] = []
  let at = 0
  let position = 0
  for (;;) {
    const step = steps[at]
    let matches = step !== undefined || position === length
    if (step === undefined) {
      if (matches) return true
    } else {
      at++
      switch (step.op) {
        case 'text':
          matches = path.startsWith(step.text, position)
          position += step.text.length
          break
        case 'set':
          matches = position < length && step.of(path.charCodeAt(position++))
          break
        case 'ahead':
          matches = position < length && step.of(path.charCodeAt(position))
          break
        case 'segment': {
          const slash = path.indexOf('/', position)
          const end = slash < 0 ? length : slash
          matches = end - position >= step.min
          position = end
          break
        }
        case 'rest':
          matches = length - position >= step.min
          position = length
          break
        case 'slot':
          left.push(-1 - step.slot, slots[step.slot] ?? -1)
          slots[step.slot] = position
          break
        case 'jump':
          at = step.to
          break
        case 'fork': {
          const key = step.nth * (length + 1) + position
          matches = tried !== null && tried[key] === 0
          if (matches && tried !== null) {
            tried[key] = 1
            left.push(step.other, position)
          }
          break
        }
      }
    }
    while (!matches) {
      const value = left.pop()
      const what = left.pop()
      if (value === undefined || what === undefined) return false
      if (what < 0) slots[-1 - what] = value
      else {
        at = what
        position = value
        matches = true
      }
    }
  }
}
