/**
 * Why another device may not reach a shared site, from the inside out: is it
 * bound, is there an address, does this computer reach itself by it, is a VPN
 * or a firewall in the way. Each finding says what to do. What lies outside of
 * this computer (a router that keeps guests apart) it cannot see.
 */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { HostInfo, Origin, ShareFinding, Site } from '../contract.ts'
import { describeInterface } from './interfaces.ts'
import { checkFirewall } from './share-firewall.ts'
import { runCommand } from './trust-command.ts'
import type { RunCommand } from './trust-store.ts'

export interface ShareCheckOptions {
  readonly os: HostInfo['os']
  /** Default: this computer's. */
  readonly interfaces?: () => NodeJS.Dict<NetworkInterfaceInfo[]>
  readonly run?: RunCommand
  readonly reaches?: (origin: Origin) => Promise<boolean>
  readonly read?: (file: string) => Promise<string>
}

const REACH_TIME = 3000

export async function checkShare(site: Site, options: ShareCheckOptions): Promise<readonly ShareFinding[]> {
  const { os, interfaces = networkInterfaces, run = runCommand, reaches = reachesItself, read } = options
  if (!site.options.share) {
    return [wrong('Sharing is off', 'Switch on “Share on network”.')]
  }
  if (site.status.phase !== 'listening') {
    return [wrong('The site is not running', 'Switch it on, then check again.')]
  }
  const { port } = site.options
  const bound = right(`It listens on port ${port} of every network`)
  const origins = site.status.origins.filter(origin => origin.reach === 'network')
  const [first] = origins
  if (first === undefined) {
    return [
      bound,
      wrong('Not connected to a network', 'Join the Wi-Fi that the phone is in, or plug in a cable.'),
    ]
  }
  const where = first.interfaceName === undefined ? '' : ` on ${first.interfaceName}`
  const [isReached, firewall] = await Promise.all([
    reaches(first).catch(() => false),
    checkFirewall({ os, port, program: process.execPath, run, ...(read && { read }) }),
  ])
  return [
    bound,
    right(`This computer has the address ${first.host}${where}`),
    isReached
      ? right(`This computer reaches the site at ${first.host}:${first.port}`)
      : wrong(
          `This computer does not reach the site at ${first.host}:${first.port}`,
          'Security software or a VPN may be in the way. Switch sharing off and on again.',
        ),
    ...vpnFindings(interfaces(), os, origins),
    ...firewall,
  ]
}

const right = (title: string): ShareFinding => ({ ok: true, title, detail: null, command: null })
const wrong = (title: string, detail: string): ShareFinding => ({ ok: false, title, detail, command: null })

/** Tailscale and ZeroTier add a network and take none away. */
const HARMLESS = /^(?:Tailscale|ZeroTier)/i

function vpnFindings(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
  os: HostInfo['os'],
  origins: readonly Origin[],
): readonly ShareFinding[] {
  const names = Object.entries(interfaces).flatMap(([name, list = []]) => {
    const words = describeInterface(name, os)
    const isUp = list.some(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    return words?.kind === 'vpn' && isUp && !HARMLESS.test(words.label) ? [words.label] : []
  })
  if (names.length === 0) return []
  const isAlone = origins.every(({ interfaceName = '' }) =>
    names.some(name => interfaceName.startsWith(name)),
  )
  return [
    wrong(
      isAlone ? 'This computer is only on a VPN' : 'A VPN is connected',
      isAlone
        ? 'Phones are not in it. Disconnect it, or join the Wi-Fi that the phone is in.'
        : 'It may keep other devices away. Allow access to the local network in its settings, or disconnect it for a while.',
    ),
  ]
}

/** Any answer will do, also one that asks for a password. */
function reachesItself(origin: Origin): Promise<boolean> {
  return new Promise(resolve => {
    const options = { method: 'HEAD', timeout: REACH_TIME, agent: false as const }
    const request = origin.url.startsWith('https:')
      ? // Whether the certificate is trusted is another question.
        requestHttps(origin.url, { ...options, rejectUnauthorized: false })
      : requestHttp(origin.url, options)
    const end = (isReached: boolean): void => {
      resolve(isReached)
      request.destroy()
    }
    request.on('response', () => end(true))
    request.on('error', () => end(false))
    request.on('timeout', () => end(false))
    // The timeout above is of silence; a connection that is never made has none.
    const late = setTimeout(end, REACH_TIME, false)
    request.on('close', () => clearTimeout(late))
    request.end()
  })
}
