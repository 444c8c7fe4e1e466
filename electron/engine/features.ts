/**
 * What a site has beside its files while its options ask for it: pages that
 * reload, the rules of a host, a slow network. Made and ended here as the
 * options change, so that the pipeline only has to look whether they are there.
 */
import { createLiveReload } from './live/live-reload.ts'
import type { ResolvedLive } from './options.ts'
import type { Site } from './request.ts'
import { createHostRules, type HostRules } from './rules/host-rules.ts'
import type { Throttle } from './throttle.ts'
import type { RulesChoice, RulesReport } from './types.ts'

export interface FeatureEvents {
  /** How many pages are open that reload by themselves. */
  readonly onLivePages?: ((count: number) => void) | undefined
  /** Whether the system watches no more folders, so that changes in some are not noticed. */
  readonly onLiveLimit?: ((limited: boolean) => void) | undefined
  /** What of a host's rules holds; null: none shall. */
  readonly onRules?: ((report: RulesReport | null) => void) | undefined
}

/** Brings them in line with the site's options. `before`: those that they were made for, or null. */
export function updateFeatures(
  site: Site,
  before: ResolvedLive | null,
  throttle: Throttle,
  { onLivePages, onLiveLimit, onRules }: FeatureEvents,
): void {
  const { root, live } = site
  throttle.set(live.throttle)
  const { dotfiles, symlinks, spa } = live
  const same = before?.dotfiles === dotfiles && before.symlinks === symlinks && before.spa === spa
  // Who may listen is asked when a stream begins: where that may have changed, each is asked for anew.
  const sameReaders = before?.verify === null && live.verify === null
  if (site.reload !== null && !(live.liveReload && same && sameReaders)) {
    site.reload.close()
    site.reload = null
    onLivePages?.(0)
    onLiveLimit?.(false)
  }
  if (live.liveReload && site.reload === null) {
    let limited = false
    site.reload = createLiveReload(root, {
      dotfiles,
      symlinks,
      spa,
      onStatus: ({ pages, watch }) => {
        onLivePages?.(pages)
        if (limited === (watch?.phase === 'limited')) return
        limited = !limited
        onLiveLimit?.(limited)
      },
    })
  }
  if (live.hostRules !== (before?.hostRules ?? 'off')) {
    site.rules = null
    if (live.hostRules === 'off') onRules?.(null)
    else openRules(site, live.hostRules, onRules)
  }
}

function openRules(site: Site, choice: Exclude<RulesChoice, 'off'>, onRules: FeatureEvents['onRules']): void {
  const isOn = (): boolean => site.rules === rules
  const rules = createHostRules(site.root, {
    platform: site.platform,
    choice,
    onReport: report => {
      // One that was read for a choice of before says nothing any more.
      if (isOn()) onRules?.(report)
    },
  })
  site.rules = rules
  // Requests look for themselves; who is shown what holds need not wait for one.
  if (onRules !== undefined || choice === 'auto') lookWhile(isOn, rules)
}

/** ms */
const LOOK_EVERY = 2_000

function lookWhile(isOn: () => boolean, rules: HostRules): void {
  const look = (): void => {
    // What cannot be read is said to the next request.
    if (isOn()) rules.review().catch(() => {})
    else clearInterval(timer)
  }
  const timer = setInterval(look, LOOK_EVERY).unref()
  look()
}
