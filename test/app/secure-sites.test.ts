import { X509Certificate } from 'node:crypto'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAuthority } from '../../electron/app/certificates/authority.ts'
import { CertificateError } from '../../electron/app/certificates/faults.ts'
import { issueLeaf } from '../../electron/app/certificates/leaf.ts'
import type { Words } from '../../electron/app/certificates/words.ts'
import { createSecureSites } from '../../electron/app/secure-sites.ts'
import type { AuthorityState } from '../../electron/contract.ts'
import type { TlsIdentity } from '../../electron/engine/types.ts'
import { noTrust, originOf, problemOn, startApp } from '../support/start-app.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

function setup(folder = join(tempFolder(), 'certificates')) {
  const states: AuthorityState[] = []
  const notices: Words[] = []
  const here = ['localhost', '127.0.0.1']
  const secure = createSecureSites({
    folder,
    trust: noTrust(tempFolder()),
    names: () => here,
    onAuthority: state => states.push(state),
    onNotice: words => notices.push(words),
  })
  onTestFinished(() => secure.close())
  return { folder, secure, states, notices, here }
}

describe('certificates of sites', () => {
  it('are one leaf of the authority, which is made with the first', async () => {
    const { folder, secure, states } = setup()
    await secure.wake()
    await expect(stat(folder)).rejects.toThrow()
    const one = await secure.certify(null, () => {})
    const other = await secure.certify(null, () => {})
    expect(other.identity.cert).toBe(one.identity.cert)
    const below = await one.identity.forServerName?.('shop.localhost')
    expect(new X509Certificate(below?.cert ?? '').subjectAltName).toBe('DNS:shop.localhost')
    expect(await one.identity.forServerName?.('example.com')).toBeNull()
    expect(one.downloads?.fingerprint).toBe(states[0]?.fingerprint)
    expect(one.downloads?.der.content.length).toBeGreaterThan(100)
    expect(states[0]).toMatchObject({ trusted: 'unknown', steps: [] })
    expect(JSON.stringify([states, one.downloads])).not.toContain('PRIVATE')
  })

  it('are renewed for every site when the computer gets another address', async () => {
    const { secure, here } = setup()
    const got: [string, TlsIdentity][] = []
    const first = await secure.certify(null, identity => got.push(['a', identity]))
    const gone = await secure.certify(null, identity => got.push(['b', identity]))
    await secure.certify(null, identity => got.push(['c', identity]))
    gone.close()
    await secure.refresh()
    expect(got).toEqual([])
    here.push('192.168.1.24')
    await secure.refresh()
    expect(got.map(([name]) => name)).toEqual(['a', 'c'])
    expect(got[0]?.[1].cert).not.toBe(first.identity.cert)
  })

  it('show the authority that an earlier run has made', async () => {
    const { folder, secure, states } = setup()
    await secure.certify(null, () => {})
    const next = setup(folder)
    await next.secure.wake()
    expect(next.states[0]?.fingerprint).toBe(states[0]?.fingerprint)
  })

  it('cannot be had where their folder cannot be written, and can once it is', async () => {
    const place = join(tempFolder(), 'place')
    await writeFile(place, 'a file in the way')
    const { secure } = setup(join(place, 'certificates'))
    await expect(secure.certify(null, () => {})).rejects.toBeInstanceOf(CertificateError)
    await expect(secure.setTrust(true)).rejects.toBeInstanceOf(CertificateError)
  })

  it('tell the steps where there is no tool', async () => {
    const { secure, states } = setup()
    const state = await secure.setTrust(true)
    expect(state.trusted).toBe('none')
    expect(states.at(-1)).toEqual(state)
  })
})

/** What the server shows to who asks for this name. */
function certificateAt(port: number, servername = 'localhost'): Promise<X509Certificate | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate())
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

describe('a site by HTTPS', () => {
  it('is served with a certificate of this computer, and by HTTP again', async () => {
    const { app, invoke, folder, site, settingsFile } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    expect(app.state.get().authority).toBeNull()
    await invoke('site.configure', { id, options: { https: true } })
    expect(originOf(site(id))).toMatch(/^https:\/\/localhost:/)
    const { port } = site(id).options
    expect((await certificateAt(port))?.issuer).toContain('CN=Servebar CA')
    expect((await certificateAt(port, 'shop.localhost'))?.subjectAltName).toBe('DNS:shop.localhost')
    expect(app.state.get().authority?.name).toContain('Servebar CA')
    expect(await readdir(join(settingsFile, '..', 'certificates'))).not.toEqual([])
    await invoke('site.configure', { id, options: { https: false } })
    expect((await fetch(originOf(site(id)))).status).toBe(200)
  })

  it('uses the certificate of its owner, and says what is wrong with it', async () => {
    const { invoke, folder, site, home } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const [certFile, keyFile] = [join(home, 'cert.pem'), join(home, 'key.pem')]
    await invoke('site.configure', { id, options: { https: true, certificate: { certFile, keyFile } } })
    expect(problemOn(site(id))).toMatchObject({
      type: 'certificate',
      title: `No certificate at ${certFile}`,
      remedies: [{ action: 'try-again' }],
    })
    const own = await openAuthority(join(home, 'own'), { user: 'other', computer: 'maker' })
    const { cert, key } = (await issueLeaf(own, ['localhost'])).tls()
    await writeFile(certFile, cert)
    await writeFile(keyFile, key, { mode: 0o600 })
    await invoke('site.start', { id })
    expect((await certificateAt(site(id).options.port))?.issuer).toContain('other on maker')
  })

  it('fails where no certificate can be made', async () => {
    const { invoke, folder, site, settingsFile } = await startApp()
    const [id = ''] = await invoke('site.add', { folders: [await folder('a')] })
    const way = join(settingsFile, '..', 'certificates')
    await writeFile(way, 'a file in the way')
    await invoke('site.configure', { id, options: { https: true } })
    expect(problemOn(site(id))).toMatchObject({ type: 'certificate', remedies: [{ action: 'try-again' }] })
    // Another wish, another attempt.
    await invoke('site.configure', { id, options: { https: false } })
    expect(site(id).status.phase).toBe('listening')
  })

  it('is told in the state when its authority is looked at', async () => {
    const { app, invoke } = await startApp()
    const answer = await invoke('authority.trust', { trusted: true })
    await until(() => app.state.get().authority !== null, 'the authority')
    expect(app.state.get().authority).toEqual(answer)
  })
})
