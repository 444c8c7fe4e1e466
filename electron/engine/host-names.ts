/**
 * Which Host a request may name (RFC 9110 §7.2, §15.5.20). A page of another
 * site can point its own name at this address (DNS rebinding); only names that
 * nobody else can own are answered. Ports are not compared: tunnels and
 * containers change them.
 */
import { isIP } from 'node:net'
import { hostname } from 'node:os'

export type HostDecision = 'served' | 'foreign' | 'malformed'

// Both cases are spelt out: what ignores case takes V8 five times as long to prepare, at the first request.
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+(?:%25[\w.~-]+)?\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::\d*)?$/

/** `host` is the bind address of ServerOptions; `allowed` are the further names of its option `hosts`. */
export function createHostCheck(
  host: string,
  allowed: readonly string[] = [],
): (authority: string) => HostDecision {
  const loopbackOnly = host === 'localhost' || isLoopbackAddress(host)
  const ownNames = loopbackOnly ? [] : namesOf(hostname())
  const decide = (authority: string): HostDecision => {
    const match = AUTHORITY.exec(authority)
    if (!match) return 'malformed'
    const name = (match[1] ?? '').toLowerCase().replace(/\.$/, '')
    const address = name.startsWith('[') ? name.slice(1, -1).replace(/%25.*$/, '') : name
    if (name.startsWith('[') && isIP(address) !== 6) return 'malformed'
    if (name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(address)) return 'served'
    if (isAllowed(name, allowed)) return 'served'
    if (loopbackOnly) return 'foreign'
    return isIP(address) !== 0 || ownNames.includes(name) ? 'served' : 'foreign'
  }
  // A browser sends the same few values again and again.
  const known = new Map<string, HostDecision>()
  return authority => {
    let decision = known.get(authority)
    if (decision === undefined) {
      decision = decide(authority)
      if (known.size < 100) known.set(authority, decision)
    }
    return decision
  }
}

/** Under which the computer may be known on its network; multicast DNS has only the first label (RFC 6762 §3). */
function namesOf(computer: string): string[] {
  const name = computer.toLowerCase().replace(/\.$/, '')
  return [name, `${name}.local`, `${name.split('.', 1)[0]}.local`, name.replace(/\.local$/, '')]
}

/** `*.site.test` stands for what is below site.test, not for itself. */
function isAllowed(name: string, allowed: readonly string[]): boolean {
  return allowed.some(own => (own.startsWith('*.') ? name.endsWith(own.slice(1)) : name === own))
}

export function isLoopbackAddress(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : LOOPBACK_V6.test(address)
}

const LOOPBACK_V6 = /^(?:(?:0{0,4}:){1,7}0{0,3}1|::ffff:127\.\d+\.\d+\.\d+)$/i
