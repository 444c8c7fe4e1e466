/**
 * Trust on macOS: the login keychain of the user, by `security`. The system
 * asks for the password itself. Safari, Chrome and (since version 120) Firefox
 * read it, as do Apple's own libraries.
 */
import { posix } from 'node:path'
import { ASKING, failure, runTool } from './trust-command.ts'
import { type Anchor, type TrustContext, TrustError, type TrustStore } from './trust-store.ts'

// Not by PATH, which a project's own tools may be in.
const SECURITY = '/usr/bin/security'

export function loginKeychain({ run, home }: TrustContext): TrustStore {
  const path = posix.join(home, 'Library', 'Keychains', 'login.keychain-db')

  async function isStored({ certificate }: Anchor): Promise<boolean> {
    const found = await runTool(run, SECURITY, ['find-certificate', '-a', '-Z', path])
    return found.stdout.includes(plain(certificate.fingerprint256))
  }

  return {
    kind: 'keychain',
    owner: 'system',
    path,
    async look(anchor) {
      if (!(await isStored(anchor))) return 'absent'
      if (anchor.probe === undefined) return 'trusted'
      // To be stored is not to be trusted: the system is asked about a leaf, without a look into the network (-L).
      const files = ['-c', anchor.probe, '-c', anchor.file]
      const { code } = await runTool(run, SECURITY, ['verify-cert', '-q', '-L', '-p', 'ssl', ...files])
      return code === 0 ? 'trusted' : 'stored'
    },
    async install({ file }) {
      const args = ['add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-p', 'basic', '-k', path, file]
      const result = await runTool(run, SECURITY, args, ASKING)
      if (result.code === 0) return
      if (isCancelled(result.stderr)) throw new TrustError({ kind: 'declined' })
      throw failure(SECURITY, result)
    },
    async remove({ certificate }) {
      // -t: what was said about trusting it goes, too.
      const args = ['delete-certificate', '-Z', plain(certificate.fingerprint256), '-t', path]
      const result = await runTool(run, SECURITY, args, ASKING)
      if (result.code === 0) return
      if (isCancelled(result.stderr)) throw new TrustError({ kind: 'declined' })
      throw failure(SECURITY, result)
    },
  }
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '')
}

/** errAuthorizationCanceled, errSecUserCanceled, or its sentence. */
function isCancelled(message: string): boolean {
  return /cancell?ed|-60006|-128\b/i.test(message)
}
