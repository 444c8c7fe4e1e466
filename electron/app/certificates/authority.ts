/**
 * The local certificate authority: made once per user, then read. Promises that
 * key and certificate belong together, that it signs for nothing but names of
 * this computer and of local networks, and that its key leaves this file only
 * for the user's own disk. It knows nothing of trust: see app/trust.ts.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { systemError } from '../problems.ts'
import * as files from './authority-files.ts'
import { type AuthorityNotice, CertificateError, type ReplacedBecause } from './faults.ts'
import { createNameCheck, type Name, namesOfComputer, permittedSubtrees } from './names.ts'
import { pemBlocks, toPem } from './pem.ts'
import type { LeafRequest } from './x509.ts'

const DAY = 24 * 60 * 60 * 1000

/**
 * Shorter than the ten years that are usual, because what is forgotten in the store of a phone or of a computer
 * that was given away ends with itself; long enough that the one click of trust is rare.
 */
export const AUTHORITY_LIFETIME = 3 * 365 * DAY

/** Devices whose clock is behind, or set for another time zone, must not find it is not valid yet. */
export const BACKDATED = DAY

/** It is replaced when it could no longer certify a leaf for its whole life. */
export const AUTHORITY_RESERVE = 30 * DAY

const ATTEMPTS = 50
const PAUSE = 50

/** A certificate that may be in a store of trusted ones, with its file. */
interface PublicCertificate {
  readonly certificate: X509Certificate
  readonly file: string
}

export interface Authority {
  readonly certificate: X509Certificate
  /** `Servebar CA, anna on annas-mac`: what people look for in their stores. */
  readonly name: string
  readonly notAfter: Date
  /** What happened when it was opened. */
  readonly notices: readonly AuthorityNotice[]
  /** It is near its end: open it anew, and another one is made. */
  isDue(now?: Date): boolean
  /** Browsers refuse a certificate with any other name as a whole. */
  permits(name: Name): boolean
  /** A certificate (DER); throws when a name is not permitted. */
  certify(request: Omit<LeafRequest, 'issuer' | 'issuerKey'>): Promise<Buffer>
  /** Writes the certificate where other programs can read it. */
  publish(): Promise<PublicCertificate>
  /** Writes a leaf's certificate, without its key, for the system to judge; the path. */
  publishLeaf(leaf: X509Certificate): Promise<string>
  /** Those before it that were published, so that trust in them can be taken away. */
  retired(): Promise<readonly PublicCertificate[]>
}

export interface AuthorityOptions {
  readonly now?: Date
  readonly user?: string
  readonly computer?: string
  /** What it may certify besides names of the local network; read only when it is made. */
  readonly names?: readonly Name[]
}

/** `folder`: of the certificates alone. Rejects with a CertificateError. */
export async function openAuthority(folder: string, options: AuthorityOptions = {}): Promise<Authority> {
  const { now = new Date() } = options
  const notices: AuthorityNotice[] = []
  await orUnwritable(folder, files.prepareFolder(folder))
  // Once to find it missing or of no use, once to read what this or another process has made.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await orUnreadable(folder, files.readNewest(folder))
    if (stored?.unfinished) {
      await new Promise(resolve => setTimeout(resolve, PAUSE))
      continue
    }
    const parsed = stored && (await parseAuthority(stored.text ?? '', now))
    if (stored && parsed) {
      if (typeof parsed !== 'string') return authorityOf(folder, stored, parsed, now, notices)
      notices.push({ kind: 'authority-replaced', file: stored.file, why: parsed })
    }
    const text = await makeAuthority(now, options)
    await orUnwritable(folder, files.addSecret(folder, (stored?.number ?? 0) + 1, text))
  }
  throw new CertificateError({ kind: 'authority-unreadable', file: folder, code: 'EBUSY' })
}

interface ParsedAuthority {
  readonly certificate: X509Certificate
  readonly key: KeyObject
  readonly permits: (name: Name) => boolean
}

async function authorityOf(
  folder: string,
  stored: files.StoredAuthority,
  { certificate, key, permits }: ParsedAuthority,
  now: Date,
  notices: AuthorityNotice[],
): Promise<Authority> {
  if (stored.exposed) {
    const closed = await files.closeToOthers(stored.file).catch(() => false)
    notices.push({ kind: 'authority-exposed', file: stored.file, closed })
  }
  const notBefore = new Date(certificate.validFrom)
  if (now < notBefore) notices.push({ kind: 'authority-early', file: stored.file, at: notBefore })
  await files.removeSecretsBefore(folder, stored.number).catch(() => {})
  return {
    certificate,
    name: commonName(certificate),
    notAfter: new Date(certificate.validTo),
    notices,
    isDue: (now = new Date()) => isDue(certificate, now),
    permits,
    async certify(request) {
      const outside = request.names.find(name => !permits(name))
      if (outside !== undefined) throw new Error(`The authority may not certify ${outside}`)
      const { writeLeaf } = await import('./x509.ts')
      return writeLeaf({ ...request, issuer: certificate.raw, issuerKey: key })
    },
    async publish() {
      const file = files.publicFile(folder, stored.number)
      await orUnwritable(file, files.writePublic(folder, file, toPem('CERTIFICATE', certificate.raw)))
      return { certificate, file }
    },
    async publishLeaf(leaf) {
      const file = files.probeFile(folder)
      await orUnwritable(file, files.writePublic(folder, file, toPem('CERTIFICATE', leaf.raw)))
      return file
    },
    async retired() {
      const found = await files.retiredFiles(folder, stored.number)
      return (await Promise.all(found.map(readPublic))).flatMap(read => read ?? [])
    },
  }
}

async function readPublic(file: string): Promise<PublicCertificate | null> {
  try {
    return { file, certificate: new X509Certificate(await readFile(file)) }
  } catch {
    return null
  }
}

/** What the file holds, or why it is of no use. */
async function parseAuthority(text: string, now: Date): Promise<ParsedAuthority | ReplacedBecause> {
  const blocks = pemBlocks(text)
  const keyBlock = blocks.find(block => block.label === 'PRIVATE KEY')
  const certificateBlock = blocks.find(block => block.label === 'CERTIFICATE')
  if (!keyBlock || !certificateBlock) return 'damaged'
  const { readPermitted } = await import('./x509.ts')
  try {
    const key = createPrivateKey(keyBlock.text)
    const certificate = new X509Certificate(certificateBlock.text)
    if (!certificate.checkPrivateKey(key)) return 'mismatched'
    if (!certificate.verify(certificate.publicKey)) return 'damaged'
    const subtrees = readPermitted(certificate.raw)
    if (!certificate.ca || subtrees.length === 0) return 'not-ours'
    if (isDue(certificate, now)) return 'expired'
    return { certificate, key, permits: createNameCheck(subtrees) }
  } catch {
    // What OpenSSL says of it helps nobody, and is about a key.
    return 'damaged'
  }
}

function isDue(certificate: X509Certificate, now: Date): boolean {
  return Date.parse(certificate.validTo) - now.getTime() < AUTHORITY_RESERVE
}

/** The text of its file. */
async function makeAuthority(now: Date, options: AuthorityOptions): Promise<string> {
  const { newKeyPair, writeAuthority } = await import('./x509.ts')
  const {
    user = userName(),
    computer = hostname().replace(/\.local\.?$/i, ''),
    names = namesOfComputer(),
  } = options
  const keys = await newKeyPair()
  const certificate = writeAuthority({
    keys,
    commonName: authorityName(user, computer),
    unit: `Made on ${now.toISOString().slice(0, 19)}Z`,
    permitted: permittedSubtrees(names),
    notBefore: new Date(now.getTime() - 2 * BACKDATED),
    notAfter: new Date(now.getTime() + AUTHORITY_LIFETIME),
  })
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
  return `${key}${toPem('CERTIFICATE', certificate)}`
}

/** A common name holds 64 characters (RFC 5280, ub-common-name). */
function authorityName(user: string, computer: string): string {
  const clean = (text: string, length: number) =>
    Array.from(text.replace(/[\p{C}:]+/gu, ' ').trim())
      .slice(0, length)
      .join('')
  const who = clean(user, 20)
  return `Servebar CA, ${who ? `${who} on ` : ''}${clean(computer, 27) || 'this computer'}`
}

/** Node escapes as RFC 2253 says. */
export function commonName(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1]?.replace(/\\(.)/g, '$1') ?? ''
}

/** A user that the system does not know has none. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

function orUnreadable<T>(file: string, work: Promise<T>): Promise<T> {
  return work.catch(error => {
    const { code, path = file } = systemError(error)
    throw new CertificateError({ kind: 'authority-unreadable', file: String(path), code: String(code) })
  })
}

function orUnwritable<T>(file: string, work: Promise<T>): Promise<T> {
  return work.catch(error => {
    throw new CertificateError({ kind: 'authority-unwritable', file, code: String(systemError(error).code) })
  })
}
