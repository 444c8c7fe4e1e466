import { describe, expect, it } from 'vitest'
import { addFields } from '../../electron/engine/header-fields.ts'
import { get, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

describe('adding', () => {
  it.each<[name: string, own: string[], extra: string[], all: string[]]>([
    ['nothing', ['A', '1'], [], ['A', '1']],
    ['one', ['A', '1'], ['B', '2'], ['A', '1', 'B', '2']],
    [
      'one that is there, in another case',
      ['Content-Type', 'x'],
      ['content-type', 'y'],
      ['Content-Type', 'x'],
    ],
    ['one of a name that is a value', ['A', 'B'], ['B', '2'], ['A', 'B', 'B', '2']],
    [
      'the same name twice',
      ['A', '1'],
      ['Set-Cookie', 'x', 'Set-Cookie', 'y'],
      ['A', '1', 'Set-Cookie', 'x', 'Set-Cookie', 'y'],
    ],
    ['the first Vary', ['A', '1'], ['Vary', 'Origin'], ['A', '1', 'Vary', 'Origin']],
    ['to Vary', ['Vary', 'Accept'], ['vary', 'Origin, accept'], ['Vary', 'Accept, Origin']],
    ['a value that looks like Vary', ['A', 'Vary'], ['Vary', 'Origin'], ['A', 'Vary', 'Vary', 'Origin']],
  ])('%s', (_, own, extra, all) => {
    expect(addFields(own, extra)).toEqual(all)
  })
})

describe('what the owner adds', () => {
  const fields = [
    ['X-Frame-Options', 'DENY'],
    ['Content-Security-Policy', "default-src 'self'"],
    ['Vary', 'Cookie'],
  ] as const
  it.each([
    ['/a.txt', 'GET', 200],
    ['/a.txt', 'HEAD', 200],
    ['/none', 'GET', 404],
    ['/.env', 'GET', 403],
    ['/', 'GET', 200],
    ['/sub', 'GET', 301],
    ['/a.txt', 'PUT', 405],
    ['/a.txt', 'OPTIONS', 204],
  ])('%s %s', async (target, method, status) => {
    const served = await serve({ 'a.txt': 'a', 'sub/b': '' }, { fields })
    const response = await rawRequest(served.port, get(target, {}, method), { head: method === 'HEAD' })
    expect(response.status).toBe(status)
    expect(response.fields['x-frame-options']).toBe('DENY')
    expect(response.fields.vary).toContain('Cookie')
    expect(response.fields['content-security-policy']).toMatch(/^default-src '(self|none)'/)
  })

  it('also stands on what was no request', async () => {
    const served = await serve({}, { fields })
    const malformed = await rawRequest(served.port, 'GET / HTTP/1.1\r\nBad Field: x\r\n\r\n')
    expect(malformed).toMatchObject({ status: 400, fields: { 'x-frame-options': 'DENY' } })
    const { responseFields } = await served.exchange(1)
    expect(responseFields).toContainEqual(['x-frame-options', 'DENY'])
  })
})

describe('cache policy', () => {
  it.each([
    ['no-cache', 'no-cache'],
    ['no-store', 'no-store'],
    ['immutable', 'max-age=31536000, immutable'],
    [60, 'max-age=60'],
  ] as const)('%s', async (cache, value) => {
    const served = await serve({ 'a.txt': 'abc' }, { cache })
    const ask = async (fields: Record<string, string>) =>
      (await rawRequest(served.port, get('/a.txt', fields))).fields
    expect((await ask({}))['cache-control']).toBe(value)
    expect((await ask({ 'If-None-Match': '*' }))['cache-control']).toBe(value)
    expect((await ask({ Range: 'bytes=0-0' }))['cache-control']).toBe(value)
    // What is not there may be there in a moment.
    expect((await rawRequest(served.port, get('/none'))).fields['cache-control']).toBe('no-cache')
  })
})
