import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openAuthority } from '../../../electron/app/certificates/authority.ts'
import {
  appleProfile,
  derDownload,
  fingerprint,
  pemDownload,
} from '../../../electron/app/certificates/phone.ts'
import { tempFolder } from '../../support/temp.ts'

const open = (user = 'anna') => openAuthority(tempFolder(), { user, computer: 'annas-mac' })

describe('the authority for another device', () => {
  it('as DER and as PEM', async () => {
    const { certificate } = await open()
    for (const { bytes } of [derDownload(certificate), pemDownload(certificate)])
      expect(new X509Certificate(bytes).fingerprint256).toBe(certificate.fingerprint256)
    expect(derDownload(certificate)).toMatchObject({
      fileName: 'servebar-ca.crt',
      mediaType: 'application/x-x509-ca-cert',
    })
    expect(pemDownload(certificate).bytes.toString()).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
  })

  it('with the fingerprint that the device shows', async () => {
    const { certificate } = await open()
    const digest = createHash('sha256').update(derDownload(certificate).bytes).digest('hex').toUpperCase()
    expect(fingerprint(certificate)).toBe(digest.replace(/..(?=.)/g, '$&:'))
  })
})

describe('the Apple profile', () => {
  const valuesOf = (xml: string, key: string) =>
    Array.from(xml.matchAll(new RegExp(`<key>${key}</key>\\s*<(\\w+)>([^<]*)</\\1>`, 'g')), match => match[2])

  it('holds the certificate as a root', async () => {
    const { certificate } = await open()
    const { bytes, fileName, mediaType } = appleProfile(certificate)
    const xml = bytes.toString()
    expect(fileName).toBe('servebar-ca.mobileconfig')
    expect(mediaType).toBe('application/x-apple-aspen-config')
    expect(valuesOf(xml, 'PayloadType')).toEqual(['Configuration', 'com.apple.security.root'])
    expect(valuesOf(xml, 'PayloadVersion')).toEqual(['1', '1'])
    const [data = ''] = valuesOf(xml, 'PayloadContent')
    expect(Buffer.from(data, 'base64')).toEqual(Buffer.from(certificate.raw))
    expect(xml).not.toContain('PRIVATE')
  })

  it('has identifiers that are unique in it and follow from the certificate', async () => {
    const { certificate } = await open()
    const xml = appleProfile(certificate).bytes.toString()
    const uuids = valuesOf(xml, 'PayloadUUID')
    expect(new Set(uuids).size).toBe(2)
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[\dA-F]{8}-[\dA-F]{4}-8[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}$/)
    expect(new Set(valuesOf(xml, 'PayloadIdentifier')).size).toBe(2)
    expect(appleProfile(certificate).bytes.toString()).toBe(xml)
    expect(valuesOf(appleProfile((await open()).certificate).bytes.toString(), 'PayloadUUID')).not.toEqual(
      uuids,
    )
  })

  it('is XML whatever the user is called', async () => {
    const xml = appleProfile((await open('<a>&"b"')).certificate).bytes.toString()
    expect(valuesOf(xml, 'PayloadDisplayName')[0]).toBe('Servebar CA, &lt;a&gt;&amp;"b" on annas-mac')
  })
})
