/**
 * Trust in the system's list of Linux, which curl, git, wget and the like read;
 * browsers do not. It belongs to all users, so it takes an administrator: root,
 * or pkexec where the user may be asked.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ASKING, failure, QUICK, runTool } from './trust-command.ts'
import { type Anchor, type TrustContext, TrustError, type TrustStore } from './trust-store.ts'

interface Layout {
  /** The folder for authorities of the owner's own. */
  readonly anchors: string
  readonly update: readonly string[]
  /** The same when one was removed: Debian's would leave links to it otherwise. */
  readonly updateAfterRemoval: readonly string[]
  /** The list that is made of all of them. */
  readonly list: string
}

export const layouts: readonly Layout[] = [
  // Fedora and its relatives
  {
    anchors: '/etc/pki/ca-trust/source/anchors',
    update: ['update-ca-trust', 'extract'],
    updateAfterRemoval: ['update-ca-trust', 'extract'],
    list: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  },
  // Arch
  {
    anchors: '/etc/ca-certificates/trust-source/anchors',
    update: ['trust', 'extract-compat'],
    updateAfterRemoval: ['trust', 'extract-compat'],
    list: '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
  },
  // openSUSE
  {
    anchors: '/etc/pki/trust/anchors',
    update: ['update-ca-certificates'],
    updateAfterRemoval: ['update-ca-certificates', '--fresh'],
    list: '/var/lib/ca-certificates/ca-bundle.pem',
  },
  // Debian, Ubuntu, Alpine
  {
    anchors: '/usr/local/share/ca-certificates',
    update: ['update-ca-certificates'],
    updateAfterRemoval: ['update-ca-certificates', '--fresh'],
    list: '/etc/ssl/certs/ca-certificates.crt',
  },
]

const LINKS = '/etc/ssl/certs'
const HOOKS = '/etc/ca-certificates/update.d'

/**
 * Debian's program does not tell its hooks of what is gone, so that Java would trust it for ever: they are told
 * here, as update-ca-certificates(8) says.
 */
const REMOVAL = [
  'rm -f -- "$1" && link=$2 hooks=$3 && shift 3 && "$@"',
  '{ test ! -d "$hooks" || run-parts --test -- "$hooks" | while read -r hook; do echo "-$link" | "$hook"; done; }',
].join(' && ')

/** Null: a distribution that keeps them otherwise. */
export async function systemStore(context: TrustContext): Promise<TrustStore | null> {
  for (const layout of layouts) {
    const folder = join(context.root, layout.anchors)
    if ((await stat(folder).catch(() => null))?.isDirectory()) return storeOf(layout, context)
  }
  return null
}

function storeOf(layout: Layout, context: TrustContext): TrustStore {
  const { anchors, list } = layout
  const fileOf = (anchor: Anchor) => join(context.root, anchors, systemFileName(anchor))

  /** One script, so that an administrator is asked once. Its last arguments are the update. */
  async function asAdministrator(
    script: string,
    files: readonly string[],
    update: readonly string[],
  ): Promise<void> {
    const shell = ['-c', script, 'sh', ...files, ...update]
    if (context.isAdministrator) {
      const result = await runTool(context.run, '/bin/sh', shell, QUICK)
      if (result.code !== 0) throw failure(update[0] ?? '', result)
      return
    }
    if (!context.mayElevate) throw new TrustError({ kind: 'needs-administrator' })
    // Without its own agent it would ask on the terminal, which nobody may be looking at.
    const args = ['--disable-internal-agent', '/bin/sh', ...shell]
    const result = await runTool(context.run, 'pkexec', args, ASKING)
    if (result.code === 0) return
    // pkexec(1): 126 when the user dismissed the dialog, 127 when nobody can be asked.
    if (result.code === 126) throw new TrustError({ kind: 'declined' })
    if (result.code === 127) throw new TrustError({ kind: 'needs-administrator' })
    throw failure(update[0] ?? '', result)
  }

  return {
    kind: 'system',
    owner: 'programs',
    path: anchors,
    async look(anchor) {
      const text = await readFile(join(context.root, list), 'latin1').catch(() => '')
      if (text.replace(/\s+/g, '').includes(anchor.certificate.raw.toString('base64'))) return 'trusted'
      return (await stat(fileOf(anchor)).catch(() => null)) ? 'stored' : 'absent'
    },
    install: anchor =>
      asAdministrator(
        'install -m 644 -- "$1" "$2" && shift 2 && "$@"',
        [anchor.file, fileOf(anchor)],
        layout.update,
      ),
    remove: anchor => {
      const link = join(context.root, LINKS, systemFileName(anchor).replace(/crt$/, 'pem'))
      return asAdministrator(
        REMOVAL,
        [fileOf(anchor), link, join(context.root, HOOKS)],
        layout.updateAfterRemoval,
      )
    },
  }
}

/** One for each authority, so that another user's is not replaced. */
export function systemFileName({ certificate }: Anchor): string {
  return `servebar-${certificate.fingerprint256.replaceAll(':', '').slice(0, 12).toLowerCase()}.crt`
}
