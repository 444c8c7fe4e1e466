/**
 * The authority in the forms that other devices install it from: DER and PEM,
 * an Apple configuration profile, and the fingerprint by which people make sure
 * that what they install is what this computer shows. All of it is public.
 */
import { createHash, type X509Certificate } from 'node:crypto'
import { commonName } from './authority.ts'
import { toPem } from './pem.ts'

/** Bytes to send, with the media type that makes a phone offer to install them. */
export interface Download {
  readonly fileName: string
  readonly mediaType: string
  readonly bytes: Buffer
}

/** For Android, Windows and Linux; iOS takes it, too. */
export function derDownload(certificate: X509Certificate): Download {
  return {
    fileName: 'servebar-ca.crt',
    mediaType: 'application/x-x509-ca-cert',
    bytes: Buffer.from(certificate.raw),
  }
}

export function pemDownload(certificate: X509Certificate): Download {
  return {
    fileName: 'servebar-ca.pem',
    mediaType: 'application/x-pem-file',
    bytes: Buffer.from(toPem('CERTIFICATE', certificate.raw)),
  }
}

/** For iOS and iPadOS. Its identifiers follow from the certificate, so installing it twice leaves one. */
export function appleProfile(certificate: X509Certificate): Download {
  const name = escapeXml(commonName(certificate))
  const digest = createHash('sha256').update(certificate.raw).digest()
  const base64 = Buffer.from(certificate.raw).toString('base64')
  const identifier = `app.servebar.ca.${digest.toString('hex', 0, 8)}`
  const profile = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadVersion</key><integer>1</integer>
  <key>PayloadIdentifier</key><string>${identifier}</string>
  <key>PayloadUUID</key><string>${uuid(digest.subarray(0, 16))}</string>
  <key>PayloadDisplayName</key><string>${name}</string>
  <key>PayloadOrganization</key><string>Servebar</string>
  <key>PayloadDescription</key><string>Lets this device open the sites that Servebar serves on that computer over HTTPS. It is valid for names and addresses of the local network only.</string>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadVersion</key><integer>1</integer>
      <key>PayloadIdentifier</key><string>${identifier}.certificate</string>
      <key>PayloadUUID</key><string>${uuid(digest.subarray(16))}</string>
      <key>PayloadDisplayName</key><string>${name}</string>
      <key>PayloadCertificateFileName</key><string>servebar-ca.crt</string>
      <key>PayloadContent</key><data>${base64}</data>
    </dict>
  </array>
</dict>
</plist>
`
  return {
    fileName: 'servebar-ca.mobileconfig',
    mediaType: 'application/x-apple-aspen-config',
    bytes: Buffer.from(profile),
  }
}

/** SHA-256 in the form that devices show it: `AB:CD:...`. */
export function fingerprint(certificate: X509Certificate): string {
  return certificate.fingerprint256
}

/** 16 bytes as a UUID of version 8: made by a rule of our own (RFC 9562 §5.8). */
function uuid(bytes: Uint8Array): string {
  const own = Buffer.from(bytes)
  own[6] = ((own[6] ?? 0) & 0x0f) | 0x80
  own[8] = ((own[8] ?? 0) & 0x3f) | 0x80
  return own
    .toString('hex')
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, character => entities[character] ?? '')
}
