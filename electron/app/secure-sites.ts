/**
 * The certificates of sites that are served by HTTPS: leaves of this computer's
 * own authority, which is opened with the first such site, or the owner's files.
 * Promises that a renewed one reaches its server without a restart, and that no
 * key leaves this file but to a server. What browsers here think of the authority
 * is in authority-trust.ts.
 */
import { stat } from 'node:fs/promises'
import type { AuthorityState, SiteOptions } from '../contract.ts'
import type { AuthorityDownloads } from '../engine/authority-page.ts'
import type { TlsIdentity } from '../engine/types.ts'
import { type AuthorityTrust, createAuthorityTrust } from './authority-trust.ts'
import { type Authority, openAuthority } from './certificates/authority.ts'
import { CertificateError } from './certificates/faults.ts'
import { keepLeaf, type LeafKeeper } from './certificates/leaf.ts'
import type { Name } from './certificates/names.ts'
import { watchOwnCertificate } from './certificates/own-watch.ts'
import { appleProfile, type Download, derDownload, fingerprint, pemDownload } from './certificates/phone.ts'
import { faultWords, noticeWords, type Words } from './certificates/words.ts'
import type { TrustContext } from './trust-store.ts'

export interface SecureSitesOwner {
  /** Of the certificates alone. */
  readonly folder: string
  readonly trust: TrustContext
  /** Default: all that lead to this computer now. */
  names?(): readonly Name[]
  onAuthority(authority: AuthorityState): void
  /** What the user should know, while sites go on. */
  onNotice(words: Words): void
}

/** What a server needs for HTTPS. */
export interface SiteCertificate {
  readonly identity: TlsIdentity
  /** For devices that are to trust it; null where it is the owner's own. */
  readonly downloads: AuthorityDownloads | null
  /** Ends what looks after it. */
  close(): void
}

export interface SecureSites {
  /** `renew` gets each further identity. Rejects with a CertificateError. */
  certify(own: SiteOptions['certificate'], renew: (identity: TlsIdentity) => void): Promise<SiteCertificate>
  /** Looks at clock and names. For when the network changes; never rejects. */
  refresh(): Promise<void>
  /** Opens the authority where there is one already, so that it can be shown. Never rejects. */
  wake(): Promise<void>
  /** Makes this computer trust the authority, or takes that back. Rejects with a CertificateError. */
  setTrust(trusted: boolean): Promise<AuthorityState>
  /** Resolves when what is under way has ended, or has been waited for. */
  close(): Promise<void>
}

/** A leaf is renewed ten days before its end, so an hour is often enough. */
const LOOK_EVERY = 60 * 60 * 1000

interface Opened {
  readonly authority: Authority
  readonly leaf: LeafKeeper
  readonly downloads: AuthorityDownloads
  readonly trust: AuthorityTrust
}

export function createSecureSites(owner: SecureSitesOwner): SecureSites {
  /** Of sites with a leaf of ours. */
  const renewals = new Set<(identity: TlsIdentity) => void>()
  let opening: Promise<Opened> | null = null
  let refreshing: Promise<void> = Promise.resolve()
  let closed = false
  const timer = setInterval(() => void refresh(), LOOK_EVERY).unref()

  function opened(): Promise<Opened> {
    opening ??= open().catch(error => {
      // Another try may find the folder writable.
      opening = null
      throw error
    })
    return opening
  }

  async function open(): Promise<Opened> {
    const authority = await openAuthority(owner.folder)
    for (const notice of authority.notices) owner.onNotice(noticeWords(notice))
    const leaf = await keepLeaf(authority, owner.names?.())
    const trust = createAuthorityTrust(authority, owner.trust, owner.onAuthority)
    trust.look()
    return { authority, leaf, trust, downloads: downloadsOf(authority) }
  }

  async function look(): Promise<void> {
    if (opening === null || closed) return
    const { authority, leaf, trust } = await opening
    if (authority.isDue()) {
      // Opened anew, another one is made, which has to be trusted anew; the words of its notice say so.
      opening = null
      renewAll((await opened()).leaf)
      return
    }
    if (await leaf.refresh(undefined, owner.names?.())) renewAll(leaf)
    trust.look()
  }

  /** Names below `localhost` have their own. */
  async function forServerName(name: string): Promise<TlsIdentity | null> {
    return (await (await opened()).leaf.forServerName(name))?.tls() ?? null
  }

  function renewAll(leaf: LeafKeeper): void {
    for (const renew of renewals) renew(leaf.current.tls())
  }

  function refresh(): Promise<void> {
    // One after another, so that the last leaf that servers get is the newest.
    refreshing = refreshing.then(look).catch(report)
    return refreshing
  }

  function report(error: unknown): void {
    if (error instanceof CertificateError) owner.onNotice(faultWords(error.fault))
    else console.error(error)
  }

  return {
    async certify(own, renew) {
      if (own !== null) {
        const watch = await watchOwnCertificate(own.certFile, own.keyFile, {
          onChange: certificate => renew(certificate.tls()),
          onFault: fault => owner.onNotice(faultWords(fault)),
        })
        for (const warning of watch.current.warnings) owner.onNotice(noticeWords(warning))
        return { identity: watch.current.tls(), downloads: null, close: () => watch.close() }
      }
      await opened()
      // The network may have changed since the last look.
      await refresh()
      const { leaf, downloads } = await opened()
      renewals.add(renew)
      return {
        identity: { ...leaf.current.tls(), forServerName },
        downloads,
        close: () => void renewals.delete(renew),
      }
    },
    refresh,
    async wake() {
      if (opening === null && (await stat(owner.folder).catch(() => null)) !== null) {
        await opened().catch(report)
      }
    },
    async setTrust(trusted) {
      const { trust } = await opened()
      return trust.set(trusted)
    },
    async close() {
      closed = true
      clearInterval(timer)
      const settled = refreshing.then(() => opening).then(opened => opened?.trust.close())
      // A tool of the system may wait for an answer of the user.
      await Promise.race([settled.catch(() => {}), new Promise(resolve => setTimeout(resolve, 1000).unref())])
    },
  }
}

function downloadsOf({ certificate, name }: Authority): AuthorityDownloads {
  const form = ({ fileName, mediaType, bytes }: Download) => ({
    name: fileName,
    contentType: mediaType,
    content: bytes,
  })
  return {
    name,
    fingerprint: fingerprint(certificate),
    der: form(derDownload(certificate)),
    pem: form(pemDownload(certificate)),
    appleProfile: form(appleProfile(certificate)),
  }
}
