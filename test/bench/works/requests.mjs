/**
 * Works of small answers: as many requests as wrk gets answered. The ceiling
 * answers each of them from memory.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { ask, fault } from '../answers.mjs'
import { DOWNLOAD, DOWNLOAD_SIZE, FILES, randomNumbers, SCRIPT, SMALL } from '../site.mjs'
import { wrk } from '../wrk.mjs'
import { atLeast, atMost, columns } from './work.mjs'

const EVERYBODY = [
  ...['servebar', 'ceiling', 'stream-64k', 'serve', 'http-server', 'sirv', 'sirv-dev'],
  ...['express', 'fastify', 'nginx', 'caddy'],
]
const COLUMNS = [columns.rate, columns.processor, columns.p99]

/**
 * A work of requests that wrk sends. `requests` may ask the server first, for its own validators.
 * `expected` says what the answer to one of them is; the first `checked` are looked at before any counts.
 */
function requestWork({ requests, expected, checked = Number.POSITIVE_INFINITY, mayFail = false, ...work }) {
  return {
    columns: COLUMNS,
    reference: 'ceiling',
    contenders: EVERYBODY,
    requests,
    mayFail,
    ...work,
    async prepare(server, { root, scratch }) {
      const all = await requests(server.port)
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      let bytes = 0
      for (const request of all.slice(0, checked)) {
        const answer = await ask(server.port, request, agent)
        const wrong = fault(answer, expected(request, root))
        if (wrong) throw new Error(`${request.target}: ${wrong}`)
        bytes += answer.content.length
      }
      agent.destroy()
      const load = { requests: all, mayFail, bytes: bytes / Math.min(all.length, checked) }
      await wrk(server, { ...load, seconds: 1 }, scratch)
      return load
    },
    measure: ({ server, prepared, round, seconds, scratch }) =>
      wrk(server, { ...prepared, seconds, seed: round + 1 }, scratch),
  }
}

const wholeFile = ({ target }, root) => ({ status: 200, content: readFileSync(join(root, target)) })

const RANGE = 64 * 1024

function partOfDownload({ fields }, root) {
  const [, first] = /=(\d+)-/.exec(fields.range)
  const content = Buffer.alloc(RANGE)
  const file = openSync(join(root, DOWNLOAD), 'r')
  readSync(file, content, 0, RANGE, Number(first))
  closeSync(file)
  return { status: 206, content }
}

function randomRanges() {
  const next = randomNumbers(1)
  return Array.from({ length: 20_000 }, () => {
    const first = next() % (DOWNLOAD_SIZE - RANGE)
    return { target: DOWNLOAD, fields: { range: `bytes=${first}-${first + RANGE - 1}` } }
  })
}

async function withTheirTags(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const requests = []
  for (const { target } of FILES) {
    const { etag } = (await ask(port, { target }, agent)).fields
    requests.push({ target, fields: etag === undefined ? {} : { 'if-none-match': etag } })
  }
  agent.destroy()
  return requests
}

const script = coding =>
  requestWork({
    name: `script-${coding}`,
    title: `200 KiB script, Accept-Encoding: ${coding}, after the first request`,
    parts: ['scripts'],
    contenders: ['servebar', 'ceiling', 'serve', ...(coding === 'gzip' ? ['nginx', 'caddy'] : [])],
    selector: 'accept-encoding',
    requests: async () => [{ target: SCRIPT, fields: { 'accept-encoding': coding } }],
    expected: (request, root) => ({ ...wholeFile(request, root), coding }),
    goals: [atLeast(0.8, 'ceiling', 'rate')],
  })

export const requestWorks = [
  requestWork({
    name: 'small',
    title: '1 KiB page, 64 connections',
    parts: ['small'],
    requests: async () => [{ target: SMALL }],
    expected: wholeFile,
    goals: [atLeast(0.9, 'ceiling', 'rate'), atMost(1.15, 'ceiling', 'processor', 'processor time')],
  }),
  requestWork({
    name: 'files',
    title: '500 files of 1–64 KiB in random order',
    parts: ['files'],
    requests: async () => FILES.map(({ target }) => ({ target })),
    expected: wholeFile,
    goals: [atLeast(0.85, 'ceiling', 'rate')],
  }),
  requestWork({
    name: 'not-modified',
    title: 'The same with If-None-Match: 304',
    parts: ['files'],
    selector: 'if-none-match',
    requests: withTheirTags,
    expected: () => ({ status: 304, content: Buffer.alloc(0) }),
    goals: [atLeast(0.9, 'ceiling', 'rate')],
  }),
  requestWork({
    name: '404',
    title: 'A page that is missing: 404',
    parts: ['small'],
    mayFail: true,
    requests: async () => [{ target: '/missing.html' }],
    expected: () => ({ status: 404 }),
    goals: [atLeast(0.8, 'ceiling', 'rate')],
  }),
  requestWork({
    name: 'ranges',
    title: 'Random 64 KiB ranges of 1 GiB, 64 connections',
    parts: ['download'],
    contenders: ['servebar', 'stream-64k', 'stream-1m', ...EVERYBODY.slice(3)],
    reference: 'stream-64k',
    requests: async () => randomRanges(),
    checked: 50,
    expected: partOfDownload,
    goals: [atLeast(3, 'stream-64k', 'rate')],
  }),
  script('br'),
  script('gzip'),
]

export const logWork = requestWork({
  name: 'log',
  title: '1 KiB page, log on and off',
  parts: ['small'],
  contenders: ['servebar', 'servebar-quiet'],
  reference: 'servebar-quiet',
  requests: async () => [{ target: SMALL }],
  expected: wholeFile,
  goals: [atLeast(0.95, 'servebar-quiet', 'rate')],
})
