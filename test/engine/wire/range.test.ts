/** RFC 9110 §14 ranges, §13.1.5 If-Range, §15.3.7 and §15.5.17, on the wire. */
import { closeSync, ftruncateSync, openSync, utimesSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { converse } from '../../support/conversation.ts'
import { get, RawConnection, type RawResponse, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'

const ASCII = 'abcdefghijklmnopqrstuvwxyz'
const BIG = Buffer.alloc(600_000)
for (let at = 0; at < BIG.length; at += 4) BIG.writeUInt32LE(at, at)
const GiB = 2 ** 30
const LAST_MODIFIED = 'Sun, 06 Nov 1994 08:49:37 GMT'

let served: Served
let etag = ''
beforeAll(async () => {
  served = await serve({ 'a.txt': ASCII, 'empty.txt': '', 'big.bin': BIG, 'huge.bin': '', 'sub/x.txt': '' })
  utimesSync(join(served.root, 'a.txt'), 784_111_777, 784_111_777)
  const fd = openSync(join(served.root, 'huge.bin'), 'r+')
  ftruncateSync(fd, 5 * GiB)
  writeSync(fd, 'middle', 3 * GiB)
  writeSync(fd, 'the end', 5 * GiB - 7)
  closeSync(fd)
  etag = (await rawRequest(served.port, get('/a.txt'))).fields.etag ?? ''
})
afterAll(() => served.close())

const ask = async (range: string, status: number, target = '/a.txt', fields: Record<string, string> = {}) => {
  const [response] = await converse(served, get(target, { Range: range, ...fields }), [status], 'open')
  if (response === undefined) throw new Error('no answer')
  return response
}

/** The parts of a multipart/byteranges answer; fails when it is not framed as RFC 2046 §5.1 asks. */
function partsOf(response: RawResponse): { range: string; type: string; content: string }[] {
  const boundary = /^multipart\/byteranges; boundary=([\w'()+,./:=?-]{1,70})$/.exec(
    response.fields['content-type'] ?? '',
  )?.[1]
  const pieces = response.body.toString('latin1').split(new RegExp(`(?:^|\r\n)--${boundary}(?:\r\n|--\r\n)`))
  expect(pieces.shift()).toBe('')
  expect(pieces.pop()).toBe('')
  return pieces.map(piece => {
    const [, type = '', range = '', content = ''] =
      /^Content-Type: ([^\r]+)\r\nContent-Range: ([^\r]+)\r\n\r\n([\s\S]*)$/.exec(piece) ?? []
    return { range, type, content }
  })
}

describe('§14.1.2 one range', () => {
  it.each([
    ['bytes=0-4', 'abcde', '0-4'],
    ['bytes=0-0', 'a', '0-0'],
    ['bytes=25-25', 'z', '25-25'],
    ['bytes=20-', 'uvwxyz', '20-25'],
    ['bytes=0-', ASCII, '0-25'],
    ['bytes=-1', 'z', '25-25'],
    ['bytes=-26', ASCII, '0-25'],
    ['bytes=-100', ASCII, '0-25'],
    ['bytes=20-99', 'uvwxyz', '20-25'],
    ['bytes=0-99999999999999999999999', ASCII, '0-25'],
    ['bytes=-99999999999999999999999', ASCII, '0-25'],
    ['Bytes=0-0', 'a', '0-0'],
    ['bytes=, 0-4 ,', 'abcde', '0-4'],
  ])('%s', async (range, text, contentRange) => {
    const response = await ask(range, 206)
    expect(response.text).toBe(text)
    expect(response.fields).toMatchObject({
      'content-range': `bytes ${contentRange}/26`,
      'content-length': String(text.length),
      'content-type': 'text/plain; charset=utf-8',
      'last-modified': LAST_MODIFIED,
      etag,
    })
  })

  it.each([
    [`bytes=${3 * GiB}-${3 * GiB + 5}`, 'middle', `${3 * GiB}-${3 * GiB + 5}`],
    ['bytes=-7', 'the end', `${5 * GiB - 7}-${5 * GiB - 1}`],
    [`bytes=${5 * GiB - 3}-9007199254740993`, 'end', `${5 * GiB - 3}-${5 * GiB - 1}`],
  ])('beyond 2^31: %s', async (range, text, contentRange) => {
    const response = await ask(range, 206, '/huge.bin')
    expect(response.text).toBe(text)
    expect(response.fields['content-range']).toBe(`bytes ${contentRange}/${5 * GiB}`)
  })

  it('a large one, byte for byte', async () => {
    const { body } = await ask('bytes=1001-500000', 206, '/big.bin')
    expect(body.equals(BIG.subarray(1001, 500_001))).toBe(true)
  })
})

describe('§15.5.17 none that can be', () => {
  it.each([
    ['bytes=26-', '/a.txt', 26],
    ['bytes=100-200', '/a.txt', 26],
    ['bytes=-0', '/a.txt', 26],
    ['bytes=26-,99-', '/a.txt', 26],
    ['bytes=9007199254740993-', '/a.txt', 26],
    ['bytes=99999999999999999999-', '/huge.bin', 5 * GiB],
    ['bytes=0-', '/empty.txt', 0],
    ['bytes=0-0', '/empty.txt', 0],
  ])('%s of %s', async (range, target, size) => {
    const response = await ask(range, 416, target)
    expect(response.fields['content-range']).toBe(`bytes */${size}`)
  })

  it('a suffix of an empty file is the file', async () => {
    expect((await ask('bytes=-5', 200, '/empty.txt')).fields['content-length']).toBe('0')
  })
})

describe('§14.2 ignored', () => {
  it.each([
    ...[
      'bytes=5-2',
      'bytes=',
      'bytes=-',
      'bytes=a-b',
      'bytes=0-4;5-9',
      'bytes 0-4',
      'bytes=0 -4',
      'bytes=--4',
    ],
    ...[
      'bytes=0-4,x',
      'bytes=1.5-4',
      'bytes=0-4, 9-5',
      'pages=1-2',
      'bytes',
      '0-4',
      'bytes=\u00b2-4',
      'none',
    ],
    ...['bytes=0-,0-,0-', `bytes=${Array.from({ length: 1_000 }, (_, n) => `${n}-${n}`).join()}`],
    `bytes=${'0-0,'.repeat(2_000)}`,
  ])('%s', async range => {
    const response = await ask(range, 200)
    expect(response.text).toBe(ASCII)
    expect(response.fields).not.toHaveProperty('content-range')
  })

  it('for two field lines, other methods, and what is no file', async () => {
    const twice = 'GET /a.txt HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\nRange: bytes=2-3\r\n\r\n'
    await converse(served, twice, [200], 'open')
    const [head] = await converse(served, get('/a.txt', { Range: 'bytes=0-1' }, 'HEAD'), ['HEAD 200'], 'open')
    expect(head?.fields['content-length']).toBe('26')
    await converse(served, get('/a.txt', { Range: 'bytes=99-' }, 'HEAD'), ['HEAD 200'], 'open')
    await ask('bytes=0-1', 200, '/sub/')
    await ask('bytes=0-1', 301, '/sub')
    await ask('bytes=0-1', 404, '/none')
  })
})

describe('§14.6 several ranges', () => {
  it.each([
    ['bytes=0-1,24-25', ['0-1 ab', '24-25 yz']],
    ['bytes=-2, 0-1', ['0-1 ab', '24-25 yz']],
    ['bytes=0-0,2-2,4-4', ['0-0 a', '2-2 c', '4-4 e']],
    ['bytes=0-3,2-5,10-', ['0-5 abcdef', '10-25 klmnopqrstuvwxyz']],
    ['bytes=0-1,2-3,9-9', ['0-3 abcd', '9-9 j']],
    ['bytes=0-1,5-6,99-', ['0-1 ab', '5-6 fg']],
  ])('%s', async (range, expected) => {
    const response = await ask(range, 206)
    const parts = partsOf(response)
    expect(parts.map(part => `${part.range.replace(/^bytes (.*)\/26$/, '$1')} ${part.content}`)).toEqual(
      expected,
    )
    for (const { type } of parts) expect(type).toBe('text/plain; charset=utf-8')
    // §15.3.7.2: never in the header section.
    expect(response.fields).not.toHaveProperty('content-range')
    expect(response.fields['content-length']).toBe(String(response.body.length))
    expect(response.fields).toMatchObject({ etag, 'last-modified': LAST_MODIFIED })
  })

  it.each([
    ['bytes=0-1,2-5', 'abcdef', '0-5'],
    ['bytes=0-1,99-', 'ab', '0-1'],
    ['bytes=0-,0-', ASCII, '0-25'],
  ])('§15.3.7.2 %s is one in the end', async (range, text, contentRange) => {
    const response = await ask(range, 206)
    expect(response.text).toBe(text)
    expect(response.fields['content-range']).toBe(`bytes ${contentRange}/26`)
  })

  it('large ones, byte for byte, and the connection goes on', async () => {
    const response = await ask('bytes=0-99999,200001-300000,-3', 206, '/big.bin')
    expect(partsOf(response).map(({ content }) => Buffer.from(content, 'latin1'))).toEqual([
      BIG.subarray(0, 100_000),
      BIG.subarray(200_001, 300_001),
      BIG.subarray(-3),
    ])
    const { bytesSent, status } = served.exchanges.at(-2) ?? {}
    expect({ bytesSent, status }).toEqual({ bytesSent: response.body.length, status: 206 })
  })

  it('a client that leaves amid the parts leaves nothing open', async () => {
    const before = served.exchanges.length
    const connection = new RawConnection(served.port)
    connection.send(get('/huge.bin', { Range: `bytes=0-${GiB},${2 * GiB}-${3 * GiB}` }))
    await new Promise(resolve => connection.socket.once('data', resolve))
    connection.destroy()
    expect(await served.exchange(before + 1)).toMatchObject({ status: 206, aborted: true, cause: null })
  })
})

describe('§13.1.5 If-Range', () => {
  const cases: [string, () => string, number][] = [
    ['the same tag', () => etag, 206],
    ['the same date', () => LAST_MODIFIED, 206],
    ['the same date in an old format', () => 'Sun Nov  6 08:49:37 1994', 206],
    ['another tag', () => '"x"', 200],
    ['the same tag, weak', () => `W/${etag}`, 200],
    ['a list', () => `"x", ${etag}`, 200],
    ['a star', () => '*', 200],
    ['a later date', () => 'Sun, 06 Nov 1994 08:49:38 GMT', 200],
    ['an earlier date', () => 'Sun, 06 Nov 1994 08:49:36 GMT', 200],
    ['no date', () => 'yesterday', 200],
  ]
  it.each(cases)('%s: %i', async (_, value, status) => {
    const response = await ask('bytes=0-4', status, '/a.txt', { 'If-Range': value() })
    expect(response.text).toBe(status === 206 ? 'abcde' : ASCII)
    // Without If-Range this would be 416.
    await ask('bytes=99-', status === 206 ? 416 : 200, '/a.txt', { 'If-Range': value() })
  })

  it('§15.3.7 its 206 says no more than what is new', async () => {
    const { fields } = await ask('bytes=0-4', 206, '/a.txt', { 'If-Range': etag })
    expect(fields).toMatchObject({
      etag,
      date: expect.any(String),
      'cache-control': 'no-cache',
      vary: expect.any(String),
    })
    expect(fields).not.toHaveProperty('last-modified')
    expect(fields).not.toHaveProperty('content-type')
  })

  it('without Range means nothing', async () => {
    await converse(served, get('/a.txt', { 'If-Range': '"x"' }), [200], 'open')
  })
})

it('§14.3 Accept-Ranges', async () => {
  const [file] = await converse(served, get('/a.txt'), [200], 'open')
  expect(file?.fields['accept-ranges']).toBe('bytes')
})
