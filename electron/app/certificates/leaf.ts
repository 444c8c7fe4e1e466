/**
 * Leaf certificates of our own authority: for the names that lead to this
 * computer now, for a month, with a new key each that is in memory only. A
 * server is told when another one is due and takes it without a restart.
 */
import { X509Certificate } from 'node:crypto'
import { type Authority, BACKDATED } from './authority.ts'
import { canonical, isHostName, type Name, namesOfComputer } from './names.ts'
import { toPem } from './pem.ts'

const DAY = 24 * 60 * 60 * 1000

/** Far below the 825 days that Apple allows; one that is stolen from memory is soon worthless. */
export const LEAF_LIFETIME = 30 * DAY

/** Renewed with a third of its life left, so that a computer may sleep for days. */
export const LEAF_RESERVE = 10 * DAY

/** What a TLS server needs; a leaf of ours, or the user's own. The key is not among the properties, so no log shows it. */
export interface ServerCertificate {
  readonly certificate: X509Certificate
  readonly names: readonly Name[]
  readonly notAfter: Date
  /** For `https.createServer`, `http2.createSecureServer` and `setSecureContext`. PEM. */
  tls(): { readonly cert: string; readonly key: string }
}

export interface Leaf extends ServerCertificate {
  /** Names that were wanted, but that the authority may not certify: a public address, a new name of the computer. */
  readonly leftOut: readonly Name[]
}

export async function issueLeaf(
  authority: Authority,
  wanted: readonly Name[] = namesOfComputer(),
  now = new Date(),
): Promise<Leaf> {
  const { newKeyPair } = await import('./x509.ts')
  const names = wanted.filter(authority.permits)
  const { publicKey, privateKey } = await newKeyPair()
  const notAfter = new Date(Math.min(now.getTime() + LEAF_LIFETIME, authority.notAfter.getTime()))
  const notBefore = new Date(now.getTime() - BACKDATED)
  const der = await authority.certify({ names, publicKey, notBefore, notAfter })
  const cert = toPem('CERTIFICATE', der)
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return {
    certificate: new X509Certificate(der),
    names,
    notAfter,
    leftOut: wanted.filter(name => !authority.permits(name)),
    tls: () => ({ cert, key }),
  }
}

/**
 * Why another leaf is due, or null. A name that leads here no longer is no reason: the network that is
 * left for a moment comes back.
 */
export function renewalReason(
  leaf: Leaf,
  wanted: readonly Name[] = namesOfComputer(),
  now = new Date(),
): 'time' | 'names' | null {
  if (leaf.notAfter.getTime() - now.getTime() < LEAF_RESERVE) return 'time'
  // The clock was set back: the leaf is from a future.
  if (now < new Date(leaf.certificate.validFrom)) return 'time'
  const known = new Set([...leaf.names, ...leaf.leftOut])
  return wanted.every(name => known.has(name)) ? null : 'names'
}

export interface LeafKeeper {
  /** For connections that name no host: those that came by an address. It has all names. */
  readonly current: Leaf
  /** Looks at the clock and the names; true: `current` is another one now. */
  refresh(now?: Date, wanted?: readonly Name[]): Promise<boolean>
  /**
   * For SNICallback: the leaf for a host name; null for one that is not ours, `current` will do then. It has no
   * addresses: they are nobody's business, and old BoringSSL (in Node of Electron, in Dart) cannot check constraints
   * on them. A name below `localhost` has its own, because browsers take no wildcard directly below a top-level
   * domain.
   */
  forServerName(name: string): Promise<Leaf | null>
}

/** So many names below `localhost` are remembered; a client may ask for any. */
const MAX_EXTRA = 50

export async function keepLeaf(
  authority: Authority,
  wanted?: readonly Name[],
  now?: Date,
): Promise<LeafKeeper> {
  let current = await issueLeaf(authority, wanted, now)
  let hosts = await issueLeaf(authority, current.names.filter(isHostName), now)
  const extra = new Map<Name, Promise<Leaf>>()
  return {
    get current() {
      return current
    },
    async refresh(now, wanted) {
      for (const [name, leaf] of extra) if (renewalReason(await leaf, [name], now)) extra.delete(name)
      if (renewalReason(current, wanted, now) === null) return false
      const next = await issueLeaf(authority, wanted, now)
      hosts = await issueLeaf(authority, next.names.filter(isHostName), now)
      current = next
      return true
    },
    async forServerName(asked) {
      const name = canonical(asked)
      if (hosts.names.includes(name)) return hosts
      if (!name.endsWith('.localhost') || !isHostName(name)) return null
      const known = extra.get(name)
      if (known) return known
      const oldest = extra.keys().next()
      if (extra.size >= MAX_EXTRA && !oldest.done) extra.delete(oldest.value)
      const leaf = issueLeaf(authority, [name])
      extra.set(name, leaf)
      return leaf
    },
  }
}
