/** The script in pages of the server's own: who gets it, and that fields, length and policy stay right. */

import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { get, type RawResponse, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'

const BROWSER = { Accept: 'text/html', 'Sec-Fetch-Dest': 'document' }
const ELEMENT = /<script nonce="([^"]+)" async data-follow src="\/\.servebar\/live\.js"><\/script>\n<\/head>/

const ask = async (
  served: Served,
  target: string,
  fields: Record<string, string> = BROWSER,
): Promise<RawResponse> => rawRequest(served.port, get(target, fields))

it.each([
  ['a list', '/', 200, {}],
  ['a list that can be added to', '/', 200, { uploads: {} }],
  ['a folder without a page', '/', 404, { listing: false }],
  ['nothing', '/none', 404, {}],
  ['a place for a folder', '/none/', 404, { spa: true }],
])('%s', async (_, target, status, options) => {
  const served = await serve({ 'a.txt': 'a' }, { liveReload: true, ...options })
  const response = await ask(served, target)
  const [, nonce] = ELEMENT.exec(response.text) ?? []
  expect(nonce).toBeDefined()
  expect(response).toMatchObject({
    status,
    fields: {
      'content-length': String(response.body.length),
      'content-security-policy': expect.stringContaining(`script-src 'nonce-${nonce}'`),
      'server-timing': expect.stringContaining('servebar-live'),
    },
  })
  expect(response.fields['content-security-policy']).toContain("connect-src 'self'")
  expect(response.fields['content-security-policy']?.match(/script-src /g)).toHaveLength(1)
  expect(response.fields.vary).toContain('Sec-Fetch-Dest')
  // For each its own.
  expect(ELEMENT.exec((await ask(served, target)).text)?.[1]).not.toBe(nonce)
  const head = await rawRequest(served.port, get(target, BROWSER, 'HEAD'), { head: true })
  expect(head.fields['content-length']).toBe(response.fields['content-length'])
})

it.each([
  ['a script', { Accept: '*/*', 'Sec-Fetch-Dest': 'empty' }],
  ['a picture', { Accept: 'image/*', 'Sec-Fetch-Dest': 'image' }],
  ['a program', { Accept: '*/*' }],
])('what %s asks for is as without', async (_, fields) => {
  const live = await serve({ 'a.txt': 'a' }, { liveReload: true })
  const plain = await serve(live.root)
  for (const target of ['/none', '/?s=x']) {
    const [with_, without] = [await ask(live, target, fields), await ask(plain, target, fields)]
    expect(with_.text).toBe(without.text)
    expect(with_.fields['content-security-policy']).toBe(without.fields['content-security-policy'])
    // Another request would get another form.
    expect(with_.fields.vary).toContain('Sec-Fetch-Dest')
  }
})

it('a list is compressed with it', async () => {
  const served = await serve({ 'a.txt': 'a' }, { liveReload: true })
  const response = await ask(served, '/', { ...BROWSER, 'Accept-Encoding': 'gzip' })
  expect(response.fields['content-encoding']).toBe('gzip')
  expect(gunzipSync(response.body).toString()).toMatch(ELEMENT)
})

it('JSON and refusals that no file can change are as without', async () => {
  const served = await serve({ 'a.txt': 'a', '.env': 'x' }, { liveReload: true })
  expect((await ask(served, '/?json')).text).not.toContain('live.js')
  expect((await ask(served, '/.env')).text).not.toContain('live.js')
})

it('its own 404.html has it as any page', async () => {
  const served = await serve({ '404.html': '<!doctype html><p>x' }, { liveReload: true })
  const response = await ask(served, '/none')
  expect(response.status).toBe(404)
  expect(response.text).toContain('<script async src="/.servebar/live.js">')
  expect(response.fields['content-length']).toBe(String(response.body.length))
})

it('a page gets it by the policy that _headers gives', async () => {
  const served = await serve(
    {
      'index.html': '<!doctype html><p>x',
      _headers: "/*\n  Content-Security-Policy: script-src 'nonce-abc'\n",
    },
    { liveReload: true, hostRules: 'netlify', fields: [['Content-Security-Policy', "script-src 'none'"]] },
  )
  expect((await ask(served, '/')).text).toContain('nonce="abc"')
  expect((await served.exchange(1)).note).toBeNull()
})
