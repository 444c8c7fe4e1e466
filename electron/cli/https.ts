/**
 * HTTPS for the terminal, and trust in it. Loaded by those who ask for it alone,
 * as certificates bring much with them. The authority is the one of the app, in
 * the same folder, so what trusts the one trusts the other.
 */
import { X509Certificate } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { CertificateError } from '../app/certificates/faults.ts'
import { faultWords, type Words } from '../app/certificates/words.ts'
import { createSecureSites, type SecureSites } from '../app/secure-sites.ts'
import { trustOfThisComputer } from '../app/trust.ts'
import { homeFolder, userFolder } from '../app/user-folder.ts'
import type { AuthorityDownloads } from '../engine/authority-page.ts'
import type { TlsIdentity } from '../engine/types.ts'
import type { CertificateFiles } from './arguments.ts'

export interface Certificate {
  readonly identity: TlsIdentity
  /** For devices that are to trust it; null where it is the owner's own. */
  readonly downloads: AuthorityDownloads | null
  /** Whether it is for this host, as it stands in a URL. */
  covers(host: string): boolean
  close(): void
}

type Say = (line: string) => void

/** Null: there is none, and why was said. `renew` gets each later one. */
export async function openCertificate(
  own: CertificateFiles | null,
  renew: (identity: TlsIdentity) => void,
  say: Say,
): Promise<Certificate | null> {
  const folder = certificateFolder()
  const isFirst = own === null && (await stat(folder).catch(() => null)) === null
  let explained = false
  const explain = (line: string): void => {
    if (!explained) say(`${line}: servebar --trust changes that, and servebar --untrust takes it back`)
    explained = true
  }
  const secure = open(folder, say, ({ trusted }) => {
    if (trusted === 'none') explain('browsers on this computer warn of its certificate')
    if (trusted === 'some') explain('some browsers on this computer warn of its certificate')
  })
  try {
    const { identity, downloads, close } = await secure.certify(own, renew)
    if (isFirst) explain(`certificates are kept in ${folder}; browsers warn until they trust them`)
    const certificate = new X509Certificate(identity.cert)
    return {
      identity,
      downloads,
      covers(host) {
        const name = host.replace(/^\[(.*)\]$/, '$1')
        return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
      },
      close() {
        close()
        secure.close()
      },
    }
  } catch (error) {
    secure.close()
    sayFault(error, say)
    return null
  }
}

/** Makes browsers here trust the authority, or takes that back; whether that was done everywhere. */
export async function changeTrust(trusted: boolean, say: Say): Promise<boolean> {
  const secure = open(certificateFolder(), say)
  try {
    const state = await secure.setTrust(trusted)
    const places = state.trusted === 'some' ? 'some browsers on this computer' : 'browsers on this computer'
    const trust = state.trusted === 'none' ? 'do not trust' : 'trust'
    if (state.trusted === 'unknown') say(`whether browsers here trust ${state.name} cannot be told`)
    // Where there is one, it trusts it now or there are steps.
    else if (trusted && state.trusted === 'none' && state.steps.length === 0)
      say(`found no browser of yours that could trust ${state.name}; start one, then try again`)
    else say(`${places} ${trust} ${state.name} (SHA-256 ${state.fingerprint})`)
    for (const { text, command } of state.steps) {
      say(text)
      if (command !== undefined) say(`    ${command}`)
    }
    return state.steps.length === 0 && state.trusted === (trusted ? 'all' : 'none')
  } catch (error) {
    sayFault(error, say)
    return false
  } finally {
    secure.close()
  }
}

function certificateFolder(): string {
  return join(userFolder(process.platform, process.env, homeFolder()), 'certificates')
}

function open(
  folder: string,
  say: Say,
  onAuthority: Parameters<typeof createSecureSites>[0]['onAuthority'] = () => {},
): SecureSites {
  return createSecureSites({
    folder,
    // The dialog of the system would open on the screen of this computer; who is elsewhere gets the command.
    trust: trustOfThisComputer(process.env.SSH_CONNECTION === undefined),
    onAuthority,
    onNotice: words => say(sentence(words)),
  })
}

function sayFault(error: unknown, say: Say): void {
  if (!(error instanceof CertificateError)) throw error
  say(sentence(faultWords(error.fault)))
}

function sentence({ heading, detail }: Words): string {
  return `${heading}. ${detail}`
}
