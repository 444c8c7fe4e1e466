/**
 * What can be wrong with a certificate, as data: an error carries one fault,
 * words.ts says it in the user's words. A fault names files, never
 * what is in them; a key or a passphrase is in none.
 */

/** Which of the two files of an own certificate. */
export type FileRole = 'certificate' | 'key'

/** Our own authority cannot be used. `code`: of the system's error. */
type AuthorityFault =
  | { readonly kind: 'authority-unreadable'; readonly file: string; readonly code: string }
  | { readonly kind: 'authority-unwritable'; readonly file: string; readonly code: string }

/** A certificate or key of the user's own cannot be used. */
export type OwnFault =
  | { readonly kind: 'missing'; readonly role: FileRole; readonly file: string }
  | {
      readonly kind: 'unreadable'
      readonly role: FileRole
      readonly file: string
      readonly code: string
    }
  | { readonly kind: 'not-a-file'; readonly role: FileRole; readonly file: string }
  | { readonly kind: 'not-pem'; readonly role: FileRole; readonly file: string; readonly found: NotPem }
  /** PEM, but of something else. */
  | {
      readonly kind: 'wrong-content'
      readonly role: FileRole
      readonly file: string
      readonly found: WrongPem
    }
  /** PEM of the right kind that cannot be decoded, or that TLS does not take. */
  | { readonly kind: 'broken'; readonly role: FileRole; readonly file: string }
  | { readonly kind: 'refused'; readonly file: string; readonly code: string }
  | { readonly kind: 'needs-passphrase'; readonly file: string }
  | { readonly kind: 'wrong-passphrase'; readonly file: string }
  | { readonly kind: 'mismatch'; readonly file: string; readonly keyFile: string }
  /** `position`: of the certificate that is in the wrong place; `owner`: it is the one of the key, and must be first. */
  | {
      readonly kind: 'chain-order'
      readonly file: string
      readonly position: number
      readonly owner: boolean
    }
  | { readonly kind: 'expired'; readonly file: string; readonly at: Date }
  | { readonly kind: 'not-yet-valid'; readonly file: string; readonly at: Date }

export type NotPem = 'nothing' | 'der' | 'pkcs12' | 'too-large' | 'text'
export type WrongPem =
  | 'a-key'
  | 'a-certificate'
  | 'a-request'
  | 'a-public-key'
  | 'an-ssh-key'
  | 'something-else'

export type CertificateFault = AuthorityFault | OwnFault

/** What happened to our own authority that the user should know; none of it stops a server. */
export type AuthorityNotice =
  /** It was made anew, so that trust in the one before counts no more. */
  | { readonly kind: 'authority-replaced'; readonly file: string; readonly why: ReplacedBecause }
  /** Others could read its key until now (`closed`), or still can: the file system knows no owners. */
  | { readonly kind: 'authority-exposed'; readonly file: string; readonly closed: boolean }
  /** The computer's clock is wrong now, or was when the authority was made. */
  | { readonly kind: 'authority-early'; readonly file: string; readonly at: Date }

export type ReplacedBecause = 'damaged' | 'mismatched' | 'not-ours' | 'expired'

/** What is doubtful about an own certificate that can be used. */
export type OwnWarning =
  | { readonly kind: 'key-exposed'; readonly file: string }
  /** Browsers look for names nowhere but in its subjectAltName. */
  | { readonly kind: 'no-names'; readonly file: string }

export class CertificateError extends Error {
  readonly fault: CertificateFault
  constructor(fault: CertificateFault) {
    super(`${fault.kind}: ${fault.file}`) // for a stack trace; users read words.ts
    this.name = 'CertificateError'
    this.fault = fault
  }
}
