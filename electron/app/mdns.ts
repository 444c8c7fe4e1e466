/**
 * Shared sites on the local network by name: answers for `annas-mac.local`
 * where the system does not do so itself, and lists each site as a service of
 * type _http._tcp. Only while something is told there are sockets, one for each
 * network; what ends is taken back. Failures are quiet: then there is no name.
 * The packets are multicast-dns's. Packages that do it all were weighed and
 * left: they take back the computer's name when one of two sites ends, and
 * speak on one network only.
 */
import { hostname, networkInterfaces } from 'node:os'
import {
  type Announced,
  type Answer,
  addressesIn,
  announcement,
  forPlainResolver,
  goodbye,
  type Question,
  replyTo,
} from './mdns-records.ts'

/** One of the computer's networks: the IPv4 address by which its packets go, and all of its addresses there. */
interface LocalNetwork {
  readonly address: string
  readonly addresses: readonly string[]
}

export interface MdnsOptions {
  /** Default: the system's. */
  readonly computer?: string
  readonly networks?: () => readonly LocalNetwork[]
  /** Default: a socket of multicast-dns, which is loaded at the first use. */
  readonly open?: (network: LocalNetwork) => Promise<Link>
  /** The system answers for the computer's name, whether or not it is heard doing so. */
  readonly systemAnswers?: boolean
  /** The name by which this computer is found now: `annas-mac.local`, or null. */
  readonly onName: (name: string | null) => void
  /** Ms between two questions whether somebody has the name (RFC 6762 §8.1). */
  readonly probeInterval?: number
}

export interface Mdns {
  /** All that is told from now on. Nothing: the sockets are closed. */
  tell(services: readonly Announced[]): void
  /** The networks have changed: all is told anew. */
  refresh(): void
  close(): Promise<void>
}

/** What is used of multicast-dns. */
export interface Link {
  on(
    event: 'query' | 'response',
    listener: (packet: Heard, from: { address: string; port: number }) => void,
  ): unknown
  on(event: 'error' | 'warning', listener: (error: Error) => void): unknown
  query(packet: { questions: Question[] }): void
  respond(packet: Said, to?: { address: string; port: number }, done?: () => void): void
  destroy(done?: () => void): void
}

interface Heard {
  readonly id?: number | undefined
  readonly questions?: Question[] | undefined
  readonly answers?: Answer[] | undefined
  readonly additionals?: Answer[] | undefined
}

interface Said {
  id?: number
  questions?: Question[]
  answers: Answer[]
  additionals?: Answer[]
}

const PROBES = 3
const MDNS_PORT = 5353
/** Said twice, in case one is lost (RFC 6762 §8.3). */
const SAY_AGAIN = 1000
/** Packets of a goodbye that never leave do not hold up a quit. */
const LAST_WORDS = 500

export function createMdns(options: MdnsOptions): Mdns {
  const { networks = localNetworks, open = openLink, probeInterval = 250, onName } = options
  const host = localName(options.computer ?? hostname())
  let services: readonly Announced[] = []
  /** Null: nothing is told. */
  let session: Session | null = null
  let ended: Promise<unknown> = Promise.resolve()

  function begin(): void {
    if (host === null || services.length === 0) return
    const own = createSession({ host, networks: networks(), open, probeInterval, systemAnswers })
    session = own
    void own.begin().then(isFound => {
      if (session !== own) return
      if (isFound) own.tell(services)
      onName(isFound ? host : null)
    })
  }

  function end(): void {
    const last = session
    session = null
    if (last === null) return
    onName(null)
    ended = Promise.all([ended, last.end()])
  }

  const { systemAnswers = process.platform === 'darwin' } = options
  return {
    tell(wanted) {
      services = wanted
      if (services.length === 0) end()
      else if (session === null) begin()
      else session.tell(services)
    },
    refresh() {
      if (session === null) return
      end()
      begin()
    },
    async close() {
      services = []
      end()
      await ended
    },
  }
}

interface SessionOptions {
  readonly host: string
  readonly networks: readonly LocalNetwork[]
  readonly open: (network: LocalNetwork) => Promise<Link>
  readonly probeInterval: number
  readonly systemAnswers: boolean
}

interface Session {
  /** False: the name is somebody else's, or nothing could be opened. */
  begin(): Promise<boolean>
  tell(services: readonly Announced[]): void
  end(): Promise<void>
}

/** From the first shared site to the last one on the same networks. */
function createSession({ host, networks, open, probeInterval, systemAnswers }: SessionOptions): Session {
  const links = new Map<Link, LocalNetwork>()
  const own = new Set(networks.flatMap(network => network.addresses))
  const heard = new Set<string>()
  let services: readonly Announced[] = []
  let tellsAddresses = false
  let isOver = false
  let again: ReturnType<typeof setTimeout> | undefined

  const sayings = (network: LocalNetwork, told: readonly Announced[]) => ({
    host,
    // Not those that need a zone, which not every resolver adds.
    addresses: tellsAddresses ? network.addresses.filter(address => !/^fe80:/i.test(address)) : [],
    services: told,
  })

  async function connect(network: LocalNetwork): Promise<void> {
    const link = await open(network)
    link.on('warning', () => {}) // a network that went away; refresh() will be told
    link.on('error', () => drop(link))
    link.on('response', ({ answers = [], additionals = [] }) => {
      for (const address of addressesIn([...answers, ...additionals], host)) heard.add(address)
    })
    link.on('query', (packet, from) => answer(link, network, packet, from))
    if (isOver) link.destroy()
    else links.set(link, network)
  }

  function drop(link: Link): void {
    if (links.delete(link)) link.destroy()
  }

  function answer(
    link: Link,
    network: LocalNetwork,
    { id = 0, questions = [], answers = [] }: Heard,
    from: { address: string; port: number },
  ): void {
    const reply = replyTo(questions, answers, sayings(network, services))
    if (reply === null) return
    if (from.port === MDNS_PORT) link.respond(reply)
    // Not one of multicast DNS: it waits for an answer to itself, with its question in it.
    else link.respond({ id, questions, ...forPlainResolver(reply) }, from)
  }

  function announce(): void {
    for (const [link, network] of links) link.respond({ answers: announcement(sayings(network, services)) })
  }

  return {
    async begin() {
      await Promise.all(networks.map(network => connect(network).catch(() => {})))
      const questions: Question[] = [
        { name: host, type: 'A' },
        { name: host, type: 'AAAA' },
      ]
      for (let probe = 0; probe < PROBES && heard.size === 0 && !isOver; probe++) {
        for (const link of links.keys()) link.query({ questions })
        await new Promise(resolve => setTimeout(resolve, probeInterval).unref())
      }
      const byAnother = heard.size > 0 && ![...heard].some(address => own.has(address))
      tellsAddresses = !systemAnswers && heard.size === 0
      return links.size > 0 && !byAnother && !isOver
    },
    tell(wanted) {
      const before = services
      services = wanted
      for (const [link, network] of links) {
        const gone = goodbye(sayings(network, before), sayings(network, services))
        if (gone.length > 0) link.respond({ answers: gone })
      }
      clearTimeout(again)
      announce()
      again = setTimeout(announce, SAY_AGAIN)
      again.unref()
    },
    async end() {
      isOver = true
      clearTimeout(again)
      await Promise.all([...links].map(([link, network]) => leave(link, network)))
      links.clear()
    },
  }

  function leave(link: Link, network: LocalNetwork): Promise<void> {
    return new Promise(resolve => {
      const gone = goodbye(sayings(network, services), sayings(network, []))
      const close = (): void => {
        clearTimeout(late)
        link.destroy(resolve)
      }
      const late = setTimeout(close, LAST_WORDS)
      if (gone.length === 0) close()
      else link.respond({ answers: gone }, undefined, close)
    })
  }
}

/** `annas-mac.fritz.box` is `annas-mac.local`; null where a name cannot be one label of a host. */
export function localName(computer: string): string | null {
  const label = computer.split('.', 1)[0]?.toLowerCase() ?? ''
  return /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label) && label !== 'localhost' ? `${label}.local` : null
}

function localNetworks(): readonly LocalNetwork[] {
  return Object.values(networkInterfaces()).flatMap((list = []) => {
    const addresses = list.filter(({ internal }) => !internal).map(({ address }) => address)
    const v4 = addresses.find(address => !address.includes(':'))
    return v4 === undefined ? [] : [{ address: v4, addresses }]
  })
}

async function openLink({ address }: LocalNetwork): Promise<Link> {
  const { default: open } = await import('multicast-dns')
  // Bound to all, as packets for the group come to none of the computer's own addresses.
  return open({ interface: address, bind: '0.0.0.0' })
}
