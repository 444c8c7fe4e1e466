/**
 * Bind address -> the origins under which a server can be reached. Asked anew
 * each time, since networks come and go while a server runs.
 */
import { isIP } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { isLoopbackAddress } from './host-names.ts'
import type { Origin } from './types.ts'

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

/** Loopback first, then IPv4 before IPv6, as they are easier to read out and to type. */
export function originsOf(
  host: string,
  port: number,
  interfaces?: Interfaces,
  scheme: Scheme = 'http',
): readonly Origin[] {
  const origins = httpOrigins(host, port, interfaces)
  if (scheme === 'http') return origins
  return origins.map(origin => ({ ...origin, url: urlOf(scheme, origin.host, port) }))
}

type Scheme = 'http' | 'https'
/** The port that a scheme means without one (RFC 9110 §4.2). */
const DEFAULT_PORTS = { http: 80, https: 443 } as const

function urlOf(scheme: Scheme, host: string, port: number): string {
  return port === DEFAULT_PORTS[scheme] ? `${scheme}://${host}` : `${scheme}://${host}:${port}`
}

function httpOrigins(host: string, port: number, interfaces?: Interfaces): readonly Origin[] {
  if (host === 'localhost') return [origin('localhost', port, 'loopback')]
  const network = networkOrigins(port, interfaces ?? networkInterfaces())
  if (host === '*') return [origin('localhost', port, 'loopback'), ...network]
  // The unspecified address is no place to go to.
  if (host === '0.0.0.0') return [origin('127.0.0.1', port, 'loopback'), ...network.filter(isV4)]
  if (/^[0:]+$/.test(host)) return [origin('localhost', port, 'loopback'), ...network]
  const urlHost = isIP(host) === 6 ? `[${host}]` : host
  if (isLoopbackAddress(host)) return [origin(urlHost, port, 'loopback')]
  return [network.find(known => known.host === urlHost) ?? origin(urlHost, port, 'network')]
}

const isV4 = (candidate: Origin): boolean => !candidate.host.startsWith('[')

function origin(host: string, port: number, reach: Origin['reach'], interfaceName?: string): Origin {
  return {
    url: urlOf('http', host, port),
    host,
    port,
    reach,
    ...(interfaceName === undefined ? {} : { interfaceName }),
  }
}

function networkOrigins(port: number, interfaces: Interfaces): Origin[] {
  const v4: Origin[] = []
  const v6: Origin[] = []
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    for (const { address, family, internal } of addresses) {
      // Link-local IPv6 needs a zone, which no URL of a browser can hold.
      if (internal || /^fe80:/i.test(address)) continue
      if (family === 'IPv4') v4.push(origin(address, port, 'network', name))
      else v6.push(origin(`[${address}]`, port, 'network', name))
    }
  }
  return [...v4, ...v6]
}
