/**
 * `_headers`: blocks of a path and, below it, the fields of the answers for it.
 *   /static/*
 *     Cache-Control: max-age=31536000
 *     ! X-Frame-Options          (Cloudflare Pages: takes it away)
 * A line that is none is reported and left out. Not done here, and reported:
 * Netlify's Basic-Auth; the site has a password of its own.
 */
import { BATCH, type Slice } from '../turns.ts'
import type { Dialect } from './dialects.ts'
import { checkFieldName, checkFieldValue, type FieldChange, type FieldChanges } from './field-changes.ts'
import { parseHeaderPath } from './host-paths.ts'
import { Crowd, PathIndex } from './path-index.ts'
import type { Captures, Pattern } from './pattern.ts'
import { Problems, quote, RuleError, type RuleProblem } from './problems.ts'
import type { Ask } from './redirect-table.ts'
import { fillValue } from './template.ts'

interface Line {
  readonly name: string
  /** Null takes the field away. */
  readonly value: string | null
}

export interface HeaderBlock {
  readonly pattern: Pattern
  readonly names: ReadonlySet<string>
  /** The pattern is of a whole URL. */
  readonly whole: boolean
  readonly lines: readonly Line[]
}

export interface HeaderBlocks {
  readonly blocks: readonly HeaderBlock[]
  readonly problems: readonly RuleProblem[]
}

export async function parseHeaders(text: string, dialect: Dialect, slice: Slice): Promise<HeaderBlocks> {
  const problems = new Problems('_headers')
  const blocks: (HeaderBlock & { readonly lines: Line[]; readonly at: number })[] = []
  const crowd = new Crowd()
  // Of a block whose path is wrong, no line belongs to the one before.
  let current: (typeof blocks)[number] | 'wrong' | null = null
  for (const [i, raw] of text.split('\n').entries()) {
    if (i % BATCH === 0 && slice.over) await slice.next()
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    try {
      if (line.length > dialect.maxLine) {
        throw new RuleError(
          `the line is longer than the ${dialect.maxLine} characters that ${dialect.name} reads`,
        )
      }
      if (isPath(line)) {
        current = 'wrong'
        if (blocks.length >= dialect.maxHeaderBlocks) {
          throw new RuleError(`${dialect.name} reads only ${dialect.maxHeaderBlocks} blocks`)
        }
        const block = { ...parseBlockPath(line, dialect), lines: [], at: i + 1 }
        crowd.add(block.pattern)
        current = block
        blocks.push(block)
      } else if (current === null) {
        throw new RuleError(`${quote(line)} belongs to no path; a path begins with a slash and comes first`)
      } else if (current !== 'wrong') current.lines.push(parseField(line, dialect))
    } catch (error) {
      problems.catch(i + 1, error)
    }
  }
  for (const { lines, at } of blocks)
    if (lines.length === 0) problems.add(at, 'the path has no field below it')
  return { blocks: blocks.filter(({ lines }) => lines.length > 0), problems: problems.list }
}

const isPath = (line: string): boolean => line.startsWith('/') || /^\S+:\/\//.test(line)

/** Throws a RuleError. */
function parseBlockPath(line: string, dialect: Dialect): Omit<HeaderBlock, 'lines'> {
  const whole = !line.startsWith('/')
  if (whole && !dialect.detaches) {
    throw new RuleError(`${dialect.name} reads only paths here, no whole URL such as ${quote(line)}`)
  }
  if (whole && !/^https:/i.test(line))
    throw new RuleError(`the URL ${quote(line)} does not begin with https://`)
  return { ...parseHeaderPath(line, dialect), whole }
}

/** Throws a RuleError. */
function parseField(line: string, dialect: Dialect): Line {
  const colon = line.indexOf(':')
  if (/^!\s/.test(line) && colon < 0) {
    if (!dialect.detaches) throw new RuleError(`${dialect.name} takes no field away; Cloudflare Pages does`)
    const name = line.slice(1).trim()
    checkFieldName(name)
    return { name, value: null }
  }
  if (colon < 0)
    throw new RuleError(`${quote(line)} is neither a path nor a field such as X-Frame-Options: DENY`)
  const name = line.slice(0, colon).trim()
  const value = line.slice(colon + 1).trim()
  if (name.toLowerCase() === 'basic-auth') {
    throw new RuleError(
      'Basic-Auth is known to Netlify only; here the whole site can have a password',
      'note',
    )
  }
  checkFieldName(name)
  checkFieldValue(name, value)
  return { name, value }
}

export class HeaderTable {
  /** Paths that have fields. */
  readonly size: number
  readonly #byPath: PathIndex<HeaderBlock & { readonly nth: number }>
  readonly #byUrl: readonly (HeaderBlock & { readonly nth: number })[]
  readonly #dialect: Dialect

  constructor(blocks: readonly HeaderBlock[], dialect: Dialect) {
    this.size = blocks.length
    const numbered = blocks.map((block, nth) => ({ ...block, nth }))
    const byPath = numbered.filter(({ whole }) => !whole)
    this.#byPath = new PathIndex(byPath, ({ pattern }) => pattern, { fold: dialect.foldsHeaderPaths })
    this.#byUrl = numbered.filter(({ whole }) => whole)
    this.#dialect = dialect
  }

  find({ path, host }: Ask): FieldChanges {
    const found: (readonly [nth: number, lines: readonly Line[]])[] = []
    const look = (block: HeaderBlock & { readonly nth: number }, address: string): void => {
      const captures = block.pattern.match(address)
      if (captures !== null) found.push([block.nth, filled(block, captures)])
    }
    for (const block of this.#byPath.candidates(path)) look(block, path)
    // Neither scheme nor port count.
    for (const block of this.#byUrl) look(block, `https://${host}${path}`)
    if (this.#byUrl.length > 0) found.sort(([a], [b]) => a - b)
    const changes = new Map<string, FieldChange>()
    for (const [, lines] of found) this.#apply(lines, changes)
    return changes
  }

  #apply(lines: readonly Line[], changes: Map<string, FieldChange>): void {
    // As Cloudflare does: a block takes away first, whatever the order of its lines.
    for (const { name, value } of lines)
      if (value === null) changes.set(name.toLowerCase(), { name, values: [] })
    const inBlock = new Set<string>()
    for (const { name, value } of lines) {
      if (value === null) continue
      const key = name.toLowerCase()
      const before = changes.get(key)?.values ?? []
      const joins = inBlock.has(key) || this.#dialect.joinsBlocks
      inBlock.add(key)
      if (!joins || before.length === 0) changes.set(key, { name, values: [value] })
      else if (key === 'set-cookie') changes.set(key, { name, values: [...before, value] })
      else changes.set(key, { name, values: [`${before[0]}, ${value}`] })
    }
  }
}

/** Only what is safe in a field comes out of an address: it is encoded as it is there. */
function filled({ names, lines }: HeaderBlock, captures: Captures): readonly Line[] {
  if (names.size === 0) return lines
  return lines.map(({ name, value }) => ({ name, value: value === null ? null : fillValue(value, captures) }))
}
