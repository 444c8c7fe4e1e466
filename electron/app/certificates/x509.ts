/**
 * Writes X.509 certificates (RFC 5280) for ECDSA P-256 keys: an authority with
 * name constraints, and leaves for servers. Promises profiles that Apple,
 * Chromium, Firefox and Windows accept; checks nothing, that is its callers'.
 * The only file that knows ASN.1; loaded when HTTPS is used, not before.
 */
import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import * as asn1 from '@peculiar/asn1-x509'
import type { Name, Subtree } from './names.ts'

export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

export interface AuthorityRequest extends Validity {
  readonly commonName: string
  /** Makes the whole name unique, so that an old authority is never taken for its successor. */
  readonly unit: string
  readonly permitted: readonly Subtree[]
  readonly keys: KeyPair
}

export interface LeafRequest extends Validity {
  readonly names: readonly Name[]
  readonly publicKey: KeyObject
  /** Certificate (DER) and key of the authority. */
  readonly issuer: Uint8Array
  readonly issuerKey: KeyObject
}

const id = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  unit: '2.5.4.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const

const generate = promisify(generateKeyPair)

export function newKeyPair(): Promise<KeyPair> {
  return generate('ec', { namedCurve: 'P-256' })
}

/** A certificate (DER) that certifies itself. */
export function writeAuthority(request: AuthorityRequest): Buffer {
  const { commonName, unit, permitted, keys } = request
  const { keyCertSign, cRLSign } = asn1.KeyUsageFlags
  const publicKey = publicKeyInfo(keys.publicKey)
  const name = distinguishedName([
    [id.organization, 'Servebar'],
    [id.unit, unit],
    [id.commonName, commonName],
  ])
  const subtrees = permitted.map(subtree => new asn1.GeneralSubtree({ base: generalName(subtree) }))
  const extensions = [
    critical(asn1.id_ce_basicConstraints, new asn1.BasicConstraints({ cA: true, pathLenConstraint: 0 })),
    critical(asn1.id_ce_keyUsage, new asn1.KeyUsage(keyCertSign | cRLSign)),
    // Without it the authority could also sign programs and mail, which name constraints do not reach.
    optional(asn1.id_ce_extKeyUsage, new asn1.ExtendedKeyUsage([asn1.id_kp_serverAuth])),
    critical(
      asn1.id_ce_nameConstraints,
      new asn1.NameConstraints({ permittedSubtrees: new asn1.GeneralSubtrees(subtrees) }),
    ),
    optional(asn1.id_ce_subjectKeyIdentifier, keyIdentifier(publicKey)),
  ]
  return signed({ ...request, issuer: name, subject: name, publicKey, extensions }, keys.privateKey)
}

/** The certificate (DER) of a server. */
export function writeLeaf(request: LeafRequest): Buffer {
  const publicKey = publicKeyInfo(request.publicKey)
  const issuer = AsnConvert.parse(request.issuer, asn1.Certificate).tbsCertificate
  const names = request.names.map(generalName)
  const extensions = [
    critical(asn1.id_ce_basicConstraints, new asn1.BasicConstraints()),
    critical(asn1.id_ce_keyUsage, new asn1.KeyUsage(asn1.KeyUsageFlags.digitalSignature)),
    optional(asn1.id_ce_extKeyUsage, new asn1.ExtendedKeyUsage([asn1.id_kp_serverAuth])),
    optional(asn1.id_ce_subjectAltName, new asn1.SubjectAlternativeName(names)),
    optional(
      asn1.id_ce_authorityKeyIdentifier,
      new asn1.AuthorityKeyIdentifier({ keyIdentifier: keyIdentifier(issuer.subjectPublicKeyInfo) }),
    ),
    optional(asn1.id_ce_subjectKeyIdentifier, keyIdentifier(publicKey)),
  ]
  // A name that is permitted, because some take a common name for a host name.
  const subject = distinguishedName([[id.commonName, 'localhost']])
  return signed({ ...request, issuer: issuer.subject, subject, publicKey, extensions }, request.issuerKey)
}

/** What a certificate (DER) of an authority permits; empty when it has no name constraints. */
export function readPermitted(certificate: Uint8Array): readonly Subtree[] {
  const { extensions = [] } = AsnConvert.parse(certificate, asn1.Certificate).tbsCertificate
  const found = extensions.find(extension => extension.extnID === asn1.id_ce_nameConstraints)
  if (!found) return []
  const { permittedSubtrees = [] } = AsnConvert.parse(found.extnValue, asn1.NameConstraints)
  return permittedSubtrees.flatMap(({ base }) => base.dNSName ?? base.iPAddress ?? [])
}

// ---- Parts ----

interface Content extends Validity {
  readonly issuer: asn1.Name
  readonly subject: asn1.Name
  readonly publicKey: asn1.SubjectPublicKeyInfo
  readonly extensions: asn1.Extension[]
}

function signed(content: Content, key: KeyObject): Buffer {
  const algorithm = new asn1.AlgorithmIdentifier({ algorithm: id.ecdsaWithSha256 })
  const tbsCertificate = new asn1.TBSCertificate({
    version: asn1.Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: content.issuer,
    subject: content.subject,
    validity: new asn1.Validity(content),
    subjectPublicKeyInfo: content.publicKey,
    extensions: new asn1.Extensions(content.extensions),
  })
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), key)
  return Buffer.from(
    AsnConvert.serialize(
      new asn1.Certificate({
        tbsCertificate,
        signatureAlgorithm: algorithm,
        signatureValue: exactBuffer(signature),
      }),
    ),
  )
}

/** Positive and of one length: 127 random bits (RFC 5280 §4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return exactBuffer(bytes)
}

function publicKeyInfo(key: KeyObject): asn1.SubjectPublicKeyInfo {
  return AsnConvert.parse(key.export({ type: 'spki', format: 'der' }), asn1.SubjectPublicKeyInfo)
}

/** The first 160 bits of SHA-256 (RFC 7093 §2): SHA-1 need not be there. */
function keyIdentifier(key: asn1.SubjectPublicKeyInfo): asn1.SubjectKeyIdentifier {
  const hash = createHash('sha256').update(Buffer.from(key.subjectPublicKey)).digest()
  return new asn1.SubjectKeyIdentifier(exactBuffer(hash.subarray(0, 20)))
}

function distinguishedName(attributes: readonly (readonly [type: string, value: string])[]): asn1.Name {
  return new asn1.Name(
    attributes.map(([type, utf8String]) => {
      const value = new asn1.AttributeValue({ utf8String })
      return new asn1.RelativeDistinguishedName([new asn1.AttributeTypeAndValue({ type, value })])
    }),
  )
}

/** Of a name, an address or a subtree. */
function generalName(name: Name | Subtree): asn1.GeneralName {
  const isAddress = isIP(name.split('/', 1)[0] ?? '') !== 0
  return new asn1.GeneralName(isAddress ? { iPAddress: name } : { dNSName: name })
}

const critical = (extnID: string, value: object) => extension(extnID, value, true)
const optional = (extnID: string, value: object) => extension(extnID, value, false)

function extension(extnID: string, value: object, isCritical: boolean): asn1.Extension {
  const extnValue = new OctetString(AsnConvert.serialize(value))
  return new asn1.Extension({ extnID, critical: isCritical, extnValue })
}

/** A Buffer may be a view of a larger one. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
