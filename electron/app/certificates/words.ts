/**
 * Faults and notices of certificates in the user's words: what happened, then
 * the fix. To be made a Problem by app/problems.ts, or a line of the terminal.
 */
import type {
  AuthorityNotice,
  CertificateFault,
  FileRole,
  NotPem,
  OwnWarning,
  ReplacedBecause,
  WrongPem,
} from './faults.ts'

export interface Words {
  /** One short sentence without a full stop. */
  readonly heading: string
  /** What helps. */
  readonly detail: string
}

const words = (heading: string, detail: string): Words => ({ heading, detail })

const fileOf: Record<FileRole, string> = { certificate: 'certificate', key: 'key' }
const fixture: Record<FileRole, string> = {
  certificate: 'Choose the file that begins with “-----BEGIN CERTIFICATE-----”.',
  key: 'Choose the file that has “PRIVATE KEY-----” in its first line.',
}

export function faultWords(fault: CertificateFault): Words {
  switch (fault.kind) {
    case 'authority-unreadable':
      return words(
        'The certificate authority of Servebar could not be read',
        `${fault.file} (${fault.code}). Let your user read it, or delete it: a new one is made then, which must be trusted again.`,
      )
    case 'authority-unwritable':
      return words(
        'The certificate authority of Servebar could not be saved',
        fault.code === 'ENOSPC' || fault.code === 'EDQUOT'
          ? `The disk of ${fault.file} is full.`
          : `Servebar cannot write to ${fault.file} (${fault.code}).`,
      )
    case 'missing':
      return words(`No ${fileOf[fault.role]} at ${fault.file}`, 'Check the path, or choose the file again.')
    case 'unreadable':
      return words(
        `Servebar is not allowed to read the ${fileOf[fault.role]} ${fault.file}`,
        `Let your user read it, or use a copy that is yours (${fault.code}).`,
      )
    case 'not-a-file':
      return words(`${fault.file} is not a file`, fixture[fault.role])
    case 'not-pem':
      return words(
        notPemHeadings[fault.found](fault.role, fault.file),
        notPemDetails[fault.found](fault.role, fault.file),
      )
    case 'wrong-content':
      return words(
        `${fault.file} holds ${contents[fault.found]}, not a ${fault.role === 'key' ? 'private key' : 'certificate'}`,
        wrongContentDetail(fault.role, fault.found),
      )
    case 'broken':
      return words(
        `The ${fileOf[fault.role]} in ${fault.file} is damaged`,
        'Copy the file again from where it was made. Nothing in it may be changed.',
      )
    case 'refused':
      return words(
        `The certificate in ${fault.file} is too weak or of an unknown kind`,
        `Make one with an ECDSA P-256 key, or RSA of 2048 bits or more (${fault.code}).`,
      )
    case 'needs-passphrase':
      return words(
        `The key in ${fault.file} needs a passphrase`,
        `Make a key without one: openssl pkey -in ${shell(fault.file)} -out key.pem`,
      )
    case 'wrong-passphrase':
      return words(`The passphrase does not open the key in ${fault.file}`, 'Check it, and type it again.')
    case 'mismatch':
      return words(
        `The key in ${fault.keyFile} does not belong to the certificate in ${fault.file}`,
        'Choose the two files that were made together.',
      )
    case 'chain-order':
      return words(
        `The certificates in ${fault.file} are in the wrong order`,
        fault.owner
          ? `Number ${fault.position} belongs to the key: put it first, then the one that issued it, and so on.`
          : `Number ${fault.position} did not issue the one before it. Begin with the server's own, then the one that issued it, and so on.`,
      )
    case 'expired':
      return words(
        `The certificate in ${fault.file} expired on ${day(fault.at)}`,
        'Renew it, then try again.',
      )
    case 'not-yet-valid':
      return words(
        `The certificate in ${fault.file} is not valid before ${day(fault.at)}`,
        'Check the clock of this computer, or use another certificate until then.',
      )
  }
}

const notPemHeadings: Record<NotPem, (role: FileRole, file: string) => string> = {
  nothing: (_, file) => `${file} is empty`,
  der: (_, file) => `${file} is in the DER form, not PEM`,
  pkcs12: (_, file) => `${file} is a PKCS #12 bundle, not PEM`,
  'too-large': (role, file) => `${file} is too large for a ${fileOf[role]}`,
  text: (role, file) => `${file} is no ${fileOf[role]} in PEM form`,
}

const notPemDetails: Record<NotPem, (role: FileRole, file: string) => string> = {
  nothing: role => fixture[role],
  'too-large': role => fixture[role],
  text: role => fixture[role],
  der: (role, file) =>
    role === 'certificate'
      ? `Convert it: openssl x509 -inform der -in ${shell(file)} -out cert.pem`
      : `Convert it: openssl pkey -inform der -in ${shell(file)} -out key.pem`,
  pkcs12: (role, file) =>
    role === 'certificate'
      ? `Take the certificates out: openssl pkcs12 -in ${shell(file)} -nokeys -out cert.pem`
      : `Take the key out: openssl pkcs12 -in ${shell(file)} -nocerts -nodes -out key.pem`,
}

const contents: Record<WrongPem, string> = {
  'a-key': 'a private key',
  'a-certificate': 'a certificate',
  'a-request': 'a request for a certificate',
  'a-public-key': 'a public key',
  'an-ssh-key': 'a key for SSH',
  'something-else': 'something else',
}

function wrongContentDetail(role: FileRole, found: WrongPem): string {
  if (found === 'a-key' || found === 'a-certificate') return 'The two files may have been swapped.'
  if (found === 'a-request') return 'Choose the file that the certificate authority sent back.'
  return fixture[role]
}

const replaced: Record<ReplacedBecause, string> = {
  damaged: 'Its file was damaged',
  mismatched: 'Its key and its certificate did not belong together',
  'not-ours': 'Its file held something else',
  expired: 'It is near its end',
}

export function noticeWords(notice: AuthorityNotice | OwnWarning): Words {
  switch (notice.kind) {
    case 'authority-replaced':
      return words(
        'Servebar made a new certificate authority',
        `${replaced[notice.why]}. Trust the new one on this computer, and on each phone that opens your sites.`,
      )
    case 'authority-exposed':
      return notice.closed
        ? words(
            'Others could read the key of the certificate authority',
            'Servebar has closed it. If somebody else uses this computer, remove the authority and make a new one.',
          )
        : words(
            'Others can read the key of the certificate authority',
            `${notice.file} cannot be closed to them. Keep the settings folder on a disk that knows users.`,
          )
    case 'authority-early':
      return words(
        `The certificate authority is not valid before ${day(notice.at)}`,
        `Check the clock of this computer. If it is right, delete ${notice.file}: a new one is made then.`,
      )
    case 'key-exposed':
      return words('Others can read the key', `Close it to them: chmod 600 ${shell(notice.file)}`)
    case 'no-names':
      return words(
        `The certificate in ${notice.file} names no host`,
        'Browsers will refuse it. Make one with a subject alternative name.',
      )
  }
}

/** The same in every language and time zone. */
function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** As one argument in a shell, whatever is in it. No path of Windows holds a quotation mark. */
export function shell(file: string, os: NodeJS.Platform = process.platform): string {
  if (os === 'win32') return `"${file}"`
  return /^[\w./:@+-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`
}
