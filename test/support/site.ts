/** What the pipeline is given, without a server around it. */
import { ContentCache } from '../../electron/engine/content-cache.ts'
import { resolveLive } from '../../electron/engine/options.ts'
import type { Site } from '../../electron/engine/request.ts'
import type { LiveOptions } from '../../electron/engine/types.ts'
import { Writes } from '../../electron/engine/writes/writes.ts'

export function siteOf(root: string, options: Partial<LiveOptions> = {}, rest: Partial<Site> = {}): Site {
  return {
    root,
    platform: 'linux',
    checkHost: () => 'served',
    coded: new ContentCache(),
    writes: new Writes(null),
    live: resolveLive({ name: 'site', listing: true, dotfiles: false, ...options }),
    ...rest,
  }
}
