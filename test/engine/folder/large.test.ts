/**
 * A folder with very many entries: each is listed once, in order, and while
 * that goes on nobody else waits. 20,000 here; `SERVEBAR_LONG=1` takes 100,000.
 */
import { execFileSync } from 'node:child_process'
import { beforeAll, expect, it } from 'vitest'
import { get, RawConnection, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'
import { tempFolder } from '../../support/temp.ts'
import { watchEventLoop } from '../../support/watch-event-loop.ts'

const COUNT = process.env.SERVEBAR_LONG ? 100_000 : 20_000
let root = ''

beforeAll(() => {
  root = tempFolder({ 'small.txt': 'small', 'many/a folder/x': '' })
  // Node would take several times as long.
  execFileSync('sh', ['-c', `seq -f 'file %.0f.txt' 1 ${COUNT} | tr '\\n' '\\0' | xargs -0 touch`], {
    cwd: `${root}/many`,
  })
}, 60_000)

const json = async (served: Served, query: string) =>
  JSON.parse((await rawRequest(served.port, get(`/many/?json${query}`), { deadline: 30_000 })).text)

it('each entry once, in natural order, over all pages', async () => {
  const served = await serve(root)
  const names: string[] = []
  for (let page = 1, pages = 1; page <= pages; page++) {
    const list = await json(served, `&page=${page}`)
    pages = list.pages
    expect(list.total).toBe(COUNT + 1)
    for (const { name } of list.entries) names.push(name)
  }
  expect(names).toEqual(['a folder', ...Array.from({ length: COUNT }, (_, n) => `file ${n + 1}.txt`)])
}, 60_000)

it('found and sorted by what has to be looked up for all', async () => {
  const served = await serve(root)
  expect(await json(served, `&q=file+${COUNT}.txt`)).toMatchObject({ total: 1, unfiltered: COUNT + 1 })
  const list = await json(served, '&sort=modified&dir=asc')
  expect(list).toMatchObject({ total: COUNT + 1, entries: expect.objectContaining({ length: 1_000 }) })
  const times = list.entries.slice(1).map(({ modified }: { modified: string }) => modified)
  expect(times).toEqual([...times].sort())
}, 60_000)

it('meanwhile small requests are answered, and nothing blocks the event loop for long', async () => {
  const served = await serve(root)
  let listing = true
  let lists = 0
  const queries = ['', '?page=7', '?sort=size', '?sort=modified', '?q=9', '?json&sort=modified']
  const readers = queries.map(async query => {
    while (listing) {
      expect((await rawRequest(served.port, get(`/many/${query}`), { deadline: 30_000 })).status).toBe(200)
      lists++
    }
  })
  const stop = watchEventLoop()
  const connection = new RawConnection(served.port)
  let answers = 0
  const end = Date.now() + 1_200
  try {
    while (Date.now() < end) {
      connection.send(get('/small.txt'))
      expect((await connection.response()).text).toBe('small')
      answers++
    }
  } finally {
    listing = false
    connection.destroy()
    await Promise.all(readers)
  }
  expect(lists).toBeGreaterThan(0)
  expect(answers).toBeGreaterThan(lists)
  // In one piece, one of these lists takes 50 ms and more, and six are made at a time.
  expect(stop()).toBeLessThan(60)
}, 60_000)
