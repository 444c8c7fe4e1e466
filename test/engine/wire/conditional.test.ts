/** RFC 9110 §8.8 validators, §13 preconditions and §15.4.5, §15.5.13, on the wire. */
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { converse } from '../../support/conversation.ts'
import { get } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'

const TIME = Date.UTC(1994, 10, 6, 8, 49, 37)
let served: Served
let etag = ''
beforeAll(async () => {
  served = await serve({ 'a.txt': 'hello', 'sub/x.txt': '' })
  utimesSync(join(served.root, 'a.txt'), TIME / 1000, TIME / 1000)
  const [response] = await converse(served, get('/a.txt'), [200], 'open')
  etag = response?.fields.etag ?? ''
})
afterAll(() => served.close())

const EQUAL = 'Sun, 06 Nov 1994 08:49:37 GMT'
const BEFORE = 'Sun, 06 Nov 1994 08:49:36 GMT'
const AFTER = 'Sun, 06 Nov 1994 08:49:38 GMT'
const ask = async (fields: Record<string, string>, status: number, target = '/a.txt') => {
  // `E` stands for the file's own tag.
  const filled = Object.entries(fields).map(([name, value]) => [name, value.replaceAll('E', etag)])
  const [response] = await converse(served, get(target, Object.fromEntries(filled)), [status], 'open')
  return response
}

it('§8.8 a strong tag and the time of the last change', async () => {
  expect(etag).toMatch(/^"[\x21\x23-\x7e]+"$/)
  expect((await ask({}, 200))?.fields['last-modified']).toBe(EQUAL)
})

describe('§13.1.1 If-Match: strong comparison', () => {
  it.each([
    ['E', 200],
    ['*', 200],
    ['"x", E', 200],
    ['E , "x"', 200],
    [',, E ,', 200],
    ['"x"', 412],
    ['W/E', 412],
    ['"x", W/E', 412],
    ['""', 412],
    ['x', 412],
    ['', 412],
  ])('%s: %i', async (value, status) => {
    await ask({ 'If-Match': value }, status)
  })
})

describe('§13.1.2 If-None-Match: weak comparison', () => {
  it.each([
    ['E', 304],
    ['*', 304],
    ['W/E', 304],
    ['"x", E', 304],
    ['"x,y", W/"z" , W/E', 304],
    ['"a b", E', 200],
    ['"x"', 200],
    ['W/"x"', 200],
    ['w/E', 200],
    ['x', 200],
    ['', 200],
  ])('%s: %i', async (value, status) => {
    await ask({ 'If-None-Match': value }, status)
  })

  it('each of several field lines counts', async () => {
    const lines = `GET /a.txt HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: "x"\r\nIf-None-Match: ${etag}\r\n\r\n`
    await converse(served, lines, [304], 'open')
  })
})

describe('§13.1.3 If-Modified-Since and §5.6.7 dates', () => {
  it.each([
    [EQUAL, 304],
    [AFTER, 304],
    [BEFORE, 200],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 304],
    ['Sunday, 06-Nov-94 08:49:36 GMT', 200],
    // Two digits: not more than 50 years ahead.
    ['Wednesday, 06-Nov-30 08:49:37 GMT', 304],
    ['Saturday, 06-Nov-93 08:49:37 GMT', 200],
    ['Sun Nov  6 08:49:37 1994', 304],
    ['Sun Nov  6 08:49:36 1994', 200],
    // Malformed: as if it were not there.
    ['yesterday', 200],
    ['', 200],
    ['0', 200],
    ['1994-11-06T08:49:37Z', 200],
    ['Sun, 6 Nov 1994 08:49:37 GMT', 200],
    ['Sun, 06 Nov 1994 08:49:37 +0000', 200],
    ['Sun, 06 nov 1994 08:49:37 GMT', 200],
    ['Sun, 06 Nov 1994 25:49:37 GMT', 200],
    ['Sun, 31 Feb 2024 08:49:37 GMT', 200],
    [`${EQUAL}, ${EQUAL}`, 200],
  ])('%s: %i', async (value, status) => {
    await ask({ 'If-Modified-Since': value }, status)
  })
})

describe('§13.1.4 If-Unmodified-Since', () => {
  it.each([
    [EQUAL, 200],
    [AFTER, 200],
    [BEFORE, 412],
    ['Sun Nov  6 08:49:36 1994', 412],
    ['yesterday', 200],
  ])('%s: %i', async (value, status) => {
    await ask({ 'If-Unmodified-Since': value }, status)
  })
})

describe('§13.2.2 precedence', () => {
  const range = { Range: 'bytes=0-1' }
  it.each<[Record<string, string>, number]>([
    // If-Match decides, If-Unmodified-Since is ignored.
    [{ 'If-Match': 'E', 'If-Unmodified-Since': BEFORE }, 200],
    [{ 'If-Match': '"x"', 'If-Unmodified-Since': AFTER }, 412],
    // If-None-Match decides, If-Modified-Since is ignored.
    [{ 'If-None-Match': '"x"', 'If-Modified-Since': AFTER }, 200],
    [{ 'If-None-Match': 'E', 'If-Modified-Since': BEFORE }, 304],
    // 412 before 304.
    [{ 'If-Match': '"x"', 'If-None-Match': 'E' }, 412],
    [{ 'If-Unmodified-Since': BEFORE, 'If-None-Match': 'E' }, 412],
    [{ 'If-Match': 'E', 'If-None-Match': 'E' }, 304],
    [{ 'If-Unmodified-Since': EQUAL, 'If-Modified-Since': EQUAL }, 304],
    // All of them before Range.
    [{ ...range, 'If-Match': '"x"' }, 412],
    [{ ...range, 'If-None-Match': 'E' }, 304],
    [{ Range: 'bytes=99-', 'If-None-Match': 'E' }, 304],
    [{ ...range, 'If-Match': 'E' }, 206],
    [{ ...range, 'If-None-Match': '"x"' }, 206],
    [{ ...range, 'If-Match': 'E', 'If-None-Match': '"x"', 'If-Range': 'E' }, 206],
    [{ ...range, 'If-Match': 'E', 'If-Range': '"x"' }, 200],
  ])('%j: %i', async (fields, status) => {
    await ask(fields, status)
  })

  it.each<[string, Record<string, string>, number]>([
    // §13.2.1: without them it would not be 200, so they do not count.
    ['/none', { 'If-Match': '*' }, 404],
    ['/none', { 'If-None-Match': '*' }, 404],
    ['/sub', { 'If-None-Match': '*' }, 301],
    // A list of files has no validators.
    ['/sub/', { 'If-Match': '"x"' }, 412],
    ['/sub/', { 'If-None-Match': '"x"' }, 200],
    ['/sub/', { 'If-Modified-Since': AFTER }, 200],
  ])('%s %j: %i', async (target, fields, status) => {
    await ask(fields, status, target)
  })
})

it('§15.4.5 304 has what guides a cache, and nothing else', async () => {
  const whole = (await ask({}, 200))?.fields ?? {}
  for (const fields of [{ 'If-None-Match': 'E' }, { 'If-Modified-Since': EQUAL }]) {
    const response = await ask(fields, 304)
    const { date, connection, 'keep-alive': keepAlive, ...rest } = response?.fields ?? {}
    expect(rest).toEqual({ etag, 'cache-control': whole['cache-control'], vary: whole.vary })
    expect([date, connection, keepAlive]).toEqual([
      expect.stringMatching(/GMT$/),
      'keep-alive',
      expect.any(String),
    ])
    expect(response?.body).toHaveLength(0)
  }
})

it('§13.1.3 and §13.1.4 hold for HEAD too', async () => {
  const head = (fields: Record<string, string>) => get('/a.txt', fields, 'HEAD')
  await converse(served, head({ 'If-None-Match': etag }), ['HEAD 304'], 'open')
  await converse(served, head({ 'If-Match': '"x"' }), ['HEAD 412'], 'open')
})
