/** What the pipeline is given, without a server around it. */
import { ContentCache } from '../../electron/engine/content-cache.ts'
import { KeptFiles } from '../../electron/engine/kept-files.ts'
import { resolveLive } from '../../electron/engine/options.ts'
import type { Site } from '../../electron/engine/request.ts'
import { createTargetParser } from '../../electron/engine/target.ts'
import type { LiveOptions } from '../../electron/engine/types.ts'

export function siteOf(root: string, options: Partial<LiveOptions> = {}, rest: Partial<Site> = {}): Site {
  return {
    root,
    platform: 'linux',
    checkHost: () => 'served',
    parseTarget: createTargetParser(rest.platform ?? 'linux'),
    files: new KeptFiles(root, 32 * 1024 * 1024),
    coded: new ContentCache(),
    live: resolveLive({ name: 'site', listing: true, dotfiles: false, ...options }),
    ...rest,
  }
}
