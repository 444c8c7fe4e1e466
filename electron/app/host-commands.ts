/**
 * The commands that only the host can carry out. Each asks for the host's
 * function and answers `unsupported` where there is none; none writes state.
 */
import type { Site, SiteId } from '../contract.ts'
import type { Handlers } from './dispatch.ts'
import type { Platform } from './platform.ts'
import { badInput, notRunning, ProblemError, unsupported } from './problems.ts'

type HostCommand =
  | 'site.open'
  | 'site.reveal'
  | 'folder.choose'
  | 'clipboard.write'
  | 'access.allow'
  | 'panel.close'
  | 'panel.resize'
  | 'app.quit'

export function hostCommands(
  platform: Platform,
  siteBy: (id: SiteId) => Site,
  servedOthers: () => boolean,
): Pick<Handlers, HostCommand> {
  return {
    async 'site.open'({ id, target = '/' }) {
      const { status } = siteBy(id)
      if (!platform.openUrl) throw new ProblemError(unsupported)
      const origin = status.phase === 'listening' ? status.origins[0] : undefined
      if (!origin) throw new ProblemError(notRunning)
      // Joined as text: resolved as a reference, `//elsewhere/` would leave the site.
      const url = new URL(origin.url + target)
      if (url.origin !== new URL(origin.url).origin) throw new ProblemError(badInput('target'))
      await platform.openUrl(url.href)
    },
    async 'site.reveal'({ id }) {
      const { folder } = siteBy(id)
      if (!platform.revealFolder) throw new ProblemError(unsupported)
      await platform.revealFolder(folder)
    },
    async 'folder.choose'() {
      if (!platform.chooseFolders) throw new ProblemError(unsupported)
      return platform.chooseFolders()
    },
    'clipboard.write'({ text }) {
      if (!platform.writeClipboard) throw new ProblemError(unsupported)
      platform.writeClipboard(text)
    },
    async 'access.allow'() {
      if (!platform.allowAccess) throw new ProblemError(unsupported)
      await platform.allowAccess()
    },
    'panel.close'() {
      if (!platform.closePanel) throw new ProblemError(unsupported)
      platform.closePanel()
    },
    'panel.resize'({ height }) {
      if (!platform.resizePanel) throw new ProblemError(unsupported)
      platform.resizePanel(height)
    },
    'app.quit'() {
      if (!platform.quit) throw new ProblemError(unsupported)
      platform.quit(servedOthers())
    },
  }
}
