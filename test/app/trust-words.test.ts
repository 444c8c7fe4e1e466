import { describe, expect, it } from 'vitest'
import type { TrustObstacle, TrustPlace } from '../../electron/app/trust-store.ts'
import { explainInstall, explainRemoval, placeWords } from '../../electron/app/trust-words.ts'
import { testAnchor } from '../support/trust.ts'

const keychain: TrustPlace = {
  kind: 'keychain',
  owner: 'system',
  path: '/Users/anna/Library/Keychains/login.keychain-db',
}
const windows: TrustPlace = { kind: 'windows', owner: 'system', path: 'CurrentUser\\Root' }
const chromium: TrustPlace = { kind: 'nss', owner: 'chromium', path: '/home/anna/.pki/nssdb' }
const firefox: TrustPlace = {
  kind: 'nss',
  owner: 'firefox',
  path: '/home/anna/x',
  bundle: 'org.mozilla.firefox',
}
const system: TrustPlace = { kind: 'system', owner: 'programs', path: '/etc/pki/ca-trust/source/anchors' }
const failed: TrustObstacle = { kind: 'failed', tool: 'certutil', message: 'bad database' }

async function context(os: 'darwin' | 'win32' | 'linux', distribution?: string) {
  const { anchor, authority } = await testAnchor()
  return { os, anchor, name: authority.name, ...(distribution === undefined ? {} : { distribution }) }
}

const textOf = ({ heading, steps }: ReturnType<typeof explainInstall>) =>
  [heading, ...steps.flatMap(({ text, command }) => [text, command ?? ''])].join('\n')

it('says whose place it is', () => {
  expect([keychain, windows, chromium, firefox, system].map(placeWords)).toEqual([
    'Your login keychain',
    'Your Windows certificate store',
    'Chromium, Chrome, Edge and Brave',
    'Firefox (org.mozilla.firefox)',
    'curl, git and other programs',
  ])
})

describe('each obstacle has its sentence', () => {
  const obstacles: readonly [TrustObstacle, string][] = [
    [{ kind: 'no-tool', tool: 'certutil' }, 'the program certutil is missing'],
    [{ kind: 'needs-administrator' }, 'this needs an administrator'],
    [{ kind: 'declined' }, 'you said no, so nothing was changed'],
    [{ kind: 'locked' }, 'a password protects the list of authorities'],
    [failed, 'certutil failed (bad database)'],
    [{ kind: 'no-effect' }, 'the system reported success, but nothing changed'],
  ]
  it.each(obstacles)('%j', async (obstacle, words) => {
    const explanation = explainInstall(chromium, obstacle, await context('linux'))
    expect(explanation.heading).toBe(`Chromium, Chrome, Edge and Brave: ${words}`)
    expect(explanation.steps.length).toBeGreaterThan(0)
  })
})

describe('the steps by hand', () => {
  it.each([
    ['ubuntu debian', 'sudo apt install libnss3-tools'],
    ['fedora', 'sudo dnf install nss-tools'],
    ['arch', 'sudo pacman -S nss'],
    ['opensuse-leap suse opensuse', 'sudo zypper install mozilla-nss-tools'],
    ['alpine', 'sudo apk add nss-tools'],
    ['void', undefined],
  ])('install the tool on %s', async (distribution, command) => {
    const obstacle: TrustObstacle = { kind: 'no-tool', tool: 'certutil' }
    const { steps } = explainInstall(firefox, obstacle, await context('linux', distribution))
    expect(steps[0]?.command).toBe(command)
  })

  it('install it, with the file and its place', async () => {
    const mac = await context('darwin')
    expect(textOf(explainInstall(keychain, failed, mac))).toContain(
      `security add-trusted-cert -r trustRoot -p ssl -p basic -k ${keychain.path} '${mac.anchor.file}'`,
    )
    const pc = await context('win32')
    expect(textOf(explainInstall(windows, failed, pc))).toContain(
      `certutil -user -addstore Root "${pc.anchor.file}"`,
    )
    const fedora = await context('linux', 'fedora')
    expect(textOf(explainInstall(system, { kind: 'needs-administrator' }, fedora))).toMatch(
      /sudo install -m 644 '.*servebar-ca-1\.crt' \/etc\/pki\/ca-trust\/source\/anchors\/servebar-[0-9a-f]{12}\.crt && sudo update-ca-trust extract/,
    )
    const browser = textOf(explainInstall(firefox, { kind: 'locked' }, fedora))
    expect(browser).toContain('View Certificates')
    expect(browser).toContain(fedora.anchor.file)
  })

  it('remove it, by its name', async () => {
    for (const place of [keychain, windows, chromium, firefox])
      expect(textOf(explainRemoval(place, failed, await context('linux')))).toContain(
        'Servebar CA, anna on annas-mac',
      )
    expect(textOf(explainRemoval(system, failed, await context('linux')))).toMatch(
      /sudo rm -f \S+\/servebar-[0-9a-f]{12}\.crt && sudo update-ca-trust extract/,
    )
  })

  it('are to try again for who said no', async () => {
    const again = 'Try again, and allow it in the dialog.'
    for (const explain of [explainInstall, explainRemoval])
      expect(explain(keychain, { kind: 'declined' }, await context('darwin')).steps).toEqual([
        { text: again },
      ])
  })
})
