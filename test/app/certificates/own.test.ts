import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { CertificateError, type OwnFault } from '../../../electron/app/certificates/faults.ts'
import { loadOwnCertificate, type OwnOptions } from '../../../electron/app/certificates/own.ts'
import { pemBlocks, toPem } from '../../../electron/app/certificates/pem.ts'
import { faultWords } from '../../../electron/app/certificates/words.ts'
import { handshake, inDays, makeAuthority, makeLeaf } from '../../support/certificates.ts'
import { canBeOtherUser } from '../../support/other-user.ts'
import { tempFolder } from '../../support/temp.ts'

const authority = makeAuthority()
const pair = makeLeaf(authority, { names: ['localhost', '127.0.0.1', 'fd00::2'] })
const other = makeLeaf(authority)
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength })
const passphrase = 'open sesame'
const encrypted = String(
  pair.keys.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }),
)
const oldEncrypted = String(
  pair.keys.privateKey.export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase }),
)

type Content = string | Uint8Array

function write(cert: Content, key: Content = pair.key) {
  const folder = tempFolder()
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key, { mode: 0o600 })
  return { folder, certFile, keyFile }
}

async function load(cert: Content, key: Content = pair.key, options: OwnOptions = {}) {
  const { certFile, keyFile } = write(cert, key)
  return loadOwnCertificate(certFile, keyFile, options)
}

async function faultOf(work: Promise<unknown>): Promise<OwnFault> {
  const error = await work.then(
    () => expect.fail('It was taken'),
    error => error,
  )
  expect(error).toBeInstanceOf(CertificateError)
  // Neither the error nor its words hold a line of a key.
  const shown = `${inspect(error, { depth: null, showHidden: true })} ${JSON.stringify(faultWords(error.fault))}`
  for (const secret of [pair.key, other.key, encrypted])
    for (const line of secret.split('\n').slice(1, -2)) expect(shown).not.toContain(line)
  expect(shown).not.toContain(passphrase)
  return error.fault
}

describe('a certificate and key that work', () => {
  it('serve, with the names and dates of the certificate', async () => {
    const own = await load(pair.cert)
    expect(own.names).toEqual(['localhost', '127.0.0.1', 'fd00::2'])
    expect(own.warnings).toEqual([])
    expect(own.notAfter.getTime()).toBeCloseTo(inDays(30).getTime(), -5)
    expect(await handshake(own.tls(), authority.cert, 'localhost')).toBe('trusted')
    expect(inspect(own, { depth: null, showHidden: true }) + JSON.stringify(own)).not.toContain('PRIVATE')
  })

  const rsaKeys = rsa(2048)
  const forms: readonly [string, Content, Content?, OwnOptions?][] = [
    ['with the chain', pair.cert + authority.cert],
    ['in one file', pair.key + pair.cert, pair.key + pair.cert],
    ['with other text around', `Subject: x\r\n${pair.cert}\n# end`],
    [
      'with lines that end as on Windows',
      pair.cert.replaceAll('\n', '\r\n'),
      pair.key.replaceAll('\n', '\r\n'),
    ],
    ['with a byte order mark', `\uFEFF${pair.cert}`],
    ['in UTF-16', Buffer.from(`\uFEFF${pair.cert}`, 'utf16le'), Buffer.from(`\uFEFF${pair.key}`, 'utf16le')],
    ['with a key of SEC 1', pair.cert, String(pair.keys.privateKey.export({ type: 'sec1', format: 'pem' }))],
    [
      'with an RSA key of PKCS #1',
      makeLeaf(authority, { keys: rsaKeys }).cert,
      String(rsaKeys.privateKey.export({ type: 'pkcs1', format: 'pem' })),
    ],
    ['with an encrypted key', pair.cert, encrypted, { passphrase }],
    ['with a key that is encrypted in the old way', pair.cert, oldEncrypted, { passphrase }],
    ['with a passphrase that is not needed', pair.cert, pair.key, { passphrase }],
  ]
  it.each(forms)('%s', async (_name, cert, key, options) => {
    const own = await load(cert, key, options)
    expect(await handshake(own.tls(), authority.cert, 'localhost')).toBe('trusted')
  })

  it.runIf(process.platform !== 'win32')(
    'with a word of warning, where others can read the key',
    async () => {
      const { certFile, keyFile } = write(pair.cert)
      chmodSync(keyFile, 0o644)
      const { warnings } = await loadOwnCertificate(certFile, keyFile)
      expect(warnings).toEqual([{ kind: 'key-exposed', file: keyFile }])
    },
  )

  it('with a word of warning, where no browser will find a name', async () => {
    const { warnings } = await load(authority.cert, authority.key)
    expect(warnings).toMatchObject([{ kind: 'no-names' }])
  })
})

describe('what does not work is refused by name', () => {
  const der = Buffer.from(pemBlocks(pair.cert)[0]?.text.split('\n').slice(1, -2).join('') ?? '', 'base64')
  const keyDer = pair.keys.privateKey.export({ type: 'pkcs8', format: 'der' })
  const pkcs12 = Buffer.from('30820a000201033082', 'hex')
  const bundle = Buffer.concat([
    pkcs12,
    Buffer.from('09c606092a864886f70d010701a0', 'hex'),
    Buffer.alloc(2000),
  ])
  const weak = rsa(512)
  const publicKey = String(pair.keys.publicKey.export({ type: 'spki', format: 'pem' }))
  const cert = { role: 'certificate', file: expect.stringMatching(/cert\.pem$/) }
  const key = { role: 'key', file: expect.stringMatching(/key\.pem$/) }

  const cases: readonly [string, Content, Content, object, RegExp][] = [
    ['an empty certificate', '', pair.key, { ...cert, kind: 'not-pem', found: 'nothing' }, /is empty/],
    ['an empty key', pair.cert, ' \n', { ...key, kind: 'not-pem', found: 'nothing' }, /PRIVATE KEY/],
    ['DER', der, pair.key, { ...cert, kind: 'not-pem', found: 'der' }, /openssl x509 -inform der -in/],
    [
      'a key in DER',
      pair.cert,
      keyDer,
      { ...key, kind: 'not-pem', found: 'der' },
      /openssl pkey -inform der/,
    ],
    [
      'PKCS #12',
      bundle,
      pair.key,
      { ...cert, kind: 'not-pem', found: 'pkcs12' },
      /openssl pkcs12 .* -nokeys/,
    ],
    ['PKCS #12 as key', pair.cert, bundle, { ...key, kind: 'not-pem', found: 'pkcs12' }, /-nocerts/],
    ['some text', 'hello', pair.key, { ...cert, kind: 'not-pem', found: 'text' }, /BEGIN CERTIFICATE/],
    [
      'a film',
      Buffer.alloc(2 ** 21),
      pair.key,
      { ...cert, kind: 'not-pem', found: 'too-large' },
      /too large/,
    ],
    ['a swapped pair', pair.key, pair.cert, { ...cert, kind: 'wrong-content', found: 'a-key' }, /swapped/],
    [
      'a certificate as key',
      pair.cert,
      pair.cert,
      { ...key, kind: 'wrong-content', found: 'a-certificate' },
      /swapped/,
    ],
    [
      'a request',
      toPem('CERTIFICATE REQUEST', der),
      pair.key,
      { ...cert, kind: 'wrong-content', found: 'a-request' },
      /sent back/,
    ],
    [
      'a public key',
      pair.cert,
      publicKey,
      { ...key, kind: 'wrong-content', found: 'a-public-key' },
      /PRIVATE KEY/,
    ],
    [
      'a key for SSH',
      pair.cert,
      toPem('OPENSSH PRIVATE KEY', der),
      { ...key, kind: 'wrong-content', found: 'an-ssh-key' },
      /for SSH/,
    ],
    [
      'a damaged certificate',
      toPem('CERTIFICATE', der.subarray(9)),
      pair.key,
      { ...cert, kind: 'broken' },
      /damaged/,
    ],
    [
      'a damaged key',
      pair.cert,
      toPem('PRIVATE KEY', keyDer.subarray(9)),
      { ...key, kind: 'broken' },
      /damaged/,
    ],
    [
      'a key with a passphrase',
      pair.cert,
      encrypted,
      { kind: 'needs-passphrase' },
      /\. Make a key without one: openssl pkey -in/,
    ],
    ['one of the old kind', pair.cert, oldEncrypted, { kind: 'needs-passphrase' }, /openssl pkey -in/],
    ['the key of another', pair.cert, other.key, { kind: 'mismatch' }, /made together/],
    [
      'a key of another kind',
      pair.cert,
      String(weak.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      { kind: 'mismatch' },
      /made together/,
    ],
    [
      'a chain that begins with the issuer',
      authority.cert + pair.cert,
      pair.key,
      { kind: 'chain-order', position: 2, owner: true },
      /Number 2 belongs to the key: put it first/,
    ],
    [
      'a chain with a stranger in it',
      pair.cert + makeLeaf(authority).cert + authority.cert,
      pair.key,
      { kind: 'chain-order', position: 2, owner: false },
      /Number 2 did not issue/,
    ],
    [
      'an expired one',
      makeLeaf(authority, { keys: pair.keys, notBefore: inDays(-9), notAfter: new Date('2020-02-03') }).cert,
      pair.key,
      { kind: 'expired', at: new Date('2020-02-03') },
      /expired on 2020-02-03/,
    ],
    [
      'one of the future',
      makeLeaf(authority, {
        keys: pair.keys,
        notBefore: new Date('2040-02-03'),
        notAfter: new Date('2041-01-01'),
      }).cert,
      pair.key,
      { kind: 'not-yet-valid', at: new Date('2040-02-03') },
      /not valid before 2040-02-03/,
    ],
    [
      'one that is too weak',
      makeLeaf(authority, { keys: weak }).cert,
      String(weak.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      { kind: 'refused' },
      /ECDSA P-256/,
    ],
  ]
  it.each(cases)('%s', async (_name, cert, key, expected, words) => {
    const fault = await faultOf(load(cert, key))
    expect(fault).toMatchObject(expected)
    const { heading, detail } = faultWords(fault)
    expect(`${heading}. ${detail}`).toMatch(words)
    expect(heading).not.toMatch(/\.$/)
    expect(heading).toContain('pem')
  })

  it('a wrong passphrase', async () => {
    for (const key of [encrypted, oldEncrypted])
      expect(await faultOf(load(pair.cert, key, { passphrase: 'wrong' }))).toMatchObject({
        kind: 'wrong-passphrase',
      })
  })

  it('a file that is not there, and a folder', async () => {
    const { certFile, keyFile, folder } = write(pair.cert)
    const missing = join(folder, 'other.pem')
    expect(await faultOf(loadOwnCertificate(missing, keyFile))).toEqual({
      kind: 'missing',
      role: 'certificate',
      file: missing,
    })
    expect(await faultOf(loadOwnCertificate(certFile, join(certFile, 'x')))).toMatchObject({
      kind: 'missing',
      role: 'key',
    })
    mkdirSync(missing)
    expect(await faultOf(loadOwnCertificate(certFile, missing))).toMatchObject({
      kind: 'not-a-file',
      role: 'key',
    })
  })

  it.runIf(process.platform !== 'win32' && (process.getuid?.() !== 0 || canBeOtherUser))(
    'a file that is closed to us',
    async () => {
      const { certFile, keyFile, folder } = write(pair.cert)
      chmodSync(keyFile, 0)
      const asRoot = process.getuid?.() === 0
      const nobody = 65534
      if (asRoot) {
        chmodSync(folder, 0o755)
        process.seteuid?.(nobody)
      }
      try {
        expect(await faultOf(loadOwnCertificate(certFile, keyFile))).toEqual({
          kind: 'unreadable',
          role: 'key',
          file: keyFile,
          code: 'EACCES',
        })
      } finally {
        if (asRoot) process.seteuid?.(0)
      }
    },
  )
})
