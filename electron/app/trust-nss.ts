/**
 * Trust in the browsers of Linux, which do not read the system's list: NSS
 * databases, by the certutil of NSS. Chromium and its relatives share one per
 * user, each Firefox profile has its own, snaps and flatpaks have theirs.
 */
import { X509Certificate } from 'node:crypto'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { commonName } from './certificates/authority.ts'
import { pemBlocks } from './certificates/pem.ts'
import { systemError } from './problems.ts'
import { failure, runTool } from './trust-command.ts'
import {
  type Anchor,
  type CommandResult,
  type TrustContext,
  TrustError,
  type TrustPlace,
  type TrustStore,
} from './trust-store.ts'

const CERTUTIL = 'certutil'
/** Trusted to certify servers, for nothing else. */
const SERVERS = 'C,,'

export async function nssStores(context: TrustContext): Promise<readonly TrustStore[]> {
  return (await nssPlaces(context)).map(place => nssStore(place, context))
}

function nssStore(place: TrustPlace, { run }: TrustContext): TrustStore {
  // An empty file for the password, or certutil would ask on the terminal.
  const common = ['-d', `sql:${place.path}`, '-f', '/dev/null']
  const certutil = (...args: string[]) => runTool(run, CERTUTIL, [...args, ...common])

  /** Under whatever nickname: the user may have imported it by hand. */
  async function find(anchor: Anchor): Promise<{ nickname: string; trusted: boolean } | null> {
    if (!(await isFile(join(place.path, 'cert9.db')))) return null
    const list = await certutil('-L')
    if (list.code !== 0) throw obstacle(list)
    for (const { nickname, flags } of parseList(list.stdout)) {
      if (!nickname.includes('Servebar')) continue
      const { stdout } = await certutil('-L', '-n', nickname, '-a')
      if (isAmong(anchor.certificate, stdout)) return { nickname, trusted: flags.startsWith('C') }
    }
    return null
  }

  return {
    ...place,
    async look(anchor) {
      const found = await find(anchor)
      return found ? (found.trusted ? 'trusted' : 'stored') : 'absent'
    },
    async install(anchor) {
      if (!(await isFile(join(place.path, 'cert9.db')))) {
        await mkdir(place.path, { recursive: true, mode: 0o700 }).catch(error => {
          throw new TrustError({ kind: 'failed', tool: CERTUTIL, message: String(systemError(error).code) })
        })
        // Without -f, which would ask that the password be longer.
        const made = await runTool(run, CERTUTIL, ['-N', '-d', `sql:${place.path}`, '--empty-password'])
        if (made.code !== 0) throw obstacle(made)
      }
      const result = await certutil('-A', '-t', SERVERS, '-n', nicknameOf(anchor), '-i', anchor.file)
      if (result.code === 0) return
      // It stores the certificate before it fails to trust it.
      const rest = await find(anchor)
      if (rest && !rest.trusted) await certutil('-D', '-n', rest.nickname)
      throw obstacle(result)
    },
    async remove(anchor) {
      const found = await find(anchor)
      if (!found) return
      const result = await certutil('-D', '-n', found.nickname)
      if (result.code !== 0) throw obstacle(result)
    },
  }
}

function obstacle(result: CommandResult): TrustError {
  const isLocked = /SEC_ERROR_BAD_PASSWORD|could not authenticate/i.test(result.stderr)
  return isLocked ? new TrustError({ kind: 'locked' }) : failure(CERTUTIL, result)
}

/** NSS wants one for each name, and takes what stands before a colon for the name of a device. */
function nicknameOf({ certificate }: Anchor): string {
  return `${commonName(certificate).replaceAll(':', ' ')} (${certificate.fingerprint256.replaceAll(':', '').slice(0, 6)})`
}

/** The output of `certutil -L`: a nickname and three groups of flags a line. */
export function parseList(output: string): readonly { nickname: string; flags: string }[] {
  return output.split('\n').flatMap(line => {
    const [, nickname = '', flags = ''] = /^(.+?)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$/.exec(line) ?? []
    // The heading looks like a row.
    return nickname && flags !== 'SSL,S/MIME,JAR/XPI' ? [{ nickname: nickname.trim(), flags }] : []
  })
}

function isAmong(certificate: X509Certificate, pem: string): boolean {
  return pemBlocks(pem).some(({ text }) => {
    try {
      return new X509Certificate(text).fingerprint256 === certificate.fingerprint256
    } catch {
      return false
    }
  })
}

// ---- Where they are ----

/** Folders of a home, or of a snap's or flatpak's own home, in which profiles of Firefox and its relatives are. */
const firefoxFolders = [
  '.mozilla/firefox',
  '.config/mozilla/firefox', // since version 147
  'config/mozilla/firefox', // the same within a flatpak
  '.librewolf',
  '.waterfox',
  '.zen',
  '.floorp',
]

/** Folders of ~/.config by which a browser shows that it is used here. */
const chromiumFolders = [
  'chromium',
  'google-chrome',
  'google-chrome-beta',
  'BraveSoftware',
  'microsoft-edge',
  'vivaldi',
  'opera',
]

export async function nssPlaces({ home, environment }: TrustContext): Promise<readonly TrustPlace[]> {
  const { XDG_DATA_HOME, XDG_CONFIG_HOME } = environment
  const data = XDG_DATA_HOME?.startsWith('/') ? XDG_DATA_HOME : join(home, '.local', 'share')
  const config = XDG_CONFIG_HOME?.startsWith('/') ? XDG_CONFIG_HOME : join(home, '.config')
  const oldDatabase = join(home, '.pki', 'nssdb')
  const databases = await existing([oldDatabase, join(data, 'pki', 'nssdb')])
  if (
    databases.length === 0 &&
    (await existing(chromiumFolders.map(name => join(config, name)))).length > 0
  ) {
    // Chromium has not needed one yet. Old versions know only this place, new ones prefer it.
    databases.push(oldDatabase)
  }
  const places: TrustPlace[] = databases.map(path => ({ kind: 'nss', owner: 'chromium', path }))
  places.push(...(await firefoxPlaces(home)))

  for (const [folder, homes] of [
    [join(home, 'snap'), ['current', 'common']],
    [join(home, '.var', 'app'), ['.']],
  ] as const) {
    for (const bundle of await namesIn(folder)) {
      for (const inner of homes.map(name => join(folder, bundle, name))) {
        const own = await existing(
          ['.pki/nssdb', '.local/share/pki/nssdb', 'data/pki/nssdb'].map(p => join(inner, p)),
        )
        places.push(...own.map(path => ({ kind: 'nss', owner: 'chromium', bundle, path }) as const))
        places.push(...(await firefoxPlaces(inner, bundle)))
      }
    }
  }
  return places
}

async function firefoxPlaces(home: string, bundle?: string): Promise<readonly TrustPlace[]> {
  const places: TrustPlace[] = []
  for (const folder of firefoxFolders.map(name => join(home, name))) {
    for (const profile of await namesIn(folder)) {
      const path = join(folder, profile)
      if (!(await isFile(join(path, 'cert9.db')))) continue
      places.push({ kind: 'nss', owner: 'firefox', path, ...(bundle === undefined ? {} : { bundle }) })
    }
  }
  return places
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort()
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(path => stat(path).catch(() => null)))
  return paths.filter((_, index) => found[index]?.isDirectory())
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}
