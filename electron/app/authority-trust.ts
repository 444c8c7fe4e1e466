/**
 * Whether browsers on this computer trust its own authority, as the panel shows
 * it: looked at in the background, changed when the user asks for it, and with
 * the steps for all that could not be done here. Holds nothing secret.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuthorityState } from '../contract.ts'
import type { Authority } from './certificates/authority.ts'
import { fingerprint } from './certificates/phone.ts'
import { anchorOf, installTrust, removeTrust, type TrustReport, trustStatus } from './trust.ts'
import type { Anchor, TrustContext } from './trust-store.ts'
import { explainInstall, explainRemoval } from './trust-words.ts'

export interface AuthorityTrust {
  /** Looks in the background, unless that was done lately. */
  look(): void
  set(trusted: boolean): Promise<AuthorityState>
  /** Ends looking; resolves when what is under way has ended. */
  close(): Promise<void>
}

/** The tools that tell it are programs to be started, so not at each look of the user. */
const LOOK_AGAIN = 60_000

export function createAuthorityTrust(
  authority: Authority,
  context: TrustContext,
  onState: (state: AuthorityState) => void,
): AuthorityTrust {
  let state: AuthorityState = {
    name: authority.name,
    fingerprint: fingerprint(authority.certificate),
    trusted: 'unknown',
    steps: [],
  }
  let looked = Number.NEGATIVE_INFINITY
  let closed = false
  /** One at a time: a look during a change would tell of the state before. */
  let last: Promise<unknown> = Promise.resolve()
  onState(state)

  function inOrder<T>(task: () => Promise<T>): Promise<T> {
    const result = last.then(task)
    last = result.catch(() => {})
    return result
  }

  function tell(change: Partial<AuthorityState>): AuthorityState {
    const next = { ...state, ...change }
    if (JSON.stringify(next) !== JSON.stringify(state)) {
      state = next
      onState(state)
    }
    return state
  }

  return {
    look() {
      if (closed || performance.now() - looked < LOOK_AGAIN) return
      looked = performance.now()
      inOrder(async () => {
        const trusted = trustedOf(await trustStatus(await anchorOf(authority), context))
        // What was to be done by hand has been done.
        tell(trusted === 'all' ? { trusted, steps: [] } : { trusted })
      }).catch(error => console.error(error))
    },
    set: wanted =>
      inOrder(async () => {
        const anchor = await anchorOf(authority)
        const report = wanted ? await installTrust(anchor, context) : await removeTrust(anchor, context)
        // The ones before it vouch for nothing any more, and need no trust.
        if (!wanted) for (const retired of await authority.retired()) await removeTrust(retired, context)
        const steps = await stepsOf(report, anchor, wanted, authority.name, context)
        return tell({ trusted: trustedOf(report), steps })
      }),
    async close() {
      closed = true
      await last
    },
  }
}

function trustedOf({ browsers, places }: TrustReport): AuthorityState['trusted'] {
  const all = places.filter(({ place }) => place.owner !== 'programs')
  return all.length > 0 && all.every(({ trusted }) => trusted === null) ? 'unknown' : browsers
}

async function stepsOf(
  { places }: TrustReport,
  anchor: Anchor,
  wanted: boolean,
  name: string,
  context: TrustContext,
): Promise<AuthorityState['steps']> {
  const distribution = await distributionOf(context)
  const explain = wanted ? explainInstall : explainRemoval
  return places.flatMap(({ place, obstacle }) => {
    if (obstacle === null) return []
    const { heading, steps } = explain(place, obstacle, { os: context.os, anchor, name, distribution })
    return [{ text: heading }, ...steps]
  })
}

/** `ID` and `ID_LIKE`, for the name of a package. */
async function distributionOf({ os, root }: TrustContext): Promise<string> {
  if (os !== 'linux') return ''
  const release = await readFile(join(root, 'etc/os-release'), 'utf8').catch(() => '')
  return (release.match(/^ID(?:_LIKE)?=.*$/gm) ?? []).join(' ')
}
