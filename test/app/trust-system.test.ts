import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installTrust, removeTrust, trustStatus } from '../../electron/app/trust.ts'
import { runCommand } from '../../electron/app/trust-command.ts'
import type { TrustContext } from '../../electron/app/trust-store.ts'
import { layouts, systemFileName } from '../../electron/app/trust-system.ts'
import { makeAuthority } from '../support/certificates.ts'
import { writeFiles } from '../support/temp.ts'
import { type Answer, fakeComputer, testAnchor } from '../support/trust.ts'

const debian = '/usr/local/share/ca-certificates'
const list = '/etc/ssl/certs/ca-certificates.crt'

async function linux(answer: (program: string) => Answer | undefined, more: Partial<TrustContext> = {}) {
  const { anchor } = await testAnchor()
  const computer = fakeComputer('linux', answer, more)
  writeFiles(computer.context.root, { [debian.slice(1)]: null, [list.slice(1)]: '' })
  const name = `servebar-${anchor.certificate.fingerprint256.replaceAll(':', '').slice(0, 12).toLowerCase()}.crt`
  return { ...computer, anchor, file: join(computer.context.root, debian, name) }
}

describe("trust in the system's list of Linux", () => {
  it('is not touched without an administrator', async () => {
    const { context, anchor, ran } = await linux(() => expect.fail('nothing is to be run'))
    expect(await installTrust(anchor, context)).toEqual({
      browsers: 'none',
      places: [
        {
          place: { kind: 'system', owner: 'programs', path: debian },
          trusted: false,
          done: null,
          obstacle: { kind: 'needs-administrator' },
        },
      ],
    })
    expect(ran).toEqual([])
  })

  it('is changed through pkexec where the user may be asked, in one go', async () => {
    const { context, anchor, ran, file } = await linux(() => undefined, { mayElevate: true })
    expect((await installTrust(anchor, context)).places).toMatchObject([{ obstacle: { kind: 'no-effect' } }])
    expect(ran).toEqual([
      `pkexec --disable-internal-agent /bin/sh -c install -m 644 -- "$1" "$2" && shift 2 && "$@" sh ${anchor.file} ${file} update-ca-certificates`,
    ])
  })

  const failures: readonly [string, Answer, object][] = [
    ['dismissed', { code: 126 }, { kind: 'declined' }],
    ['nobody to ask', { code: 127 }, { kind: 'needs-administrator' }],
    ['no pkexec', 'missing', { kind: 'no-tool', tool: 'pkexec' }],
    [
      'failed',
      { code: 1, stderr: 'disk full\n' },
      { kind: 'failed', tool: 'update-ca-certificates', message: 'disk full' },
    ],
  ]
  it.each(failures)('is reported as it is: %s', async (_name, answer, obstacle) => {
    const { context, anchor } = await linux(() => answer, { mayElevate: true })
    expect((await installTrust(anchor, context)).places).toMatchObject([
      { done: null, trusted: false, obstacle },
    ])
  })

  it('is no place where a distribution keeps it otherwise', async () => {
    const { anchor } = await testAnchor()
    const { context } = fakeComputer('linux', () => undefined)
    expect(await trustStatus(anchor, context)).toEqual({ browsers: 'none', places: [] })
  })

  it.each(layouts)('is seen in $list', async ({ anchors, list }) => {
    const { anchor } = await testAnchor()
    const { context } = fakeComputer('linux', () => undefined)
    const own = readFileSync(anchor.file, 'utf8')
    writeFiles(context.root, {
      [anchors.slice(1)]: null,
      [list.slice(1)]: `# Some\n${own.replaceAll('\n', '\r\n')}`,
    })
    expect((await trustStatus(anchor, context)).places).toMatchObject([
      { trusted: true, place: { path: anchors } },
    ])
  })
})

/** Debian's program can work on folders of ours instead of the system's. */
const program = '/usr/sbin/update-ca-certificates'
const hasUpdate = existsSync(program) && readFileSync(program, 'utf8').includes('--etccertsdir')

describe.runIf(hasUpdate)('with update-ca-certificates', () => {
  it('is installed and taken away by an administrator', async () => {
    const { anchor } = await testAnchor()
    const { context: fake } = fakeComputer('linux', () => undefined, { isAdministrator: true })
    const within = (path: string) => join(fake.root, path)
    const folders = [
      ...[
        '--certsconf',
        within('etc/ca-certificates.conf'),
        '--certsdir',
        within('usr/share/ca-certificates'),
      ],
      ...['--localcertsdir', within(debian), '--etccertsdir', within('etc/ssl/certs')],
      ...['--hooksdir', within('etc/ca-certificates/update.d')],
    ]
    const context: TrustContext = {
      ...fake,
      // They come after the update's own arguments, which are the last.
      run: (program, args, limit) => runCommand(program, [...args, ...folders], limit),
    }
    writeFiles(fake.root, {
      'etc/ca-certificates.conf': 'other.crt\n',
      'usr/share/ca-certificates/other.crt': makeAuthority().cert,
      [debian.slice(1)]: null,
      'etc/ssl/certs': null,
      'etc/ca-certificates/update.d/told': '#!/bin/sh\ncat >> "$(dirname "$0")/../told"\n',
    })
    chmodSync(within('etc/ca-certificates/update.d/told'), 0o755)
    const toldHook = () => readFileSync(within('etc/ca-certificates/told'), 'utf8')
    const link = within(`etc/ssl/certs/${systemFileName(anchor).replace('.crt', '.pem')}`)
    expect((await installTrust(anchor, context)).places).toMatchObject([
      { trusted: true, done: 'installed', obstacle: null },
    ])
    expect(readFileSync(within(list), 'utf8')).toContain(readFileSync(anchor.file, 'utf8'))
    expect((await removeTrust(anchor, context)).places).toMatchObject([
      { trusted: false, done: 'removed', obstacle: null },
    ])
    expect(readFileSync(within(list), 'utf8').match(/BEGIN/g)).toHaveLength(1)
    expect(toldHook()).toMatch(new RegExp(`^\\+${link}\\n[^]*^-${link}\\n$`, 'm'))
    const left = readdirSync(within('etc/ssl/certs')).filter(
      name => !existsSync(within(`etc/ssl/certs/${name}`)),
    )
    expect(left).toEqual([])
  })
})
