/**
 * `serve.json`, the rules of `serve` (vercel/serve-handler): text -> what they
 * say of paths. What is not JSON says nothing at all, as `serve` would not start
 * with it; a part that is wrong is reported with its line and left out. What
 * the owner has switched off stays off: a file may not show more than he does.
 * `etag` changes nothing: an answer has both a tag and a time here.
 */
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { checkFieldName, checkFieldValue, type FieldChange, type FieldChanges } from './field-changes.ts'
import { type Glob, normalize, parseGlob } from './globs.ts'
import { Crowd, PathIndex } from './path-index.ts'
import { type Captures, foldCase } from './pattern.ts'
import { Problems, quote, RuleError, type RuleProblem } from './problems.ts'
import { isRedirect } from './redirects.ts'
import { parseSegments } from './segments.ts'
import { parseTemplate, type Template } from './template.ts'

export interface ServeRule {
  readonly status: number
  readonly target: Template
  /** The first segment of every path that matches, in lower case, or null. */
  readonly segment: string | null
  /** `path` without a slash at its end. */
  match(path: string): Captures | null
}

export interface ServeConfig {
  /** The folder below the root that is served in its place; empty: the root. */
  readonly folder: string
  readonly redirects: PathIndex<ServeRule>
  readonly rewrites: PathIndex<ServeRule>
  readonly headers: readonly { readonly glob: Glob; readonly changes: FieldChanges }[]
  readonly cleanUrls: (path: string) => boolean
  readonly listing: (path: string) => boolean
  readonly unlisted: readonly Glob[]
  /** Every address ends with a slash, or none does; null: as folders and files have it. */
  readonly trailingSlash: boolean | null
  /** A folder of a single file is that file. */
  readonly renderSingle: boolean
  /** Links are followed, where the owner lets them; else nothing behind one is served. */
  readonly symlinks: boolean
  /** How many things it says. */
  readonly count: number
}

const KEYS = [
  ...['public', 'cleanUrls', 'rewrites', 'redirects', 'headers', 'directoryListing', 'unlisted'],
  ...['trailingSlash', 'renderSingle', 'symlinks', 'etag', '$schema'],
]

/** What each setting takes, to be counted among what is applied; of lists of rules each entry counts. */
const SETTINGS = new Map<string, readonly Node['type'][]>([
  ['public', ['string']],
  ['cleanUrls', ['boolean', 'array']],
  ['directoryListing', ['boolean', 'array']],
  ['unlisted', ['array']],
  ['trailingSlash', ['boolean']],
  ['renderSingle', ['boolean']],
  ['symlinks', ['boolean']],
])

export function parseServeJson(
  text: string,
  root: string,
): { readonly config: ServeConfig | null; readonly problems: readonly RuleProblem[] } {
  const problems = new Problems('serve.json')
  const errors: ParseError[] = []
  let tree: Node | undefined
  try {
    tree = parseTree(text, errors, { disallowComments: true })
  } catch {
    // The parser calls itself for each level.
    problems.add(0, 'it is nested too deeply')
    return { config: null, problems: problems.list }
  }
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length
  for (const { error, offset } of errors) {
    const words = printParseErrorCode(error).replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
    problems.add(lineAt(offset), `this is not JSON:${words}`)
  }
  if (tree === undefined || errors.length > 0) return { config: null, problems: problems.list }
  return { config: new Reader(problems, lineAt).read(tree, root), problems: problems.list }
}

/** Reads values with their kinds; of what is wrong it keeps the line, and goes on. */
class Reader {
  readonly #problems: Problems
  readonly #lineAt: (offset: number) => number
  readonly #crowds = { redirects: new Crowd(), rewrites: new Crowd(), globs: new Crowd() }

  constructor(problems: Problems, lineAt: (offset: number) => number) {
    this.#problems = problems
    this.#lineAt = lineAt
  }

  read(tree: Node, root: string): ServeConfig | null {
    const all = this.#members(tree, 'serve.json', KEYS)
    if (all === null) return null
    const folder = this.#get(all, 'public', node => folderOf(this.#text(node, 'public'), root))
    const redirects = this.#list(all, 'redirects', node => this.#rule(node, 'redirects'))
    const rewrites = this.#list(all, 'rewrites', node => this.#rule(node, 'rewrites'))
    const headers = this.#list(all, 'headers', node => this.#headers(node))
    const settings = [...all].filter(([key, { type }]) => SETTINGS.get(key)?.includes(type)).length
    return {
      folder: folder ?? '',
      redirects: indexOf(redirects),
      rewrites: indexOf(rewrites),
      headers,
      cleanUrls: this.#switchFor(all, 'cleanUrls'),
      listing: this.#switchFor(all, 'directoryListing'),
      unlisted: this.#list(all, 'unlisted', node => this.#glob(node, 'unlisted')),
      trailingSlash: this.#flag(all, 'trailingSlash'),
      renderSingle: this.#flag(all, 'renderSingle') ?? false,
      symlinks: this.#links(all),
      count: settings + redirects.length + rewrites.length + headers.length,
    }
  }

  /** Off where it is left out, as `serve` has it. */
  #links(all: Members): boolean {
    const node = all.get('symlinks')
    const follows = this.#flag(all, 'symlinks') ?? false
    if (node !== undefined && follows) {
      this.#problems.add(
        this.#lineAt(node.offset),
        'symlinks: a link out of the folder that is served is not followed for a file of that folder',
        'note',
      )
    }
    return follows
  }

  /** Throws a RuleError. */
  #rule(node: Node, key: 'redirects' | 'rewrites'): ServeRule {
    const known = ['source', 'destination', ...(key === 'redirects' ? ['type'] : [])]
    const members = this.#object(node, key, known)
    const source = this.#text(members.get('source'), `source of ${key}`)
    const destination = this.#text(members.get('destination'), `destination of ${key}`)
    const status = key === 'rewrites' ? 200 : statusOf(members.get('type'))
    const path = withSlash(source)
    const glob = parseGlob(source)
    // The first star stands for anything, as it does for `serve`.
    const segments = path.startsWith('!') ? null : parseSegments(path.replace('*', '(.*)'))
    const names = segments?.names ?? new Set<string>()
    const target = parseTemplate(targetOf(destination, names), names)
    if (key === 'rewrites' && target.origin !== '') {
      throw new RuleError(`${quote(destination)} is on another host; a rewrite leads to a path of the site`)
    }
    // By the segments or by the glob: the index may use what both begin with.
    const own = segments?.pattern.segment ?? null
    const segment = glob.segment !== null && foldCase(glob.segment) === own ? own : null
    this.#crowds[key].add({ exact: null, segment })
    return {
      status,
      target,
      segment,
      match: path => segments?.pattern.match(path) ?? (glob.matches(path) ? new Map() : null),
    }
  }

  /** Throws a RuleError. Each is tried for each request, or entry of a list. */
  #glob(node: Node | undefined, what: string): Glob {
    const glob = parseGlob(this.#text(node, what))
    this.#crowds.globs.add({ exact: null, segment: null })
    return glob
  }

  /** Throws a RuleError. */
  #headers(node: Node): ServeConfig['headers'][number] {
    const members = this.#object(node, 'headers', ['source', 'headers'])
    const glob = this.#glob(members.get('source'), 'source of headers')
    const changes = new Map<string, FieldChange>()
    for (const [name, value] of this.#list(members, 'headers', each => this.#field(each))) {
      changes.set(name.toLowerCase(), { name, values: value === null ? [] : [value] })
    }
    return { glob, changes }
  }

  /** Throws a RuleError. */
  #field(node: Node): readonly [name: string, value: string | null] {
    const members = this.#object(node, 'headers', ['key', 'value'])
    const name = this.#text(members.get('key'), 'key of a header')
    checkFieldName(name)
    if (members.get('value')?.type === 'null') return [name, null]
    const value = this.#text(members.get('value'), `value of ${name}`).trim()
    checkFieldValue(name, value)
    return [name, value]
  }

  /** True, false, or globs of the paths that it is true for. True when it is left out. */
  #switchFor(members: Members, key: string): (path: string) => boolean {
    const node = members.get(key)
    if (node?.type === 'boolean') return () => node.value === true
    if (node === undefined) return () => true
    const globs = this.#list(members, key, each => this.#glob(each, key), 'true, false or a list of globs')
    return path => globs.some(glob => glob.matches(path))
  }

  #flag(members: Members, key: string): boolean | null {
    return this.#get(members, key, node => {
      if (node.type !== 'boolean') throw new RuleError(`${key} is neither true nor false`)
      return node.value === true
    })
  }

  /** The items that are right. */
  #list<T>(members: Members, key: string, read: (node: Node) => T, kind = 'a list'): readonly T[] {
    const node = members.get(key)
    if (node === undefined) return []
    if (node.type !== 'array') {
      this.#problems.add(this.#lineAt(node.offset), `${key} is not ${kind}`)
      return []
    }
    return (node.children ?? []).flatMap(child => this.#try(child, read))
  }

  #get<T>(members: Members, key: string, read: (node: Node) => T): T | null {
    const node = members.get(key)
    return node === undefined ? null : (this.#try(node, read)[0] ?? null)
  }

  /** What is read, or nothing and a problem more. */
  #try<T>(node: Node, read: (node: Node) => T): readonly T[] {
    try {
      return [read(node)]
    } catch (error) {
      this.#problems.catch(this.#lineAt(node.offset), error)
      return []
    }
  }

  /** Throws a RuleError. */
  #text(node: Node | undefined, what: string): string {
    if (node?.type !== 'string') throw new RuleError(`the ${what} is not a text`)
    return String(node.value)
  }

  /** Throws a RuleError. */
  #object(node: Node, what: string, keys: readonly string[]): Members {
    const members = this.#members(node, what, keys)
    if (members === null) throw new RuleError(`an entry of ${what} is not an object`)
    return members
  }

  /** Of several with one name the last counts, as everywhere in JSON. */
  #members(node: Node, what: string, keys: readonly string[]): Members | null {
    if (node.type !== 'object') {
      if (what === 'serve.json') this.#problems.add(1, 'serve.json is not an object')
      return null
    }
    const members = new Map<string, Node>()
    for (const property of node.children ?? []) {
      const [key, value] = property.children ?? []
      if (key === undefined || value === undefined) continue
      const name = String(key.value)
      if (keys.includes(name)) members.set(name, value)
      else this.#problems.add(this.#lineAt(key.offset), `${quote(name)} is not known to serve, in ${what}`)
    }
    return members
  }
}

type Members = ReadonlyMap<string, Node>

function indexOf(rules: readonly ServeRule[]): PathIndex<ServeRule> {
  return new PathIndex(rules, ({ segment }) => ({ exact: null, segment }), { fold: true })
}

function statusOf(node: Node | undefined): number {
  if (node === undefined) return 301
  const status = Number(node.value)
  if (node.type === 'number' && isRedirect(status)) return status
  throw new RuleError(`the type ${String(node.value)} is none of 301, 302, 303, 307 and 308`)
}

/** `!/a` for `!a`, `/a` for `a`. */
function withSlash(source: string): string {
  return source.startsWith('!') ? `!${normalize(source.slice(1))}` : normalize(source)
}

/** Throws a RuleError. A destination without what path-to-regexp says of its segments: it is filled as it was found. */
function targetOf(destination: string, names: ReadonlySet<string>): string {
  const plain = destination.replace(/:(\w+)(?:\([^()]*\))?(?:[+*]|\?(?=\/|$))?/g, ':$1')
  const [, origin = '', path = ''] = /^(https?:\/\/[^/]*)?(.*)$/is.exec(plain) ?? []
  if (origin === '' && /^[a-z][\w+.-]*:/i.test(path)) {
    throw new RuleError(`${quote(destination)} is neither a path nor an https:// URL`)
  }
  for (const [, name = ''] of path.matchAll(/:(\w+)/g)) {
    if (!names.has(name)) throw new RuleError(`the source has no :${name} for ${quote(destination)}`)
  }
  return origin !== '' || path.startsWith('/') ? plain : `/${path}`
}

/** Throws a RuleError. Below the root, as everything that is served. */
function folderOf(folder: string, root: string): string {
  const slashed = folder.replaceAll('\\', '/')
  const base = root.replaceAll('\\', '/')
  const absolute = slashed.startsWith('/') || /^[a-z]:/i.test(slashed)
  const within = absolute && `${slashed}/`.startsWith(base.endsWith('/') ? base : `${base}/`)
  const relative = within ? slashed.slice(base.length) : slashed
  const isOutside = (absolute && !within) || relative.split('/').includes('..')
  if (isOutside) throw new RuleError(`public leads out of the folder that is served: ${quote(folder)}`)
  return normalize(relative).replace(/^\/|\/$/g, '')
}
