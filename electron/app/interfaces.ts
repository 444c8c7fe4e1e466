/**
 * Network interfaces in people's words: `en0` is Wi-Fi, `utun3` a VPN. Names of
 * macOS are asked for once, when a site is first shared; the other systems'
 * say enough. What only this computer's own containers and virtual machines
 * see is left out, as are link-local addresses, which no URL can hold.
 */
import type { HostInfo } from '../contract.ts'
import type { Origin } from '../engine/types.ts'
import type { RunCommand } from './trust-store.ts'

type Os = HostInfo['os']

export interface InterfaceNames {
  /** What other devices may use, with interfaces named; those that people know first, one IPv6 address each. */
  name(origins: readonly Origin[]): readonly Origin[]
  /** Asks the system for its names, once. True: they are new, so that what was named before may be named better. */
  learn(): Promise<boolean>
}

export interface InterfaceNamesOptions {
  readonly os: Os
  readonly run: RunCommand
}

const TIME_LIMIT = 5000

export function createInterfaceNames({ os, run }: InterfaceNamesOptions): InterfaceNames {
  let ports: ReadonlyMap<string, string> = new Map()
  let learning: Promise<boolean> | undefined
  return {
    name: origins => nameOrigins(origins, name => describeInterface(name, os, ports)),
    async learn() {
      if (os !== 'darwin' || learning) return false
      learning = run('/usr/sbin/networksetup', ['-listallhardwareports'], TIME_LIMIT)
        .then(result => {
          if (result !== 'missing') ports = parseHardwarePorts(result.stdout)
          return ports.size > 0
        })
        .catch(() => false)
      return learning
    },
  }
}

// ---- One interface ----

export interface InterfaceWords {
  readonly label: string
  /** What others reach it by, rather than what only carries traffic elsewhere. */
  readonly kind: 'network' | 'vpn'
}

/** Null: no other device is behind it. */
export function describeInterface(
  name: string,
  os: Os,
  ports: ReadonlyMap<string, string> = new Map(),
): InterfaceWords | null {
  if (HIDDEN[os].test(name)) return null
  const port = ports.get(name)
  if (port !== undefined) return { label: port, kind: 'network' }
  const rule = RULES[os].find(([pattern]) => pattern.test(name))
  return rule ? { label: rule[1] || name, kind: rule[2] ?? 'network' } : { label: name, kind: 'network' }
}

/** Of containers, of virtual machines, and of the system's own wireless services. */
const HIDDEN: Readonly<Record<Os, RegExp>> = {
  linux:
    /^(?:docker|veth|virbr|vmnet|vboxnet|lxc|lxd|incus|podman|cni|cali|flannel|kube)|^br-[0-9a-f]{8,}$|^vnet\d/,
  darwin: /^(?:awdl|llw|anpi|ap|vmenet|vmnet|vboxnet|gif|stf)\d|^bridge1\d\d$/,
  win32: /^vEthernet|VirtualBox|VMware|Hyper-V|Loopback/i,
}

type Rule = readonly [pattern: RegExp, label: string, kind?: InterfaceWords['kind']]

/** An empty label: its own name is as good. */
const RULES: Readonly<Record<Os, readonly Rule[]>> = {
  linux: [
    [/^wlp?|^wl[xos]|^wifi/, 'Wi-Fi'],
    [/^(?:ww|rmnet)/, 'Mobile'],
    [/^usb/, 'USB'],
    [/^tailscale/, 'Tailscale', 'vpn'],
    [/^zt/, 'ZeroTier', 'vpn'],
    [/^(?:tun|tap|wg|ppp|ipsec|vpn|nordlynx|proton|pvpn|mullvad|wgpia|gpd|cscotun|outline)/i, 'VPN', 'vpn'],
    [/^(?:en|eth|em\d|br\d|bond|team)/, 'Ethernet'],
  ],
  darwin: [[/^(?:utun|ppp|ipsec|tun|tap|wg)/, 'VPN', 'vpn']],
  win32: [
    [/vpn|wireguard|nordlynx|openvpn|\btap\b|\btun\b|tailscale|zerotier|mullvad|anyconnect/i, '', 'vpn'],
  ],
}

/** `networksetup -listallhardwareports`: a block each, with `Hardware Port: Wi-Fi` and `Device: en0`. */
export function parseHardwarePorts(output: string): ReadonlyMap<string, string> {
  const ports = new Map<string, string>()
  let label = ''
  for (const line of output.split('\n')) {
    const [, key, value = ''] = /^(Hardware Port|Device): (.+)$/.exec(line.trim()) ?? []
    if (key === 'Hardware Port') label = value.slice(0, 60)
    else if (key === 'Device' && label) ports.set(value, label)
  }
  return ports
}

// ---- All of them ----

function nameOrigins(
  origins: readonly Origin[],
  describe: (name: string) => InterfaceWords | null,
): readonly Origin[] {
  const labels = createLabels()
  const seen = new Set<string>()
  const named: { readonly origin: Origin; readonly rank: number }[] = []
  for (const origin of origins) {
    const { interfaceName, host } = origin
    if (origin.reach === 'loopback' || interfaceName === undefined) {
      named.push({ origin, rank: -1 })
      continue
    }
    const words = describe(interfaceName)
    if (words === null || host.startsWith('169.254.')) continue
    const isV6 = host.startsWith('[')
    // An interface has several IPv6 addresses, some of which change daily: one is enough.
    if (isV6 && seen.has(interfaceName)) continue
    if (isV6) seen.add(interfaceName)
    const rank = (isV6 ? 2 : 0) + (words.kind === 'vpn' ? 1 : 0)
    named.push({ origin: { ...origin, interfaceName: labels(interfaceName, words.label) }, rank })
  }
  return named.sort((a, b) => a.rank - b.rank).map(({ origin }) => origin)
}

/** Two sockets for cables are `Ethernet` and `Ethernet 2`. */
function createLabels(): (interfaceName: string, label: string) => string {
  const known = new Map<string, string>()
  const counts = new Map<string, number>()
  return (interfaceName, label) => {
    const before = known.get(interfaceName)
    if (before !== undefined) return before
    const count = (counts.get(label) ?? 0) + 1
    counts.set(label, count)
    const own = count === 1 ? label : `${label} ${count}`
    known.set(interfaceName, own)
    return own
  }
}
