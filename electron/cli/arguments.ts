/**
 * argv -> what the terminal command shall do. Every argument is checked here
 * and every refusal names the argument and the remedy; whether the folder and
 * the address exist is found out by the server, and what an engine option takes
 * is asked of the engine. The last of a repeated option wins, as everywhere,
 * but for those that say that they may be repeated.
 */
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { isOptionError, resolveOptions } from '../engine/options.ts'
import type { CachePolicy, Field, ServerOptions, SymlinkPolicy } from '../engine/types.ts'

export interface ServeArguments {
  /** As given; `.` when none was. */
  readonly folder: string
  /** For the engine: `localhost`, `*` or an IP address. */
  readonly host: string
  /** Undefined: 8080 or the next free one. */
  readonly port: number | undefined
  readonly listing: boolean
  readonly dotfiles: boolean
  readonly open: boolean
  readonly log: 'combined' | 'json' | 'none'
  /** What was said of how it serves; the engine knows what holds otherwise. */
  readonly engine: Partial<ServerOptions>
}

export type Arguments =
  | { readonly action: 'serve'; readonly options: ServeArguments }
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | { readonly action: 'refuse'; readonly message: string }

const options = {
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  lan: { type: 'boolean' },
  index: { type: 'string' },
  'no-index': { type: 'boolean' },
  'no-listing': { type: 'boolean' },
  dotfiles: { type: 'boolean' },
  symlinks: { type: 'string' },
  spa: { type: 'boolean' },
  'clean-urls': { type: 'boolean' },
  cache: { type: 'string' },
  'no-compress': { type: 'boolean' },
  cors: { type: 'boolean' },
  header: { type: 'string', short: 'H' },
  auth: { type: 'string' },
  'allow-host': { type: 'string' },
  'headers-timeout': { type: 'string' },
  'request-timeout': { type: 'string' },
  'keep-alive-timeout': { type: 'string' },
  'max-connections': { type: 'string' },
  open: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  log: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const
type OptionName = keyof typeof options

/** What other servers call it. */
const otherNames = new Map<string, string>([
  ['a', '--host'],
  ['address', '--host'],
  ['bind', '--host'],
  ['b', '--host'],
  ['l', '--port'],
  ['listen', '--port'],
  ['P', '--port'],
  ['o', '--open'],
  ['s', '--quiet'],
  ['silent', '--quiet'],
  ['no-dir-listing', '--no-listing'],
  ['hidden', '--dotfiles'],
  ['network', '--lan'],
  ['public', '--lan'],
  ['share', '--lan'],
  ['v', '--version'],
  ['c', '--cache'],
  ['single', '--spa'],
  ['fallback', '--spa'],
  ['no-compression', '--no-compress'],
  ['no-gzip', '--no-compress'],
  ['username', '--auth'],
  ['password', '--auth'],
  ['allowed-hosts', '--allow-host'],
  ['hosts', '--allow-host'],
  ['follow', '--symlinks'],
])

type Given = ReadonlyMap<OptionName, readonly string[]>

/** Multicast, broadcast and reserved addresses (RFC 6890, RFC 4291 §2.7): no single computer has them. */
const isForMany = /^(?:22[4-9]|2[3-5]\d)\.|^ff/i

class Refusal extends Error {}

export function parseArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Arguments {
  try {
    return parse(argv, environment)
  } catch (error) {
    if (error instanceof Refusal) return { action: 'refuse', message: error.message }
    throw error
  }
}

function parse(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Arguments {
  // Not strict: its own messages name neither the remedy nor what was meant.
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const folders: string[] = []
  const given = new Map<OptionName, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') folders.push(token.value)
    if (token.kind !== 'option') continue
    const [option, value] = optionOf(token)
    given.set(option, [...(given.get(option) ?? []), value])
  }
  // They answer whatever else is there, except what is not understood at all.
  if (given.has('help')) return { action: 'help' }
  if (given.has('version')) return { action: 'version' }
  return { action: 'serve', options: serveArguments(folders, given, environment) }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function optionOf({ name, rawName, value, inlineValue }: OptionToken): [OptionName, string] {
  if (!Object.hasOwn(options, name)) {
    const meant = otherNames.get(name) ?? closest(name)
    throw new Refusal(`Unknown option ${rawName}${meant ? `; did you mean ${meant}?` : ''}`)
  }
  const option = name as OptionName
  if (options[option].type === 'boolean') {
    // The one that may have a value: `--cors` is any origin, `--cors=ORIGIN` is one.
    if (option === 'cors') return [option, value ?? 'any']
    if (value !== undefined) throw new Refusal(`${rawName} takes no value, so leave out "=${value}"`)
    return [option, '']
  }
  // `--port --quiet` is a forgotten value, not a port called --quiet.
  if (value === undefined || (!inlineValue && /^-\D/.test(value))) throw new Refusal(needs(option))
  return [option, value]
}

const NEEDS: Partial<Record<OptionName, string>> = {
  port: 'a number from 0 to 65535, such as --port 8080',
  host: 'an IP address or localhost, such as --host 127.0.0.1',
  log: 'combined or json',
  index: 'names of files, such as --index index.html,index.htm',
  symlinks: 'confined, follow or refuse',
  cache: 'no-cache, no-store, immutable or a number of seconds',
  header: "a field, such as --header 'X-Frame-Options: DENY'",
  auth: 'USER:PASSWORD, or USER and the password in the variable SERVEBAR_PASSWORD',
  'allow-host': 'names of hosts, such as --allow-host site.test',
  'max-connections': 'a number from 1',
}

function needs(option: OptionName): string {
  return `--${option} needs ${NEEDS[option] ?? `milliseconds, such as --${option} 10000`}`
}

function serveArguments(
  folders: readonly string[],
  given: Given,
  environment: Readonly<Record<string, string | undefined>>,
): ServeArguments {
  const [folder = '.', ...others] = folders
  if (others.length > 0)
    throw new Refusal(`Only one folder can be served, but ${folders.length} are given: ${folders.join(', ')}`)
  if (folder === '') throw new Refusal('The name of the folder is empty; use . for the current one')
  if (given.has('host') && given.has('lan'))
    throw new Refusal('--host and --lan exclude each other: --lan listens on every address')
  if (given.has('quiet') && given.has('log'))
    throw new Refusal('--quiet and --log exclude each other: leave out one of them')
  if (given.has('index') && given.has('no-index'))
    throw new Refusal('--index and --no-index exclude each other: leave out one of them')
  return {
    folder,
    host: given.has('lan') ? '*' : hostOf(last(given, 'host') ?? 'localhost'),
    port: portOf(last(given, 'port')),
    listing: !given.has('no-listing'),
    dotfiles: given.has('dotfiles'),
    open: given.has('open'),
    log: given.has('quiet') ? 'none' : logOf(last(given, 'log') ?? 'combined'),
    engine: checked(engineOptions(given, environment)),
  }
}

function last(given: Given, option: OptionName): string | undefined {
  return given.get(option)?.at(-1)
}

/** Only what was given. */
function engineOptions(
  given: Given,
  environment: Readonly<Record<string, string | undefined>>,
): Partial<ServerOptions> {
  const engine: { -readonly [Option in keyof ServerOptions]?: ServerOptions[Option] } = {}
  const cors = last(given, 'cors')
  const symlinks = last(given, 'symlinks')
  const cache = last(given, 'cache')
  const auth = last(given, 'auth')
  if (given.has('index')) engine.index = listOf(given.get('index'))
  if (given.has('no-index')) engine.index = []
  // The engine says what is wrong with a value that is none.
  if (symlinks !== undefined) engine.symlinks = symlinks as SymlinkPolicy
  if (given.has('spa')) engine.spa = true
  if (given.has('clean-urls')) engine.cleanUrls = true
  if (cache !== undefined) engine.cache = /^\d+$/.test(cache) ? Number(cache) : (cache as CachePolicy)
  if (given.has('no-compress')) engine.codings = false
  if (cors !== undefined) engine.cors = cors
  if (given.has('header')) engine.fields = (given.get('header') ?? []).map(fieldOf)
  if (auth !== undefined) engine.auth = authOf(auth, environment.SERVEBAR_PASSWORD)
  if (given.has('allow-host')) engine.hosts = listOf(given.get('allow-host'))
  for (const [flag, option] of LIMITS) {
    const text = last(given, flag)
    if (text !== undefined) engine[option] = /^\d+$/.test(text) ? Number(text) : Number.NaN
  }
  return engine
}

const LIMITS = [
  ['headers-timeout', 'headersTimeout'],
  ['request-timeout', 'requestTimeout'],
  ['keep-alive-timeout', 'keepAliveTimeout'],
  ['max-connections', 'maxConnections'],
] as const

/** The engine's own check, said of the argument. */
function checked(engine: Partial<ServerOptions>): Partial<ServerOptions> {
  try {
    // Where the folder is does not matter to the rest.
    const rest = { host: 'localhost', port: 0, portFallback: false, name: '', listing: true, dotfiles: false }
    resolveOptions({ root: '/', ...rest, ...engine })
    return engine
  } catch (error) {
    if (!isOptionError(error)) throw error
    throw new Refusal(`${flagOf(error.option)}: ${error.remedy}`)
  }
}

function flagOf(option: string): string {
  if (option === 'fields') return '--header'
  if (option === 'hosts') return '--allow-host'
  return `--${option.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

function listOf(values: readonly string[] = []): string[] {
  return values.flatMap(value => value.split(',').map(name => name.trim()))
}

function fieldOf(text: string): Field {
  const colon = text.indexOf(':')
  if (colon < 0) throw new Refusal(`${needs('header')}, not "${text}"`)
  return [text.slice(0, colon), text.slice(colon + 1).trim()]
}

/** What was given is not repeated in a message: it may hold a password. */
function authOf(text: string, fromEnvironment: string | undefined): { user: string; password: string } {
  const colon = text.indexOf(':')
  if (colon >= 0) return { user: text.slice(0, colon), password: text.slice(colon + 1) }
  if (fromEnvironment === undefined) throw new Refusal(needs('auth'))
  return { user: text, password: fromEnvironment }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new Refusal(`${needs('port')}, not "${text}"`)
  return port
}

function hostOf(text: string): string {
  const address = text.replace(/^\[(.*)\]$/, '$1') // as it stands in a URL
  if (address.includes('%')) throw new Refusal(`--host takes no zone, because no URL can hold one: "${text}"`)
  const isUsable = address === 'localhost' || (isIP(address) !== 0 && !isForMany.test(address))
  if (!isUsable) throw new Refusal(`${needs('host')}, not "${text}"`)
  return address
}

function logOf(text: string): 'combined' | 'json' {
  if (text !== 'combined' && text !== 'json') throw new Refusal(`${needs('log')}, not "${text}"`)
  return text
}

/** The option that is at most two slips away, or that this is the beginning of. */
function closest(name: string): string | undefined {
  if (name.length < 2) return undefined
  const ranked = Object.keys(options)
    .map(option => ({ option, slips: option.startsWith(name) ? 0 : editDistance(name, option) }))
    .sort((one, other) => one.slips - other.slips)
  const [best] = ranked
  return best && best.slips <= Math.min(2, name.length - 2) ? `--${best.option}` : undefined
}

/** Letters to add, drop or replace (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (const [j, candidate] of [...other].entries()) {
      const replaced = (row[j] ?? 0) + (letter === candidate ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
