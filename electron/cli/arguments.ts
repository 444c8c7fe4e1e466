/**
 * argv -> what the terminal command shall do. Every argument is checked here
 * and every refusal names the argument and the remedy; whether the folder and
 * the address exist is found out by the server. The last of a repeated option
 * wins, as everywhere.
 */
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'

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
}

export type Arguments =
  | { readonly action: 'serve'; readonly options: ServeArguments }
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | { readonly action: 'refuse'; readonly message: string }

export const usage = `Usage: servebar [folder] [options]

Serves a folder over HTTP. Without a folder: the current one.

  -p, --port N          the port; 0 takes any free one (default: 8080 or the next free)
      --host ADDRESS    an IP address of this computer to listen on (default: localhost)
      --lan             let other devices on the network open it
      --no-listing      no list of files for a folder without index.html
      --dotfiles        serve names that start with a dot
      --open            open it in the browser
  -q, --quiet           no log
      --log FORMAT      combined (default) or json
  -h, --help            show this
  -V, --version         show the version

The first line on standard output is the URL; the log follows, a line per request.
Ctrl+C stops it when open downloads have ended, at most 2 seconds later; again: at once.
Exit code: 0 stopped, 1 the folder cannot be served or the port is taken,
2 wrong arguments, 70 an error in servebar itself.
`

const options = {
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  lan: { type: 'boolean' },
  'no-listing': { type: 'boolean' },
  dotfiles: { type: 'boolean' },
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
])

/** Multicast, broadcast and reserved addresses (RFC 6890, RFC 4291 §2.7): no single computer has them. */
const isForMany = /^(?:22[4-9]|2[3-5]\d)\.|^ff/i

class Refusal extends Error {}

export function parseArguments(argv: readonly string[]): Arguments {
  try {
    return parse(argv)
  } catch (error) {
    if (error instanceof Refusal) return { action: 'refuse', message: error.message }
    throw error
  }
}

function parse(argv: readonly string[]): Arguments {
  // Not strict: its own messages name neither the remedy nor what was meant.
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const folders: string[] = []
  const given = new Map<OptionName, string>()
  for (const token of tokens) {
    if (token.kind === 'positional') folders.push(token.value)
    if (token.kind === 'option') given.set(...optionOf(token))
  }
  // They answer whatever else is there, except what is not understood at all.
  if (given.has('help')) return { action: 'help' }
  if (given.has('version')) return { action: 'version' }
  return { action: 'serve', options: serveArguments(folders, given) }
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
    if (value !== undefined) throw new Refusal(`${rawName} takes no value, so leave out "=${value}"`)
    return [option, '']
  }
  // `--port --quiet` is a forgotten value, not a port called --quiet.
  if (value === undefined || (!inlineValue && /^-\D/.test(value))) throw new Refusal(needs(option))
  return [option, value]
}

function needs(option: OptionName): string {
  if (option === 'port') return '--port needs a number from 0 to 65535, such as --port 8080'
  if (option === 'host') return '--host needs an IP address or localhost, such as --host 127.0.0.1'
  return '--log needs combined or json'
}

function serveArguments(folders: readonly string[], given: ReadonlyMap<OptionName, string>): ServeArguments {
  const [folder = '.', ...others] = folders
  if (others.length > 0)
    throw new Refusal(`Only one folder can be served, but ${folders.length} are given: ${folders.join(', ')}`)
  if (folder === '') throw new Refusal('The name of the folder is empty; use . for the current one')
  if (given.has('host') && given.has('lan'))
    throw new Refusal('--host and --lan exclude each other: --lan listens on every address')
  if (given.has('quiet') && given.has('log'))
    throw new Refusal('--quiet and --log exclude each other: leave out one of them')
  return {
    folder,
    host: given.has('lan') ? '*' : hostOf(given.get('host') ?? 'localhost'),
    port: portOf(given.get('port')),
    listing: !given.has('no-listing'),
    dotfiles: given.has('dotfiles'),
    open: given.has('open'),
    log: given.has('quiet') ? 'none' : logOf(given.get('log') ?? 'combined'),
  }
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
