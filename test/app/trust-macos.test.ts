import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { installTrust, removeTrust, trustStatus } from '../../electron/app/trust.ts'
import { type Answer, fakeComputer, testAnchor } from '../support/trust.ts'

/** The login keychain as `security` shows it. */
async function mac(answers: Readonly<Record<string, Answer>> = {}) {
  const { anchor, authority } = await testAnchor()
  const hash = anchor.certificate.fingerprint256.replaceAll(':', '')
  let isStored = false
  let isTrusted = false
  const computer = fakeComputer('darwin', (_program, [verb = '']) => {
    if (answers[verb]) return answers[verb]
    if (verb === 'add-trusted-cert') isStored = isTrusted = true
    if (verb === 'delete-certificate') isStored = isTrusted = false
    if (verb === 'find-certificate')
      return { stdout: `SHA-256 hash: ${isStored ? hash : '00'}\nSHA-1 hash: 00\n` }
    if (verb === 'verify-cert') return { code: isTrusted ? 0 : 1 }
    return undefined
  })
  const keychain = `${computer.context.home}/Library/Keychains/login.keychain-db`
  const place = { kind: 'keychain', owner: 'system', path: keychain }
  const store = () => {
    isStored = true
  }
  return { ...computer, anchor, authority, hash, keychain, place, store }
}

const security = '/usr/bin/security'

describe('trust on macOS', () => {
  it('is installed in the login keychain, and judged by a leaf', async () => {
    const { context, anchor, ran, keychain, place, authority } = await mac()
    expect(await trustStatus(anchor, context)).toEqual({
      browsers: 'none',
      places: [{ place, trusted: false, done: null, obstacle: null }],
    })
    expect(await installTrust(anchor, context)).toEqual({
      browsers: 'all',
      places: [{ place, trusted: true, done: 'installed', obstacle: null }],
    })
    expect(ran.slice(2)).toEqual([
      `${security} add-trusted-cert -r trustRoot -p ssl -p basic -k ${keychain} ${anchor.file}`,
      `${security} find-certificate -a -Z ${keychain}`,
      `${security} verify-cert -q -L -p ssl -c ${anchor.probe} -c ${anchor.file}`,
    ])
    const probe = readFileSync(anchor.probe, 'utf8')
    expect(new X509Certificate(probe).checkIssued(authority.certificate)).toBe(true)
    expect(probe).not.toContain('PRIVATE')
    const again = await installTrust(anchor, context)
    expect(again.places).toEqual([{ place, trusted: true, done: null, obstacle: null }])
    expect(ran.filter(line => line.includes('add-trusted-cert'))).toHaveLength(1)
  })

  it('is taken away, also where it is stored and not trusted', async () => {
    const { context, anchor, ran, keychain, hash, store } = await mac()
    await installTrust(anchor, context)
    expect((await removeTrust(anchor, context)).places[0]).toMatchObject({ trusted: false, done: 'removed' })
    expect(ran).toContain(`${security} delete-certificate -Z ${hash} -t ${keychain}`)
    store()
    expect((await trustStatus(anchor, context)).places[0]).toMatchObject({ trusted: false })
    expect((await removeTrust(anchor, context)).places[0]).toMatchObject({ trusted: false, done: 'removed' })
    expect((await removeTrust(anchor, context)).places[0]).toMatchObject({ trusted: false, done: null })
  })

  const cancelled = 'SecTrustSettingsSetTrustSettings: The authorization was canceled by the user.\n'
  const failures: readonly [string, Answer, object][] = [
    ['said no', { code: 1, stderr: cancelled }, { kind: 'declined' }],
    [
      'failed',
      { code: 1, stderr: '\n  SecKeychainOpen: no such keychain\n' },
      { kind: 'failed', tool: 'security', message: 'SecKeychainOpen: no such keychain' },
    ],
    ['ended in silence', { code: null }, { kind: 'failed', tool: 'security', message: 'exit code null' }],
    ['claimed success', { code: 0 }, { kind: 'no-effect' }],
    ['missing', 'missing', { kind: 'no-tool', tool: 'security' }],
  ]
  it.each(failures)('is reported as it is: %s', async (_name, answer, obstacle) => {
    const { context, anchor, place } = await mac({ 'add-trusted-cert': answer })
    expect(await installTrust(anchor, context)).toEqual({
      browsers: 'none',
      places: [{ place, trusted: false, done: null, obstacle }],
    })
  })

  it('cannot be told where there is no tool', async () => {
    const { context, anchor } = await mac({ 'find-certificate': 'missing' })
    expect((await trustStatus(anchor, context)).places[0]).toMatchObject({
      trusted: null,
      obstacle: { kind: 'no-tool' },
    })
  })
})
