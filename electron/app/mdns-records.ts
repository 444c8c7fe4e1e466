/**
 * What is told about shared sites on the local network (multicast DNS, RFC
 * 6762; DNS-SD, RFC 6763), as records, and which of them answer a question.
 * Pure: it knows no socket and no clock.
 */
import type packets from 'multicast-dns'

export type Answer = packets.ResponseOutgoingPacket['answers'][number]
export type Question = packets.QueryOutgoingPacket['questions'][number]

/** One shared site. */
export interface Announced {
  /** As people see it in a list of services. */
  readonly label: string
  readonly port: number
}

/** What is said on one network. */
export interface Sayings {
  /** `annas-mac.local` */
  readonly host: string
  /** The computer's addresses there; empty where its own system tells them. */
  readonly addresses: readonly string[]
  readonly services: readonly Announced[]
}

/** One of those that are made here; the library's type has every kind that there is. */
type Telling = Extract<Answer, { data: string } | { type: 'SRV' | 'TXT' }>

const SERVICE = '_http._tcp.local'
const ALL_SERVICES = '_services._dns-sd._udp.local'
/** Seconds that others may remember it (RFC 6762 §10). */
const HOST_TTL = 120
const OTHER_TTL = 4500
/** Bytes of a label (RFC 1035 §2.3.4). */
const LONGEST_LABEL = 63

export function announcement({ host, addresses, services }: Sayings): Telling[] {
  return services.length === 0
    ? []
    : [
        pointer(ALL_SERVICES, SERVICE),
        ...services.flatMap(service => recordsOf(service, host)),
        ...addresses.map(address => addressRecord(host, address)),
      ]
}

/** The same with no time left: others forget it at once (RFC 6762 §10.1). What stays is not taken back. */
export function goodbye(gone: Sayings, stays: Sayings): Telling[] {
  const kept = new Set(announcement(stays).map(identity))
  const all = announcement(gone).filter(record => record.name !== ALL_SERVICES)
  return all.filter(record => !kept.has(identity(record))).map(record => ({ ...record, ttl: 0 }))
}

export interface Reply {
  readonly answers: Telling[]
  readonly additionals: Telling[]
}

/** Null: nothing here is asked for. `known`: what the asker says that it knows already (RFC 6762 §7.1). */
export function replyTo(
  questions: readonly Question[],
  known: readonly Answer[],
  sayings: Sayings,
): Reply | null {
  const all = announcement(sayings)
  const knows = new Set(known.filter(isFresh).map(identity))
  const answers = all.filter(
    record => questions.some(question => asks(question, record)) && !knows.has(identity(record)),
  )
  if (answers.length === 0) return null
  // Who asks for a service goes on to ask for these (RFC 6763 §12).
  const leads = answers.some(record => record.type === 'PTR' || record.type === 'SRV')
  const additionals = leads ? all.filter(record => record.type !== 'PTR' && !answers.includes(record)) : []
  return { answers, additionals }
}

/** A resolver of before multicast DNS keeps it for seconds, and knows no flush (RFC 6762 §6.7). */
export function forPlainResolver({ answers, additionals }: Reply): Reply {
  const plain = (records: readonly Telling[]) =>
    records.map(record => ({ ...record, ttl: Math.min(record.ttl ?? 0, 10), flush: false }))
  return { answers: plain(answers), additionals: plain(additionals) }
}

/** The addresses that are told for this name. */
export function addressesIn(records: readonly Answer[], host: string): string[] {
  return records.flatMap(record =>
    (record.type === 'A' || record.type === 'AAAA') && same(record.name, host) && record.ttl !== 0
      ? [record.data]
      : [],
  )
}

function recordsOf({ label, port }: Announced, host: string): Telling[] {
  const instance = `${fitting(label)}.${SERVICE}`
  return [
    pointer(SERVICE, instance),
    {
      type: 'SRV',
      name: instance,
      ttl: HOST_TTL,
      flush: true,
      data: { port, target: host, priority: 0, weight: 0 },
    },
    { type: 'TXT', name: instance, ttl: OTHER_TTL, flush: true, data: ['path=/'] },
  ]
}

/** Shared by all who offer the service, so nobody else's is flushed. */
function pointer(name: string, data: string): Telling {
  return { type: 'PTR', name, ttl: OTHER_TTL, data }
}

function addressRecord(name: string, address: string): Telling {
  return { type: address.includes(':') ? 'AAAA' : 'A', name, ttl: HOST_TTL, flush: true, data: address }
}

/** One label: the library takes a dot for the end of one. */
function fitting(label: string): string {
  let text = label.replace(/[.\p{C}]+/gu, '-')
  while (Buffer.byteLength(text) > LONGEST_LABEL) text = [...text].slice(0, -1).join('')
  return text
}

function asks({ name, type }: Question, record: Telling): boolean {
  // `ANY` is not among the library's types, and yet it is asked for.
  return same(name, record.name) && (type === record.type || (type as string) === 'ANY')
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** At least half of its time is left. */
function isFresh(record: Answer): boolean {
  const ttl = 'ttl' in record ? record.ttl : 0
  return typeof ttl === 'number' && ttl >= (record.type === 'PTR' ? OTHER_TTL : HOST_TTL) / 2
}

function identity(record: Answer): string {
  const data = record.type === 'SRV' ? `${record.data.target}:${record.data.port}` : String(dataOf(record))
  return `${record.name.toLowerCase()} ${record.type} ${data.toLowerCase()}`
}

function dataOf(record: Answer): unknown {
  return 'data' in record ? record.data : ''
}
