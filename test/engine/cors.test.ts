import { describe, expect, it } from 'vitest'
import { get, type RawResponse, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const FILES = { 'a.txt': 'abc', 'sub/index.html': 'x', 'plain/b': 'b' }
const APP = 'https://app.example'
const corsOf = ({ fields }: RawResponse) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name.startsWith('access-control-')))

/** Requests with every kind of answer. */
const KINDS: [status: number, target: string, fields: Record<string, string>, method?: string][] = [
  [200, '/a.txt', {}],
  [200, '/a.txt', {}, 'HEAD'],
  [206, '/a.txt', { Range: 'bytes=0-0' }],
  [304, '/a.txt', { 'If-None-Match': '*' }],
  [412, '/a.txt', { 'If-Match': '"x"' }],
  [416, '/a.txt', { Range: 'bytes=9-' }],
  [301, '/sub', {}],
  [200, '/plain/', {}],
  [404, '/none', {}],
  [403, '/.env', {}],
  [400, '/%', {}],
  [405, '/a.txt', {}, 'PUT'],
  [204, '/a.txt', {}, 'OPTIONS'],
]

async function ask(
  port: number,
  [, target, fields, method = 'GET']: (typeof KINDS)[number],
  origin?: string,
) {
  const all = origin === undefined ? fields : { ...fields, Origin: origin }
  return await rawRequest(port, get(target, all, method), { head: method === 'HEAD' })
}

describe('every answer, an error too', () => {
  it.each(KINDS)('%i %s %j %s', async (...kind) => {
    const [status] = kind
    const closed = await ask((await serve(FILES)).port, kind, APP)
    expect(closed.status).toBe(status)
    expect(corsOf(closed)).toEqual({})
    expect(closed.fields.vary ?? '').not.toContain('Origin')

    const any = await serve(FILES, { cors: 'any' })
    for (const origin of [undefined, APP, 'null']) {
      const response = await ask(any.port, kind, origin)
      expect(response.status).toBe(status)
      expect(corsOf(response)).toEqual({
        'access-control-allow-origin': '*',
        'access-control-expose-headers':
          'Accept-Ranges, Content-Encoding, Content-Range, Date, ETag, Location',
      })
    }

    const one = await serve(FILES, { cors: APP })
    const own = await ask(one.port, kind, APP)
    expect(own.status).toBe(status)
    expect(own.fields['access-control-allow-origin']).toBe(APP)
    expect(own.fields.vary).toContain('Origin')
    for (const origin of [
      undefined,
      'https://other.example',
      `${APP}.evil.example`,
      'http://app.example',
      'null',
    ]) {
      const response = await ask(one.port, kind, origin)
      expect(corsOf(response)).toEqual({})
      expect(response.fields.vary).toContain('Origin')
    }
  })
})

describe('preflights', () => {
  const asked = { Origin: APP, 'Access-Control-Request-Method': 'GET' }
  const preflight = (fields: Record<string, string> = {}) => get('/a.txt', { ...asked, ...fields }, 'OPTIONS')

  it('tell what may be sent', async () => {
    const { port } = await serve(FILES, { cors: 'any' })
    const response = await rawRequest(port, preflight({ 'Access-Control-Request-Headers': 'x-a, Range' }))
    expect(response).toMatchObject({ status: 204, text: '' })
    expect(response.fields).toMatchObject({
      allow: 'GET, HEAD, OPTIONS',
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': 'x-a, Range',
      'access-control-max-age': '600',
      vary: 'Access-Control-Request-Headers, Access-Control-Request-Private-Network',
    })
    expect(response.fields).not.toHaveProperty('access-control-allow-private-network')
    expect(response.fields).not.toHaveProperty('access-control-allow-credentials')
  })

  it('allow the private network to who asks for it', async () => {
    const { port } = await serve(FILES, { cors: APP })
    const wanted = { 'Access-Control-Request-Private-Network': 'true' }
    const { fields } = await rawRequest(port, preflight(wanted))
    expect(fields['access-control-allow-private-network']).toBe('true')
    expect(fields.vary).toContain('Origin')
    const other = await rawRequest(port, preflight({ ...wanted, Origin: 'https://other.example' }))
    expect(corsOf(other)).toEqual({})
  })

  it.each(['a b', 'x-a: y', 'x;y', ',', 'é', `x${'-a, x'.repeat(1_000)}`])('reflect no %j', async names => {
    const { port } = await serve(FILES, { cors: 'any' })
    const { status, fields } = await rawRequest(port, preflight({ 'Access-Control-Request-Headers': names }))
    expect(status).toBe(204)
    expect(fields).not.toHaveProperty('access-control-allow-headers')
  })

  it('do not make a foreign host a known one', async () => {
    const { port } = await serve(FILES, { cors: 'any' })
    expect((await rawRequest(port, preflight({ Host: 'evil.example' }))).status).toBe(421)
  })
})
