/**
 * A certificate and key of the user's own, as files in PEM. Promises that what
 * it returns works in a TLS server; whatever does not is refused with a fault
 * that names the file and what to do (words.ts). Errors of OpenSSL are never
 * passed on: they help nobody, and some are about a key.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { systemError } from '../problems.ts'
import { CertificateError, type FileRole, type NotPem, type OwnWarning, type WrongPem } from './faults.ts'
import type { ServerCertificate } from './leaf.ts'
import { canonical, type Name } from './names.ts'
import { type PemBlock, pemBlocks } from './pem.ts'

export interface OwnCertificate extends ServerCertificate {
  readonly warnings: readonly OwnWarning[]
}

export interface OwnOptions {
  readonly passphrase?: string
  readonly now?: Date
}

const MAX_SIZE = 1024 * 1024

/** Both may be one file. Rejects with a CertificateError. */
export async function loadOwnCertificate(
  certFile: string,
  keyFile: string,
  { passphrase, now = new Date() }: OwnOptions = {},
): Promise<OwnCertificate> {
  const chain = certificatesIn(certFile, await readPem('certificate', certFile))
  const key = privateKeyIn(keyFile, await readPem('key', keyFile), passphrase)
  const [certificate] = chain
  if (!certificate) throw new CertificateError({ kind: 'broken', role: 'certificate', file: certFile })
  checkOwner(chain, key, certFile, keyFile)
  checkOrder(chain, certFile)
  checkDates(certificate, certFile, now)
  const tls = {
    cert: chain.map(String).join(''),
    key: String(key.export({ type: 'pkcs8', format: 'pem' })),
  }
  checkUse(tls, certFile)
  const names = subjectNames(certificate)
  const warnings: OwnWarning[] = []
  if (names.length === 0) warnings.push({ kind: 'no-names', file: certFile })
  if (await isExposed(keyFile)) warnings.push({ kind: 'key-exposed', file: keyFile })
  return { certificate, names, notAfter: new Date(certificate.validTo), warnings, tls: () => tls }
}

// ---- Files ----

async function readPem(role: FileRole, file: string): Promise<readonly PemBlock[]> {
  const bytes = await read(role, file)
  const blocks = pemBlocks(decode(bytes))
  if (blocks.length > 0) return blocks
  throw new CertificateError({ kind: 'not-pem', role, file, found: kindOf(bytes) })
}

async function read(role: FileRole, file: string): Promise<Buffer> {
  try {
    const stats = await stat(file)
    // A pipe would be read without end.
    if (!stats.isFile()) throw new CertificateError({ kind: 'not-a-file', role, file })
    if (stats.size > MAX_SIZE) throw new CertificateError({ kind: 'not-pem', role, file, found: 'too-large' })
    return await readFile(file)
  } catch (error) {
    if (error instanceof CertificateError) throw error
    const code = String(systemError(error).code)
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR'
    throw new CertificateError(
      isMissing ? { kind: 'missing', role, file } : { kind: 'unreadable', role, file, code },
    )
  }
}

/** Windows PowerShell writes UTF-16 into a file by `>`. */
function decode(bytes: Buffer): string {
  return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'latin1')
}

/** Of a file without PEM. */
function kindOf(bytes: Buffer): NotPem {
  if (bytes.toString('latin1').trim() === '') return 'nothing'
  const SEQUENCE = 0x30
  if (bytes[0] !== SEQUENCE) return 'text'
  // The object identifier of PKCS #7 data, which the outermost level of a PKCS #12 file holds.
  return bytes.subarray(0, 40).includes(Buffer.from('2a864886f70d010701', 'hex')) ? 'pkcs12' : 'der'
}

async function isExposed(file: string): Promise<boolean> {
  const mode = (await stat(file).catch(() => null))?.mode ?? 0
  return process.platform !== 'win32' && (mode & 0o077) !== 0
}

// ---- What is in them ----

function certificatesIn(file: string, blocks: readonly PemBlock[]): readonly X509Certificate[] {
  const found = blocks.filter(({ label }) => label === 'CERTIFICATE' || label === 'X509 CERTIFICATE')
  if (found.length === 0) throw wrongContent('certificate', file, blocks)
  try {
    return found.map(({ text }) => new X509Certificate(text))
  } catch {
    throw new CertificateError({ kind: 'broken', role: 'certificate', file })
  }
}

function privateKeyIn(file: string, blocks: readonly PemBlock[], passphrase: string | undefined): KeyObject {
  const found = blocks.find(({ label }) => /^(?!OPENSSH ).*PRIVATE KEY$/.test(label))
  if (!found) throw wrongContent('key', file, blocks)
  const isEncrypted = found.label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(found.text)
  if (isEncrypted && passphrase === undefined) throw new CertificateError({ kind: 'needs-passphrase', file })
  try {
    return createPrivateKey({ key: found.text, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    throw new CertificateError(
      isEncrypted ? { kind: 'wrong-passphrase', file } : { kind: 'broken', role: 'key', file },
    )
  }
}

function wrongContent(role: FileRole, file: string, blocks: readonly PemBlock[]): CertificateError {
  const contents: readonly (readonly [RegExp, WrongPem])[] = [
    [/^OPENSSH PRIVATE KEY$/, 'an-ssh-key'],
    [/PRIVATE KEY$/, 'a-key'],
    [/REQUEST$/, 'a-request'],
    [/CERTIFICATE$/, 'a-certificate'],
    [/PUBLIC KEY$/, 'a-public-key'],
  ]
  const known = contents.find(([pattern]) => blocks.some(({ label }) => pattern.test(label)))
  return new CertificateError({ kind: 'wrong-content', role, file, found: known?.[1] ?? 'something-else' })
}

function checkOwner(chain: readonly X509Certificate[], key: KeyObject, file: string, keyFile: string): void {
  const owner = chain.findIndex(certificate => belongTogether(certificate, key))
  if (owner === -1) throw new CertificateError({ kind: 'mismatch', file, keyFile })
  if (owner > 0) throw new CertificateError({ kind: 'chain-order', file, position: owner + 1, owner: true })
}

/** Keys of different kinds make some versions of OpenSSL throw. */
function belongTogether(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key)
  } catch {
    return false
  }
}

/** Each must be issued by the next one (RFC 5246 §7.4.2; clients of TLS 1.3 may be as strict). */
function checkOrder(chain: readonly X509Certificate[], file: string): void {
  const wrong = chain.findIndex((issuer, index) => index > 0 && !chain[index - 1]?.checkIssued(issuer))
  if (wrong !== -1)
    throw new CertificateError({ kind: 'chain-order', file, position: wrong + 1, owner: false })
}

function checkDates(certificate: X509Certificate, file: string, now: Date): void {
  const from = new Date(certificate.validFrom)
  const to = new Date(certificate.validTo)
  if (now > to) throw new CertificateError({ kind: 'expired', file, at: to })
  if (now < from) throw new CertificateError({ kind: 'not-yet-valid', file, at: from })
}

/** The rest only TLS itself knows: keys that are too small, hashes that are too weak. */
function checkUse(tls: { cert: string; key: string }, file: string): void {
  try {
    createSecureContext(tls)
  } catch (error) {
    throw new CertificateError({ kind: 'refused', file, code: String(systemError(error).code) })
  }
}

/** To be shown: `localhost`, `*.example.test`, `192.168.1.24`. */
function subjectNames(certificate: X509Certificate): readonly Name[] {
  const list = certificate.subjectAltName ?? ''
  return Array.from(list.matchAll(/(DNS|IP Address):([^,"]+)/g), ([, kind, name = '']) =>
    kind === 'DNS' ? name : canonical(name),
  )
}
