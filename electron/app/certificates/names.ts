/**
 * The names under which this computer can be asked for over HTTPS, and those
 * that our authority may ever certify: names and addresses that nobody on the
 * Internet can own, and the computer's own. A certificate with one name outside
 * is refused whole by browsers, so what is not permitted is left out before.
 */
import { BlockList, isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { domainToASCII } from 'node:url'

/** A host name in lower case, or an address in the form that URLs have. */
export type Name = string

/** A name with all that is below it, or a range of addresses (`10.0.0.0/8`). */
export type Subtree = string

const always: readonly Subtree[] = [
  'localhost',
  'local', // multicast DNS, RFC 6762
  '127.0.0.0/8',
  '10.0.0.0/8', // RFC 1918, as the next two
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16', // link-local, RFC 3927
  '100.64.0.0/10', // shared address space, RFC 6598: what many VPNs use
  '::1/128',
  'fe80::/10',
  'fc00::/7', // unique local, RFC 4193
]

/** All names and addresses that lead here just now, `localhost` first. */
export function namesOfComputer(host = hostname(), interfaces = networkInterfaces()): readonly Name[] {
  const names = new Set<Name>(['localhost', '127.0.0.1', '::1'])
  for (const name of hostNames(host)) names.add(name)
  for (const list of Object.values(interfaces)) {
    for (const { address, internal } of list ?? []) {
      // Link-local IPv6 needs a zone, which neither a certificate nor a browser's URL can hold.
      if (!internal && !/^fe80:/i.test(address)) names.add(canonical(address))
    }
  }
  return [...names]
}

/** `annas-mac` or `annas-mac.fritz.box`: itself, and what multicast DNS calls it. */
function hostNames(host: string): Name[] {
  const own = canonical(host)
  if (!isHostName(own) || own === 'localhost' || own.endsWith('.localhost')) return []
  const label = own.split('.', 1)[0] ?? ''
  const names = own.endsWith('.local') ? [own, own.slice(0, -'.local'.length)] : [own, `${label}.local`]
  return names.filter(isHostName)
}

/** What a new authority on a computer with these names is limited to. */
export function permittedSubtrees(names: readonly Name[]): readonly Subtree[] {
  const permits = createNameCheck(always)
  const own = names.filter(name => isIP(name) === 0 && !permits(name) && !canBeTopLevel(name))
  return [...always, ...own]
}

/**
 * A permitted name permits all below it, so a computer called `dev` would give the authority a whole
 * top-level domain. Those consist of letters only, or start with `xn--`.
 */
function canBeTopLevel(name: Name): boolean {
  return /^(?:[a-z]+|xn--.*)$/.test(name) && !name.includes('.')
}

/** As RFC 5280 §4.2.1.10 says for dNSName and iPAddress. */
export function createNameCheck(subtrees: readonly Subtree[]): (name: Name) => boolean {
  const domains: Name[] = []
  const ranges = new BlockList()
  for (const subtree of subtrees) {
    const [address = '', prefix] = subtree.split('/')
    if (prefix === undefined) domains.push(subtree)
    else ranges.addSubnet(address, Number(prefix), familyOf(address))
  }
  return name =>
    isIP(name) !== 0
      ? ranges.check(name, familyOf(name))
      : isHostName(name) && domains.some(domain => name === domain || name.endsWith(`.${domain}`))
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** One spelling for each name, so that they can be compared. */
export function canonical(name: string): Name {
  if (isIP(name) === 4) return name
  // The URL parser shortens as RFC 5952 says, and writes an IPv4 part in hexadecimal.
  if (isIP(name) === 6) return new URL(`http://[${name.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  return domainToASCII(name.replace(/\.$/, '')).toLowerCase()
}

/**
 * Fit for a dNSName. Stricter than the system, which allows names such as `my_pc` or `4711`: some
 * browsers refuse a whole certificate for one name that they cannot read.
 */
export function isHostName(name: string): boolean {
  const labels = name.split('.')
  return (
    name.length <= 253 &&
    labels.every(label => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  )
}
