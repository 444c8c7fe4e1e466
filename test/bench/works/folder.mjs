/**
 * A folder of 5,000 entries as a page, and what small requests notice of it.
 * Servebar's page has the first 1,000 and leads to the others.
 */
import { ask, fault } from '../answers.mjs'
import { FOLDER, nameOfEntry, SMALL } from '../site.mjs'
import { wrk } from '../wrk.mjs'
import { atLeast, atMostOfItself, columns } from './work.mjs'

const SHOWN = 1_000
const SMALL_PAGE = [{ target: SMALL }]

/** @fastify/static knows its list under no other name. */
const listing = ({ name }) => [{ target: name === 'fastify' ? FOLDER.slice(0, -1) : FOLDER }]

function isListing(content) {
  const page = content.toString()
  return Array.from({ length: SHOWN }, (_, n) => nameOfEntry(n)).every(name => page.includes(name))
}

async function prepare(server, { scratch }) {
  const [request] = listing(server)
  const wrong = fault(await ask(server.port, request), { status: 200, accepts: isListing })
  if (wrong) throw new Error(wrong)
  await wrk(server, { requests: listing(server), seconds: 2, connections: 4 }, scratch)
  await wrk(server, { requests: SMALL_PAGE, seconds: 1 }, scratch)
}

const folder = {
  name: 'folder',
  title: 'Folder of 5,000 entries as HTML, 4 connections',
  parts: ['small', 'folder'],
  contenders: ['servebar', 'serve', 'http-server', 'fastify', 'nginx', 'caddy'],
  columns: [columns.rate, { ...columns.processor, digits: 0 }],
  reference: 'nginx',
  prepare,
  measure: ({ server, seconds, scratch }) =>
    wrk(server, { requests: listing(server), seconds, connections: 4 }, scratch),
  goals: [atLeast(1.5, 'nginx', 'rate')],
}

const beside = {
  name: 'folder-beside',
  title: 'Small requests on 64 connections while others list the folder of 5,000 entries',
  parts: ['small', 'folder'],
  contenders: ['servebar', 'nginx', 'caddy'],
  columns: [
    { key: 'one', title: 'p99 ms, 1 lists', digits: 2 },
    { key: 'four', title: 'p99 ms, 4 list', digits: 2 },
    { key: 'alone', title: 'p99 ms, nobody lists', digits: 2 },
  ],
  prepare,
  async measure({ server, seconds, scratch }) {
    const small = () => wrk(server, { requests: SMALL_PAGE, seconds }, scratch)
    const whileListing = async connections => {
      const [{ p99 }] = await Promise.all([
        small(),
        wrk(server, { requests: listing(server), seconds, connections }, scratch),
      ])
      return p99
    }
    const { p99: alone } = await small()
    return { alone, one: await whileListing(1), four: await whileListing(4) }
  },
  goals: [
    atMostOfItself(2, 'one', 'alone', 'p99 while 1 lists'),
    atMostOfItself(2, 'four', 'alone', 'p99 while 4 list'),
  ],
}

export const folderWorks = [folder, beside]
