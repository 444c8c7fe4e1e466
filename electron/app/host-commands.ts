/**
 * The commands that only the host can carry out. Each asks for the host's
 * function and answers `unsupported` where there is none; none writes state.
 */
import type { Site, SiteId } from '../contract.ts'
import type { Handlers } from './dispatch.ts'
import { checkIsFolder, expandHome, folderLabel, listFolder } from './folders.ts'
import { abilityOf, type Platform } from './platform.ts'
import { badInput, badPath, folderProblem, notRunning, ProblemError } from './problems.ts'

type HostCommand =
  | 'site.open'
  | 'site.reveal'
  | 'folder.choose'
  | 'folder.list'
  | 'clipboard.write'
  | 'access.allow'
  | 'panel.close'
  | 'panel.resize'
  | 'app.quit'

export function hostCommands(
  platform: Platform,
  home: string,
  siteBy: (id: SiteId) => Site,
  servedOthers: () => boolean,
): Pick<Handlers, HostCommand> {
  return {
    async 'site.open'({ id, target = '/' }) {
      const { status } = siteBy(id)
      const openUrl = abilityOf(platform, 'openUrl')
      const origin = status.phase === 'listening' ? status.origins[0] : undefined
      if (!origin) throw new ProblemError(notRunning)
      // Joined as text: resolved as a reference, `//elsewhere/` would leave the site.
      const url = new URL(origin.url + target)
      if (url.origin !== new URL(origin.url).origin) throw new ProblemError(badInput('target'))
      await openUrl(url.href)
    },
    async 'site.reveal'({ id }) {
      const { folder } = siteBy(id)
      const revealFolder = abilityOf(platform, 'revealFolder')
      await checkIsFolder(folder).catch(error => {
        throw new ProblemError(folderProblem(error, { os: platform.os }))
      })
      await revealFolder(folder)
    },
    'folder.choose': () => abilityOf(platform, 'chooseFolders')(),
    async 'folder.list'({ path = '~' }) {
      abilityOf(platform, 'listFolders')
      const folder = expandHome(path, home)
      if (folder === null) throw new ProblemError(badInput('path'))
      try {
        return await listFolder(folder, home)
      } catch (error) {
        throw new ProblemError(badPath(error, 'path', folderLabel(folder, home), { os: platform.os }))
      }
    },
    'clipboard.write'({ text }) {
      abilityOf(platform, 'writeClipboard')(text)
    },
    'access.allow': () => abilityOf(platform, 'allowAccess')(),
    'panel.close'() {
      abilityOf(platform, 'closePanel')()
    },
    'panel.resize'({ height }) {
      abilityOf(platform, 'resizePanel')(height)
    },
    'app.quit'() {
      abilityOf(platform, 'quit')(servedOthers())
    },
  }
}
