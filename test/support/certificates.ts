/** Certificates for tests: authorities and leaves of any kind, and handshakes over real sockets. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import { namesOfComputer, permittedSubtrees } from '../../electron/app/certificates/names.ts'
import { toPem } from '../../electron/app/certificates/pem.ts'
import { type KeyPair, writeAuthority, writeLeaf } from '../../electron/app/certificates/x509.ts'

export const DAY = 24 * 60 * 60 * 1000
export const inDays = (days: number, from = new Date()) => new Date(from.getTime() + days * DAY)

/** PEM, as for a TLS server. */
export interface Pair {
  readonly cert: string
  readonly key: string
  readonly keys: KeyPair
}

export interface TestAuthority extends Pair {
  readonly der: Buffer
}

export function ecKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

export function keyPem(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }))
}

export function makeAuthority(
  permitted = permittedSubtrees(namesOfComputer('test-computer', {})),
): TestAuthority {
  const keys = ecKeys()
  const der = writeAuthority({
    keys,
    permitted,
    commonName: 'Servebar CA, test',
    unit: 'Test',
    notBefore: inDays(-2),
    notAfter: inDays(100),
  })
  return { keys, der, cert: toPem('CERTIFICATE', der), key: keyPem(keys.privateKey) }
}

export interface PairOptions {
  readonly names?: readonly string[]
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly keys?: KeyPair
}

/** Whatever names: unlike our own authority it checks nothing. */
export function makeLeaf(issuer: Pick<TestAuthority, 'der' | 'keys'>, options: PairOptions = {}): Pair {
  const { names = ['localhost'], notBefore = inDays(-1), notAfter = inDays(30), keys = ecKeys() } = options
  const der = writeLeaf({
    names,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    issuer: issuer.der,
    issuerKey: issuer.keys.privateKey,
  })
  return { keys, cert: toPem('CERTIFICATE', der), key: keyPem(keys.privateKey) }
}

/** `trusted`, or the code of the client's error; its message where Node has no code for it. */
export async function handshake(
  server: { readonly cert: string; readonly key: string },
  ca: string,
  name: string,
): Promise<string> {
  const { port } = await listenTls(server)
  const socket = connectTls(port, ca, name)
  try {
    await once(socket, 'secureConnect')
    return 'trusted'
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    return code === 'UNSPECIFIED' ? message : code
  } finally {
    socket.destroy()
  }
}

export async function listenTls(options: Parameters<typeof createServer>[0]) {
  const server = createServer(options, socket => socket.on('error', () => {}).end())
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** As if `name` led to this server. */
export function connectTls(port: number, ca: string, name: string): TLSSocket {
  const isAddress = /^[\d.]+$|:/.test(name)
  return connect({
    port,
    host: '127.0.0.1',
    ca,
    ...(isAddress ? {} : { servername: name }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  })
}
