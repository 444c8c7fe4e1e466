/**
 * What was asked for -> options of the engine, only those that were asked for.
 * What each of them takes is asked of the engine itself, and its answer said of
 * the argument.
 */
import { isOptionError, resolveOptions } from '../engine/options.ts'
import { parseThrottle } from '../engine/throttle.ts'
import type {
  CachePolicy,
  Field,
  RulesChoice,
  ServerOptions,
  SymlinkPolicy,
  ThrottleNumbers,
  UploadOptions,
} from '../engine/types.ts'
import { type Given, needs, ON, type OptionName, Refusal } from './options.ts'

type Environment = Readonly<Record<string, string | undefined>>

export function engineOptions(given: Given, environment: Environment): Partial<ServerOptions> {
  const engine: { -readonly [Option in keyof ServerOptions]?: ServerOptions[Option] } = {}
  const last = (option: OptionName) => given.get(option)?.at(-1)
  const cors = last('cors')
  const symlinks = last('symlinks')
  const cache = last('cache')
  const auth = last('auth')
  const throttle = last('throttle')
  const rules = last('rules')
  if (given.has('index')) engine.index = listOf(given.get('index'))
  if (given.has('no-index')) engine.index = []
  // The engine says what is wrong with a value that is none.
  if (symlinks !== undefined) engine.symlinks = symlinks as SymlinkPolicy
  if (cache !== undefined) engine.cache = /^\d+$/.test(cache) ? Number(cache) : (cache as CachePolicy)
  if (rules !== undefined) engine.hostRules = hostOf(rules)
  if (given.has('no-compress')) engine.codings = false
  if (cors !== undefined) engine.cors = cors === ON ? 'any' : cors
  if (given.has('header')) engine.fields = (given.get('header') ?? []).map(fieldOf)
  if (throttle !== undefined) engine.throttle = throttleOf(throttle)
  if (auth !== undefined) engine.auth = authOf(auth, environment.SERVEBAR_PASSWORD)
  if (given.has('allow-host')) engine.hosts = listOf(given.get('allow-host'))
  const uploads = uploadsOf(last('upload'), last('max-upload'))
  if (uploads !== null) engine.uploads = uploads
  for (const [flag, option] of SWITCHES) {
    if (given.has(flag)) engine[option] = true
  }
  for (const [flag, option] of LIMITS) {
    const text = last(flag)
    if (text !== undefined) engine[option] = /^\d+$/.test(text) ? Number(text) : Number.NaN
  }
  return checked(engine)
}

const SWITCHES = [
  ['spa', 'spa'],
  ['clean-urls', 'cleanUrls'],
  ['live', 'liveReload'],
  ['isolate', 'isolate'],
  ['manage', 'manage'],
  ['zip', 'zip'],
] as const

const LIMITS = [
  ['headers-timeout', 'headersTimeout'],
  ['request-timeout', 'requestTimeout'],
  ['keep-alive-timeout', 'keepAliveTimeout'],
  ['max-connections', 'maxConnections'],
] as const

/** Without a name, it is told by the files of the project. */
function hostOf(text: string): RulesChoice {
  const host = HOSTS.find(each => each === text)
  if (host !== undefined) return host
  if (text === ON) return 'auto'
  throw needs('rules', text)
}

const HOSTS = ['auto', 'netlify', 'cloudflare'] as const

/** The engine's own check, said of the argument. */
function checked(engine: Partial<ServerOptions>): Partial<ServerOptions> {
  try {
    // Where the folder is does not matter to the rest.
    const rest = { host: 'localhost', port: 0, portFallback: false, name: '', listing: true, dotfiles: false }
    resolveOptions({ root: '/', ...rest, ...engine })
    return engine
  } catch (error) {
    if (!isOptionError(error)) throw error
    const option = optionOf(error.option)
    throw new Refusal(`--${option}: ${error.remedy}`, option)
  }
}

/** The names that differ are in a table; all others in capital letters only. */
function optionOf(name: string): OptionName {
  if (name === 'fields') return 'header'
  if (name === 'hosts') return 'allow-host'
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`) as OptionName
}

function listOf(values: readonly string[] = []): string[] {
  return values.flatMap(value => value.split(',').map(name => name.trim()))
}

function fieldOf(text: string): Field {
  const colon = text.indexOf(':')
  if (colon < 0) throw needs('header', text)
  return [text.slice(0, colon), text.slice(colon + 1).trim()]
}

function throttleOf(text: string): ThrottleNumbers | null {
  try {
    return parseThrottle(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Refusal(`--throttle: ${error.message}`, 'throttle')
  }
}

function uploadsOf(upload: string | undefined, most: string | undefined): UploadOptions | null {
  if (upload === undefined) {
    if (most !== undefined)
      throw new Refusal('--max-upload is about --upload, which is not given', 'max-upload')
    return null
  }
  if (upload !== ON && upload !== 'overwrite') throw needs('upload', upload)
  return {
    ...(upload === 'overwrite' ? { overwrite: true } : {}),
    ...(most === undefined ? {} : { maxSize: sizeOf(most) }),
  }
}

/** `K`, `M`, `G`, `T` are powers of 1024, as with most tools. */
function sizeOf(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?$/i.exec(text) ?? []
  const size = Math.floor(Number(digits) * 1024 ** ' KMGT'.indexOf(unit.toUpperCase() || ' '))
  if (!(Number.isSafeInteger(size) && size > 0)) throw needs('max-upload', text)
  return size
}

/** What was given is not repeated in a message: it may hold a password. */
function authOf(text: string, fromEnvironment: string | undefined): { user: string; password: string } {
  const colon = text.indexOf(':')
  if (colon >= 0) return { user: text.slice(0, colon), password: text.slice(colon + 1) }
  if (fromEnvironment === undefined) throw needs('auth')
  return { user: text, password: fromEnvironment }
}
