import { once } from 'node:events'
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { CertificateFault } from '../../../electron/app/certificates/faults.ts'
import type { OwnCertificate } from '../../../electron/app/certificates/own.ts'
import { watchOwnCertificate } from '../../../electron/app/certificates/own-watch.ts'
import {
  connectTls,
  handshake,
  listenTls,
  makeAuthority,
  makeLeaf,
  type Pair,
} from '../../support/certificates.ts'
import { tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

const authority = makeAuthority()
const [first, second, third] = [makeLeaf(authority), makeLeaf(authority), makeLeaf(authority)]

async function watch(pair: Pair, folder = tempFolder()) {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const changes: OwnCertificate[] = []
  const faults: CertificateFault[] = []
  put(folder, pair)
  const events = {
    onChange: (certificate: OwnCertificate) => void changes.push(certificate),
    onFault: (fault: CertificateFault) => void faults.push(fault),
  }
  const watched = await watchOwnCertificate(certFile, keyFile, events, { interval: 20 })
  onTestFinished(() => watched.close())
  return { watched, changes, faults, folder, certFile, keyFile }
}

function put(folder: string, { cert, key }: Pick<Pair, 'cert' | 'key'>): void {
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 })
}

it('takes a renewed pair over in a running server', async () => {
  const { watched, changes, faults, folder } = await watch(first)
  const { server, port } = await listenTls(watched.current.tls())
  put(folder, second)
  await until(() => changes.length === 1, 'the change')
  server.setSecureContext(watched.current.tls())
  const socket = connectTls(port, authority.cert, 'localhost')
  await once(socket, 'secureConnect')
  expect(socket.getPeerCertificate().fingerprint256).toBe(changes[0]?.certificate.fingerprint256)
  expect(watched.current.tls().cert).toBe(second.cert)
  socket.destroy()
  expect(faults).toEqual([])
})

it('serves with the old pair until the new one is whole; tells a half that stays, once', async () => {
  const { watched, changes, faults, certFile, keyFile } = await watch(first)
  writeFileSync(certFile, second.cert)
  await until(() => faults.length > 0, 'the fault')
  expect(faults).toEqual([{ kind: 'mismatch', file: certFile, keyFile }])
  expect(watched.current.tls().cert).toBe(first.cert)
  expect(await handshake(watched.current.tls(), authority.cert, 'localhost')).toBe('trusted')
  writeFileSync(keyFile, second.key)
  await until(() => changes.length === 1, 'the change')
  expect(faults).toHaveLength(1)
  rmSync(keyFile)
  await until(() => faults.length === 2, 'the next fault')
  expect(faults[1]).toEqual({ kind: 'missing', role: 'key', file: keyFile })
  expect(changes).toHaveLength(1)
})

it('follows links that a renewal puts elsewhere', async () => {
  const folder = tempFolder({ 'one/a': '', 'two/a': '' })
  put(join(folder, 'one'), first)
  put(join(folder, 'two'), second)
  symlinkSync('one', join(folder, 'live'))
  const changes: OwnCertificate[] = []
  const [certFile, keyFile] = [join(folder, 'live/cert.pem'), join(folder, 'live/key.pem')]
  const events = {
    onChange: (next: OwnCertificate) => void changes.push(next),
    onFault: () => expect.fail('no fault'),
  }
  const watched = await watchOwnCertificate(certFile, keyFile, events, { interval: 20 })
  onTestFinished(() => watched.close())
  symlinkSync('two', join(folder, 'next'))
  renameSync(join(folder, 'next'), join(folder, 'live'))
  await until(() => changes.length === 1, 'the change')
  expect(watched.current.tls().cert).toBe(second.cert)
})

it('tells nothing of a file that was written again as it was, or after it is closed', async () => {
  const { watched, changes, folder } = await watch(first)
  const { watched: sentinel, changes: seen } = await watch(first, folder)
  put(folder, first)
  put(folder, { cert: `# again\n${first.cert}`, key: first.key })
  watched.close()
  put(folder, third)
  await until(() => seen.length === 1, 'what the other one sees')
  expect(sentinel.current.tls().cert).toBe(third.cert)
  expect(changes).toEqual([])
  expect(watched.current.tls().cert).toBe(first.cert)
})

it('refuses what cannot be used from the start', async () => {
  const folder = tempFolder()
  const events = { onChange: () => expect.fail('no change'), onFault: () => expect.fail('no fault') }
  await expect(watchOwnCertificate(join(folder, 'a'), join(folder, 'b'), events)).rejects.toMatchObject({
    fault: { kind: 'missing', role: 'certificate' },
  })
})
