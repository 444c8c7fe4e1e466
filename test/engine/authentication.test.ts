import { describe, expect, it } from 'vitest'
import { createVerifier, maskSecret } from '../../electron/engine/authentication.ts'
import { get, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const basic = (pair: string | Buffer): string => `Basic ${Buffer.from(pair).toString('base64')}`

describe('credentials (RFC 7617)', () => {
  it.each<[name: string, field: string | undefined, right: boolean]>([
    ['right', basic('ann:pa:ss wörd'), true],
    ['scheme in another case', basic('ann:pa:ss wörd').replace('Basic', 'bAsIC'), true],
    ['several spaces', basic('ann:pa:ss wörd').replace(' ', '  '), true],
    ['without padding', basic('ann:pa:ss wörd').replace(/=+$/, ''), true],
    ['ö in two code points', basic('ann:pa:ss wo\u0308rd'), true],
    ['ö in Latin-1', basic(Buffer.from('ann:pa:ss wörd', 'latin1')), false],
    ['no field', undefined, false],
    ['empty', '', false],
    ['no credentials', 'Basic ', false],
    ['another scheme', basic('ann:pa:ss wörd').replace('Basic', 'Bearer'), false],
    ['not encoded', 'Basic ann:pa:ss', false],
    ['another password', basic('ann:pa:ss word'), false],
    ['a beginning', basic('ann:pa:ss'), false],
    ['more', basic('ann:pa:ss wörd '), false],
    ['another user', basic('bob:pa:ss wörd'), false],
    ['another case', basic('Ann:pa:ss wörd'), false],
    ['no password', basic('ann:'), false],
    ['a NUL', basic('ann:pa:ss wörd\0'), false],
    ['two', `${basic('ann:pa:ss wörd')}, ${basic('x:y')}`, false],
  ])('%s', async (_, field, right) => {
    expect(createVerifier({ user: 'ann', password: 'pa:ss wörd' })(field)).toBe(right)
    // Cheaper than ours: what is asked here is what is taken for right.
    const hash = '$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0$hcOO3oZ1LGBCoDZVWJ8S6CSt1WCk4eKOgxgE81C0tLM'
    expect(await createVerifier({ user: 'ann', hash })(field)).toBe(right)
  })
})

it.each([
  ['authorization', 'Basic c2VjcmV0', 'Basic ***'],
  ['authorization', 'bearer c2VjcmV0', 'bearer ***'],
  ['authorization', 'c2VjcmV0', '***'],
  ['authorization', 'secret word', '***'],
  ['proxy-authorization', 'Basic c2VjcmV0', 'Basic ***'],
  ['accept', 'Basic', 'Basic'],
])('a record shows %s: %s as %s', (name, value, shown) => {
  expect(maskSecret(name, value)).toBe(shown)
})

describe('a site with a password', () => {
  const FILES = { 'a.txt': 'SECRET', 'index.html': 'SECRET', '.env': 'SECRET', 'sub/b.html': 'SECRET' }
  const options = {
    auth: { user: 'ann', password: 'pass' },
    cors: 'any',
    spa: true,
    cleanUrls: true,
  } as const

  it('is open to who knows it', async () => {
    const served = await serve(FILES, options)
    const response = await rawRequest(served.port, get('/a.txt', { Authorization: basic('ann:pass') }))
    expect(response).toMatchObject({ status: 200, text: 'SECRET' })
    const { requestFields } = await served.exchange(1)
    expect(requestFields).toContainEqual(['authorization', 'Basic ***'])
    expect(JSON.stringify(served.exchanges)).not.toContain(Buffer.from('ann:pass').toString('base64'))
  })

  const targets = [
    ...['/', '/a.txt', '/none', '/.env', '/sub', '/sub/', '/sub/b', '/sub/b.html', '//a.txt', '/./a.txt'],
    ...[
      '/%61.txt',
      '/sub/../a.txt',
      '/a.txt?x',
      '/%2e%2e/a.txt',
      '/%00',
      '/a.txt%20',
      '/A.TXT',
      '*',
      'a.txt',
    ],
    ...['http://localhost/a.txt', 'http://ann:pass@localhost/a.txt', 'HTTP://localhost//a.txt'],
  ]
  it.each(targets)('%s answers nothing but 401, to any method', async target => {
    const served = await serve(FILES, options)
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND', 'TRACE']) {
      for (const fields of [
        {},
        // Who says it more often is made to wait.
        ...(method === 'GET' || method === 'DELETE' ? [{ Authorization: basic('ann:wrong') }] : []),
        { Authorization: 'Basic' },
        { Range: 'bytes=0-1' },
        { 'If-None-Match': '*' },
        { 'If-Match': '"x"' },
        { 'Accept-Encoding': 'identity;q=0' },
        { 'X-Original-URL': '/public', 'X-HTTP-Method-Override': 'OPTIONS', 'X-Forwarded-For': '127.0.0.1' },
        { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' },
      ] as Record<string, string>[]) {
        const head = method === 'HEAD'
        const response = await rawRequest(
          served.port,
          get(target, { ...fields, 'Content-Length': '0' }, method),
          {
            head,
          },
        )
        // What is no target, and an authority with a user, are told so before all else.
        expect(response.status).toBe(target.includes('@') || target === 'a.txt' ? 400 : 401)
        expect(response.text).not.toContain('SECRET')
        if (response.status !== 401) continue
        expect(response.fields['www-authenticate']).toBe('Basic realm="Servebar", charset="UTF-8"')
        expect(response.fields).not.toHaveProperty('etag')
        expect(response.fields).not.toHaveProperty('allow')
      }
    }
  })

  it('answers preflights, which bring no password, and only where CORS is on', async () => {
    const preflight = get(
      '/a.txt',
      {
        Origin: 'https://app.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
      'OPTIONS',
    )
    const served = await serve(FILES, options)
    expect((await rawRequest(served.port, preflight)).status).toBe(204)
    const closed = await serve(FILES, { ...options, cors: false })
    expect((await rawRequest(closed.port, preflight)).status).toBe(401)
    const other = await serve(FILES, { ...options, cors: 'https://other.example' })
    expect((await rawRequest(other.port, preflight)).status).toBe(401)
  })

  it('refuses a second Authorization field of another value as it does the first', async () => {
    const served = await serve(FILES, options)
    const request = `GET /a.txt HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${basic('ann:wrong')}\r\nAuthorization: ${basic('ann:pass')}\r\n\r\n`
    expect((await rawRequest(served.port, request)).status).toBe(401)
  })
})
