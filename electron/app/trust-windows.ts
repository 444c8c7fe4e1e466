/**
 * Trust on Windows: the user's own store of root authorities, by the system's
 * certutil; no administrator is needed. Windows asks in a dialog that shows the
 * name and the thumbprint. Edge, Chrome and (since version 120) Firefox read it.
 */
import { win32 } from 'node:path'
import { ASKING, failure, runTool } from './trust-command.ts'
import { type TrustContext, TrustError, type TrustStore } from './trust-store.ts'

export function userRootStore({ run, environment }: TrustContext): TrustStore {
  // Not by PATH: a certutil of NSS, or one in the current folder, would be another program.
  const certutil = win32.join(environment.SystemRoot ?? 'C:\\Windows', 'System32', 'certutil.exe')

  async function change(args: readonly string[]): Promise<void> {
    const result = await runTool(run, certutil, args, ASKING)
    if (result.code === 0) return
    // ERROR_CANCELLED as an HRESULT: the number is the same in every language.
    if (/0x800704c7/i.test(result.stdout + result.stderr)) throw new TrustError({ kind: 'declined' })
    throw failure(certutil, result)
  }

  return {
    kind: 'windows',
    owner: 'system',
    path: 'CurrentUser\\Root',
    async look({ certificate }) {
      const args = ['-user', '-store', 'Root', thumbprint(certificate.fingerprint)]
      return (await runTool(run, certutil, args)).code === 0 ? 'trusted' : 'absent'
    },
    install: ({ file }) => change(['-user', '-addstore', '-f', 'Root', file]),
    remove: ({ certificate }) => change(['-user', '-delstore', 'Root', thumbprint(certificate.fingerprint)]),
  }
}

function thumbprint(sha1: string): string {
  return sha1.replaceAll(':', '').toLowerCase()
}
