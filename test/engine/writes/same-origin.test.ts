import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { checkOrigin, checkToken, createToken } from '../../../electron/engine/writes/same-origin.ts'

const asked = (fields: IncomingHttpHeaders, method = 'PUT', authority: string | null = 'site.test:8080') => ({
  method,
  fields,
  authority,
})

describe('the origin', () => {
  it.each<[IncomingHttpHeaders, string | null]>([
    [{}, 'site.test:8080'],
    [{ origin: 'http://site.test:8080' }, 'site.test:8080'],
    [{ origin: 'http://site.test:8080' }, 'SITE.test:8080'],
    [{ origin: 'http://site.test' }, 'site.test:80'],
    [{ origin: 'http://site.test' }, 'site.test'],
    // Something in front ends TLS.
    [{ origin: 'https://site.test' }, 'site.test'],
    [{ origin: 'http://[::1]:8080' }, '[::1]:8080'],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://site.test:8080' }, 'site.test:8080'],
  ])('%j at %s is ours', (fields, authority) => {
    expect(() => checkOrigin(asked(fields, 'PUT', authority))).not.toThrow()
  })

  it.each<[IncomingHttpHeaders, string | null]>([
    [{ origin: 'http://evil.test' }, 'site.test:8080'],
    [{ origin: 'http://site.test' }, 'site.test:8080'],
    [{ origin: 'http://site.test:8081' }, 'site.test:8080'],
    [{ origin: 'http://site.test.evil.test:8080' }, 'site.test:8080'],
    [{ origin: 'null' }, 'site.test:8080'],
    [{ origin: '' }, 'site.test:8080'],
    [{ origin: 'http://site.test:8080' }, null],
    [{ origin: 'file://site.test:8080' }, 'site.test:8080'],
    [{ 'sec-fetch-site': 'cross-site' }, 'site.test:8080'],
    [{ 'sec-fetch-site': 'same-site' }, 'site.test:8080'],
    [{ 'sec-fetch-site': 'none' }, 'site.test:8080'],
  ])('%j at %s is not', (fields, authority) => {
    expect(() => checkOrigin(asked(fields, 'PUT', authority))).toThrow('foreign')
  })
})

describe('the token', () => {
  const token = createToken()

  it('is another for each server', () => {
    expect(createToken()).not.toBe(token)
    expect(token).toMatch(/^[\w-]{24}$/)
  })

  it('is needed by what a browser sends, and by every form', () => {
    for (const fields of [
      { origin: 'http://site.test:8080' },
      { referer: 'http://site.test:8080/' },
      { 'sec-fetch-site': 'same-origin' },
    ]) {
      expect(() => checkToken(asked(fields), token)).toThrow('token')
      expect(() => checkToken(asked({ ...fields, 'servebar-token': token }), token)).not.toThrow()
    }
    expect(() => checkToken(asked({}, 'POST'), token)).toThrow('token')
    expect(() => checkToken(asked({}, 'POST'), token, token)).not.toThrow()
  })

  it('is not needed by what no browser sends', () => {
    expect(() => checkToken(asked({ 'user-agent': 'curl/8' }), token)).not.toThrow()
  })

  it('must be right where it is given', () => {
    for (const wrong of ['', 'x', `${token}x`, token.slice(1), createToken()]) {
      expect(() => checkToken(asked({ 'servebar-token': wrong }), token)).toThrow('token')
      expect(() => checkToken(asked({}, 'POST'), token, wrong)).toThrow('token')
    }
  })
})
