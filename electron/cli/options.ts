/**
 * The options of the terminal command: their names, what each takes, and what
 * other servers call them. Arguments and the file of `--config` share them, so
 * that both are refused in the same words.
 */

/** `optional`: a switch that may have a value, as `--cors=ORIGIN`; `many`: may be repeated. */
type Kind = 'switch' | 'optional' | 'value' | 'many'

interface Option {
  readonly kind: Kind
  readonly short?: string
  /** Ends the sentence `--port needs`. */
  readonly needs?: string
}

const milliseconds = 'milliseconds, such as 10000'

export const options = {
  port: { kind: 'value', short: 'p', needs: 'a number from 0 to 65535, such as --port 8080' },
  host: { kind: 'value', needs: 'an IP address or localhost, such as --host 127.0.0.1' },
  lan: { kind: 'switch' },
  qr: { kind: 'switch' },
  open: { kind: 'switch' },
  quiet: { kind: 'switch', short: 'q' },
  log: { kind: 'value', needs: 'combined or json' },
  config: { kind: 'value', needs: 'a file, such as --config servebar.json' },

  index: { kind: 'many', needs: 'names of files, such as --index index.html,index.htm' },
  'no-index': { kind: 'switch' },
  'no-listing': { kind: 'switch' },
  dotfiles: { kind: 'switch' },
  symlinks: { kind: 'value', needs: 'confined, follow or refuse' },
  spa: { kind: 'switch' },
  'clean-urls': { kind: 'switch' },
  rules: { kind: 'optional', needs: 'no value, netlify or cloudflare, such as --rules=cloudflare' },
  live: { kind: 'switch' },
  zip: { kind: 'switch' },

  https: { kind: 'switch' },
  cert: { kind: 'value', needs: 'a file, such as --cert cert.pem --key key.pem' },
  key: { kind: 'value', needs: 'a file, such as --cert cert.pem --key key.pem' },
  cache: { kind: 'value', needs: 'no-cache, no-store, immutable or a number of seconds' },
  'no-compress': { kind: 'switch' },
  cors: { kind: 'optional', needs: 'an origin, such as --cors=https://app.example' },
  isolate: { kind: 'switch' },
  header: { kind: 'many', short: 'H', needs: "a field, such as --header 'X-Frame-Options: DENY'" },
  throttle: { kind: 'value', needs: 'slow-3g, fast-3g, flaky, or kbit/s and ms such as --throttle 400,2000' },

  auth: {
    kind: 'value',
    needs: 'USER:PASSWORD, or USER and the password in the variable SERVEBAR_PASSWORD',
  },
  upload: { kind: 'optional', needs: 'no value, or overwrite: --upload=overwrite' },
  'max-upload': { kind: 'value', needs: 'a size, such as --max-upload 500M' },
  manage: { kind: 'switch' },
  'allow-host': { kind: 'many', needs: 'names of hosts, such as --allow-host site.test' },

  'headers-timeout': { kind: 'value', needs: milliseconds },
  'request-timeout': { kind: 'value', needs: milliseconds },
  'keep-alive-timeout': { kind: 'value', needs: milliseconds },
  'max-connections': { kind: 'value', needs: 'a number from 1' },

  trust: { kind: 'switch' },
  untrust: { kind: 'switch' },
  help: { kind: 'switch', short: 'h' },
  version: { kind: 'switch', short: 'V' },
} as const satisfies Readonly<Record<string, Option>>

export type OptionName = keyof typeof options

/** The value of a switch that is on; one that is off is not given. */
export const ON = ''

/** What was asked for, each option with its values in order. */
export type Given = ReadonlyMap<OptionName, readonly string[]>

/** Of each only one can hold, so one on the command line takes the place of another in the file. */
export const alternatives: readonly (readonly [one: OptionName, other: OptionName, why: string])[] = [
  ['host', 'lan', '--lan listens on every address'],
  ['quiet', 'log', 'leave out one of them'],
  ['index', 'no-index', 'leave out one of them'],
  ['trust', 'untrust', 'leave out one of them'],
]

/** `option`: the one that it is about. */
export class Refusal extends Error {
  readonly option: OptionName | undefined

  constructor(message: string, option?: OptionName) {
    super(message)
    this.option = option
  }
}

/** `text`: what was given instead; left out where it may be a secret. */
export function needs(name: OptionName, text?: string): Refusal {
  const { needs: what = 'no value' }: Option = options[name]
  return new Refusal(`--${name} needs ${what}${text === undefined ? '' : `, not "${text}"`}`, name)
}

export function isOption(name: string): name is OptionName {
  return Object.hasOwn(options, name)
}

export function kindOf(name: OptionName): Kind {
  return options[name].kind
}

/** They are about the command itself, not about how a folder is served: in no file, and never taken back. */
export const commandOnly: readonly OptionName[] = ['config', 'help', 'version', 'trust', 'untrust']

/**
 * `--no-log` would read as no log, and `--no-symlinks` as none; what they have without the file is a value of
 * each, and `--no-index` is an option.
 */
const neverTakenBack: readonly OptionName[] = [...commandOnly, 'index', 'log', 'symlinks']

/** `--no-live` takes back `--live`, and `--listing` what the file of `--config` says of `no-listing`. */
export function takenBackBy(name: string): OptionName | null {
  const opposite = name.startsWith('no-') ? name.slice(3) : `no-${name}`
  return isOption(opposite) && !neverTakenBack.includes(opposite) ? opposite : null
}

/** What makes no sense without it, so that it is taken back with it. */
export const dependents: ReadonlyMap<OptionName, readonly OptionName[]> = new Map([
  ['host', ['qr']],
  ['lan', ['qr']],
  ['upload', ['max-upload']],
  ['cert', ['key']],
  ['key', ['cert']],
])

/** What other servers call it. */
const otherNames = new Map<string, OptionName>([
  ['a', 'host'],
  ['address', 'host'],
  ['bind', 'host'],
  ['b', 'host'],
  ['interfaces', 'host'],
  ['i', 'host'],
  ['l', 'port'],
  ['listen', 'port'],
  ['P', 'port'],
  ['o', 'open'],
  ['browser', 'open'],
  ['s', 'quiet'],
  ['silent', 'quiet'],
  ['no-log', 'quiet'],
  ['log-format', 'log'],
  ['no-dir-listing', 'no-listing'],
  ['disable-indexing', 'no-listing'],
  ['hidden', 'dotfiles'],
  ['network', 'lan'],
  ['public', 'lan'],
  ['share', 'lan'],
  ['expose', 'lan'],
  ['qrcode', 'qr'],
  ['v', 'version'],
  ['c', 'cache'],
  ['max-age', 'cache'],
  ['single', 'spa'],
  ['fallback', 'spa'],
  ['history', 'spa'],
  ['rewrite', 'rules'],
  ['render-spa', 'spa'],
  ['pretty-urls', 'clean-urls'],
  ['no-compression', 'no-compress'],
  ['no-gzip', 'no-compress'],
  ['username', 'auth'],
  ['password', 'auth'],
  ['basic', 'auth'],
  ['basic-auth', 'auth'],
  ['allowed-hosts', 'allow-host'],
  ['hosts', 'allow-host'],
  ['follow', 'symlinks'],
  ['no-symlinks', 'symlinks'],
  ['S', 'https'],
  ['tls', 'https'],
  ['ssl', 'https'],
  ['secure', 'https'],
  ['C', 'cert'],
  ['ssl-cert', 'cert'],
  ['tls-cert', 'cert'],
  ['K', 'key'],
  ['ssl-key', 'key'],
  ['tls-key', 'key'],
  ['ssl-pass', 'key'],
  ['livereload', 'live'],
  ['live-reload', 'live'],
  ['reload', 'live'],
  ['watch', 'live'],
  ['w', 'live'],
  ['u', 'upload'],
  ['uploads', 'upload'],
  ['upload-files', 'upload'],
  ['allow-upload', 'upload'],
  ['overwrite-files', 'upload'],
  ['overwrite', 'upload'],
  ['max-size', 'max-upload'],
  ['delete', 'manage'],
  ['allow-delete', 'manage'],
  ['rm', 'manage'],
  ['A', 'manage'],
  ['allow-all', 'manage'],
  ['z', 'zip'],
  ['archive', 'zip'],
  ['allow-archive', 'zip'],
  ['enable-zip', 'zip'],
  ['coi', 'isolate'],
  ['coop', 'isolate'],
  ['cross-origin-isolation', 'isolate'],
  ['enable-cors', 'cors'],
  ['allow-origin', 'cors'],
  ['slow', 'throttle'],
  ['limit-rate', 'throttle'],
  ['install', 'trust'],
  ['no-trust', 'untrust'],
])

/** What was meant by a name that is none: as other servers call it, two slips away at most, or begun. */
export function meantBy(name: string): OptionName | undefined {
  const known = otherNames.get(name)
  if (known !== undefined || name.length < 2) return known
  const ranked = (Object.keys(options) as OptionName[])
    .map(option => ({ option, slips: option.startsWith(name) ? 0 : editDistance(name, option) }))
    .sort((one, other) => one.slips - other.slips)
  const [best] = ranked
  return best && best.slips <= Math.min(2, name.length - 2) ? best.option : undefined
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
