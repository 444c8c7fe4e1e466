/** A computer for tests of trust: its own home and file system, and a record of what would be run on it. */
import { join } from 'node:path'
import { type Authority, openAuthority } from '../../electron/app/certificates/authority.ts'
import { anchorOf } from '../../electron/app/trust.ts'
import type { Anchor, CommandResult, TrustContext } from '../../electron/app/trust-store.ts'
import { tempFolder } from './temp.ts'

export type Answer = Partial<CommandResult> | 'missing'

export interface FakeComputer {
  readonly context: TrustContext
  /** `program argument argument`, in order. */
  readonly ran: readonly string[]
}

/** `answer`: what a command does; success without output unless told. */
export function fakeComputer(
  os: TrustContext['os'],
  answer: (program: string, args: readonly string[]) => Answer | undefined,
  more: Partial<TrustContext> = {},
): FakeComputer {
  const ran: string[] = []
  const context: TrustContext = {
    os,
    home: tempFolder(),
    root: tempFolder(),
    environment: {},
    isAdministrator: false,
    mayElevate: false,
    async run(program, args) {
      ran.push([program, ...args].join(' '))
      const result = answer(program, args) ?? {}
      return result === 'missing' ? result : { code: 0, stdout: '', stderr: '', ...result }
    },
    ...more,
  }
  return { context, ran }
}

export async function testAnchor(): Promise<{ authority: Authority; anchor: Required<Anchor> }> {
  const folder = join(tempFolder(), 'cert ificates')
  const authority = await openAuthority(folder, { user: 'anna', computer: 'annas-mac' })
  const anchor = await anchorOf(authority)
  return { authority, anchor: { ...anchor, probe: anchor.probe ?? '' } }
}
