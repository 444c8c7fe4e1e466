import { describe, expect, it } from 'vitest'
import { installTrust, removeTrust, trustStatus } from '../../electron/app/trust.ts'
import { type Answer, fakeComputer, testAnchor } from '../support/trust.ts'

const certutil = 'D:\\Windows\\System32\\certutil.exe'
const place = { kind: 'windows', owner: 'system', path: 'CurrentUser\\Root' }

async function windows(answers: Readonly<Record<string, Answer>> = {}) {
  const { anchor } = await testAnchor()
  let isStored = false
  const answer = (_program: string, [, verb = '']: readonly string[]): Answer | undefined => {
    if (answers[verb]) return answers[verb]
    if (verb === '-addstore') isStored = true
    if (verb === '-delstore') isStored = false
    // CRYPT_E_NOT_FOUND
    return verb === '-store' && !isStored ? { code: -2146885628 } : undefined
  }
  const computer = fakeComputer('win32', answer, { environment: { SystemRoot: 'D:\\Windows' } })
  return { ...computer, anchor, thumbprint: anchor.certificate.fingerprint.replaceAll(':', '').toLowerCase() }
}

describe("trust in the user's store of Windows", () => {
  it('is installed and taken away', async () => {
    const { context, anchor, ran, thumbprint } = await windows()
    expect((await trustStatus(anchor, context)).browsers).toBe('none')
    expect(await installTrust(anchor, context)).toEqual({
      browsers: 'all',
      places: [{ place, trusted: true, done: 'installed', obstacle: null }],
    })
    expect((await removeTrust(anchor, context)).places).toEqual([
      { place, trusted: false, done: 'removed', obstacle: null },
    ])
    expect(ran.slice(1)).toEqual([
      `${certutil} -user -store Root ${thumbprint}`,
      `${certutil} -user -addstore -f Root ${anchor.file}`,
      `${certutil} -user -store Root ${thumbprint}`,
      `${certutil} -user -store Root ${thumbprint}`,
      `${certutil} -user -delstore Root ${thumbprint}`,
      `${certutil} -user -store Root ${thumbprint}`,
    ])
  })

  const failures: readonly [string, Answer, object][] = [
    [
      'said no, whatever the language',
      { code: -2147023673, stdout: 'CertUtil: -addstore FEHLER: 0x800704c7 (WIN32: 1223 ERROR_CANCELLED)' },
      { kind: 'declined' },
    ],
    [
      'refused by a policy',
      { code: -2147024891, stdout: 'CertUtil: 0x80070005 (WIN32: 5 ERROR_ACCESS_DENIED)\r\n' },
      { kind: 'failed', tool: 'certutil', message: 'CertUtil: 0x80070005 (WIN32: 5 ERROR_ACCESS_DENIED)' },
    ],
  ]
  it.each(failures)('is reported as it is: %s', async (_name, answer, obstacle) => {
    const { context, anchor } = await windows({ '-addstore': answer })
    expect((await installTrust(anchor, context)).places).toEqual([
      { place, trusted: false, done: null, obstacle },
    ])
  })
})
