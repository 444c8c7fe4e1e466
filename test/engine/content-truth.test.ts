/** What is kept compressed is never older than the disk, and many may ask for it at once. */
import { readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ContentCache } from '../../electron/engine/content-cache.ts'
import type { GrowingContent } from '../../electron/engine/growing-content.ts'
import type { Request } from '../../electron/engine/request.ts'
import { respond } from '../../electron/engine/respond.ts'
import { ask, decoded, KiB, text } from '../support/coded.ts'
import { get, RawConnection } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'
import { siteOf } from '../support/site.ts'
import { tempFolder } from '../support/temp.ts'

describe('truth first', () => {
  it('a changed file is in the very next answer, whatever stays the same', async () => {
    const served = await serve({ 'a.js': '' })
    const file = join(served.root, 'a.js')
    const connection = new RawConnection(served.port)
    const seen = new Set<string>()
    const numRuns = process.env.SERVEBAR_LONG === '1' ? 2_000 : 60
    const change = fc.constantFrom('write', 'rename', 'touch older', 'delete and write', 'longer')
    let state = 0
    await fc.assert(
      fc.asyncProperty(change, fc.constantFrom('br', 'gzip', 'identity'), async (how, coding) => {
        state++
        const length = how === 'longer' ? 3_000 + (state % 500) : 3_000
        // Same size, and (but for "write") the same second, or an earlier one.
        const content = text(length, state)
        if (how === 'rename') {
          writeFileSync(`${file}.new`, content)
          renameSync(`${file}.new`, file)
        } else {
          if (how === 'delete and write') rmSync(file)
          writeFileSync(file, content)
        }
        if (how !== 'write') utimesSync(file, 1_000_000_000, 1_000_000_000)
        if (how === 'touch older') utimesSync(file, 1_000_000_000 - state, 1_000_000_000 - state)
        for (const round of [1, 2]) {
          connection.send(
            get('/a.js', {
              'Accept-Encoding': coding,
              ...(round === 1 ? { 'If-None-Match': [...seen].slice(-20).join(', ') } : {}),
            }),
          )
          const response = await connection.response()
          expect([how, response.status]).toEqual([how, 200])
          expect(decoded(response).toString() === content).toBe(true)
          const tag = response.fields.etag ?? ''
          if (round === 1) expect(seen.has(tag)).toBe(false)
          seen.add(tag)
        }
      }),
      { numRuns },
    )
    connection.destroy()
  })

  it('while it is rewritten again and again, no answer mixes two states or is older than one before', async () => {
    const contentOf = (n: number) => `${n} `.padEnd(6, '-').repeat(30 * KiB)
    const served = await serve({ 'a.js': contentOf(0) })
    const file = join(served.root, 'a.js')
    let written = 0
    let done = false
    const writing = (async () => {
      while (!done) {
        writeFileSync(`${file}.new`, contentOf(written + 1))
        renameSync(`${file}.new`, file)
        written++
        await new Promise(resolve => setTimeout(resolve, 3))
      }
    })()
    const codings = ['br', 'gzip', 'identity']
    try {
      await Promise.all(
        codings.map(async coding => {
          for (let n = 0; n < 40; n++) {
            const before = written
            const response = await ask(served, '/a.js', coding)
            const content = decoded(response).toString()
            const state = Number.parseInt(content, 10)
            expect(state).toBeGreaterThanOrEqual(before)
            expect(content === contentOf(state)).toBe(true)
          }
        }),
      )
    } finally {
      done = true
      await writing
    }
    expect(written).toBeGreaterThan(10)
  })
})

/** Changes the file right before it is compressed: after the stat that its validators are of. */
class LateChange extends ContentCache {
  readonly change: () => void

  constructor(change: () => void) {
    super()
    this.change = change
  }

  override make(key: string, fill: (content: GrowingContent) => Promise<void>): GrowingContent {
    this.change()
    return super.make(key, fill)
  }
}

describe('a file that changes while it is compressed', () => {
  const request = (coding: string): Request => ({
    method: 'GET',
    target: '/a.js',
    fields: { 'accept-encoding': coding },
    hosts: ['localhost'],
    httpVersion: '1.1',
    clientIsLocal: true,
    client: '127.0.0.1',
  })
  const fieldOf = (fields: readonly string[], name: string) => fields[fields.indexOf(name) + 1]

  it.each(['same length', 'shorter', 'longer'])(
    '%s: is sent as it is then, with its own validator',
    async how => {
      const root = tempFolder({ 'a.js': text(3_000, 1) })
      const content = text(how === 'same length' ? 3_000 : how === 'shorter' ? 2_000 : 4_000, 2)
      let changes = 0
      const coded = new LateChange(() => {
        if (changes++ === 0) writeFileSync(join(root, 'a.js'), content)
      })
      const site = siteOf(root, {}, { coded })
      const response = await respond(request('gzip'), site)
      expect(response.status).toBe(200)
      expect(gunzipSync(response.content as Buffer).toString()).toBe(content)
      expect(changes).toBe(2)
      const again = await respond(request('gzip'), site)
      expect(changes).toBe(2)
      expect(again.content).toBe(response.content)
      expect(fieldOf(again.fields, 'ETag')).toBe(fieldOf(response.fields, 'ETag'))
    },
  )

  it('again and again: is told as an error in the end', async () => {
    const root = tempFolder({ 'a.js': text(3_000) })
    let changes = 0
    const coded = new LateChange(() => writeFileSync(join(root, 'a.js'), text(3_000, ++changes)))
    expect(await respond(request('br'), siteOf(root, {}, { coded }))).toMatchObject({
      status: 500,
      cause: 'TRUNCATED',
    })
    expect(coded.size).toBe(0)
  })

  it('when the answer has begun: it is cut, and not kept', async () => {
    const root = tempFolder({ 'a.js': text(200 * KiB) })
    const coded = new LateChange(() => writeFileSync(join(root, 'a.js'), text(200 * KiB, 2)))
    const { content } = await respond(request('gzip'), siteOf(root, {}, { coded }))
    await expect((content as GrowingContent).finished()).rejects.toMatchObject({ code: 'CHANGED' })
    expect(coded.size).toBe(0)
  })
})

describe('many at once', () => {
  it('share one compression, and those that leave do no harm', async () => {
    const big = text(1_000 * KiB)
    const served = await serve({ 'big.js': big })
    const connections = Array.from({ length: 40 }, () => new RawConnection(served.port))
    for (const connection of connections) connection.send(get('/big.js', { 'Accept-Encoding': 'gzip' }))
    const leaving = connections.filter((_, n) => n % 2 === 0)
    for (const connection of leaving) connection.destroy()
    const staying = connections.filter((_, n) => n % 2 === 1)
    for (const connection of staying) {
      const response = await connection.response()
      expect(decoded(response).toString() === big).toBe(true)
      connection.destroy()
    }
    expect((await ask(served, '/big.js', 'gzip')).fields['content-length']).toBeDefined()
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThan(200)
  })

  it('once all have left, it is made no further; who comes then gets it whole', async () => {
    const big = text(3_000 * KiB)
    const served = await serve({ 'big.js': big })
    for (let n = 0; n < 5; n++) {
      const connection = new RawConnection(served.port)
      connection.send(get('/big.js', { 'Accept-Encoding': 'gzip' }))
      await new Promise(resolve => connection.socket.once('data', resolve))
      connection.destroy()
    }
    const left = await served.exchange(5)
    expect(left.aborted).toBe(true)
    const response = await ask(served, '/big.js', 'gzip')
    expect(decoded(response).toString() === big).toBe(true)
    await expect
      .poll(async () => (await ask(served, '/big.js', 'gzip')).fields['content-length'])
      .toBeDefined()
  })

  it('different files do not wait for ever, and none holds up a small answer', async () => {
    const count = 60
    const names = Array.from({ length: count }, (_, n) => `${n}.js`)
    const served = await serve({
      ...Object.fromEntries(names.map((name, n) => [name, text(100 * KiB, n + 1)])),
      'a.txt': 'a',
    })
    const answers = Promise.all(names.map(name => ask(served, `/${name}`, 'br')))
    expect((await ask(served, '/a.txt')).text).toBe('a')
    for (const [n, response] of (await answers).entries()) {
      expect(decoded(response).toString() === text(100 * KiB, n + 1)).toBe(true)
    }
  })
})
