import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installTrust, removeTrust, trustStatus } from '../../electron/app/trust.ts'
import { runCommand } from '../../electron/app/trust-command.ts'
import { nssPlaces, parseList } from '../../electron/app/trust-nss.ts'
import { makeAuthority } from '../support/certificates.ts'
import { writeFiles } from '../support/temp.ts'
import { fakeComputer, testAnchor } from '../support/trust.ts'

/** The certutil of NSS (Debian: libnss3-tools). */
const hasCertutil = process.platform === 'linux' && !spawnSync('certutil', ['-H']).error

function linux(environment: Readonly<Record<string, string>> = {}) {
  return fakeComputer('linux', () => expect.fail('nothing is to be run'), { environment }).context
}

describe('the databases of browsers', () => {
  const placesIn = async (files: readonly string[], environment = {}) => {
    const context = linux(environment)
    writeFiles(context.home, Object.fromEntries(files.map(name => [name, ''])))
    const places = await nssPlaces(context)
    return places.map(({ owner, bundle, path }) => [
      owner,
      path.replace(`${context.home}/`, ''),
      bundle ?? '',
    ])
  }

  it('are none where no browser is', async () => {
    expect(await placesIn(['.config/other/x', '.mozilla/firefox/profiles.ini'])).toEqual([])
  })

  it('is the one that Chromium uses, old and new', async () => {
    expect(await placesIn(['.pki/nssdb/cert9.db', '.local/share/pki/nssdb/cert9.db'])).toEqual([
      ['chromium', '.pki/nssdb', ''],
      ['chromium', '.local/share/pki/nssdb', ''],
    ])
    expect(await placesIn(['.local/share/pki/nssdb/cert9.db'], { XDG_DATA_HOME: 'relative' })).toHaveLength(1)
  })

  it('is one to be made where a Chromium has none yet', async () => {
    expect(await placesIn(['.config/google-chrome/Local State'])).toEqual([['chromium', '.pki/nssdb', '']])
  })

  it('is one for each profile of Firefox that has been used', async () => {
    const profiles = [
      '.mozilla/firefox/b.default',
      '.mozilla/firefox/a.dev',
      '.config/mozilla/firefox/c',
      '.zen/d',
    ]
    const files = profiles.map(name => `${name}/cert9.db`)
    expect(await placesIn([...files, '.mozilla/firefox/Crash Reports/x'])).toEqual([
      ['firefox', '.mozilla/firefox/a.dev', ''],
      ['firefox', '.mozilla/firefox/b.default', ''],
      ['firefox', '.config/mozilla/firefox/c', ''],
      ['firefox', '.zen/d', ''],
    ])
  })

  it('are those of snaps and flatpaks, too', async () => {
    const places = [
      ['chromium', 'snap/chromium/current/.pki/nssdb', 'chromium'],
      ['firefox', 'snap/firefox/common/.mozilla/firefox/x', 'firefox'],
      ['chromium', '.var/app/com.brave.Browser/.pki/nssdb', 'com.brave.Browser'],
      ['chromium', '.var/app/org.chromium.Chromium/data/pki/nssdb', 'org.chromium.Chromium'],
      ['firefox', '.var/app/org.mozilla.firefox/.mozilla/firefox/y', 'org.mozilla.firefox'],
    ] as const
    expect(await placesIn(places.map(([, path]) => `${path}/cert9.db`))).toEqual(places)
  })
})

it('parseList reads rows and no headings', () => {
  const output = `
Certificate Nickname                                         Trust Attributes
                                                             SSL,S/MIME,JAR/XPI

Servebar CA, anna on annas-mac (ABCDEF)                      C,,  
Servebar CA - Servebar                                       ,,   
Some other authority that is so long that it pushes the flags CT,C,C
`
  expect(parseList(output)).toEqual([
    { nickname: 'Servebar CA, anna on annas-mac (ABCDEF)', flags: 'C,,' },
    { nickname: 'Servebar CA - Servebar', flags: ',,' },
    { nickname: 'Some other authority that is so long that it pushes the flags', flags: 'CT,C,C' },
  ])
})

it('without the tool nothing is done, and that is told', async () => {
  const { anchor } = await testAnchor()
  const { context, ran } = fakeComputer('linux', () => 'missing')
  writeFiles(context.home, { '.pki/nssdb/cert9.db': '', '.mozilla/firefox/x/cert9.db': '' })
  const obstacle = { kind: 'no-tool', tool: 'certutil' }
  const report = await installTrust(anchor, context)
  expect(report.browsers).toBe('none')
  expect(report.places).toMatchObject([
    { trusted: null, done: null, obstacle },
    { trusted: null, done: null, obstacle },
  ])
  expect(ran).toHaveLength(2)
})

describe.runIf(hasCertutil)('with certutil', () => {
  const real = () => ({ ...linux(), run: runCommand })
  const certutil = (...args: string[]) => execFileSync('certutil', args, { encoding: 'utf8', stdio: 'pipe' })
  const newDatabase = (path: string) => {
    mkdirSync(path, { recursive: true })
    certutil('-N', '-d', `sql:${path}`, '--empty-password')
  }

  it('is installed in every database, and taken away without a trace', async () => {
    const { anchor } = await testAnchor()
    const context = real()
    const paths = ['.config/chromium', '.mozilla/firefox/a b.default'].map(name => join(context.home, name))
    newDatabase(paths[1] ?? '')
    mkdirSync(paths[0] ?? '', { recursive: true })
    const database = join(context.home, '.pki/nssdb')
    expect(await trustStatus(anchor, context)).toMatchObject({
      browsers: 'none',
      places: [{ trusted: false }, { trusted: false }],
    })
    expect(readdirSync(context.home)).not.toContain('.pki')
    expect(await installTrust(anchor, context)).toEqual({
      browsers: 'all',
      places: [
        {
          place: { kind: 'nss', owner: 'chromium', path: database },
          trusted: true,
          done: 'installed',
          obstacle: null,
        },
        {
          place: { kind: 'nss', owner: 'firefox', path: paths[1] },
          trusted: true,
          done: 'installed',
          obstacle: null,
        },
      ],
    })
    expect(statSync(database).mode & 0o777).toBe(0o700)
    expect(certutil('-L', '-d', `sql:${database}`)).toMatch(
      /^Servebar CA, anna on annas-mac \([0-9A-F]{6}\) +C,,\s*$/m,
    )
    expect((await installTrust(anchor, context)).places).toMatchObject([{ done: null }, { done: null }])
    expect((await removeTrust(anchor, context)).places).toMatchObject([
      { trusted: false, done: 'removed', obstacle: null },
      { trusted: false, done: 'removed', obstacle: null },
    ])
    for (const path of [database, paths[1]])
      expect(certutil('-L', '-d', `sql:${path}`)).not.toContain('Servebar')
  })

  it('tells of browsers that trust it and of those that do not', async () => {
    const { anchor } = await testAnchor()
    const context = real()
    newDatabase(join(context.home, '.pki/nssdb'))
    await installTrust(anchor, context)
    newDatabase(join(context.home, '.mozilla/firefox/new'))
    expect((await trustStatus(anchor, context)).browsers).toBe('some')
  })

  it('knows what the user imported by hand, and what the user trusts no longer', async () => {
    const { anchor } = await testAnchor()
    const context = real()
    const database = join(context.home, '.pki/nssdb')
    newDatabase(database)
    certutil('-A', '-d', `sql:${database}`, '-t', ',,', '-n', 'Servebar CA - Servebar', '-i', anchor.file)
    expect((await trustStatus(anchor, context)).browsers).toBe('none')
    expect((await installTrust(anchor, context)).places).toMatchObject([{ done: 'installed', trusted: true }])
    expect((await removeTrust(anchor, context)).places).toMatchObject([{ done: 'removed' }])
  })

  it('takes no other authority for it, and keeps those', async () => {
    const [{ anchor }, { anchor: older }] = [await testAnchor(), await testAnchor()]
    const context = real()
    const database = join(context.home, '.pki/nssdb')
    newDatabase(database)
    writeFiles(context.home, { 'other.pem': makeAuthority().cert })
    certutil(
      '-A',
      '-d',
      `sql:${database}`,
      '-t',
      'C,,',
      '-n',
      'Servebar',
      '-i',
      join(context.home, 'other.pem'),
    )
    await installTrust(older, context)
    expect((await trustStatus(anchor, context)).browsers).toBe('none')
    await installTrust(anchor, context)
    await removeTrust(older, context)
    expect((await trustStatus(anchor, context)).browsers).toBe('all')
    const left = parseList(certutil('-L', '-d', `sql:${database}`))
    expect(left.map(({ flags }) => flags)).toEqual(['C,,', 'C,,'])
  })

  it('leaves nothing in a database that has a password, and does not ask for it', async () => {
    const { anchor } = await testAnchor()
    const context = real()
    const database = join(context.home, '.mozilla/firefox/x')
    writeFiles(context.home, { password: 'secret\n', '.mozilla/firefox/x': null })
    certutil('-N', '-d', `sql:${database}`, '-f', join(context.home, 'password'))
    expect((await installTrust(anchor, context)).places).toMatchObject([
      { trusted: false, done: null, obstacle: { kind: 'locked' } },
    ])
    expect(certutil('-L', '-d', `sql:${database}`)).not.toContain('Servebar')
  })

  it('tells of a database that cannot be read', async () => {
    const { anchor } = await testAnchor()
    const context = real()
    writeFiles(context.home, { '.pki/nssdb': null })
    writeFileSync(join(context.home, '.pki/nssdb/cert9.db'), 'this is no database at all')
    const { places } = await installTrust(anchor, context)
    expect(places).toMatchObject([{ done: null, obstacle: { kind: 'failed', tool: 'certutil' } }])
    chmodSync(join(context.home, '.pki/nssdb'), 0o700)
  })
})
