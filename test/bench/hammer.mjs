/**
 * Truth: changes files in every way of hammer-changes.mjs and asks a running
 * server right after each change. The very next answer must be what the disk
 * holds, however it is asked for (whole, compressed, a part, by validator).
 * Nothing else may change these files meanwhile; others may ask for them, and
 * should, so that whatever a server keeps is hot.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { Agent } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { ask } from './answers.mjs'
import { CHANGES, Lane } from './hammer-changes.mjs'
import { randomNumbers } from './site.mjs'

const EXTENSIONS = { gzip: '.gz', br: '.br' }
const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync }
const FILE = 'app.js'

/** A sound share of each; the first is what most clients do. */
const MANNERS = [
  'whole',
  'whole',
  'gzip',
  'br',
  'validator',
  'validator',
  'head',
  'part',
  'part by old validator',
]

const laneName = n => `hammer-${n}`

/**
 * What the changes are about, for whoever makes the load beside them.
 * @param {number} lanes
 * @returns {import('./wrk.mjs').Request[]}
 */
export function hammeredRequests(lanes) {
  return Array.from({ length: lanes }, (_, n) => laneName(n)).flatMap(name => [
    ...['app.js', 'link.js', 'swapped/app.js', 'page/', 'list/'].map(target => ({
      target: `/${name}/${target}`,
    })),
    ...Object.keys(EXTENSIONS).map(coding => ({
      target: `/${name}/${FILE}`,
      fields: { 'accept-encoding': coding },
    })),
  ])
}

/** Makes the lanes' files: before the load, which asks for them, begins. */
export function makeLanes(root, count) {
  return Array.from({ length: count }, (_, n) => new Lane(root, laneName(n)))
}

/**
 * Goes through all changes, in random order, `cycles` times in each lane or until `seconds` are over.
 * @param {{ port: number, lanes: readonly Lane[], cycles?: number, seconds?: number, seed?: number }} options
 * @returns {Promise<{ changes: number, requests: number, faults: string[], kinds: Record<string, number> }>}
 */
export async function hammer({ port, lanes, cycles = Infinity, seconds = Infinity, seed = 1 }) {
  const end = Date.now() + seconds * 1000
  const counts = { changes: 0, requests: 0, faults: [], kinds: {} }
  await Promise.all(
    lanes.map(async (lane, n) => {
      const asker = new Asker(port, lane, randomNumbers(seed * 1000 + n), counts)
      try {
        for (let cycle = 0; cycle < cycles && Date.now() < end; cycle++) await asker.cycle()
      } finally {
        asker.close()
      }
    }),
  )
  return counts
}

class Asker {
  #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  /** Target -> the ETags seen, each with the content that it was for. */
  #tags = new Map()

  constructor(port, lane, random, counts) {
    this.port = port
    this.lane = lane
    this.random = random
    this.counts = counts
  }

  close() {
    this.#agent.destroy()
  }

  async cycle() {
    for (const { name, make, asks = FILE } of this.#shuffled(CHANGES)) {
      if (asks === FILE && this.lane.makeWhole()) await this.#check('created', asks)
      make(this.lane)
      await this.#check(name, asks)
    }
  }

  async #check(name, asks) {
    this.counts.changes++
    this.counts.kinds[name] = (this.counts.kinds[name] ?? 0) + 1
    // The second finds what the first may have left in memory.
    for (const when of ['at once', 'again']) {
      const manner = MANNERS[this.random() % MANNERS.length]
      const wrong = await this.#ask(asks, manner)
      if (wrong) this.counts.faults.push(`${name}, asked ${when} (${manner}): ${wrong}`)
    }
  }

  /** What is wrong with the answer, or null. */
  async #ask(asks, manner) {
    const target = this.lane.target(asks)
    const coding = manner in EXTENSIONS ? manner : undefined
    const expected = this.#onDisk(asks, coding)
    const tags = this.#tagsOf(target)
    const others = [...tags].filter(([, content]) => content !== expected.text).map(([tag]) => tag)
    const fields = {
      ...(coding && { 'accept-encoding': coding }),
      ...(manner === 'validator' && others.length > 0 && { 'if-none-match': others.slice(-20).join(', ') }),
      ...(manner.startsWith('part') && { range: 'bytes=100-199' }),
      ...(manner === 'part by old validator' && others.length > 0 && { 'if-range': others.at(-1) }),
    }
    this.counts.requests++
    const method = manner === 'head' ? 'HEAD' : 'GET'
    const answer = await ask(this.port, { target, fields, method }, this.#agent)
    return faultOf(answer, expected, { method, fields }) ?? remember(tags, answer, expected)
  }

  #tagsOf(target) {
    const tags = this.#tags.get(target) ?? new Map()
    this.#tags.set(target, tags)
    return tags
  }

  /** The answer as the disk has it now: a status, and for a file its bytes and time. */
  #onDisk(asks, coding) {
    const path = this.lane.file(asks)
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (stats === undefined) return { status: 404 }
    if (stats.isDirectory()) {
      if (!asks.endsWith('/')) return { status: 301 }
      const index = statSync(`${path}index.html`, { bigint: true, throwIfNoEntry: false })
      if (index !== undefined) return fileOnDisk(`${path}index.html`, index)
      return { status: 200, names: readdirSync(path) }
    }
    const extension = EXTENSIONS[coding]
    const sibling = extension && statSync(`${path}${extension}`, { bigint: true, throwIfNoEntry: false })
    // One that is older than the file is none.
    if (sibling && sibling.mtimeNs >= stats.mtimeNs) {
      return fileOnDisk(`${path}${extension}`, sibling, DECODERS[coding])
    }
    return fileOnDisk(path, stats)
  }

  #shuffled(list) {
    const shuffled = [...list]
    for (let n = shuffled.length - 1; n > 0; n--) {
      const other = this.random() % (n + 1)
      ;[shuffled[n], shuffled[other]] = [shuffled[other], shuffled[n]]
    }
    return shuffled
  }
}

function fileOnDisk(path, stats, decode = content => content) {
  const content = decode(readFileSync(path))
  const modified = new Date(Number(stats.mtimeNs / 1_000_000_000n) * 1000).toUTCString()
  return { status: 200, content, text: content.toString('latin1'), modified }
}

function faultOf(answer, expected, { method, fields }) {
  const { status, content } = answer
  const decoded = method === 'HEAD' ? null : decodedOf(answer)
  if (expected.status !== 200) {
    return status === expected.status ? null : `${status} instead of ${expected.status}`
  }
  if (expected.names) return status === 200 ? namesFault(decoded, expected) : `${status} for a listing`
  const part = expected.content.subarray(100, 200)
  const mayBePart = fields.range !== undefined && fields['if-range'] === undefined
  if (mayBePart && status === 416 && part.length === 0) return null
  if (mayBePart && status === 206) return content.equals(part) ? null : 'a part of other content'
  if (status !== 200) return `${status} instead of 200`
  if (answer.fields['last-modified'] !== expected.modified) {
    return `Last-Modified ${answer.fields['last-modified']} instead of ${expected.modified}`
  }
  if (decoded === null) {
    const length = Number(answer.fields['content-length'])
    return length === expected.content.length ? null : `Content-Length ${length} to HEAD`
  }
  return decoded.equals(expected.content) ? null : `other content: ${decoded.toString('latin1', 0, 8)}`
}

function decodedOf({ fields, content }) {
  const decode = DECODERS[fields['content-encoding']]
  return decode ? decode(content) : content
}

function namesFault(page, { names }) {
  if (page === null) return null
  const listed = new Set(page.toString().match(/entry-\d+\.txt/g))
  const known = names.filter(name => name.startsWith('entry-'))
  return listed.size === known.length && known.every(name => listed.has(name))
    ? null
    : 'another list of files'
}

/** A strong ETag that comes again must be for the same content (RFC 9110 §8.8.1). */
function remember(tags, { status, fields }, { text }) {
  const { etag } = fields
  if (etag === undefined || text === undefined || (status !== 200 && status !== 206)) return null
  const before = tags.get(etag)
  tags.set(etag, text)
  return before === undefined || before === text ? null : 'one ETag for two contents'
}
