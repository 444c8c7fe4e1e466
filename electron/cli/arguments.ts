/**
 * argv -> what the terminal command shall do. Every argument is checked here
 * and every refusal names the argument and the remedy; whether the folder and
 * the address exist is found out by the server. The last of a repeated option
 * wins, as everywhere, but for those that say that they may be repeated; the
 * command line wins over the file of `--config`.
 */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import type { ServerOptions } from '../engine/types.ts'
import { type Config, parseConfig } from './config-file.ts'
import { engineOptions } from './engine-options.ts'
import {
  alternatives,
  dependents,
  type Given,
  isOption,
  kindOf,
  meantBy,
  needs,
  ON,
  type OptionName,
  options,
  Refusal,
  takenBackBy,
} from './options.ts'

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
  readonly qr: boolean
  readonly log: 'combined' | 'json' | 'none'
  /** `'own'`: by this computer's own authority. */
  readonly certificate: 'none' | 'own' | CertificateFiles
  /** What was said of how it serves; the engine knows what holds otherwise. */
  readonly engine: Partial<ServerOptions>
}

export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

export type Arguments =
  | { readonly action: 'serve'; readonly options: ServeArguments }
  | { readonly action: 'trust' | 'untrust' }
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | { readonly action: 'refuse'; readonly message: string }

export interface Surroundings {
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Throws the system's error. */
  readonly readFile?: (path: string) => string
}

/** Multicast, broadcast and reserved addresses (RFC 6890, RFC 4291 §2.7): no single computer has them. */
const isForMany = /^(?:22[4-9]|2[3-5]\d)\.|^ff/i

export function parseArguments(argv: readonly string[], surroundings: Surroundings = {}): Arguments {
  try {
    return parse(argv, surroundings)
  } catch (error) {
    if (error instanceof Refusal) return { action: 'refuse', message: error.message }
    throw error
  }
}

const readText = (path: string) => readFileSync(path, 'utf8')

function parse(argv: readonly string[], { environment = {}, readFile = readText }: Surroundings): Arguments {
  const { folders, given, takenBack } = readArguments(argv)
  // They answer whatever else is there, except what is not understood at all.
  for (const action of ['help', 'version'] as const) if (given.has(action)) return { action }
  checkAlternatives(given)
  for (const action of ['trust', 'untrust'] as const) {
    if (!given.has(action)) continue
    if (given.size > 1 || folders.length > 0) throw new Refusal(`--${action} serves nothing: give it alone`)
    return { action }
  }
  const file = given.get('config')?.at(-1)
  if (file === undefined) return serve(folders, given, environment)
  const config = parseConfig(readConfig(file, readFile), file)
  try {
    checkAlternatives(config.given)
    return serve(folders, merged(given, takenBack, config), environment)
  } catch (error) {
    if (!(error instanceof Refusal) || error.option === undefined || given.has(error.option)) throw error
    const place = config.placeOf(error.option)
    throw place === undefined ? error : new Refusal(`${place}: ${error.message}`)
  }
}

interface Read {
  readonly folders: readonly string[]
  readonly given: Given
  readonly takenBack: ReadonlySet<OptionName>
}

const parsable = Object.fromEntries(
  Object.entries(options).map(([name, option]) => [
    name,
    {
      type: option.kind === 'value' || option.kind === 'many' ? ('string' as const) : ('boolean' as const),
      ...('short' in option ? { short: option.short } : {}),
    },
  ]),
)

function readArguments(argv: readonly string[]): Read {
  // Not strict: its own messages name neither the remedy nor what was meant.
  const { tokens } = parseArgs({
    args: [...argv],
    options: parsable,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const folders: string[] = []
  const given = new Map<OptionName, string[]>()
  const takenBack = new Set<OptionName>()
  for (const token of tokens) {
    if (token.kind === 'positional') folders.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const opposite = isOption(name) ? null : takenBackBy(name)
    if (opposite !== null && rawName.startsWith('--')) {
      if (value !== undefined) throw new Refusal(`${rawName} takes no value, so leave out "=${value}"`)
      given.delete(opposite)
      takenBack.add(opposite)
      continue
    }
    const [option, text] = optionOf(token)
    takenBack.delete(option)
    given.set(option, [...(given.get(option) ?? []), text])
  }
  return { folders, given, takenBack }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function optionOf({ name, rawName, value, inlineValue }: OptionToken): [OptionName, string] {
  if (!isOption(name)) {
    const meant = meantBy(name)
    throw new Refusal(`Unknown option ${rawName}${meant ? `; did you mean --${meant}?` : ''}`)
  }
  switch (kindOf(name)) {
    case 'switch':
      if (value === undefined) return [name, ON]
      throw new Refusal(`${rawName} takes no value, so leave out "=${value}"`)
    case 'optional':
      if (value === '') throw needs(name, value)
      return [name, value ?? ON]
    default:
      // `--port --quiet` is a forgotten value, not a port called --quiet.
      if (value === undefined || (!inlineValue && /^-\D/.test(value))) throw needs(name)
      return [name, value]
  }
}

function checkAlternatives(given: Given): void {
  for (const [one, other, why] of alternatives) {
    if (given.has(one) && given.has(other))
      throw new Refusal(`--${one} and --${other} exclude each other: ${why}`, other)
  }
}

function readConfig(file: string, readFile: (path: string) => string): string {
  try {
    return readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new Refusal(`--config: no file at ${file}`)
    if (code === undefined) throw error
    throw new Refusal(`--config: ${file} cannot be read (${code})`)
  }
}

/** The file's, but for what the command line says otherwise. */
function merged(given: Given, takenBack: ReadonlySet<OptionName>, config: Config): Given {
  const all = new Map(config.given)
  for (const option of takenBack) {
    for (const each of [option, ...(dependents.get(option) ?? [])]) all.delete(each)
  }
  for (const [one, other] of alternatives) {
    if (given.has(one)) all.delete(other)
    if (given.has(other)) all.delete(one)
  }
  for (const [option, values] of given) all.set(option, values)
  return all
}

function serve(
  folders: readonly string[],
  given: Given,
  environment: Readonly<Record<string, string | undefined>>,
): Arguments {
  const [folder = '.', ...others] = folders
  if (others.length > 0)
    throw new Refusal(`Only one folder can be served, but ${folders.length} are given: ${folders.join(', ')}`)
  if (folder === '') throw new Refusal('The name of the folder is empty; use . for the current one')
  const last = (option: OptionName) => given.get(option)?.at(-1)
  const host = given.has('lan') ? '*' : hostOf(last('host') ?? 'localhost')
  if (given.has('qr') && /^(?:localhost|127\..*|::1)$/.test(host))
    throw new Refusal('--qr is for other devices, which cannot open localhost: add --lan', 'qr')
  return {
    action: 'serve',
    options: {
      folder,
      host,
      port: portOf(last('port')),
      listing: !given.has('no-listing'),
      dotfiles: given.has('dotfiles'),
      open: given.has('open'),
      qr: given.has('qr'),
      log: given.has('quiet') ? 'none' : logOf(last('log') ?? 'combined'),
      certificate: certificateOf(last('cert'), last('key'), given.has('https')),
      engine: engineOptions(given, environment),
    },
  }
}

function certificateOf(
  certFile: string | undefined,
  keyFile: string | undefined,
  isSecure: boolean,
): ServeArguments['certificate'] {
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile }
  if (certFile !== undefined)
    throw new Refusal('--cert needs --key with it: the file with its private key', 'cert')
  if (keyFile !== undefined)
    throw new Refusal('--key needs --cert with it: the file with the certificate', 'key')
  return isSecure ? 'own' : 'none'
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw needs('port', text)
  return port
}

function hostOf(text: string): string {
  const address = text.replace(/^\[(.*)\]$/, '$1') // as it stands in a URL
  if (address.includes('%'))
    throw new Refusal(`--host takes no zone, because no URL can hold one: "${text}"`, 'host')
  const isUsable = address === 'localhost' || (isIP(address) !== 0 && !isForMany.test(address))
  if (!isUsable) throw needs('host', text)
  return address
}

function logOf(text: string): 'combined' | 'json' {
  if (text !== 'combined' && text !== 'json') throw needs('log', text)
  return text
}
