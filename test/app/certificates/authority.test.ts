import { X509Certificate } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  AUTHORITY_LIFETIME,
  AUTHORITY_RESERVE,
  type Authority,
  openAuthority,
} from '../../../electron/app/certificates/authority.ts'
import { bundle } from '../../support/bundle.ts'
import { ecKeys, inDays, keyPem, makeAuthority, makeLeaf } from '../../support/certificates.ts'
import { type NodeProcess, runNode } from '../../support/process.ts'
import { tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

const hasModes = process.platform !== 'win32'
const print = (authority: Authority) => authority.certificate.fingerprint256
const secrets = (folder: string) => readdirSync(folder).filter(name => name.endsWith('.pem'))
const modeOf = (path: string) => statSync(path).mode & 0o777

/** In a folder that is not there yet. */
function newFolder(): string {
  return join(tempFolder(), 'user', 'certificates')
}

describe('a new authority', () => {
  it('is for the user alone, and the same when it is opened again', async () => {
    const folder = newFolder()
    const first = await openAuthority(folder)
    expect(first.notices).toEqual([])
    expect(readdirSync(folder)).toEqual(['authority-1.pem'])
    if (hasModes) {
      expect(modeOf(folder)).toBe(0o700)
      expect(modeOf(join(folder, 'authority-1.pem'))).toBe(0o600)
    }
    const second = await openAuthority(folder)
    expect(print(second)).toBe(print(first))
    expect(second.notices).toEqual([])
  })

  it('names the computer and the user, in 64 characters at most', async () => {
    const options = { user: 'anna', computer: 'annas-mac' }
    expect((await openAuthority(newFolder(), options)).name).toBe('Servebar CA, anna on annas-mac')
    const long = await openAuthority(newFolder(), { user: 'ä'.repeat(80), computer: 'x'.repeat(80) })
    expect(long.name).toBe(`Servebar CA, ${'ä'.repeat(20)} on ${'x'.repeat(27)}`)
    const odd = await openAuthority(newFolder(), { user: '', computer: 'a\n"b", c+d\\e' })
    expect(odd.name).toBe('Servebar CA, a "b", c+d\\e')
    const own = await openAuthority(newFolder())
    expect(own.name).toMatch(/^Servebar CA, .+/)
  })

  it('is an authority over servers of the local network for three years', async () => {
    const now = new Date()
    const { certificate, notAfter } = await openAuthority(newFolder(), { now })
    expect(certificate.ca).toBe(true)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']) // Node calls the extended one so: server authentication
    expect(notAfter.getTime()).toBeCloseTo(now.getTime() + AUTHORITY_LIFETIME, -4)
    expect(new Date(certificate.validFrom) < inDays(-1, now)).toBe(true)
  })

  it('permits the names that the computer had then', async () => {
    const { permits } = await openAuthority(newFolder(), { names: ['annas-mac', 'anna.fritz.box'] })
    expect(['annas-mac', 'anna.fritz.box', 'x.local'].map(permits)).toEqual([true, true, true])
    expect(['berts-mac', 'fritz.box', 'example.com'].map(permits)).toEqual([false, false, false])
  })

  it('certifies nothing else', async () => {
    const authority = await openAuthority(newFolder())
    const { publicKey } = ecKeys()
    const request = { publicKey, notBefore: inDays(-1), notAfter: inDays(1) }
    await expect(authority.certify({ ...request, names: ['localhost', 'example.com'] })).rejects.toThrow(
      'may not certify example.com',
    )
  })

  it('shows its key to nobody', async () => {
    const folder = newFolder()
    const authority = await openAuthority(folder)
    const file = readFileSync(join(folder, 'authority-1.pem'), 'utf8')
    const key = /KEY-----\n(.{40})/.exec(file)?.[1] ?? ''
    expect(key).toHaveLength(40)
    const shown = `${inspect(authority, { depth: null, showHidden: true })} ${JSON.stringify(authority)}`
    expect(shown).toContain('CERTIFICATE')
    expect(shown).not.toContain(key)
    expect(shown).not.toContain('PRIVATE')
    expect(readFileSync((await authority.publish()).file, 'utf8')).not.toContain('PRIVATE')
  })

  it('is published for other programs to read', async () => {
    const folder = newFolder()
    const authority = await openAuthority(folder)
    const { file } = await authority.publish()
    expect(new X509Certificate(readFileSync(file)).fingerprint256).toBe(print(authority))
    const { mtimeMs } = statSync(file)
    await authority.publish()
    expect(statSync(file).mtimeMs).toBe(mtimeMs)
    writeFileSync(file, 'half of i')
    expect((await authority.publish()).file).toBe(file)
    expect(new X509Certificate(readFileSync(file)).fingerprint256).toBe(print(authority))
  })
})

describe('an authority of no use is replaced, and that is told', () => {
  const file = (folder: string) => join(folder, 'authority-1.pem')
  const other = makeAuthority()
  const cases: readonly [string, string, (folder: string, text: string) => void][] = [
    ['empty', 'damaged', folder => writeFileSync(file(folder), '')],
    ['cut off', 'damaged', (folder, text) => writeFileSync(file(folder), text.slice(0, -60))],
    ['its key cut off', 'damaged', (folder, text) => writeFileSync(file(folder), text.slice(100))],
    ['zeros', 'damaged', folder => writeFileSync(file(folder), Buffer.alloc(4096))],
    [
      'a folder',
      'damaged',
      folder => {
        rmSync(file(folder))
        mkdirSync(file(folder))
      },
    ],
    ['far too large', 'damaged', (folder, text) => writeFileSync(file(folder), text.padEnd(100_000, '\n'))],
    [
      'one letter of the key',
      'damaged',
      (folder, text) => writeFileSync(file(folder), text.replace(/KEY-----\n.{5}/, 'KEY-----\nAAAAA')),
    ],
    [
      'the key of another',
      'mismatched',
      (folder, text) => writeFileSync(file(folder), other.key + text.slice(text.indexOf('-----BEGIN CERT'))),
    ],
    [
      'a leaf',
      'not-ours',
      folder => {
        const { cert, key } = selfSignedLeaf()
        writeFileSync(file(folder), key + cert)
      },
    ],
    [
      'an authority over everything',
      'not-ours',
      folder => {
        const { cert, key } = makeAuthority([])
        writeFileSync(file(folder), key + cert)
      },
    ],
  ]

  function selfSignedLeaf() {
    const keys = ecKeys()
    const named = makeLeaf(other, { keys })
    return makeLeaf({ der: Buffer.from(new X509Certificate(named.cert).raw), keys }, { keys })
  }

  it.each(cases)('%s', async (_name, why, damage) => {
    const folder = newFolder()
    const before = await openAuthority(folder)
    await before.publish()
    damage(folder, readFileSync(file(folder), 'utf8'))
    const after = await openAuthority(folder)
    expect(after.notices).toEqual([{ kind: 'authority-replaced', file: file(folder), why }])
    expect(print(after)).not.toBe(print(before))
    expect((await after.retired()).map(({ certificate }) => certificate.fingerprint256)).toEqual([
      print(before),
    ])
    const again = await openAuthority(folder)
    expect(again.notices).toEqual([])
    expect(print(again)).toBe(print(after))
    // The key that could still sign for whoever trusts it.
    if (!statSync(file(folder), { throwIfNoEntry: false })?.isDirectory())
      expect(secrets(folder)).toEqual(['authority-2.pem'])
  })

  it('near its end', async () => {
    const folder = newFolder()
    const first = await openAuthority(folder)
    const late = new Date(first.notAfter.getTime() - AUTHORITY_RESERVE + 1000)
    expect(first.isDue()).toBe(false)
    expect(first.isDue(late)).toBe(true)
    const second = await openAuthority(folder, { now: late })
    expect(second.notices).toMatchObject([{ why: 'expired' }])
    expect(second.certificate.subject).not.toBe(first.certificate.subject)
  })
})

describe('an authority that others might know, or that is from the future, is told', () => {
  it.runIf(hasModes)('is closed to others', async () => {
    const folder = newFolder()
    const { certificate } = await openAuthority(folder)
    const file = join(folder, 'authority-1.pem')
    chmodSync(folder, 0o755)
    chmodSync(file, 0o644)
    const again = await openAuthority(folder)
    expect(again.notices).toEqual([{ kind: 'authority-exposed', file, closed: true }])
    expect(again.certificate.fingerprint256).toBe(certificate.fingerprint256)
    expect([modeOf(folder), modeOf(file)]).toEqual([0o700, 0o600])
  })

  it('is kept, for the clock may be wrong now', async () => {
    const folder = newFolder()
    const first = await openAuthority(folder)
    const again = await openAuthority(folder, { now: inDays(-1000) })
    expect(again.notices).toMatchObject([{ kind: 'authority-early' }])
    expect(print(again)).toBe(print(first))
  })
})

describe('what the disk refuses is an error that names the place', () => {
  it('a file in the place of the folder', async () => {
    const folder = tempFolder({ certificates: 'x' })
    await expect(openAuthority(join(folder, 'certificates'))).rejects.toMatchObject({
      fault: { kind: 'authority-unwritable', file: join(folder, 'certificates') },
    })
  })

  it('a link that leads nowhere just now, to a disk that was taken out', async () => {
    const folder = tempFolder()
    const file = join(folder, 'authority-1.pem')
    symlinkSync('/nowhere/authority.pem', file)
    await expect(openAuthority(folder)).rejects.toMatchObject({
      fault: { kind: 'authority-unreadable', file, code: 'ENOENT' },
    })
    expect(readdirSync(folder)).toEqual(['authority-1.pem'])
  })
})

describe('several processes', () => {
  let maker = ''
  beforeAll(async () => {
    maker = await bundle(fileURLToPath(new URL('../../support/authority-maker.ts', import.meta.url)))
  })

  async function race(folder: string, count: number, env = {}): Promise<readonly string[]> {
    // Each begins when this file is there.
    const gate = join(tempFolder(), 'go')
    const makers = Array.from({ length: count }, () => runNode([maker, folder, 'wait', gate], { env }))
    await Promise.all(makers.map(({ prints }) => prints(/ready/)))
    writeFileSync(gate, '')
    await Promise.all(makers.map(({ ended }) => ended))
    return makers.map(({ stdout }) => /^[0-9A-F:]{95}/m.exec(stdout())?.[0] ?? stdout())
  }

  it('that begin at once end with one authority', async () => {
    const folder = newFolder()
    const prints = await race(folder, 4)
    expect(prints).toEqual(Array(4).fill(print(await openAuthority(folder))))
    expect(readdirSync(folder)).toEqual(['authority-1.pem'])
  })

  it('that find a damaged one end with one authority', async () => {
    const folder = newFolder()
    await openAuthority(folder)
    writeFileSync(join(folder, 'authority-1.pem'), 'half')
    const prints = await race(folder, 4)
    expect(prints).toEqual(Array(4).fill(print(await openAuthority(folder))))
    expect(readdirSync(folder)).toEqual(['authority-2.pem'])
  })

  it('end with one authority where the file system knows no links, too', async () => {
    const folder = newFolder()
    const prints = await race(folder, 4, { LINKLESS: '1' })
    expect(prints).toEqual(Array(4).fill(print(await openAuthority(folder))))
    expect(readdirSync(folder)).toEqual(['authority-1.pem'])
  })

  it('of one that is killed at any moment nothing half is left', { timeout: 60_000 }, async () => {
    const folder = newFolder()
    let interrupted = 0
    for (let round = 0; round < 10; round++) {
      const process: NodeProcess = runNode([maker, folder, 'forever'])
      await process.prints(/^[0-9A-F:]{95}/m)
      // At whatever it does when the folder looks otherwise than before.
      const before = readdirSync(folder).join()
      await until(() => readdirSync(folder).join() !== before, 'the next step')
      process.child.kill('SIGKILL')
      await process.ended
      if (readdirSync(folder).some(name => name.endsWith('.tmp'))) interrupted++
      const { notices } = await openAuthority(folder)
      expect(notices).toEqual([])
      expect(readdirSync(folder)).toEqual(['authority-1.pem'])
    }
    expect(interrupted).toBeGreaterThan(0)
    expect(existsSync(join(folder, 'authority-1.pem'))).toBe(true)
  })
})

it('reads a key as it was written', async () => {
  const folder = newFolder()
  const { keys, cert, key } = makeAuthority()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'authority-7.pem'), `Bag Attributes\n${cert}\n${key}`, { mode: 0o600 })
  const authority = await openAuthority(folder)
  expect(authority.certificate.fingerprint256).toBe(new X509Certificate(cert).fingerprint256)
  expect(keyPem(keys.privateKey)).toBe(key)
})
