/**
 * The commands for options that are more than a value: a password, of which
 * only the hash is kept, and that outside of the state; who is kept away; and
 * trust in this computer's authority. None writes state but by what app.ts hands in.
 */
import type { Site, SiteId } from '../contract.ts'
import { hashPassword } from '../engine/password-hash.ts'
import { CertificateError } from './certificates/faults.ts'
import { faultWords } from './certificates/words.ts'
import { withBlocked } from './devices.ts'
import type { Handlers } from './dispatch.ts'
import { certificateNotice, ProblemError } from './problems.ts'
import type { SecureSites } from './secure-sites.ts'

export interface OptionsOwner {
  siteBy(id: SiteId): Site
  /** Changes the site in its turn, and its server with it. */
  change(id: SiteId, change: (site: Site) => Partial<Site>): Promise<void>
  readonly hashes: Map<SiteId, string>
  readonly secure: Pick<SecureSites, 'setTrust'>
}

type OptionCommand = 'site.setPassword' | 'site.block' | 'authority.trust'

export function optionCommands(owner: OptionsOwner): Pick<Handlers, OptionCommand> {
  return {
    async 'site.setPassword'({ id, user, password }) {
      owner.siteBy(id)
      const hash = password === null ? null : await hashPassword(password)
      owner.siteBy(id) // still there
      await owner.change(id, ({ options }) => {
        if (hash === null) owner.hashes.delete(id)
        else owner.hashes.set(id, hash)
        return { options: { ...options, password: hash === null ? null : { user } } }
      })
    },
    async 'site.block'({ id, address, blocked }) {
      owner.siteBy(id)
      await owner.change(id, site => ({ blocked: withBlocked(site.blocked, address, blocked) }))
    },
    async 'authority.trust'({ trusted }) {
      try {
        return await owner.secure.setTrust(trusted)
      } catch (error) {
        if (!(error instanceof CertificateError)) throw error
        throw new ProblemError(certificateNotice(faultWords(error.fault)))
      }
    },
  }
}
