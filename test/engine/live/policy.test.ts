import { describe, expect, it } from 'vitest'
import { judge } from '../../../electron/engine/live/policy.ts'

const PATHS = { script: '/.servebar/live.js', stream: '/.servebar/live' }
const ORIGIN = { scheme: 'http', host: 'localhost', port: '8080' }

const byField = (...fields: string[]) => judge({ fields, metas: [] }, ORIGIN, PATHS)
const byMeta = (...metas: string[]) => judge({ fields: [], metas }, ORIGIN, PATHS)

describe('a policy that lets the script and its stream through', () => {
  it.each([
    '',
    ';;',
    "default-src 'self'",
    "DEFAULT-SRC 'SELF'",
    "script-src 'self'",
    "script-src 'self'; connect-src 'self'; default-src 'none'",
    "script-src-elem 'self'; script-src 'none'",
    "script-src *; connect-src *; default-src 'none'",
    'default-src http:',
    'default-src localhost:8080',
    'default-src http://localhost:8080',
    'default-src http://LOCALHOST:*',
    'default-src localhost:8080/.servebar/',
    'script-src localhost:8080/.servebar/live.js',
    'default-src *:8080',
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' https://cdn.example",
    "img-src 'none'; style-src 'none'; frame-ancestors 'none'; object-src 'none'",
    'sandbox allow-scripts allow-same-origin',
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "script-src 'self'; script-src 'none'",
    'upgrade-insecure-requests',
    "script-src 'self' 'nonce-abc'",
  ])('%s', policy => {
    expect(byField(policy)).toEqual({ allowed: true, nonce: null })
  })
})

describe('a policy that does not', () => {
  it.each([
    "default-src 'none'",
    "script-src 'none'",
    'script-src',
    "script-src-elem 'none'; script-src 'self'",
    "script-src 'self'; connect-src 'none'",
    "script-src 'self'; default-src 'none'",
    "script-src 'unsafe-inline'",
    "script-src 'sha256-abc='",
    "script-src 'self' 'strict-dynamic'",
    'script-src https:',
    'script-src data: blob:',
    'script-src localhost',
    'script-src localhost:8081',
    'script-src https://localhost:8080',
    'script-src localhost:8080/js/',
    'script-src localhost:8080/.servebar/live',
    'connect-src localhost:8080/api/',
    'script-src *.localhost:8080',
    'script-src example.com:8080',
    "script-src 'nonce-'",
    'sandbox',
    'sandbox allow-scripts',
    'sandbox allow-same-origin',
    "script-src 'none'; script-src 'self'",
    "img-src 'self', script-src 'none'",
  ])('%s', policy => {
    expect(byField(policy)).toEqual({ allowed: false })
  })

  it('is one of several', () => {
    expect(byField("script-src 'self'", "script-src 'none'")).toEqual({ allowed: false })
    expect(judge({ fields: ["script-src 'self'"], metas: ["script-src 'none'"] }, ORIGIN, PATHS)).toEqual({
      allowed: false,
    })
  })
})

describe('a nonce', () => {
  it.each([
    "script-src 'nonce-r4nd0m+/=='",
    "script-src 'nonce-r4nd0m+/==' 'strict-dynamic'",
    "script-src 'strict-dynamic' 'self' 'nonce-r4nd0m+/=='",
    "default-src 'nonce-r4nd0m+/=='; connect-src 'self'",
    "script-src 'NONCE-r4nd0m+/=='",
  ])('is taken from %s', policy => {
    expect(byField(policy)).toEqual({ allowed: true, nonce: 'r4nd0m+/==' })
  })

  it('has to fit every policy', () => {
    expect(byField("script-src 'nonce-a'", "script-src 'nonce-a' 'nonce-b'")).toEqual({
      allowed: true,
      nonce: 'a',
    })
    expect(byField("script-src 'nonce-a' 'nonce-b', script-src 'nonce-b'")).toEqual({
      allowed: true,
      nonce: 'b',
    })
    expect(byField("script-src 'nonce-a'", "script-src 'nonce-b'")).toEqual({ allowed: false })
    expect(byField("script-src 'nonce-a'", "script-src 'self'")).toEqual({ allowed: true, nonce: 'a' })
  })

  it('does not open the stream', () => {
    expect(byField("default-src 'nonce-a'")).toEqual({ allowed: false })
  })

  it('holds nothing that could leave its attribute', () => {
    expect(byField(`script-src 'nonce-"><script>'`)).toEqual({ allowed: false })
  })
})

describe('a policy in a meta element', () => {
  it.each(["script-src 'none'", "default-src 'none'"])('counts: %s', policy => {
    expect(byMeta(policy)).toEqual({ allowed: false })
  })

  it('has no sandbox, and is one policy, commas and all', () => {
    expect(byMeta('sandbox')).toEqual({ allowed: true, nonce: null })
    expect(byMeta("img-src 'self', script-src 'none'")).toEqual({ allowed: true, nonce: null })
  })
})

describe('other origins', () => {
  const allows = (policy: string, scheme: string, host: string, port: string) =>
    judge({ fields: [policy], metas: [] }, { scheme, host, port }, PATHS).allowed

  it.each<[policy: string, scheme: string, host: string, port: string, allowed: boolean]>([
    ['default-src http:', 'https', 'localhost', '443', true],
    ['default-src http://site.test', 'https', 'site.test', '443', true],
    ['default-src site.test', 'http', 'site.test', '80', true],
    ['default-src site.test', 'https', 'site.test', '443', true],
    ['default-src site.test:80', 'https', 'site.test', '443', true],
    ['default-src site.test', 'http', 'site.test', '8080', false],
    ['default-src *.site.test', 'http', 'a.site.test', '80', true],
    ['default-src *.site.test', 'http', 'site.test', '80', false],
    ['default-src [::1]:8080', 'http', '[::1]', '8080', true],
    ['default-src 192.168.1.2:8080', 'http', '192.168.1.2', '8080', true],
  ])('%s on %s://%s:%s: %s', (policy, scheme, host, port, allowed) => {
    expect(allows(policy, scheme, host, port)).toBe(allowed)
  })
})
