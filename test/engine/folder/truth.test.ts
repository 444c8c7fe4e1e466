/**
 * No answer is older than the last change that was complete before its request
 * began: a writer changes a file in every way there is, readers ask in every
 * way. A few seconds here; `SERVEBAR_LONG=1` hammers for a minute.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { get, RawConnection, type RawResponse } from '../../support/raw-request.ts'
import { serve } from '../../support/serve.ts'

const DURATION = process.env.SERVEBAR_LONG ? 60_000 : 1_200

/** Always the same size: only the number tells the states apart. */
const contentOf = (n: number): string => `${String(n).padStart(12, '0')} ${'lorem ipsum '.repeat(200)}`
const numberIn = (body: Buffer): number => Number(body.toString('latin1', 0, 12))

/** Each leaves `path` with the content of state n, at once, or briefly without a file. */
const CHANGES: readonly ((path: string, n: number) => void)[] = [
  function overwrite(path, n) {
    const fd = openSync(path, 'r+')
    writeSync(fd, contentOf(n))
    closeSync(fd)
  },
  function replace(path, n) {
    writeFileSync(`${path}.new`, contentOf(n))
    renameSync(`${path}.new`, path)
  },
  function recreate(path, n) {
    rmSync(path)
    writeFileSync(`${path}.new`, contentOf(n))
    renameSync(`${path}.new`, path)
  },
  function restoreOlder(path, n) {
    const { atime, mtime } = statSync(path)
    writeFileSync(`${path}.new`, contentOf(n))
    utimesSync(`${path}.new`, atime, mtime)
    renameSync(`${path}.new`, path)
  },
  function overwriteAndSetBack(path, n) {
    const { atime, mtime } = statSync(path)
    const fd = openSync(path, 'r+')
    writeSync(fd, contentOf(n))
    closeSync(fd)
    utimesSync(path, atime, mtime)
  },
]

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

it(
  'a file',
  async () => {
    const served = await serve({ 'data.json': contentOf(0) }, { listing: false })
    const path = join(served.root, 'data.json')
    let written = 0
    let done = false
    let answers = 0
    const kept = new Map<string, number>()
    const seen = { fresh: 0, notModified: 0, coded: 0, parts: 0 }

    const write = async (): Promise<void> => {
      for (let n = 1; !done; n++) {
        CHANGES[n % CHANGES.length]?.(path, n)
        written = n
        // Now and then a pause, in which copies may be kept and must be found valid.
        await pause(n % 7 === 0 ? 60 : n % 3)
      }
    }
    const read = async (reader: number): Promise<void> => {
      const connection = new RawConnection(served.port)
      let tag: string | null = null
      for (let round = 0; !done; round++) {
        const fields: Record<string, string> = {}
        if (reader % 2 === 1) fields['Accept-Encoding'] = 'gzip'
        if (tag !== null && round % 2 === 1) fields['If-None-Match'] = tag
        if (reader % 4 === 2) fields.Range = 'bytes=0-11'
        const floor = written
        connection.send(get('/data.json', fields))
        const response: RawResponse = await connection.response()
        answers++
        // Between being removed and made again there is none, and that is the truth.
        if (response.status === 404) continue
        expect([200, 206, 304]).toContain(response.status)
        tag = response.fields.etag ?? null
        let number: number | undefined
        if (response.status === 304) {
          seen.notModified++
          number = kept.get(tag ?? '')
        } else {
          const coded = response.fields['content-encoding'] === 'gzip'
          seen[coded ? 'coded' : response.status === 206 ? 'parts' : 'fresh']++
          number = numberIn(coded ? gunzipSync(response.body) : response.body)
          if (tag !== null) {
            // A strong tag never stands for two states.
            expect(kept.get(tag) ?? number).toBe(number)
            kept.set(tag, number)
          }
        }
        expect(number).toBeGreaterThanOrEqual(floor)
      }
      connection.destroy()
    }
    const stop = setTimeout(() => {
      done = true
    }, DURATION)
    try {
      await Promise.all([write(), ...Array.from({ length: 8 }, (_, reader) => read(reader))])
    } finally {
      done = true
      clearTimeout(stop)
    }
    expect(answers).toBeGreaterThan(100)
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0)
  },
  DURATION + 10_000,
)

it(
  'a list',
  async () => {
    const served = await serve({ 'sub/grows.txt': '' })
    const folder = join(served.root, 'sub')
    /** The state that was complete last: the file `n` is there, those before it are not, and grows.txt has n bytes. */
    let written = 0
    let begun = 0
    let done = false
    let answers = 0
    writeFileSync(join(folder, '0.txt'), '')
    const write = async (): Promise<void> => {
      for (let n = 1; !done; n++) {
        begun = n
        renameSync(join(folder, `${n - 1}.txt`), join(folder, `${n}.txt`))
        truncateSync(join(folder, 'grows.txt'), n)
        written = n
        await pause(n % 3)
      }
    }
    const read = async (target: string): Promise<void> => {
      const connection = new RawConnection(served.port)
      while (!done) {
        const floor = written
        connection.send(get(target))
        const { text } = await connection.response()
        const ceiling = begun
        answers++
        const entries: { name: string; size: number }[] = JSON.parse(text).entries
        const grown = entries.find(({ name }) => name === 'grows.txt')?.size ?? -1
        expect(grown).toBeGreaterThanOrEqual(floor)
        expect(grown).toBeLessThanOrEqual(ceiling)
        // A rename while the folder is read may show none or both.
        for (const { name } of entries) {
          if (name === 'grows.txt') continue
          const number = Number.parseInt(name, 10)
          expect(number).toBeGreaterThanOrEqual(floor)
          expect(number).toBeLessThanOrEqual(ceiling)
        }
      }
      connection.destroy()
    }
    const stop = setTimeout(() => {
      done = true
    }, DURATION)
    try {
      const targets = ['/sub/?json', '/sub/?json', '/sub/?json&sort=size', '/sub/?json&sort=modified']
      await Promise.all([write(), ...targets.map(read)])
    } finally {
      done = true
      clearTimeout(stop)
    }
    expect(answers).toBeGreaterThan(50)
    expect(written).toBeGreaterThan(50)
  },
  DURATION + 10_000,
)

it('a new file, a removed one, a folder in place of a file and back: in the very next answer', async () => {
  const served = await serve()
  const path = join(served.root, 'x')
  const connection = new RawConnection(served.port)
  const ask = async (target: string): Promise<RawResponse> => {
    connection.send(get(target))
    return await connection.response()
  }
  for (let n = 0; n < 20; n++) {
    expect((await ask('/x')).status).toBe(404)
    writeFileSync(path, `file ${n}`)
    expect((await ask('/x')).text).toBe(`file ${n}`)
    expect((await ask('/')).text).toContain('href="./x"')
    rmSync(path)
    expect((await ask('/x')).status).toBe(404)
    expect((await ask('/')).text).not.toContain('href="./x')
    mkdirSync(path)
    expect((await ask('/x')).fields.location).toBe('/x/')
    expect((await ask('/')).text).toContain('href="./x/"')
    writeFileSync(join(path, 'index.html'), `page ${n}`)
    expect((await ask('/x/')).text).toBe(`page ${n}`)
    rmSync(join(path, 'index.html'))
    expect((await ask('/x/')).text).toContain('This folder is empty')
    rmdirSync(path)
  }
  connection.destroy()
})
