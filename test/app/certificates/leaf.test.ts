import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Authority, openAuthority } from '../../../electron/app/certificates/authority.ts'
import {
  issueLeaf,
  keepLeaf,
  LEAF_LIFETIME,
  LEAF_RESERVE,
  type LeafKeeper,
  renewalReason,
} from '../../../electron/app/certificates/leaf.ts'
import { toPem } from '../../../electron/app/certificates/pem.ts'
import {
  connectTls,
  DAY,
  handshake,
  inDays,
  listenTls,
  makeAuthority,
  makeLeaf,
} from '../../support/certificates.ts'
import { tempFolder } from '../../support/temp.ts'

const caOf = ({ certificate }: Authority) => toPem('CERTIFICATE', certificate.raw)
const names = ['localhost', '127.0.0.1', '::1', 'annas-mac', 'annas-mac.local', '192.168.1.24', 'fd00::2']
const open = () => openAuthority(tempFolder(), { names })

describe('a client that trusts the authority', () => {
  it.each(names)('trusts %s', async name => {
    const authority = await open()
    const leaf = await issueLeaf(authority, names)
    expect(await handshake(leaf.tls(), caOf(authority), name)).toBe('trusted')
  })

  it('trusts no name that the leaf does not have', async () => {
    const authority = await open()
    const leaf = await issueLeaf(authority, names)
    expect(await handshake(leaf.tls(), caOf(authority), 'berts-mac.local')).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    )
  })

  it('trusts no leaf of another authority', async () => {
    const leaf = await issueLeaf(await open(), names)
    expect(await handshake(leaf.tls(), caOf(await open()), 'localhost')).toBe(
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    )
  })

  it.each(['example.com', 'localhost.example.com', '8.8.8.8', '2001:db8::1'])(
    'trusts no leaf for %s, even if somebody had the key of the authority',
    async outside => {
      const authority = makeAuthority()
      const inside = makeLeaf(authority, { names: ['localhost'] })
      expect(await handshake(inside, authority.cert, 'localhost')).toBe('trusted')
      for (const forged of [
        makeLeaf(authority, { names: [outside] }),
        makeLeaf(authority, { names: ['localhost', outside] }),
      ])
        expect(await handshake(forged, authority.cert, outside)).toBe('permitted subtree violation')
    },
  )

  it('trusts it in https, too', async () => {
    const authority = await open()
    const server = createServer((await issueLeaf(authority, names)).tls(), (_, response) =>
      response.end('hello'),
    )
    onTestFinished(() => void server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const request = get({ port, host: 'localhost', family: 4, ca: caOf(authority), agent: false })
    const [response] = await once(request, 'response')
    expect(response.statusCode).toBe(200)
    response.destroy()
  })
})

describe('a leaf', () => {
  it('has what is permitted, and tells what is left out', async () => {
    const leaf = await issueLeaf(await open(), [...names, '203.0.113.7', 'new-name'])
    expect(leaf.names).toEqual(names)
    expect(leaf.leftOut).toEqual(['203.0.113.7', 'new-name'])
    expect(leaf.certificate.subjectAltName).not.toContain('203.0.113.7')
  })

  it('is for servers, for a month, from a day ago', async () => {
    const now = new Date()
    const authority = await open()
    const { certificate, notAfter } = await issueLeaf(authority, names, now)
    expect(certificate.ca).toBe(false)
    expect(certificate.checkIssued(authority.certificate)).toBe(true)
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(notAfter.getTime()).toBe(now.getTime() + LEAF_LIFETIME)
    // Certificates count in seconds.
    expect(Date.parse(certificate.validTo)).toBe(Math.floor(notAfter.getTime() / 1000) * 1000)
    expect(Date.parse(certificate.validFrom)).toBe(Math.floor((now.getTime() - DAY) / 1000) * 1000)
  })

  it('is for the names of this computer unless told otherwise', async () => {
    const authority = await openAuthority(tempFolder())
    expect((await issueLeaf(authority)).names).toEqual(
      expect.arrayContaining(['localhost', '127.0.0.1', '::1']),
    )
  })

  it('does not outlive its authority', async () => {
    const authority = await open()
    const late = new Date(authority.notAfter.getTime() - 5 * DAY)
    expect((await issueLeaf(authority, names, late)).notAfter).toEqual(authority.notAfter)
  })

  it('has a key and a number of its own, and shows the key to nobody', async () => {
    const authority = await open()
    const [one, other] = [await issueLeaf(authority, names), await issueLeaf(authority, names)]
    expect(one.tls().key).not.toBe(other.tls().key)
    expect(one.certificate.serialNumber).not.toBe(other.certificate.serialNumber)
    expect(one.certificate.checkPrivateKey(createPrivateKey(one.tls().key))).toBe(true)
    const shown = `${inspect(one, { depth: null, showHidden: true })} ${JSON.stringify(one)}`
    expect(shown).not.toContain('PRIVATE')
  })
})

describe('renewalReason', () => {
  it.each([
    ['fresh', 0, names, null],
    ['a name that leads here no longer', 0, names.slice(0, 3), null],
    ['a new name', 0, [...names, '192.168.7.7'], 'names'],
    ['a new name that may not be certified', 0, [...names, '203.0.113.7'], null],
    ['before its last third', LEAF_LIFETIME - LEAF_RESERVE - 1000, names, null],
    ['in its last third', LEAF_LIFETIME - LEAF_RESERVE + 1000, names, 'time'],
    ['a clock that was set back', -3 * DAY, names, 'time'],
  ])('%s', async (_name, later, wanted, reason) => {
    const now = new Date()
    const leaf = await issueLeaf(await open(), [...names, '203.0.113.7'], now)
    expect(renewalReason(leaf, wanted, new Date(now.getTime() + later))).toBe(reason)
  })
})

describe('keepLeaf', () => {
  it('gives a running server a new leaf', async () => {
    const authority = await open()
    const keeper = await keepLeaf(authority, names, inDays(-25))
    const { server, port } = await listenTls(keeper.current.tls())
    const first = await leafAt(port, authority, 'localhost')
    expect(await keeper.refresh(inDays(-6), names)).toBe(false)
    expect(await keeper.refresh(new Date(), names)).toBe(true)
    server.setSecureContext(keeper.current.tls())
    expect(await leafAt(port, authority, 'localhost')).not.toBe(first)
    expect(await keeper.refresh(new Date(), [...names, '10.0.0.9'])).toBe(true)
    expect(keeper.current.names).toContain('10.0.0.9')
  })

  it('has a leaf for each name below localhost that is asked for', async () => {
    const authority = await open()
    const keeper = await keepLeaf(authority, names)
    const port = await listenByName(keeper)
    for (const name of ['blog.localhost', 'a.b.localhost', 'localhost', 'annas-mac.local'])
      expect(await leafAt(port, authority, name)).toMatch(/^[0-9A-F:]+$/)
    expect(await leafAt(port, authority, 'blog.localhost')).toBe(
      await leafAt(port, authority, 'BLOG.localhost'),
    )
  })

  it('shows its addresses to those only who came by one', async () => {
    const authority = await open()
    const keeper = await keepLeaf(authority, names)
    const port = await listenByName(keeper)
    expect(await leafAt(port, authority, '192.168.1.24')).toBe(keeper.current.certificate.fingerprint256)
    const named = await keeper.forServerName('annas-mac')
    expect(await leafAt(port, authority, 'annas-mac')).toBe(named?.certificate.fingerprint256)
    expect(named?.names).toEqual(['localhost', 'annas-mac', 'annas-mac.local'])
    await keeper.refresh(new Date(), [...names, 'other.local'])
    expect((await keeper.forServerName('other.local'))?.names).toContain('other.local')
  })

  it('issues no leaf for other names, and remembers a few only', async () => {
    const keeper = await keepLeaf(await open(), names)
    for (const name of ['192.168.1.24', 'example.com', 'x.localhost.com', 'a_b.localhost', '*.localhost', ''])
      expect(await keeper.forServerName(name)).toBeNull()
    const first = await keeper.forServerName('site-0.localhost')
    expect(await keeper.forServerName('site-0.localhost')).toBe(first)
    for (let number = 1; number <= 60; number++) await keeper.forServerName(`site-${number}.localhost`)
    expect(await keeper.forServerName('site-0.localhost')).not.toBe(first)
  })
})

/** As a server is to use it. */
async function listenByName(keeper: LeafKeeper): Promise<number> {
  const { port } = await listenTls({
    ...keeper.current.tls(),
    SNICallback(name, done) {
      keeper.forServerName(name).then(
        leaf => done(null, leaf ? createSecureContext(leaf.tls()) : undefined),
        error => done(error),
      )
    },
  })
  return port
}

/** Fingerprint of the leaf that a client which trusts the authority is shown. */
async function leafAt(port: number, authority: Authority, name: string): Promise<string> {
  const socket = connectTls(port, caOf(authority), name)
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}
