import { randomInt } from 'node:crypto'
import { EventEmitter } from 'node:events'
import multicastDns from 'multicast-dns'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMdns, type Link, localName, type MdnsOptions } from '../../electron/app/mdns.ts'
import { type Answer, announcement, goodbye, replyTo } from '../../electron/app/mdns-records.ts'
import { until } from '../support/until.ts'

const portfolio = { label: 'portfolio on annas-mac', port: 8080 }
const docs = { label: 'docs on annas-mac', port: 8081 }
const INSTANCE = 'portfolio on annas-mac._http._tcp.local'

/** `A annas-mac.local 192.168.1.24` */
function brief(records: readonly Answer[]): string[] {
  return records.map(record => {
    const data = 'data' in record ? record.data : ''
    const words = record.type === 'SRV' ? `${record.data.target}:${record.data.port}` : String(data)
    const end = 'ttl' in record && record.ttl === 0 ? ' gone' : ''
    return `${record.type} ${record.name} ${words}${end}`
  })
}

const wholePortfolio = [
  'PTR _services._dns-sd._udp.local _http._tcp.local',
  `PTR _http._tcp.local ${INSTANCE}`,
  `SRV ${INSTANCE} annas-mac.local:8080`,
  `TXT ${INSTANCE} path=/`,
]

describe('records', () => {
  const sayings = {
    host: 'annas-mac.local',
    addresses: ['192.168.1.24', 'fd00::2'],
    services: [portfolio, docs],
  }

  it('tell the services and the computer', () => {
    expect(brief(announcement({ ...sayings, services: [portfolio] }))).toEqual([
      ...wholePortfolio,
      'A annas-mac.local 192.168.1.24',
      'AAAA annas-mac.local fd00::2',
    ])
    expect(announcement({ ...sayings, services: [] })).toEqual([])
  })

  it('answer with what is asked for next beside it', () => {
    const reply = replyTo([{ name: '_HTTP._tcp.local', type: 'PTR' }], [], sayings)
    expect(brief(reply?.answers ?? [])).toEqual([
      `PTR _http._tcp.local ${INSTANCE}`,
      'PTR _http._tcp.local docs on annas-mac._http._tcp.local',
    ])
    expect(brief(reply?.additionals ?? [])).toContain('A annas-mac.local 192.168.1.24')
    expect(brief(reply?.additionals ?? [])).toContain(`SRV ${INSTANCE} annas-mac.local:8080`)
  })

  it('do not answer what is asked of others, or known already', () => {
    const question = { name: '_http._tcp.local', type: 'PTR' } as const
    const known = { ...question, ttl: 4000, data: INSTANCE }
    expect(replyTo([{ name: 'other.local', type: 'A' }], [], sayings)).toBeNull()
    expect(replyTo([{ name: 'annas-mac.local', type: 'TXT' }], [], sayings)).toBeNull()
    expect(replyTo([question], [known], { ...sayings, services: [portfolio] })).toBeNull()
    expect(replyTo([question], [{ ...known, ttl: 10 }], { ...sayings, services: [portfolio] })).not.toBeNull()
  })

  it('take back only what ends', () => {
    expect(brief(goodbye(sayings, { ...sayings, services: [docs] }))).toEqual(
      wholePortfolio.slice(1).map(text => `${text} gone`),
    )
    expect(brief(goodbye(sayings, { ...sayings, services: [] })).join()).toContain('A annas-mac.local')
  })

  it('have labels that fit', () => {
    const [, pointer] = announcement({ ...sayings, services: [{ label: `v1.2 ${'ü'.repeat(60)}`, port: 1 }] })
    const label = String(pointer?.data).replace(/\._http.*/, '')
    expect(label).toMatch(/^v1-2 ü+$/)
    expect(Buffer.byteLength(label)).toBeLessThanOrEqual(63)
  })
})

it.each([
  ['Annas-Mac.fritz.box', 'annas-mac.local'],
  ['annas-mac.local', 'annas-mac.local'],
  ['my_pc', null],
  ['localhost', null],
  ['', null],
])('localName(%s)', (computer, name) => {
  expect(localName(computer)).toBe(name)
})

/** A network in memory: all hear all, themselves too. `isOthers`: somebody who answers for a name. */
function createNetwork(others: Readonly<Record<string, string>> = {}) {
  const said: string[] = []
  const links = new Set<EventEmitter>()
  const open = async (): Promise<Link> => {
    const events = new EventEmitter()
    links.add(events)
    return Object.assign(events, {
      query({ questions }: { questions: { name: string }[] }) {
        for (const { name } of questions) {
          const address = others[name]
          if (address !== undefined) {
            const answers = [{ type: 'A', name, data: address, ttl: 120 }]
            for (const link of links) link.emit('response', { answers })
          }
        }
        for (const link of links) link.emit('query', { questions }, { address: '127.0.0.1', port: 5353 })
      },
      respond(packet: { answers: Answer[] }, _to?: unknown, done?: () => void) {
        said.push(...brief(packet.answers))
        done?.()
      },
      destroy(done?: () => void) {
        links.delete(events)
        done?.()
      },
    }) as unknown as Link
  }
  return { said, links, open }
}

function start(network: ReturnType<typeof createNetwork>, change: Partial<MdnsOptions> = {}) {
  const names: (string | null)[] = []
  const mdns = createMdns({
    computer: 'annas-mac',
    networks: () => [{ address: '192.168.1.24', addresses: ['192.168.1.24'] }],
    open: network.open,
    systemAnswers: false,
    probeInterval: 1,
    onName: name => names.push(name),
    ...change,
  })
  onTestFinished(() => mdns.close())
  return { mdns, names }
}

const isNamed = (names: readonly (string | null)[]) => () => names.at(-1) === 'annas-mac.local'

describe('mdns', () => {
  it('has no socket while nothing is shared, and takes all back at the end', async () => {
    const network = createNetwork()
    const { mdns, names } = start(network)
    mdns.tell([])
    expect(network.links.size).toBe(0)
    mdns.tell([portfolio, docs])
    await until(isNamed(names), 'the name')
    expect(network.said).toEqual(
      expect.arrayContaining([...wholePortfolio, 'A annas-mac.local 192.168.1.24']),
    )
    network.said.length = 0
    mdns.tell([docs])
    expect(network.said).toContain(`PTR _http._tcp.local ${INSTANCE} gone`)
    expect(network.said).not.toContain('A annas-mac.local 192.168.1.24 gone')
    await mdns.close()
    expect(names.at(-1)).toBeNull()
    expect(network.said).toContain('A annas-mac.local 192.168.1.24 gone')
    expect(network.links.size).toBe(0)
  })

  it('leaves the name to the system where that answers for it', async () => {
    const network = createNetwork({ 'annas-mac.local': '192.168.1.24' })
    const { mdns, names } = start(network)
    mdns.tell([portfolio])
    await until(isNamed(names), 'the name')
    await mdns.close()
    expect(network.said).toEqual(expect.arrayContaining(wholePortfolio))
    expect(network.said.join()).not.toContain('A annas-mac.local')
  })

  it('has no name when another computer has it', async () => {
    const network = createNetwork({ 'annas-mac.local': '192.168.1.99' })
    const { mdns, names } = start(network)
    mdns.tell([portfolio])
    await until(() => names.length > 0, 'the answer')
    expect(names).toEqual([null])
    expect(network.said).toEqual([])
  })

  it('is quiet when it cannot open a socket', async () => {
    const { mdns, names } = start(createNetwork(), { open: () => Promise.reject(new Error('EACCES')) })
    mdns.tell([portfolio])
    await until(() => names.length > 0, 'the answer')
    expect(names).toEqual([null])
  })

  it('tells anew when the networks change', async () => {
    const network = createNetwork()
    let address = '192.168.1.24'
    const { mdns, names } = start(network, { networks: () => [{ address, addresses: [address] }] })
    mdns.tell([portfolio])
    await until(isNamed(names), 'the name')
    address = '10.0.0.8'
    mdns.refresh()
    await until(isNamed(names), 'the name again')
    expect(network.said).toContain('A annas-mac.local 10.0.0.8')
    expect(network.links.size).toBe(1)
  })

  it('is heard by others through real sockets', async () => {
    const port = randomInt(20_000, 60_000)
    const ip = '239.255.37.1' // of this host only, RFC 2365
    const open = async (): Promise<Link> =>
      multicastDns({ port, ip, interface: '127.0.0.1', bind: '0.0.0.0' }) as Link
    const asker = multicastDns({ port, ip, interface: '127.0.0.1', bind: '0.0.0.0' })
    onTestFinished(() => new Promise<void>(resolve => asker.destroy(resolve)))
    const heard: string[] = []
    asker.on('response', ({ answers = [] }) => heard.push(...brief(answers)))
    await new Promise<void>(resolve => asker.on('ready', resolve))
    const local = { address: '127.0.0.1', addresses: ['127.0.0.1'] }
    const { mdns, names } = start(createNetwork(), { open, networks: () => [local], probeInterval: 20 })
    mdns.tell([portfolio])
    await until(isNamed(names), 'the name')
    await until(() => heard.includes(`SRV ${INSTANCE} annas-mac.local:8080`), 'the announcement')
    heard.length = 0
    asker.query([{ name: 'annas-mac.local', type: 'A' }])
    await until(() => heard.includes('A annas-mac.local 127.0.0.1'), 'an answer')
    await mdns.close()
    await until(() => heard.includes('A annas-mac.local 127.0.0.1 gone'), 'the goodbye')
  })
})
